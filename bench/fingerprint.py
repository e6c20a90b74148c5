"""Print count and sums of each table of a DuckDB database, to compare what contestants built.

Runs under the Python of the contestant that wrote the database, whose format it can read.

    python bench/fingerprint.py DATABASE SCHEMA TABLE...
"""

import json
import sys

import duckdb

FIGURES = "count(*), sum(id), sum(amount), sum(quantity)"


def fingerprint(database: str, schema: str, tables: list[str]) -> dict[str, list[str]]:
    """Return the figures of each table as text."""
    with duckdb.connect(database, read_only=True) as connection:
        rows = {
            table: connection.execute(f'SELECT {FIGURES} FROM {schema}."{table}"').fetchone()
            for table in tables
        }
    return {table: [str(value) for value in row or ()] for table, row in rows.items()}


if __name__ == "__main__":
    print(json.dumps(fingerprint(sys.argv[1], sys.argv[2], sys.argv[3:])))
