"""Verify the visits file with Soda 4, by a contract of its own language, on DuckDB.

Soda reads the file through a view of a connection that it is given, which is faster than its own way to
open a Parquet file: that copies all of it into a table first.

    python bench/scan_soda.py VISITS.parquet     prints {check: violators} as JSON
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from scan_data import COUNTRIES, CURRENCIES, EMAIL_PATTERN, NOTE_LENGTH, SKU_PATTERN, STATES
from soda_core.contracts import verify_contract_locally
from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl

CHECKS: dict[str, dict[str, Any]] = {
    "id.required": {"missing": {}},
    "id.unique": {"duplicate": {}},
    "customer_id.required": {"missing": {}},
    "customer_id.minimum": {"invalid": {"valid_min": 1}},
    "email.required": {"missing": {}},
    "email.pattern": {"invalid": {"valid_format": {"name": "email", "regex": EMAIL_PATTERN}}},
    "country.required": {"missing": {}},
    "country.enum": {"invalid": {"valid_values": list(COUNTRIES)}},
    "currency.enum": {"invalid": {"valid_values": list(CURRENCIES)}},
    "state.enum": {"invalid": {"valid_values": list(STATES)}},
    "sku.pattern": {"invalid": {"valid_format": {"name": "sku", "regex": SKU_PATTERN}}},
    "quantity.minimum": {"invalid": {"valid_min": 1}},
    "quantity.maximum": {"invalid": {"valid_max": 100}},
    "price.minimum": {"invalid": {"valid_min": 0}},
    "price.maximum": {"invalid": {"valid_max": 10_000.01}},
    "discount.minimum": {"invalid": {"valid_min": 0}},
    "discount.maximum": {"invalid": {"valid_max": 0.5}},
    "age.minimum": {"invalid": {"valid_min": 18}},
    "created_at.required": {"missing": {}},
    # Soda's limits are of numbers; a moment is judged by an expression.
    "created_at.minimum": {"failed_rows": {"expression": "created_at < TIMESTAMP '2025-01-01'"}},
    "note.max_length": {"invalid": {"valid_max_length": NOTE_LENGTH}},
}


def contract() -> dict[str, Any]:
    """Return the contract; each check has its name as its qualifier."""
    columns: dict[str, list[dict[str, Any]]] = {}
    for name, check in CHECKS.items():
        column, _, kind = name.partition(".")
        ((soda_kind, body),) = check.items()
        columns.setdefault(column, []).append(
            {soda_kind: {**body, "name": name, "qualifier": kind}}
        )
    return {
        "dataset": "files/main/visits",
        "checks": [{"row_count": {"name": "row_count"}}],
        "columns": [{"name": name, "checks": checks} for name, checks in columns.items()],
    }


def violators(result: Any) -> int:
    """Return the rows that a failed check counts."""
    if result.is_passed:
        return 0
    values = result.diagnostic_metric_values or {}
    kinds = ("invalid_count", "duplicate_count", "failed_rows_count", "missing_count")
    return next((int(values[kind]) for kind in kinds if kind in values), 1)


def main(path: str) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW visits AS SELECT * FROM read_parquet('{path}')")
    source = DuckDBDataSourceImpl.from_existing_cursor(connection, "files")
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "visits.yml"
        written.write_text(json.dumps(contract()))
        session = verify_contract_locally(data_sources=[source], contract_file_path=str(written))
    (verified,) = session.contract_verification_results
    found = {result.check.name: violators(result) for result in verified.check_results}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(sys.argv[1])
