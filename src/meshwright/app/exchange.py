"""Values of the mesh on their way to another machine and back: plain JSON, by their types alone.

What must stay true: what is rebuilt equals what was sent, but for paths, which are told relative to the mesh:
where it lies on its machine is nobody's business.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def to_plain(value: object, root: Path | None = None) -> Any:
    """Return a value as JSON has it."""

    def other(found: object) -> object:
        if isinstance(found, Path):
            inside = root is not None and found.is_relative_to(root)
            return found.relative_to(root or found).as_posix() if inside else found.name
        return str(found)

    return msgspec.to_builtins(value, enc_hook=other)


def from_plain(plain: object, kind: Callable[..., T] | type[T]) -> T:
    """Return the value that was sent; raise `msgspec.ValidationError` for what is none."""
    return msgspec.convert(plain, kind, dec_hook=_rebuilt)


def schemas_of(kinds: Iterable[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return a JSON schema for each type, and the components that they refer to."""
    found, components = msgspec.json.schema_components(
        list(kinds), schema_hook=_schema, ref_template="#/components/schemas/{name}"
    )
    return list(found), dict(components)


def _rebuilt(kind: type, plain: object) -> object:
    if kind is Path or issubclass(kind, Path):
        return Path(str(plain))
    return plain


def _schema(kind: type) -> dict[str, Any]:
    return {"description": "Any value."} if kind is object else {"type": "string"}
