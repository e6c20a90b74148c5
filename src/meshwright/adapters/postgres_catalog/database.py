"""One user's catalog in a DuckDB of its own: in memory, locked, holding what is listed and nothing else."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from meshwright.adapters.postgres_catalog.content import Content
from meshwright.adapters.postgres_catalog.functions import macros
from meshwright.adapters.postgres_catalog.names import HOME, system_tables
from meshwright.spi.sql_catalog import CatalogContent

MEMORY, SECONDS = "256MB", 10
_OWN = (
    "CREATE TABLE pgc.pg_names(name VARCHAR, shown VARCHAR, oid BIGINT)",
    "CREATE TABLE pgc.pg_keys"
    "(key BIGINT, index BIGINT, definition VARCHAR, indexed VARCHAR, columns VARCHAR[])",
)
_LOCKS = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET temp_directory = ''",
    "SET enable_external_access = false",
    f"SET memory_limit = '{MEMORY}'",
    f"SET max_execution_time = {SECONDS * 1000}",
    "SET lock_configuration = true",
)


def open_database(content: CatalogContent) -> duckdb.DuckDBPyConnection:
    """Make the catalog of one user."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("BEGIN")
    connection.execute(";".join((*_schemas(), *macros(content.user, content.database))))
    for schema, table, rows in Content(content).tables():
        _fill(connection, f'{HOME[schema]}."{table}"', rows)
    connection.execute("COMMIT")
    connection.execute(";".join(_LOCKS))
    return connection


def _schemas() -> Iterator[str]:
    for schema in HOME.values():
        yield f"CREATE SCHEMA {schema}"
    for (schema, table), (_, columns) in system_tables().items():
        described = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        yield f'CREATE TABLE {HOME[schema]}."{table}"({described})'
    yield from _OWN


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Any]) -> None:
    import pyarrow

    if rows:
        connection.register("new_rows", pyarrow.Table.from_pylist([dict(row) for row in rows]))
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM new_rows")
        connection.unregister("new_rows")


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object]
) -> tuple[list[tuple[str, str]], bytes]:
    """Run a SELECT; return its columns, and its rows as an Arrow stream."""
    import pyarrow

    relation = connection.sql(sql, params=list(parameters)) if parameters else connection.sql(sql)
    columns = [
        (name, str(kind)) for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
    table = relation.to_arrow_table()
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return columns, sink.getvalue().to_pybytes()
