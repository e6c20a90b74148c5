"""The values of a query's parameters: plain ones only, as many as the text wants."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from meshwright.errors import UsageError
from meshwright.spi.query_pool import Gated

_PLAIN = (
    bool, int, float, Decimal, str, bytes, date, datetime, time, timedelta, UUID, type(None),
)  # fmt: skip


def checked(gated: Gated, values: Sequence[object]) -> tuple[object, ...]:
    """Return the values to bind; raise `UsageError` (`query-parameters`) where they do not fit."""
    if len(values) != gated.parameters:
        raise UsageError(
            "query-parameters",
            f"the query takes {gated.parameters} parameters, {len(values)} are given",
        )
    for value in values:
        _require_plain(value)
    return tuple(values)


def _require_plain(value: object) -> None:
    if isinstance(value, list | tuple):
        for item in value:
            _require_plain(item)
    elif type(value) not in _PLAIN:
        raise UsageError(
            "query-parameters", f"a value of type `{type(value).__name__}` is no parameter"
        )
