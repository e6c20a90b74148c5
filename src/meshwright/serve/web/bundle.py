"""The scripts and styles that the build made: files that carry their digest in their name.

They alone are sent compressed: one file is compressed once, and all of them say the same to everybody. A page
is not: it holds the secret of its forms beside words that a stranger may choose (what was searched for), and
the length of what is compressed tells of both (BREACH). It would save 15 KB, and take more CPU each time.
Streams and downloads of rows go through untouched.
"""

import gzip
import json
import re
from functools import cache
from pathlib import Path

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from meshwright.errors import InternalError
from meshwright.serve.api.errors import HttpError, error_response

FOLDER = Path(__file__).parent / "built"
PATH = "/static"
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_REFUSED = re.compile(r"q=0(\.0*)?")
_LEVEL = 6  # 9 takes nearly twice as long for half a percent


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
    """Send a file, compressed to whoever takes that; browsers keep it for good."""
    name = str(request.path_params["name"])
    if name not in manifest().values():
        return error_response(HttpError(404, "not-found", "there is no such path"))
    kind = _TYPES[Path(name).suffix]
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return FileResponse(FOLDER / name, media_type=kind, headers=headers)
    # No ETag: the digest is in the name, and the one of the file is for its bytes as they are.
    body = await run_sync(_compressed, name)
    return Response(body, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})


def takes_gzip(accepted: str) -> bool:
    """Say whether an Accept-Encoding header names gzip, and not to refuse it."""
    for wish in accepted.lower().split(","):
        name, _, said = wish.partition(";")
        if name.strip() == "gzip":
            return _REFUSED.fullmatch("".join(said.split())) is None
    return False


@cache
def _compressed(name: str) -> bytes:
    """Return a file compressed; the whole bundle takes 0.7 MB of memory so."""
    return gzip.compress((FOLDER / name).read_bytes(), _LEVEL, mtime=0)
