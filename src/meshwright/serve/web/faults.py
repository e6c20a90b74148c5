"""What a person sees where something went wrong: the same words that a program is told, as a page."""

from pathlib import Path

from starlette.responses import Response

from meshwright.serve.api.errors import HttpError, status_of
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told


def fault_page(visit: Visit, error: Exception, root: Path | None = None) -> Response:
    """Return the page of an error, with its status."""
    if isinstance(error, HttpError):
        said = {"code": error.code, "message": error.message, "hint": error.hint}
    else:
        said = told(error, root)
    template = "parts/fault.html" if visit.is_part else "fault.html"
    response = visit.page(template, status=status_of(error), fault=said)
    if response.status_code in (429, 503):
        response.headers["Retry-After"] = "1"
    return response
