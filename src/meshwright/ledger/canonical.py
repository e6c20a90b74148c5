"""Canonical JSON: one value, one text, one hash; on every machine and forever."""

from collections.abc import Mapping, Sequence, Set
from hashlib import sha256

from meshwright.errors import InternalError
from meshwright.model.exact import dumps


def canonical(value: object) -> str:
    """Return `value` as JSON with sorted keys, no spaces, plain UTF-8.

    Raises `InternalError` (`fact-not-json`) for what JSON cannot say: NaN, infinities, bytes, dates.
    """
    try:
        text = dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise InternalError(
            "fact-not-json", f"a fact holds what JSON cannot say: {error}"
        ) from error
    return text


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical JSON of `value`, in hexadecimal."""
    return sha256(canonical(value).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return list(value)
    if isinstance(value, Set):
        raise TypeError("a set has no order")
    raise TypeError(f"{type(value).__name__} is not JSON")
