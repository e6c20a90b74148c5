"""The scripts and styles that the build made: files that carry their digest in their name."""

import json
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from meshwright.errors import InternalError
from meshwright.serve.api.errors import HttpError, error_response

FOLDER = Path(__file__).parent / "built"
PATH = "/static"
_TYPES = {".js": "text/javascript", ".css": "text/css"}


@cache
def manifest() -> dict[str, str]:
    """Return the served name of each file; raise `InternalError` (`web-not-built`) where there is none."""
    try:
        found: dict[str, str] = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    except OSError as error:
        raise InternalError(
            "web-not-built", "the web pages were not bundled", hint="pip install meshwright"
        ) from error
    return found


def static(name: str) -> str:
    """Return the address of a script or style."""
    return f"{PATH}/{manifest()[name]}"


async def serve(request: Request) -> Response:
    """Send a file; browsers keep it for good."""
    name = str(request.path_params["name"])
    if name not in manifest().values():
        return error_response(HttpError(404, "not-found", "there is no such path"))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(FOLDER / name, media_type=_TYPES[Path(name).suffix], headers=headers)
