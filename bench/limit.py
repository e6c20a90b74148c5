"""Run the statements of the limit: `CREATE TABLE AS` in one DuckDB connection, and nothing else.

python bench/limit.py PROJECT               each statement a transaction, DuckDB's default
python bench/limit.py PROJECT --atomic      all of them one transaction: all tables or none
"""

import argparse
from pathlib import Path

import duckdb


def build(project: Path, *, atomic: bool) -> None:
    """Create every table, in a database file of its own."""
    with duckdb.connect(str(project / "warehouse.duckdb")) as connection:
        if atomic:
            connection.execute("BEGIN")
        for path in sorted((project / "models").iterdir()):
            connection.execute(path.read_text())
        if atomic:
            connection.execute("COMMIT")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--atomic", action="store_true", help="one transaction")
    arguments = parser.parse_args()
    build(arguments.project, atomic=arguments.atomic)
