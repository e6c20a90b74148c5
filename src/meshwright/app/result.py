"""Rows that were read: an Arrow table that every DataFrame library takes without a copy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a query or a port, with the versions they came from.

    `masked` is how columns of these ports are shown to whoever asked: address of a column -> mask.
    Speaks the Arrow PyCapsule interface: `pyarrow.table(result)`, `polars.DataFrame(result)` work.
    """

    table: "pyarrow.Table"
    versions: Mapping[str, int] = field(default_factory=dict)  # address -> version
    seconds: float = 0.0
    masked: Mapping[str, str] = field(default_factory=dict)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the Arrow stream capsule."""
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.table.num_rows)

    @property
    def columns(self) -> list[str]:
        """Return the column names."""
        return list(self.table.column_names)

    def to_arrow(self) -> "pyarrow.Table":
        """Return a `pyarrow.Table`."""
        return self.table

    def to_pandas(self) -> "pandas.DataFrame":
        """Return a pandas DataFrame (extra `meshwright[pandas]`)."""
        return self.table.to_pandas()

    def to_polars(self) -> "polars.DataFrame":
        """Return a Polars DataFrame (extra `meshwright[polars]`)."""
        import polars

        return polars.from_arrow(self.table)  # type: ignore[return-value]

    def to_duckdb(
        self, connection: "duckdb.DuckDBPyConnection | None" = None
    ) -> "duckdb.DuckDBPyRelation":
        """Return a DuckDB relation, in the given connection or the default one."""
        import duckdb

        return (connection or duckdb.default_connection()).from_arrow(self.table)

    def to_pylist(self) -> list[dict[str, Any]]:
        """Return one dict a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows()]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one tuple a row; a column with a date beyond Python's years is text."""
        columns = [values_of(column) for column in self.table.columns]
        return list(zip(*columns, strict=True)) if columns else []


def values_of(column: "pyarrow.ChunkedArray | pyarrow.Array") -> list[Any]:
    """Return a column's values; as text where one is a date that Python has not (infinity, year 290000)."""
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        import duckdb
        import pyarrow

        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            whole = connection.from_arrow(pyarrow.table({"v": column}))
            return [value for (value,) in whole.project("CAST(v AS VARCHAR)").fetchall()]
