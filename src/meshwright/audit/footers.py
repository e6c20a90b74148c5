"""What the writers of the files already know: exact answers without a scan, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from meshwright.audit.plan import Bound
from meshwright.audit.sqltext import FLOATS, NUMBERS
from meshwright.model.table import ColumnStatistics, DataFile

Limit = Decimal | date | datetime


@dataclass(frozen=True, slots=True)
class ColumnFooters:
    """One column over all its files: `nulls` and `low`/`high` are None where some file doesn't know."""

    rows: int
    nulls: int | None = None
    low: Limit | None = None
    high: Limit | None = None
    is_exact: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether there is not one value."""
        return self.nulls == self.rows


def read_footers(files: Sequence[DataFile], column: str, kind: str) -> ColumnFooters:
    """Unite one column's statistics over files."""
    rows = sum(file.rows for file in files)
    filled = [file for file in files if file.rows]
    known = [file.statistics.get(column) for file in filled]
    if not files or any(each is None for each in known):
        return ColumnFooters(rows)
    given = [each for each in known if each is not None]
    counts = [each.nulls for each in given if each.nulls is not None]
    nulls = sum(counts) if len(counts) == len(given) else None
    with_values = [
        each for each, file in zip(given, filled, strict=True) if each.nulls != file.rows
    ]
    lows = [_parse(each.minimum, each, kind) for each in with_values]
    highs = [_parse(each.maximum, each, kind) for each in with_values]
    low = min((x for x in lows if x is not None), default=None)
    high = max((x for x in highs if x is not None), default=None)
    return ColumnFooters(
        rows,
        nulls,
        None if None in lows else low,
        None if None in highs else high,
        all(each.is_exact for each in with_values),
    )


def parse_limit(written: str, kind: str) -> Limit | None:
    """Read a number or moment as a writer or a contract writes it; None where it cannot be compared."""
    try:
        if kind in NUMBERS and kind != "FLOAT":
            found = Decimal(repr(float(written))) if kind == "DOUBLE" else Decimal(written)
            return found if found.is_finite() else None
        if kind == "DATE":
            return date.fromisoformat(written)
        if kind in ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"):
            moment = datetime.fromisoformat(written)
            return moment if (moment.tzinfo is not None) == (kind != "TIMESTAMP") else None
    except (ArithmeticError, ValueError):
        return None
    return None


def holds(bound: Bound, footers: ColumnFooters, kind: str) -> bool | None:
    """Say whether no value violates a bound; None where the files don't tell."""
    if footers.is_empty:
        return True
    limit = parse_limit(bound.limit, kind)
    extreme = footers.low if bound.operator.startswith("<") else footers.high
    if limit is None or extreme is None:
        return None
    if not _violates(extreme, bound.operator, limit):
        return True
    return False if footers.is_exact else None


def _parse(written: str | None, known: ColumnStatistics, kind: str) -> Limit | None:
    if written is None or (kind in FLOATS and known.has_nan is not False):
        return None
    return parse_limit(written, kind)


def _violates(extreme: Limit, operator: str, limit: Limit) -> bool:
    if operator == "<":
        return extreme < limit  # type: ignore[operator]
    if operator == "<=":
        return extreme <= limit  # type: ignore[operator]
    if operator == ">":
        return extreme > limit  # type: ignore[operator]
    return extreme >= limit  # type: ignore[operator]
