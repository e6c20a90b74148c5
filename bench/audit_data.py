"""The data, the contract and the expected verdicts of the audit bench.

What: an orders file of N rows and 10 columns, made by arithmetic on hashed row numbers (the same
seed gives the same rows); a valid ODCS 3.2.0 contract with 37 checks; and the number of rows that
must be found at fault by each check, counted from how the defects were sown, not by any contestant.
Why it is fair: one contract serves every contestant; it declares the exact physical types, which
is what datacontract-cli needs to judge the values rightly, and its checks are of kinds that
datacontract-cli runs. Presence and type of each column are not among the 37; whoever checks them
too does so at its own cost.

    python bench/audit_data.py FOLDER --rows 10000000      write orders.parquet and the contract
"""

import argparse
import json
from pathlib import Path
from typing import Any

from audit_handwritten import COUNTRIES, ORDER_NO_PATTERN, SKU_PATTERN, STATUSES, TYPES

ROWS = 10_000_000
SMALL_ROWS = 100_000
SEED = 7

# Sown defects: every row number i with i % step == at breaks the check.
DEFECTS = {
    "order_no.pattern": (769_231, 5),
    "order_no.min_length": (769_231, 5),
    "country.required": (1_666_667, 7),
    "status.enum": (1_428_571, 11),
    "sku.pattern": (909_091, 13),
    "amount.maximum": (2_000_003, 17),
    "quantity.minimum": (2_500_009, 19),
    "created_at.minimum": (5_000_011, 23),
}
REPEATED_IDS = (1_234_567, 4_567_890, 8_765_432)


def sown(check: str) -> str:
    step, at = DEFECTS[check]
    return f"i % {step} = {at}"


def expected_violators(rows: int) -> dict[str, int]:
    """Return how many rows each failing check must find; a check not named must pass."""
    found = {name: len(range(at, rows, step)) for name, (step, at) in DEFECTS.items()}
    found["id.unique"] = sum(row < rows for row in REPEATED_IDS)
    return {name: count for name, count in found.items() if count}


def orders_sql(rows: int) -> str:
    """Return the query that makes the orders; `r(i, salt, m)` is a whole number below m."""
    countries = list(COUNTRIES)
    return f"""
SELECT
  (3000000000 + CASE WHEN i IN {REPEATED_IDS} THEN 4 * xor(i - 1, 677) + r(i - 1, 0, 4)
                     ELSE 4 * xor(i, 677) + r(i, 0, 4) END)::BIGINT AS id,
  (5000000000 + least(r(i, 1, 800000), r(i, 2, 800000)))::BIGINT AS account_id,
  CASE WHEN {sown("order_no.pattern")} THEN 'ORD ' || i
       ELSE 'ORD-' || (7000000000 + r(i, 3, 2000000000)) END AS order_no,
  CASE WHEN {sown("country.required")} THEN NULL
       ELSE ({countries})[1 + least(r(i, 4, 30), r(i, 5, 30))] END AS country,
  CASE WHEN {sown("status.enum")} THEN 'lost'
       ELSE (['paid', 'paid', 'paid', 'sent', 'sent', 'done', 'done', 'done', 'new',
              'void'])[1 + r(i, 6, 10)] END AS status,
  CASE WHEN {sown("sku.pattern")} THEN 'ab' || r(i, 7, 10000)
       ELSE chr((65 + r(i, 7, 5000) % 5)::INTEGER) || chr((65 + r(i, 7, 5000) % 20)::INTEGER)
            || '-' || lpad(r(i, 7, 5000)::VARCHAR, 4, '0') END AS sku,
  (CASE WHEN {sown("amount.maximum")} THEN 100000004 ELSE 1 + r(i, 8, 99999999) END
    * 0.0001)::{TYPES["amount"]} AS amount,
  CASE WHEN r(i, 9, 10) < 2 THEN NULL
       ELSE (r(i, 10, 500001) * 0.000001)::{TYPES["discount"]} END AS discount,
  (CASE WHEN {sown("quantity.minimum")} THEN 0 ELSE 1 + r(i, 11, 100) END)::INTEGER AS quantity,
  CASE WHEN {sown("created_at.minimum")} THEN TIMESTAMP '1970-01-01'
       ELSE TIMESTAMP '2024-01-01' + to_microseconds(i * 3000000 + r(i, 12, 900000000))
       END AS created_at
FROM range({rows}) AS numbers(i)"""


