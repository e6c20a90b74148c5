"""Find the files of a source, and say cheaply whether one may have changed."""

import glob
import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from meshwright.errors import UnreachableError
from meshwright.model.product import SourceSpec
from meshwright.spi.source import SourceItem


def list_items(spec: SourceSpec) -> tuple[SourceItem, ...]:
    """Return every file that the paths and patterns name, sorted, each once."""
    found: dict[str, SourceItem] = {}
    places: dict[str, str] = {}  # a folder -> what it is called from the base
    for pattern in spec.paths:
        matched = _matching(spec.base, pattern)
        if not matched:
            raise _nothing(spec.base, pattern)
        for path, state in matched.items():
            folder, name = os.path.split(path)
            if folder not in places:
                places[folder] = _place(spec.base, folder)
            name = places[folder] + name
            stamp = f"{state.st_size}-{state.st_mtime_ns}"
            found[name] = SourceItem(name, state.st_size, stamp)
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


def _matching(base: Path, pattern: str) -> dict[str, os.stat_result]:
    """Return the files that a pattern means, with their state; as texts, because there may be many."""
    whole = os.path.normpath(base / os.path.expanduser(pattern))
    literal = _files([whole])
    if not glob.has_magic(pattern):
        return literal
    safe_base = glob.escape(str(base)) if not os.path.isabs(pattern) else ""
    escaped = os.path.normpath(os.path.join(safe_base, os.path.expanduser(pattern)))
    matched = _files(
        glob.iglob(escaped, recursive=True)
    )  # the base need not exist for `..` to leave it
    is_named = literal and whole not in matched
    return literal if is_named else matched  # a file whose very name has brackets


def _files(paths: Iterable[str]) -> dict[str, os.stat_result]:
    found = {}
    for path in paths:
        with suppress(OSError, ValueError):
            state = os.stat(path)
            if stat.S_ISREG(state.st_mode):
                found[path] = state
    return found


def _place(base: Path, folder: str) -> str:
    place = os.path.relpath(folder, base).replace(os.sep, "/")
    return "" if place == "." else f"{place}/"


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
