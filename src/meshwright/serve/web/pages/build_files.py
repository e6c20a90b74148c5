"""A file beside a build, to download by whoever may see rows of its product; for others there is none."""

import re
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from meshwright.app.catalog.build_files import OpenFile, chunks_of, find_file, open_file
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

COST = 10.0
_KIND = "application/octet-stream"


async def download(visit: Visit) -> Response:
    """Send one file beside a build, as it was when it was asked for."""
    build, name = visit.path_word("build"), visit.path_word("name")
    knowing = await visit.read(lambda _: visit.service.knowing(visit.who))
    found = await visit.read_long(lambda mesh: find_file(mesh.wiring, knowing, build, name))
    headers = {
        "Content-Disposition": f'attachment; filename="{safe_name(build, name)}"',
        "X-Content-Type-Options": "nosniff",
    }
    if (
        visit.request.method == "HEAD"
    ):  # reads nothing: how long a text is under a veil is not known
        if found.veils is None:
            headers["Content-Length"] = str(found.file.bytes)
        return StreamingResponse(iter(()), media_type=_KIND, headers=headers)
    opened = await visit.service.threads.long(lambda: open_file(found))
    headers["Content-Length"] = str(opened.bytes)
    return StreamingResponse(_sent(visit, opened), media_type=_KIND, headers=headers)


def safe_name(build: str, name: str) -> str:
    """Return the name that a file is kept by: letters, digits and marks that mean nothing to any system."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".-")[-100:]
    return f"{re.sub(r'[^A-Za-z0-9_]+', '', build)}-{plain}"


async def _sent(visit: Visit, found: OpenFile) -> AsyncIterator[bytes]:
    chunks = chunks_of(found)
    try:
        while chunk := await visit.service.threads.read(lambda: next(chunks, b"")):
            yield chunk
    finally:
        found.file.close()


PAGES = (Page("/builds/{build}/files/{name:path}", download, cost=COST),)
