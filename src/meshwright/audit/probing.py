"""Ask the session for what the writer of the files did not tell.

An engine answers these queries about Parquet from its footers: minima and maxima when nothing else is asked
for, and how many are NULL by skipping the row groups that have none, or from the footers themselves.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from meshwright.audit.sqltext import FLOATS, NUMBERS, TEMPORAL, identifier, relation, text
from meshwright.audit.target import AuditTarget
from meshwright.audit.type_rules import staged_type
from meshwright.errors import ModelError
from meshwright.model.table import ColumnStatistics, DataFile
from meshwright.spi.engine import Session

_ORDERED = (NUMBERS | TEMPORAL) - {"TIME"}
_PATTERN = re.compile(r"[*?\[]")
# A subquery skips what it can, but planning many costs more than linearly: beyond this, one pass is cheaper.
_MANY = 32


def with_statistics(
    target: AuditTarget, session: Session, paths: Sequence[Path] = ()
) -> AuditTarget:
    """Return the target with exact statistics of its fresh rows, as if they were one file.

    For rows whose files came without statistics (written by somebody else). `paths` are those files, where
    their footers may be read: they save counting the NULLs.
    """
    source, names = relation(target.fresh), [identifier(c.name) for c in target.columns]
    kinds = [staged_type(column.type).name for column in target.columns]
    ordered = [name for name, kind in zip(names, kinds, strict=True) if kind in _ORDERED]
    ranges = "".join(f", min({name}), max({name})" for name in ordered)
    row = list(session.rows(f"SELECT count(*){ranges} FROM {source}", trusted=True)[0])
    total = _whole(row.pop(0))
    nulls = _nulls(target, session, _nulls_of_footers(session, paths, total))
    found = {}
    for column, kind in zip(target.columns, kinds, strict=True):
        low, high = (row.pop(0), row.pop(0)) if kind in _ORDERED else (None, None)
        has_nan = isinstance(high, float) and math.isnan(high) if kind in FLOATS else None
        found[column.name] = ColumnStatistics(
            nulls[column.name], _text(low), _text(high), True, has_nan
        )
    size = sum(file.bytes for file in target.files)
    return replace(target, files=(DataFile("", total, size, found),))


def _nulls(target: AuditTarget, session: Session, known: Mapping[str, int]) -> dict[str, int]:
    """Return the NULLs of every column; those that are not known are counted."""
    asked = [column.name for column in target.columns if column.name not in known]
    source = relation(target.fresh)
    if len(asked) > _MANY:
        counts = ", ".join(f"count(*) - count({identifier(name)})" for name in asked)
        sql = f"SELECT {counts} FROM {source}"
    else:
        sql = "SELECT " + ", ".join(
            f"(SELECT count(*) FROM {source} WHERE {identifier(name)} IS NULL)" for name in asked
        )
    counted = session.rows(sql, trusted=True)[0] if asked else ()
    return {**known, **dict(zip(asked, map(_whole, counted), strict=True))}


def _nulls_of_footers(session: Session, paths: Sequence[Path], total: int) -> dict[str, int]:
    """Return the NULLs of the plain columns that every file has, with their number in every footer.

    A path that would be read as a pattern, or that the session takes for more than a name, tells nothing.
    """
    if not paths or any(_PATTERN.search(str(path)) for path in paths):
        return {}
    listed = ", ".join(text(str(path)) for path in paths)
    sql = (
        f"SELECT path_in_schema, sum(stats_null_count) FROM parquet_metadata([{listed}]) GROUP BY ALL "
        f"HAVING count(stats_null_count) = count(*) AND sum(num_values) = {total}"
    )
    try:
        rows = session.rows(sql, trusted=True)
    except ModelError:
        return {}
    # Parts of a nested column are listed as `column, part`, which could be a column's own name too.
    return {str(name): _whole(nulls) for name, nulls in rows if "," not in str(name)}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
