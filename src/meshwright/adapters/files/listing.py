"""Find the files of a source, and say cheaply whether one may have changed."""

import glob
import hashlib
import os
from pathlib import Path

from meshwright.errors import UnreachableError
from meshwright.model.product import SourceSpec
from meshwright.spi.source import SourceItem


def list_items(spec: SourceSpec) -> tuple[SourceItem, ...]:
    """Return every file that the paths and patterns name, sorted, each once."""
    found: dict[str, SourceItem] = {}
    for pattern in spec.paths:
        matched = _matching(spec.base, pattern)
        if not matched:
            raise _nothing(spec.base, pattern)
        for path in matched:
            item = _item(spec.base, path)
            found[item.name] = item
    return tuple(found[name] for name in sorted(found))


def watched_paths(spec: SourceSpec) -> tuple[str, ...]:
    """Return the files named and the folders of patterns; nothing where a pattern spans several folders."""
    found: list[str] = []
    for pattern in spec.paths:
        whole = os.path.normpath(spec.base / os.path.expanduser(pattern))
        if glob.has_magic(pattern):
            if glob.has_magic(os.path.dirname(pattern)) or "**" in pattern:
                return ()
            found += [os.path.dirname(whole), *map(str, _matching(spec.base, pattern))]
        else:
            found.append(whole)
    return tuple(found)


def path_of(spec: SourceSpec, item: SourceItem) -> Path:
    """Return where an item is."""
    return Path(os.path.normpath(spec.base / item.name))


def digest_of(path: Path) -> str:
    """Return a digest of the file's bytes; raise `UnreachableError` when it is gone."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> UnreachableError:
    """Return the error for a file that was listed but cannot be read."""
    return UnreachableError("source-not-found", f"cannot read `{path}`: {error.strerror or error}")


def _matching(base: Path, pattern: str) -> list[Path]:
    whole = os.path.normpath(base / os.path.expanduser(pattern))
    literal = Path(whole)
    if not glob.has_magic(pattern):
        return [literal] if literal.is_file() else []
    safe_base = glob.escape(str(base)) if not os.path.isabs(pattern) else ""
    whole = os.path.normpath(os.path.join(safe_base, os.path.expanduser(pattern)))
    found = glob.iglob(whole, recursive=True)  # the base need not exist yet for `..` to leave it
    matched = [Path(path) for path in found if os.path.isfile(path)]
    if literal.is_file() and literal not in matched:
        return [literal]  # a file whose very name has brackets
    return matched


def _item(base: Path, path: Path) -> SourceItem:
    try:
        state = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    name = os.path.relpath(path, base).replace(os.sep, "/")
    return SourceItem(name, state.st_size, f"{state.st_size}-{state.st_mtime_ns}")


def _nothing(base: Path, pattern: str) -> UnreachableError:
    folder = Path(os.path.normpath(base / pattern)).parent
    while glob.has_magic(str(folder)):
        folder = folder.parent
    if not folder.is_dir():
        return UnreachableError(
            "source-not-found",
            f"no file matches `{pattern}`: the folder `{folder}` is not there",
            hint="paths start at the product's folder",
        )
    what = "no file matches" if glob.has_magic(pattern) else "there is no file"
    return UnreachableError(
        "source-not-found",
        f"{what} `{pattern}` in `{folder}`",
        hint="paths start at the product's folder",
    )
