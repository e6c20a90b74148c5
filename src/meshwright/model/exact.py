"""Numbers as they are written: a `float` where it is the same number, a `Decimal` where it would be another.

JSON can say every decimal number, so such a document is JSON still; `dumps` writes its digits and `loads`
reads them back.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from re import compile as pattern
from secrets import token_hex
from typing import Any

_MOST_ZEROS = 400  # a number that is further from 1 is a float, whose digits can be written out
_MARK = f"\ue000{token_hex(8)}:"  # begins a number among the texts; no document can hold it
_MARKED = pattern(f'"{_MARK}([^"]*)"')


def parse_number(text: str) -> float | Decimal:
    """Return the number that a text with a point or an exponent says."""
    near = float(text)
    exact = Decimal(text)
    if not exact.is_finite() or abs(exact.adjusted()) > _MOST_ZEROS or Decimal(repr(near)) == exact:
        return near
    return exact


def most_rows(share: float, total: int) -> int:
    """Return how many rows of `total` are within a share: 0.29 of 100 are 29, as it is written."""
    return int(Decimal(repr(share)) * total)


def dumps(value: object, default: Callable[[object], object] | None = None, **options: Any) -> str:
    """Return a value as JSON, not ASCII alone, with every digit of a `Decimal`; options of `json.dumps`."""

    def plain(other: object) -> object:
        if isinstance(other, Decimal):
            return f"{_MARK}{other}"
        if default is None:
            raise TypeError(f"{type(other).__name__} is not JSON")
        return default(other)

    text = json.dumps(value, ensure_ascii=False, default=plain, **options)
    return _MARKED.sub(r"\1", text) if _MARK in text else text


def loads(text: str | bytes) -> Any:
    """Return the value of a JSON text, as `json.loads` does, with every digit of its numbers."""
    return json.loads(text, parse_float=parse_number)
