"""Values that a contract lists, as SQL literals of the column that they are compared with."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from meshwright.audit.floats import nearest_single
from meshwright.audit.moments import moment_text
from meshwright.audit.option import Unfit
from meshwright.audit.sqltext import TEMPORAL, literal, text
from meshwright.model.types import SqlType


def literals(
    values: Iterable[object], kind: SqlType, options: Mapping[str, object] | None = None
) -> list[str]:
    """Write those of a contract's values that a column of the type can hold.

    `options` are the column's: they say in which zone a moment without one is.
    """
    written = (_literal(value, kind, options or {}) for value in values)
    return [each for each in written if each is not None]


def _literal(value: object, kind: SqlType, options: Mapping[str, object]) -> str | None:
    if kind.name in TEMPORAL and value is not None:
        try:
            return f"CAST({text(moment_text(value, kind.name, options))} AS {kind.name})"
        except Unfit:
            return None
    written = literal(value, kind)
    if kind.name == "FLOAT" and written is not None:
        return _single(Decimal(str(value)))
    return written


def _single(value: Decimal) -> str | None:
    found = nearest_single(value)
    return f"CAST('{found[0]!r}' AS FLOAT)" if found and found[1] == value else None
