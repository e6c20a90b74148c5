"""Errors of a server as the errors that they are: same kind, same code, same message."""

from collections.abc import Mapping
from typing import Any

from meshwright.errors import (
    DeniedError,
    ErrorKind,
    ExhaustedError,
    InternalError,
    MeshwrightError,
    RefusedError,
    UnreachableError,
    UsageError,
)

_CLASSES: Mapping[str, type[MeshwrightError]] = {
    ErrorKind.USER.value: UsageError,
    ErrorKind.RULES.value: RefusedError,
    ErrorKind.DENIED.value: DeniedError,
    ErrorKind.EXTERNAL.value: UnreachableError,
    ErrorKind.EXHAUSTED.value: ExhaustedError,
    ErrorKind.INTERNAL.value: InternalError,
}


def error_of(status: int, body: Any, url: str) -> MeshwrightError:
    """Return the error that an answer is; one that is not of a mesh is told as such."""
    said = body.get("error") if isinstance(body, dict) else None
    if not isinstance(said, dict) or not isinstance(said.get("code"), str):
        return UnreachableError(
            "server-strange",
            f"`{url}` answered {status}, and not as a mesh does",
            hint="is this the address that `mesh serve` printed?",
        )
    kind = _CLASSES.get(str(said.get("kind")), InternalError)
    hint = str(said.get("hint", ""))
    if said["code"] in (
        "sign-in-needed",
        "token-invalid",
    ):  # the server's words are for who sends headers
        hint = f"mesh login {url}, or set MESH_TOKEN"
    return kind(said["code"], str(said.get("message", "")), hint=hint)
