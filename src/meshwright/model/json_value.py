"""JSON as Python sees it; apart from the facts, so that reading a descriptor does not load them all."""

from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
