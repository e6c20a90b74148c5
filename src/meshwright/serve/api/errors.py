"""Errors over HTTP: the one shape, and which status each kind has."""

from collections.abc import Mapping
from pathlib import Path

from starlette.responses import Response

from meshwright.errors import ErrorKind, MeshwrightError
from meshwright.serve.api.answering import json_response
from meshwright.serve.wording import told

STATUSES: Mapping[ErrorKind, int] = {
    ErrorKind.USER: 400,
    ErrorKind.RULES: 409,
    ErrorKind.DENIED: 403,
    ErrorKind.EXTERNAL: 503,
    ErrorKind.EXHAUSTED: 429,
    ErrorKind.INTERNAL: 500,
}
_BY_CODE: Mapping[str, int] = {
    "principal-unknown": 401,
    "sign-in-refused": 401,
    "sign-in-throttled": 429,
    "token-expired": 401,
    "token-invalid": 401,
}


class HttpError(MeshwrightError):
    """What is wrong with a request as HTTP sees it, with its status."""

    def __init__(self, status: int, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(code, message, hint=hint)
        self.status = status
        if status in (401, 403):
            self.kind = ErrorKind.DENIED
        elif status in (429, 503):
            self.kind = ErrorKind.EXHAUSTED


def status_of(error: BaseException) -> int:
    """Return the HTTP status of an error: by its kind, but 401 for no proof and 404 for what there is not."""
    if isinstance(error, HttpError):
        return error.status
    if not isinstance(error, MeshwrightError):
        return 500
    if error.kind is ErrorKind.DENIED and error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if error.kind is ErrorKind.USER and error.code.endswith("-unknown"):
        return 404
    return STATUSES[error.kind]


def error_response(error: BaseException, root: Path | None = None) -> Response:
    """Return the answer that an error is."""
    status = status_of(error)
    if isinstance(error, HttpError):
        shape = {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "kind": error.kind.value,
        }
    else:
        shape = told(error, root)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="mesh"'
    if status in (429, 503):
        headers["Retry-After"] = "1"
    return json_response({"error": shape}, status, headers)
