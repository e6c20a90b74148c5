"""A tool as a value: its name, what it takes as a type, what it does. The schemas are made of the types."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_type_hints

import msgspec

from meshwright.errors import UsageError, did_you_mean
from meshwright.serve.mcp.budget import LEAST, MOST
from meshwright.serve.mcp.caller import Caller

Shape = dict[str, Any]
_FIELD = re.compile(r"at `\$\.(\w+)")
Work = Callable[[Caller, Any], Mapping[str, Any]]

Text = Annotated[str, msgspec.Meta(max_length=500)]
Product = Annotated[
    str,
    msgspec.Meta(
        max_length=400,
        description="A product: `domain.product` (a port's address will do).",
        examples=["sales.orders"],
    ),
]
Port = Annotated[
    str,
    msgspec.Meta(
        max_length=400,
        description="A port: `domain.product.port`; a product with one port will do.",
        examples=["sales.orders.orders"],
    ),
]
Anything = Annotated[
    str,
    msgspec.Meta(
        max_length=400,
        description="A product, a port or a column: `domain.product[.port[.column]]`.",
        examples=["sales.orders.orders.amount"],
    ),
]
Purpose = Annotated[
    str,
    msgspec.Meta(
        max_length=200,
        description="What the data is read for; a grant may ask for it, and it is recorded.",
        examples=["billing"],
    ),
]
Offset = Annotated[int, msgspec.Meta(ge=0, le=1_000_000, description="How many to pass over.")]


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every tool takes. `max_tokens`: how long the answer may be."""

    max_tokens: Annotated[
        int,
        msgspec.Meta(
            ge=LEAST,
            le=MOST,
            description="About how long the answer may be; what does not fit is left out, and said.",
        ),
    ] = 2000


@dataclass(frozen=True)
class Tool:
    """One tool. `advice`: how to get at what an answer had no room for; `scope`: what a token must open."""

    name: str
    title: str
    about: str
    takes: type[Arguments]
    work: Work
    advice: str = "Ask with a higher max_tokens, or more narrowly."
    scope: str = ""
    is_read_only: bool = True

    @cached_property
    def schema(self) -> Shape:
        """Return the JSON schema of its arguments."""
        return _schema(self.takes)

    @cached_property
    def output_schema(self) -> Shape:
        """Return the JSON schema of its answers, by the type that its work returns."""
        return _schema(get_type_hints(self.work)["return"])

    def arguments(self, said: Mapping[str, Any] | None) -> Any:
        """Return the arguments of a call; raise `UsageError` (`argument-invalid`, `argument-unknown`)."""
        known = [field.name for field in msgspec.structs.fields(self.takes)]
        for name in said or {}:
            if name not in known:
                raise UsageError(
                    "argument-unknown",
                    f"`{self.name}` takes no `{name[:50]}`",
                    hint=did_you_mean(name[:50], known),
                )
        listed = {name: self._listed(name, value) for name, value in (said or {}).items()}
        try:
            return msgspec.convert(listed, self.takes, strict=False)
        except msgspec.ValidationError as error:
            raise self._invalid(str(error)[:300]) from error

    def _listed(self, name: str, value: Any) -> Any:
        """Return one word as a list of one, where a list is wanted."""
        is_list = self.schema["properties"][name].get("type") == "array"
        return [value] if is_list and isinstance(value, str) else value

    def _invalid(self, said: str) -> UsageError:
        wrong = said.replace("`$.", "`").rstrip(".")
        found = _FIELD.search(said)
        wanted = self.schema["properties"].get(found[1], {}) if found else {}
        told = {
            key: value for key, value in wanted.items() if key not in ("description", "default")
        }
        return UsageError(
            "argument-invalid",
            f"{wrong[:1].lower()}{wrong[1:]}",
            hint=f"`{found[1]}` is {json.dumps(told)}"
            if found and told
            else "see the tool's schema",
        )


def _schema(kind: type) -> Shape:
    """Return the JSON schema of a type, without titles and docstrings: they would cost tokens."""
    _, components = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    parts = {name: dict(part) for name, part in components.items()}
    for part in parts.values():
        part.pop("title", None)
        part.pop("description", None)
    schema = parts.pop(kind.__name__)
    return {**schema, "$defs": parts} if parts else schema
