"""The one path that takes a file of somebody: how large it may be, told before it is read."""

from starlette.requests import Request

from meshwright.app.creating.drafts import MOST_BYTES, too_large
from meshwright.serve.api.errors import HttpError

PATH = "/create/source"
_AROUND = 64 * 1024  # what a form adds to its file
_DRAINED = 5 * MOST_BYTES


def require_small(request: Request) -> None:
    """Raise 413 (`file-too-large`) by what the request says of its length."""
    if int(request.headers.get("content-length", "0")) > MOST_BYTES + _AROUND:
        error = too_large()
        raise HttpError(413, error.code, error.message, hint=error.hint)


def is_drained(length: int) -> bool:
    """Say whether what is left of a refused file is read for a while, so that a browser sees the answer."""
    return length <= _DRAINED
