"""Ask the session for what the writer of the files did not tell.

An engine answers these queries about Parquet from its footers: minima and maxima when nothing else is asked
for, and how many are NULL by skipping the row groups that have none.
"""

import math
from dataclasses import replace

from meshwright.audit.sqltext import FLOATS, NUMBERS, TEMPORAL, identifier, relation
from meshwright.audit.target import AuditTarget
from meshwright.audit.type_rules import staged_type
from meshwright.model.table import ColumnStatistics, DataFile
from meshwright.spi.engine import Session

_ORDERED = (NUMBERS | TEMPORAL) - {"TIME"}


def with_statistics(target: AuditTarget, session: Session) -> AuditTarget:
    """Return the target with exact statistics of its fresh rows, as if they were one file.

    For rows whose files came without statistics (written by somebody else).
    """
    source, names = relation(target.fresh), [identifier(c.name) for c in target.columns]
    kinds = [staged_type(column.type).name for column in target.columns]
    ordered = [name for name, kind in zip(names, kinds, strict=True) if kind in _ORDERED]
    ranges = "".join(f", min({name}), max({name})" for name in ordered)
    row = list(session.rows(f"SELECT count(*){ranges} FROM {source}", trusted=True)[0])
    counts = ", ".join(f"(SELECT count(*) FROM {source} WHERE {name} IS NULL)" for name in names)
    nulls = session.rows(f"SELECT {counts}", trusted=True)[0]
    total = _whole(row.pop(0))
    found = {}
    for column, kind, absent in zip(target.columns, kinds, nulls, strict=True):
        low, high = (row.pop(0), row.pop(0)) if kind in _ORDERED else (None, None)
        has_nan = isinstance(high, float) and math.isnan(high) if kind in FLOATS else None
        found[column.name] = ColumnStatistics(
            _whole(absent), _text(low), _text(high), True, has_nan
        )
    size = sum(file.bytes for file in target.files)
    return replace(target, files=(DataFile("", total, size, found),))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
