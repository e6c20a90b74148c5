"""The OpenAPI 3.1 document, made of the operations that the routes are made of."""

from collections.abc import Sequence
from typing import Any

from meshwright import __version__
from meshwright.app.exchange import schemas_of
from meshwright.serve.api.operations import Operation, Parameter

Shape = dict[str, Any]
ERROR = {"$ref": "#/components/schemas/Error"}
_ERROR: Shape = {
    "type": "object",
    "description": "The one shape of every error.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint", "kind"],
            "properties": {
                "code": {"type": "string", "description": "Stable; docs/reference/errors.md lists them."},
                "message": {"type": "string"},
                "hint": {"type": "string", "description": "The next thing to do; may be empty."},
                "kind": {
                    "enum": ["user", "rules", "denied", "external", "exhausted", "internal"],
                },
            },
        }
    },
    "example": {
        "error": {
            "code": "access-denied",
            "message": "`person:gus` may not read `sales.orders.orders`: nothing allows it (default)",
            "hint": "mesh access request sales.orders.orders --purpose \"…\"",
            "kind": "denied",
        }
    },
}  # fmt: skip
_MEANINGS = {
    200: "Done.",
    201: "Taken.",
    202: "Begun; it goes on.",
    204: "Done; there is nothing to say.",
    303: "Go there.",
    304: "You have it already.",
    400: "The request is wrong; the message says where.",
    401: "Nobody is proven: send a bearer token.",
    403: "You may not.",
    404: "There is no such thing.",
    406: "Not to be had in any of these formats.",
    408: "The body took too long.",
    409: "A rule of the mesh forbids it.",
    411: "The body has no length.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    421: "This server has another name.",
    429: "Too much at once, or more than one query may take.",
    500: "Our own fault.",
    503: "Not now.",
}
_ALWAYS = (400, 421, 429, 503)


def openapi(operations: Sequence[Operation]) -> Shape:
    """Return the document."""
    types: list[Any] = []
    for operation in operations:
        types += [*_alternatives(operation.body), *_alternatives(operation.answers)]
    found, components = schemas_of(types)
    schemas = iter(found)
    paths: dict[str, Shape] = {}
    for operation in operations:
        body = _any([next(schemas) for _ in _alternatives(operation.body)])
        answers = _any([next(schemas) for _ in _alternatives(operation.answers)])
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, body, answers
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Meshwright",
            "version": __version__,
            "summary": "A data mesh: its published data, under policy, and what it knows of itself.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token, a session's token, or an ID token of the OIDC provider.",
                }
            },
        },
    }


def _alternatives(said: Any) -> tuple[Any, ...]:
    if said is None:
        return ()
    return said if isinstance(said, tuple) else (said,)


def _any(schemas: Sequence[Shape]) -> Shape | None:
    if len(schemas) > 1:
        return {"anyOf": list(schemas)}
    return schemas[0] if schemas else None


def _operation(operation: Operation, body: Shape | None, answers: Shape | None) -> Shape:
    shape: Shape = {
        "operationId": _name(operation),
        "summary": operation.about,
        "parameters": [_parameter(one) for one in operation.parameters],
        "responses": _responses(operation, answers),
        "security": [] if operation.scope is None else [{"bearer": []}],
    }
    if operation.details:
        shape["description"] = operation.details
    if operation.scope:
        shape["x-scope"] = operation.scope
    if body is not None:
        content: Shape = {"schema": body}
        if operation.example is not None:
            content["example"] = dict(operation.example)
        shape["requestBody"] = {
            "required": True,
            "content": dict.fromkeys(operation.body_media, content),
        }
    return shape


def _responses(operation: Operation, answers: Shape | None) -> Shape:
    good: Shape = {"description": _MEANINGS[operation.status]}
    if answers is not None:
        good["content"] = {"application/json": {"schema": answers}}
    if operation.media:
        told = {media: {"schema": _rows(media)} for media in operation.media}
        good["content"] = {**told, **good.get("content", {})}
    responses: Shape = {str(operation.status): good}
    statuses = {*_ALWAYS, *operation.statuses}
    if operation.scope is not None:
        statuses |= {401, 403}
    if "{" in operation.path or operation.path.endswith("/query") or operation.parameters:
        statuses |= {404, 409}
    if operation.method != "GET":
        statuses |= {403}
    if operation.method == "POST":
        statuses |= {408, 411, 413, 415}
    for status in sorted(statuses - {operation.status}):
        said: Shape = {"description": _MEANINGS[status]}
        if status in (200, 202) or (status == 503 and operation.path == "/health"):
            said["content"] = {"application/json": {"schema": {"type": "object"}}}
        elif status >= 400:
            said["content"] = {"application/json": {"schema": ERROR}}
        responses[str(status)] = said
    return responses


def _rows(media: str) -> Shape:
    if media == "application/json":
        return {
            "type": "object",
            "required": ["query", "versions", "columns", "masked", "rows"],
            "properties": {
                "query": {"type": "string", "description": "Its id in the trail."},
                "versions": {"type": "object", "additionalProperties": {"type": "integer"}},
                "columns": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"name": {"type": "string"}, "type": {"type": "string"}},
                    },
                },
                "masked": {"type": "object", "additionalProperties": {"type": "string"}},
                "rows": {"type": "array", "items": {"type": "array"}},
            },
        }
    return {"type": "string"} if media.startswith("text/") else {}


def _parameter(one: Parameter) -> Shape:
    schema: Shape = {"type": one.kind}
    if one.kind == "integer":
        schema["minimum"] = 0
    if one.most:
        schema["maximum"] = one.most
    if one.words:
        schema["enum"] = list(one.words)
    shape: Shape = {
        "name": one.name,
        "in": one.place,
        "required": one.place == "path" or one.is_needed,
        "description": one.about,
        "schema": schema,
    }
    if one.example is not None:
        shape["example"] = one.example
    return shape


def _name(operation: Operation) -> str:
    words = operation.path.removeprefix("/api/v1").strip("/").replace("{", "").replace("}", "")
    return f"{operation.method.lower()}_{words.replace('/', '_').replace('.', '_')}"
