"""Lines of keys in the files of a mesh, found by parsing a file again: for what is shown to somebody only."""

from pathlib import Path

from meshwright.documents.document import Path as KeyPath


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
