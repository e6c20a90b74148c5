"""JSON as Python sees it; apart from the facts, so that reading a descriptor does not load them all."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

# A `Decimal` where a document says a number that no `float` is: `model.exact` writes it as JSON.
Json = None | bool | int | float | Decimal | str | Sequence["Json"] | Mapping[str, "Json"]
