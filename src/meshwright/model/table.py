"""Columns, files and their statistics: a table as bytes on disk, whoever wrote them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """A column of staged or published data. `type` is SQL as DuckDB spells it: `DECIMAL(18,3)`."""

    name: str
    type: str


def repeated_names(columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Return the names that repeat an earlier one, each after it; case does not count."""
    first: dict[str, str] = {}
    repeated = []
    for column in columns:
        key = column.name.lower()
        if key in first:
            repeated.append((first[key], column.name))
        first.setdefault(key, column.name)
    return repeated


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """What a file's writer knows of a column without a scan; None where it does not know.

    `minimum` and `maximum` are the writer's text; they bound the values and, when `is_exact`, are values.
    """

    nulls: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    is_exact: bool = False
    has_nan: bool | None = None


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file. `path` is relative to its table's folder; `interval` is an ISO start or ''."""

    path: str
    rows: int
    bytes: int
    statistics: Mapping[str, ColumnStatistics] = field(default_factory=dict)
    interval: str = ""


# Types that a Delta table cannot hold, and what to cast them to.
UNSTORABLE = {
    "HUGEINT": "BIGINT or DECIMAL(38,0)",
    "UHUGEINT": "DECIMAL(38,0)",
    "UBIGINT": "BIGINT or DECIMAL(20,0)",
    "UINTEGER": "BIGINT",
    "USMALLINT": "INTEGER",
    "UTINYINT": "SMALLINT",
    "TIME": "VARCHAR or INTERVAL seconds as INTEGER",
    "TIME WITH TIME ZONE": "VARCHAR",
    "TIMESTAMP_NS": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_S": "TIMESTAMP",
    "UUID": "VARCHAR",
    "INTERVAL": "BIGINT (seconds)",
    "BIT": "VARCHAR",
    "UNION": "STRUCT",
    '"NULL"': "the type the column should have",
    "NULL": "the type the column should have",
    "VARIANT": "VARCHAR (as JSON text)",
    "BIGNUM": "DECIMAL(38,0)",
    "VARINT": "DECIMAL(38,0)",
    "GEOMETRY": "VARCHAR or BLOB",
    "JSON": "VARCHAR",
}
