"""What tools answer, as types: the output schemas are made of them, and mypy holds the tools to them.

What must stay true: a key that a tool may leave out is `NotRequired`; what is shortened to `max_tokens` still
is of its type. A value of a mesh (a cell, an allowed value) may be any JSON.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict, TypeVar, cast

from msgspec import Meta

T = TypeVar("T", bound="Mapping[str, object]")

MayRead = Annotated[bool | None, Meta(description="null: nothing is published yet.")]
Seconds = float | None
Time = Annotated[str, Meta(description="ISO 8601.")]


def picked(shape: Mapping[str, Any], kind: type[T]) -> T:
    """Return of a shape what a type has, as that type."""
    return cast("T", {name: shape[name] for name in kind.__annotations__ if name in shape})


class Answer(TypedDict, total=False):
    """What every answer may say."""

    shortened: Annotated[str, Meta(description="What had no room, and how to get it.")]
    note: str


class Incident(TypedDict):
    """Something unhealthy."""

    id: str
    opened: Time
    cause: str
