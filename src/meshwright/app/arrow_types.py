"""The Arrow schema of columns whose types are SQL, as the engine gives them out."""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from meshwright.model.table import Column

if TYPE_CHECKING:
    import pyarrow

_LOCK = Lock()


def arrow_schema(columns: Sequence[Column]) -> "pyarrow.Schema":
    """Return the schema; a type that the engine has not is text."""
    import pyarrow

    return pyarrow.schema([pyarrow.field(one.name, _arrow_type(one.type)) for one in columns])


@lru_cache(maxsize=4096)
def _arrow_type(sql: str) -> "pyarrow.DataType":
    import duckdb
    import pyarrow

    with _LOCK, duckdb.connect(config={"enable_external_access": "false"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        try:
            found: pyarrow.Table = connection.sql(
                f"SELECT CAST(NULL AS {sql}) AS v LIMIT 0"
            ).to_arrow_table()
        except duckdb.Error:
            return pyarrow.string()
    return found.schema.field(0).type
