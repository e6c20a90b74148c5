"""The data, the contract and the expected verdicts of the scan bench.

What: a visits file of N rows and 20 columns of usual kinds, made by arithmetic on hashed row numbers
(the same seed gives the same rows); an ODCS 3.2.0 contract with 22 usual checks; and the number of rows
that each check must find, counted from how the defects were sown, not by any contestant.
Why it is fair: the checks are of kinds that every contestant knows (missing, unique, accepted values,
limits, lengths, patterns, row count), and the types (BIGINT, INTEGER, DOUBLE, VARCHAR, TIMESTAMP, BOOLEAN)
are those that all of them read alike.

    python bench/scan_data.py FOLDER --rows 5000000      write visits.parquet and the contracts
"""

import argparse
import json
from pathlib import Path
from typing import Any

ROWS = 5_000_000
SMALL_ROWS = 50_000
SEED = 11

COUNTRIES = (
    "AT",
    "BE",
    "CH",
    "CZ",
    "DE",
    "DK",
    "ES",
    "FI",
    "FR",
    "GB",
    "IE",
    "IT",
    "NL",
    "PL",
    "SE",
)
CURRENCIES = ("CHF", "CZK", "DKK", "EUR", "GBP", "PLN", "SEK")
STATES = ("new", "open", "won", "lost")
SKU_PATTERN = "^[A-Z]{2}-[0-9]{4}$"
EMAIL_PATTERN = "^[a-z0-9]+@[a-z]+\\.example$"
NOTE_LENGTH = 30
TYPES = {
    "id": "BIGINT",
    "customer_id": "BIGINT",
    "email": "VARCHAR",
    "country": "VARCHAR",
    "currency": "VARCHAR",
    "state": "VARCHAR",
    "sku": "VARCHAR",
    "channel": "VARCHAR",
    "quantity": "INTEGER",
    "price": "DOUBLE",
    "discount": "DOUBLE",
    "tax": "DOUBLE",
    "score": "DOUBLE",
    "weight": "DOUBLE",
    "age": "INTEGER",
    "visits": "INTEGER",
    "is_member": "BOOLEAN",
    "created_at": "TIMESTAMP",
    "seen_at": "TIMESTAMP",
    "note": "VARCHAR",
}

# Sown defects: every row number i with i % step == at breaks the check.
DEFECTS = {
    "customer_id.required": (333_337, 3),
    "email.pattern": (454_553, 5),
    "country.enum": (500_009, 7),
    "state.enum": (714_289, 11),
    "sku.pattern": (416_677, 13),
    "quantity.maximum": (1_000_003, 17),
    "price.minimum": (1_250_003, 19),
    "age.minimum": (1_666_679, 23),
    "created_at.required": (2_500_009, 29),
    "note.max_length": (833_353, 31),
}
REPEATED_IDS = (12_345, 2_345_678, 4_321_098)


def sown(check: str) -> str:
    step, at = DEFECTS[check]
    return f"i % {step} = {at}"


def expected_violators(rows: int) -> dict[str, int]:
    """Return how many rows each failing check must find; a check not named must pass."""
    found = {name: len(range(at, rows, step)) for name, (step, at) in DEFECTS.items()}
    found["id.unique"] = sum(row < rows for row in REPEATED_IDS)
    return {name: count for name, count in found.items() if count}


