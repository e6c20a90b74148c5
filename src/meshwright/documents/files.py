"""Judge single descriptor files, with no mesh around them: what `mesh check FILE…` does."""

from collections.abc import Iterable
from pathlib import Path

from meshwright.documents.document import Document
from meshwright.documents.judge import read_document
from meshwright.documents.names import kind_of_name
from meshwright.model.problem import Place, Problem


def judge_files(paths: Iterable[Path]) -> list[Problem]:
    """Return what is wrong with each file, in the order given; places name the files as given."""
    return [problem for path in paths for problem in read_file(path).problems]


def read_file(path: Path) -> Document:
    """Read and judge one file; its kind is found by its name, or else by its content."""
    name = str(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return _unreadable(name, "file-missing", f"there is no file `{name}`")
    except IsADirectoryError:
        return _unreadable(name, "file-unreadable", f"`{name}` is a folder, not a descriptor")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return _unreadable(name, "file-unreadable", f"`{name}` cannot be read: {reason}")
    kind = kind_of_name(name)
    if not kind and path.parent.name == "tests":
        kind = "tests"
    return read_document(name, data, kind)


def _unreadable(name: str, code: str, text: str) -> Document:
    return Document(name, "", None, problems=[Problem(code, text, Place(name))])