def write_orders(path: Path, rows: int) -> None:
    """Write the orders as one Parquet file, in the order in which they arrived."""
    import duckdb

    connection = duckdb.connect()
    draw = f"hash(i * 31 + salt + {SEED * 1_000_003}) % m"
    connection.execute(f"CREATE MACRO r(i, salt, m) AS ({draw})::BIGINT")
    options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
    connection.execute(f"COPY ({orders_sql(rows)}) TO '{path}' ({options})")


def _range(minimum: Any, maximum: Any, **more: Any) -> dict[str, Any]:
    return {"logicalTypeOptions": {"minimum": minimum, "maximum": maximum, **more}}


def _enum(values: tuple[str, ...]) -> dict[str, Any]:
    return {"enum": [{"value": value} for value in values]}


CONSTRAINTS: dict[str, dict[str, Any]] = {
    "id": {"primaryKey": True} | _range(3_000_000_000, 3_999_999_999, format="i64"),
    "account_id": _range(5_000_000_000, 5_999_999_999, format="i64"),
    "order_no": {
        "logicalTypeOptions": {"pattern": ORDER_NO_PATTERN, "minLength": 14, "maxLength": 14}
    },
    "country": {"logicalTypeOptions": {"minLength": 2, "maxLength": 2}} | _enum(COUNTRIES),
    "status": _enum(STATUSES),
    "sku": {
        "logicalTypeOptions": {"pattern": SKU_PATTERN, "maxLength": 7},
        "quality": [
            {
                "id": "sku_missing",
                "metric": "missingValues",
                "arguments": {"missingValues": [None, "", "N/A"]},
                "mustBe": 0,
            }
        ],
    },
    "amount": _range(0.0001, 10_000),
    "discount": _range(0, 0.5)
    | {
        "quality": [
            {
                "id": "discount_nulls",
                "metric": "nullValues",
                "unit": "percent",
                "mustBeLessThan": 30,
            }
        ]
    },
    "quantity": _range(1, 100),
    "created_at": _range("2024-01-01T00:00:00", "2025-01-01T00:00:00"),
}

QUALITY: list[dict[str, Any]] = [
    {"id": "row_count", "metric": "rowCount", "mustBeGreaterThan": 0},
    {
        "id": "order_value",
        "type": "sql",
        "description": "no order is worth more than a million",
        "query": "SELECT count(*) FROM orders WHERE amount * quantity > 1000000",
        "mustBe": 0,
    },
    {
        "id": "void_discount",
        "type": "sql",
        "description": "no void order has more than half off",
        "query": "SELECT count(*) FROM orders WHERE status = 'void' AND discount > 0.5",
        "mustBe": 0,
    },
    {
        "id": "countries",
        "type": "sql",
        "description": "every market sells",
        "query": "SELECT count(DISTINCT country) FROM orders",
        "mustBe": len(COUNTRIES),
    },
]

LOGICAL_TYPES = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "VARCHAR": "string",
    "DECIMAL(18,4)": "number",
    "DECIMAL(9,6)": "number",
    "TIMESTAMP": "timestamp",
}


def contract() -> dict[str, Any]:
    """Return the contract of the orders: ODCS 3.2.0, a local server, 37 checks."""
    properties = [
        {
            "name": name,
            "logicalType": LOGICAL_TYPES[sql_type],
            "physicalType": sql_type,
            "required": name != "discount",
            **CONSTRAINTS[name],
        }
        for name, sql_type in TYPES.items()
    ]
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "2f1d6c8e-60a7-4f6f-9a7e-3c1b5a0e9d10",
        "name": "orders",
        "version": "1.0.0",
        "status": "active",
        "servers": [
            {"server": "local", "type": "local", "path": "./orders.parquet", "format": "parquet"}
        ],
        "schema": [
            {
                "name": "orders",
                "physicalType": "table",
                "properties": properties,
                "quality": QUALITY,
            }
        ],
    }


def write_contract(path: Path, document: dict[str, Any]) -> None:
    """Write a contract as JSON, which is YAML, so that no YAML library is needed here."""
    path.write_text(json.dumps(document, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    write_orders(arguments.folder / "orders.parquet", arguments.rows)
    expected = json.dumps(expected_violators(arguments.rows), indent=1)
    (arguments.folder / "expected.json").write_text(expected + "\n")
    write_contract(arguments.folder / "orders.odcs.yaml", contract())


if __name__ == "__main__":
    main()
