"""What is answered to a POST: OpenLineage events of other tools, one or many.

What must stay true: a page in a browser cannot post here (an `Origin` is refused, and the media types that
are taken need a permission that this server never gives); a body is read only up to a limit; an error names
neither a path nor a line of code.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from meshwright.app.lineage_import import Taken
from meshwright.errors import ErrorKind, MeshwrightError, UsageError
from meshwright.serve.answers import Answer

LINEAGE = ("/api/v1/lineage", "/api/v1/lineage/batch")
MEDIA_TYPES = ("application/json", "application/x-ndjson", "application/ndjson")
MOST_BYTES = 16 * 1024 * 1024
# Takes the events of a body; says what became of them, and whether it was a batch.
Take = Callable[[bytes], tuple[Taken, bool]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not read at all."""

    status: int
    code: str
    message: str


def refusal(sent: Mapping[str, str]) -> Refusal | None:
    """Judge a POST by its headers alone; None where its body may be read."""
    headers = {name.title(): value for name, value in sent.items()}
    if headers.get("Origin") or headers.get("Sec-Fetch-Site", "none") not in (
        "none",
        "same-origin",
    ):
        return Refusal(403, "origin-refused", "pages in a browser may not post here")
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in MEDIA_TYPES:
        return Refusal(415, "media-type-unknown", f"the media type must be {MEDIA_TYPES[0]}")
    if headers.get("Transfer-Encoding") or headers.get("Content-Encoding"):
        return Refusal(411, "length-required", "send the body whole, with its Content-Length")
    length = headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()):
        return Refusal(411, "length-required", "send the body whole, with its Content-Length")
    if len(length) > 12 or int(length) > MOST_BYTES:
        return Refusal(413, "body-too-large", f"a body has at most {MOST_BYTES} bytes")
    return None


def lineage(body: bytes, take: Take) -> Answer:
    """Take events: 201 for one, 200 for a batch with what became of each, 400 for what is none."""
    try:
        taken, is_batch = take(body)
    except UsageError as error:
        return _error(400, error.code, error.message, error.kind)
    except MeshwrightError as error:
        return _error(503, error.code, "the mesh takes nothing now", error.kind)
    if is_batch:
        return _json(200, batch_shape(taken))
    if taken.failed:
        return _error(400, "event-invalid", taken.failed[0][1], ErrorKind.USER)
    return _json(201, {"status": "success"})


def batch_shape(taken: Taken) -> dict[str, object]:
    """Return what OpenLineage's batch endpoint answers."""
    failed = len(taken.failed)
    status = "success" if not failed else "partial_success"
    return {
        "status": status,
        "summary": {
            "received": taken.received,
            "successful": taken.received - failed,
            "failed": failed,
            "retriable": 0,
            "non_retriable": failed,
        },
        "failed_events": [
            {"index": number, "reason": reason, "retriable": False}
            for number, reason in taken.failed
        ],
    }


def _error(status: int, code: str, message: str, kind: ErrorKind) -> Answer:
    shape = {"code": code, "message": message, "hint": "", "kind": kind.value}
    return _json(status, {"error": shape})


def _json(status: int, shape: object) -> Answer:
    return Answer(status, "application/json", json.dumps(shape, ensure_ascii=False))
