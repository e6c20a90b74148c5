"""The database inside a process of the pool: made open and empty, given its views, then locked for good."""

from pathlib import Path
from typing import Any

import duckdb

from meshwright.adapters.duckdb.lockdown import CLOSED, be_quiet
from meshwright.adapters.duckdb.naming import glob_free, identifier, parts_of, qualified, text
from meshwright.adapters.duckdb.views import Definition
from meshwright.errors import ModelError

_OWN_CATALOGS = frozenset({"memory", "main"})


def connect() -> duckdb.DuckDBPyConnection:
    """Open an empty database in memory that loads nothing from anywhere."""
    config: dict[str, Any] = dict(CLOSED) | {"threads": 1}
    connection = duckdb.connect(":memory:", config=config)
    be_quiet(connection)
    connection.execute(
        "SET GLOBAL TimeZone = 'UTC'; SET temp_directory = '';"
        "SET GLOBAL parquet_metadata_cache = true; SET GLOBAL parquet_can_have_nan = true"
    )
    return connection


def lock(
    connection: duckdb.DuckDBPyConnection,
    paths: tuple[str, ...],
    memory: int,
    threads: int,
    seconds: float,
) -> None:
    """Close the door: exact files, limits, no external access, and no change of any of it."""
    forms = dict.fromkeys(form for path in paths for form in (path, glob_free(Path(path))))
    connection.execute(
        f"SET memory_limit = '{memory}B'; SET threads = {threads};"
        f"SET max_execution_time = {max(1, int(seconds * 1000))};"
        f"SET allowed_paths = [{', '.join(text(form) for form in forms)}];"
        "SET enable_external_access = false; SET lock_configuration = true"
    )


def make_view(
    connection: duckdb.DuckDBPyConnection, view: Definition, spaces: set[tuple[str, ...]]
) -> None:
    """Make a view, and the database and schema that its name asks for."""
    space = view.space
    if space and space not in spaces:
        if len(space) == 2 and space[0].lower() not in _OWN_CATALOGS:
            connection.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {identifier(space[0])}")
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {qualified(space)}")
        spaces.add(space)
    connection.execute(view.sql)


def drop_view(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Remove a view of an earlier query."""
    connection.execute(f"DROP VIEW IF EXISTS {qualified(parts_of(name))}")


def relation(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: tuple[object, ...]
) -> duckdb.DuckDBPyRelation:
    """Bind a query, its parameters as values and never as text."""
    found = cursor.sql(sql, params=list(parameters)) if parameters else cursor.sql(sql)
    if found is None:
        raise ModelError("query-not-select", "the SQL gives no rows")
    return found
