"""Lines of keys in the files of a mesh, found by parsing a file again: for what is shown to somebody only."""

import posixpath
from pathlib import Path

from meshwright.documents.document import Path as KeyPath
from meshwright.model.problem import Place


def line_in(root: Path, file: str, key: KeyPath) -> int:
    """Return the line of a key path in a descriptor; 0 where it cannot be found."""
    from meshwright.documents.yaml_text import line_at

    try:
        return line_at((root / file).read_bytes(), key, True)
    except OSError:
        return 0


def repository_of(folder: Path) -> Path | None:
    """Return the working tree of git that a folder is in; None outside of one."""
    here = folder.absolute()
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), None)


def prefix_of(folder: Path) -> str:
    """Return the way from the repository to a folder in it; '' at its root, or outside of one."""
    repository = repository_of(folder)
    way = folder.absolute().relative_to(repository).as_posix() if repository else "."
    return "" if way == "." else way


def in_repository(prefix: str, place: Place) -> Place:
    """Return a place of a mesh as one of its repository; mesh.yaml for what lies outside, or nowhere.

    What a governance rule names as its `place` may be any text.
    """
    path = posixpath.normpath(posixpath.join(prefix, place.file)) if place.file else ""
    if not path or path.startswith(("/", "../")) or path in (".", ".."):
        return Place(posixpath.join(prefix, "mesh.yaml"))
    return Place(path, max(place.line, 0))
