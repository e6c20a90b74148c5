"""A small real session over DuckDB, for tests of the audit alone."""

import threading
from collections.abc import Sequence
from pathlib import Path

import duckdb

from meshwright.errors import ModelError
from meshwright.model.contract import Contract, ContractColumn, ContractObject
from meshwright.model.table import Column, ColumnStatistics, DataFile


class PlainSession:
    """The methods of `Session` that an audit uses, on one in-memory DuckDB."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 2; SET TimeZone = 'UTC'")
        self.lock = threading.Lock()
        self.ran: list[str] = []

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        self.ran.append(sql)
        with self.lock:
            cursor = self.connection.cursor()
        try:
            statements = cursor.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise ModelError("model-not-select", "not one select")
            return cursor.execute(sql).fetchall()
        except duckdb.Error as error:
            raise ModelError("query-failed", str(error).splitlines()[0].lower()) from error

    def define(self, name: str, sql: str, *, keep: bool = False) -> None:
        kind = "TABLE" if keep else "VIEW"
        self.connection.execute(f'CREATE OR REPLACE {kind} "{name}" AS {sql}')

    def scan(self, name: str, files: Sequence[Path]) -> None:
        listed = ", ".join(f"'{file}'" for file in files)
        self.connection.execute(
            f'CREATE OR REPLACE VIEW "{name}" AS '
            f"FROM read_parquet([{listed}], union_by_name = true)"
        )

    def columns(self, sql: str) -> tuple[Column, ...]:
        return tuple(
            Column(row[0], row[1]) for row in self.connection.execute(f"DESCRIBE {sql}").fetchall()
        )

    def stage(self, sql: str, path: Path) -> tuple[DataFile, ...]:
        """Write Parquet, with the statistics that the writer returns."""
        quoted = str(path).replace("'", "''")
        row = self.connection.execute(f"COPY ({sql}) TO '{quoted}' (RETURN_STATS)").fetchall()[0]
        given = {_bare(name): _statistics(each) for name, each in row[4].items()}
        return (DataFile(path.name, row[1], row[2], given),)


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"')


def _statistics(given: dict[str, str]) -> ColumnStatistics:
    exact = given.get("min_is_exact") == "true" and given.get("max_is_exact") == "true"
    nan = given.get("has_nan")
    return ColumnStatistics(
        int(given["null_count"]) if "null_count" in given else None,
        given.get("min"),
        given.get("max"),
        exact,
        None if nan is None else nan == "true",
    )


def contract_of(*columns: ContractColumn, **more: object) -> tuple[Contract, ContractObject]:
    """Make a contract of one object."""
    declared = ContractObject("orders", columns, **more)  # type: ignore[arg-type]
    return Contract("c1", "1.0.0", "active", "v3.2.0", (declared,)), declared
