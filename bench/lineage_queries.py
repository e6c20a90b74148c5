"""The 22 queries of TPC-H and the 99 of TPC-DS with their schemas, as DuckDB's extensions hold them.

Runs under the Python of the peer `tpc`, whose wheels bring the extensions along without a network, and
prints JSON: by benchmark its `tables` (columns with their types) and its `queries` by number.

    python bench/lineage_queries.py
"""

import json
import sys
from pathlib import Path
from typing import Any

GENERATORS = {"tpch": "dbgen", "tpcds": "dsdgen"}


def read_benchmark(connection: Any, name: str) -> dict[str, Any]:
    """Return tables and queries of one benchmark; its tables are made empty, for their schema."""
    import duckdb_extension_tpcds
    import duckdb_extension_tpch

    package = {"tpch": duckdb_extension_tpch, "tpcds": duckdb_extension_tpcds}[name]
    folder = Path(str(package.__file__)).parent
    extension = next(folder.rglob(f"{name}.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    connection.execute(f"CREATE SCHEMA {name}; USE {name}; CALL {GENERATORS[name]}(sf = 0)")
    rows = connection.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = ? ORDER BY table_name, ordinal_position",
        [name],
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        tables.setdefault(table, {})[column] = data_type
    queries = connection.execute(f"SELECT query_nr, query FROM {name}_queries() ORDER BY 1")
    return {"tables": tables, "queries": dict(queries.fetchall())}


def main() -> None:
    import duckdb

    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    content = {name: read_benchmark(connection, name) for name in GENERATORS}
    json.dump(content, sys.stdout)


if __name__ == "__main__":
    main()