def visits_sql(rows: int) -> str:
    """Return the query that makes the visits; `r(i, salt, m)` is a whole number below m."""
    return f"""
SELECT
  (1000000000 + CASE WHEN i IN {REPEATED_IDS} THEN 3 * (i - 1) ELSE 3 * xor(i, 341) END)::BIGINT AS id,
  CASE WHEN {sown("customer_id.required")} THEN NULL ELSE 1 + r(i, 1, 400000) END::BIGINT AS customer_id,
  CASE WHEN {sown("email.pattern")} THEN 'nobody at home ' || i
       ELSE 'u' || r(i, 2, 1000000000) || '@mail.example' END AS email,
  CASE WHEN {sown("country.enum")} THEN 'XX' ELSE ({list(COUNTRIES)})[1 + r(i, 3, 15)] END AS country,
  ({list(CURRENCIES)})[1 + r(i, 4, 7)] AS currency,
  CASE WHEN {sown("state.enum")} THEN 'gone' ELSE ({list(STATES)})[1 + r(i, 5, 4)] END AS state,
  CASE WHEN {sown("sku.pattern")} THEN 'sku ' || r(i, 6, 1000)
       ELSE chr((65 + r(i, 6, 3000) % 26)::INTEGER) || 'Q-' || lpad(r(i, 6, 3000)::VARCHAR, 4, '0')
       END AS sku,
  (['web', 'shop', 'phone', 'mail'])[1 + r(i, 7, 4)] AS channel,
  (CASE WHEN {sown("quantity.maximum")} THEN 1000 ELSE 1 + r(i, 8, 100) END)::INTEGER AS quantity,
  CASE WHEN {sown("price.minimum")} THEN -1.0 ELSE (1 + r(i, 9, 1000000)) / 100.0 END::DOUBLE AS price,
  CASE WHEN r(i, 10, 10) < 2 THEN NULL ELSE r(i, 11, 1001) / 2000.0 END::DOUBLE AS discount,
  (r(i, 12, 5000000) / 100.0)::DOUBLE AS tax,
  (r(i, 13, 1000000007) / 1000000007.0)::DOUBLE AS score,
  (r(i, 14, 100000) / 1000.0)::DOUBLE AS weight,
  (CASE WHEN {sown("age.minimum")} THEN 3 ELSE 18 + r(i, 15, 80) END)::INTEGER AS age,
  r(i, 16, 1000)::INTEGER AS visits,
  r(i, 17, 3) = 0 AS is_member,
  CASE WHEN {sown("created_at.required")} THEN NULL
       ELSE TIMESTAMP '2025-01-01' + to_microseconds(i * 6000000 + r(i, 18, 900000000)) END AS created_at,
  TIMESTAMP '2025-01-01' + to_microseconds(r(i, 19, 31536000) * 1000000) AS seen_at,
  CASE WHEN {sown("note.max_length")} THEN repeat('long ', 8) || i
       ELSE 'note ' || r(i, 20, 100000000) END AS note
FROM range({rows}) AS numbers(i)"""


def write_visits(path: Path, rows: int) -> None:
    """Write the visits as one Parquet file, in the order in which they happened."""
    import duckdb

    connection = duckdb.connect()
    draw = f"hash(i * 31 + salt + {SEED * 1_000_003}) % m"
    connection.execute(f"CREATE MACRO r(i, salt, m) AS ({draw})::BIGINT")
    connection.execute(f"COPY ({visits_sql(rows)}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def _range(**limits: Any) -> dict[str, Any]:
    return {"logicalTypeOptions": limits}


def _enum(values: tuple[str, ...]) -> dict[str, Any]:
    return {"enum": [{"value": value} for value in values]}


CONSTRAINTS: dict[str, dict[str, Any]] = {
    "id": {"required": True, "unique": True},
    "customer_id": {"required": True} | _range(minimum=1),
    "email": {"required": True} | _range(pattern=EMAIL_PATTERN),
    "country": {"required": True} | _enum(COUNTRIES),
    "currency": _enum(CURRENCIES),
    "state": _enum(STATES),
    "sku": _range(pattern=SKU_PATTERN),
    "quantity": _range(minimum=1, maximum=100),
    "price": _range(minimum=0, maximum=10_000.01),
    "discount": _range(minimum=0, maximum=0.5),
    "age": _range(minimum=18),
    "created_at": {"required": True} | _range(minimum="2025-01-01T00:00:00"),
    "note": _range(maxLength=NOTE_LENGTH),
}
LOGICAL_TYPES = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "timestamp",
}


def contract(constraints: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a contract of the visits: ODCS 3.2.0, a local server."""
    properties = [
        {
            "name": name,
            "logicalType": LOGICAL_TYPES[sql_type],
            "physicalType": sql_type,
            **constraints.get(name, {}),
        }
        for name, sql_type in TYPES.items()
    ]
    described: dict[str, Any] = {
        "name": "visits",
        "physicalType": "table",
        "properties": properties,
    }
    if constraints:
        described["quality"] = [{"id": "row_count", "metric": "rowCount", "mustBeGreaterThan": 0}]
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "5b0f6f0a-43f1-4f0e-8a53-0f7f1c6f5a11",
        "name": "visits",
        "version": "1.0.0",
        "status": "active",
        "servers": [
            {"server": "local", "type": "local", "path": "./visits.parquet", "format": "parquet"}
        ],
        "schema": [described],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    write_visits(folder / "visits.parquet", arguments.rows)
    expected = json.dumps(expected_violators(arguments.rows), indent=1)
    (folder / "expected.json").write_text(expected + "\n")
    # JSON is YAML, so that no YAML library is needed here.
    (folder / "visits.odcs.yaml").write_text(json.dumps(contract(CONSTRAINTS), indent=2) + "\n")
    (folder / "bare.odcs.yaml").write_text(json.dumps(contract({}), indent=2) + "\n")


if __name__ == "__main__":
    main()
