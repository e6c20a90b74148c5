"""JSON answers, with an ETag where a GET may be asked again."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

JSON = "application/json"


def json_response(
    shape: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a JSON answer."""
    return Response(msgspec.json.encode(shape), status, headers, JSON)


def cached_response(request: Request, shape: Any) -> Response:
    """Return a JSON answer with its ETag; 304 where the asker has it already."""
    return cached(request, msgspec.json.encode(shape), JSON)


def cached(request: Request, body: bytes, media: str) -> Response:
    """Return an answer with its ETag; 304 where the asker has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if is_known(request, tag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media)


def is_known(request: Request, tag: str) -> bool:
    """Say whether the asker has what a tag is of."""
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    return tag in known or f"W/{tag}" in known
