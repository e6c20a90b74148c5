"""What an error tells a stranger: the one shape, and never a path or a line of code.

What must stay true: an error that is about the request says what is wrong with it; an error of this machine
says only that there is one. The place of a file is never told.
"""

import re
from pathlib import Path

from meshwright.errors import ErrorKind, InternalError, MeshwrightError

_PATH = re.compile(r"(?<![\w.:/])~?/[\w.@+-]+(?:/|\b)|\b[A-Za-z]:\\|Traceback ")
# Their message is about this machine, not about what was asked.
_OWN = {ErrorKind.EXTERNAL: "the mesh cannot be read now", ErrorKind.INTERNAL: "internal error"}


def told(error: BaseException, root: Path | None = None) -> dict[str, str]:
    """Return code, message, hint and kind of an error, as whoever asked may know them."""
    if not isinstance(error, MeshwrightError):
        error = InternalError("internal", _OWN[ErrorKind.INTERNAL])
    is_in_query = error.place.startswith("line ")  # a place in what was sent, not in a file
    message, hint = str(error) if is_in_query else error.message, error.hint
    is_in_file = bool(error.place) and not is_in_query
    if error.kind in _OWN or is_in_file or _names_a_path(message, root):
        message = _OWN.get(
            error.kind, "the mesh cannot answer this now: its own files are in the way"
        )
        hint = ""
    if _names_a_path(hint, root):
        hint = ""
    return {"code": error.code, "message": message, "hint": hint, "kind": error.kind.value}


def _names_a_path(text: str, root: Path | None) -> bool:
    return bool(_PATH.search(text)) or (root is not None and str(root) in text)
