"""A file's statistics as Delta's JSON: rows, null counts, and minima and maxima where they are sure.

A reader may skip a file by these, so a bound that could be wrong is left out: inexact or long text, types
that Delta does not bound, infinities, floats that may hold NaN. Hidden columns get their null count only.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

from meshwright.model.table import Column, ColumnStatistics, DataFile
from meshwright.model.types import parse_type

_LONGEST_TEXT = 256
_INTEGER = re.compile(r"-?\d+\Z")
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?\Z")


def statistics_of(file: DataFile, columns: Sequence[Column], hidden: frozenset[str]) -> str:
    """Return the `stats` of an add action."""
    nulls: dict[str, str] = {}
    minima: dict[str, str] = {}
    maxima: dict[str, str] = {}
    for column in columns:
        known = file.statistics.get(column.name)
        kind = parse_type(column.type).name
        if known is None or kind == "STRUCT":
            continue
        if known.nulls is not None:
            nulls[column.name] = str(known.nulls)
        if column.name not in hidden:
            _add_bounds(column.name, kind, known, minima, maxima)
    parts = {"numRecords": str(file.rows)}
    parts |= {
        "minValues": _object(minima),
        "maxValues": _object(maxima),
        "nullCount": _object(nulls),
    }
    return _object(parts)


def _object(literals: Mapping[str, str]) -> str:
    inside = ",".join(f"{json.dumps(name)}:{literal}" for name, literal in literals.items())
    return "{" + inside + "}"


def _add_bounds(
    name: str,
    kind: str,
    known: ColumnStatistics,
    minima: dict[str, str],
    maxima: dict[str, str],
) -> None:
    write = _LITERALS.get(kind)
    if write is None or not known.is_exact or known.minimum is None or known.maximum is None:
        return
    if kind in ("FLOAT", "DOUBLE") and known.has_nan is not False:
        return
    low, high = write(known.minimum), write(known.maximum)
    if low is not None and high is not None:
        minima[name] = "-0.0" if low == "0.0" else low
        maxima[name] = "0.0" if high == "-0.0" else high


def _integer(text: str) -> str | None:
    return text if _INTEGER.match(text) else None


def _decimal(text: str) -> str | None:
    return text if _DECIMAL.match(text) else None


def _float(text: str) -> str | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return repr(number) if math.isfinite(number) else None


def _text(text: str) -> str | None:
    return json.dumps(text) if len(text) <= _LONGEST_TEXT else None


def _date(text: str) -> str | None:
    try:
        return json.dumps(date.fromisoformat(text).isoformat())
    except ValueError:
        return None


def _naive(text: str) -> str | None:
    moment = _moment(text)
    if moment is None or moment.tzinfo is not None:
        return None
    return json.dumps(moment.isoformat(timespec="microseconds"))


def _instant(text: str) -> str | None:
    moment = _moment(text)
    if moment is None or moment.tzinfo is None:
        return None
    try:
        utc = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return None
    return json.dumps(utc.isoformat(timespec="microseconds") + "Z")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_LITERALS: Mapping[str, Callable[[str], str | None]] = {
    "TINYINT": _integer,
    "SMALLINT": _integer,
    "INTEGER": _integer,
    "BIGINT": _integer,
    "DECIMAL": _decimal,
    "FLOAT": _float,
    "DOUBLE": _float,
    "VARCHAR": _text,
    "DATE": _date,
    "TIMESTAMP": _naive,
    "TIMESTAMP WITH TIME ZONE": _instant,
}
