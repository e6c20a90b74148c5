"""The hand-written plan: 37 checks on the orders file, as fast as DuckDB was made to run them.

This file is the yardstick of `bench/audit.py` and is fixed: it was written for this one contract,
by knowing the contract, and it is never changed to suit what it measures.

How the plan works, each step measured against its alternatives on 10 M rows:

- nulls come from the Parquet footers (exact when every row group carries a null count), ranges
  from `min`/`max`, which DuckDB answers from the footers too: no scan for 23 of the 37 checks;
- the key is unique when a bitmap over its range has as many bits set as there are rows (0.3 s and
  5 MB; `count(DISTINCT)` takes 1.9 CPU seconds and 400 MB). The bitmap pays because ids are dense
  (a range of at most 64 bits a row); a sparse key falls back to an exact distinct count, alone;
- accepted values, lengths and patterns of columns with few values are judged on their GROUP BY;
- the one pattern on a column of unique values runs once a row; a row that matches has the right
  length, so both length checks are judged on the violators alone;
- violators are counted only for a range that failed: the filter prunes row groups by footer;
- the bitmap runs on one thread, so it runs beside the rest, which leaves a core idle otherwise.

    python bench/audit_handwritten.py ORDERS.parquet     prints {check: violators} as JSON
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb

# fmt: off
COUNTRIES = (
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR",
    "HU", "IE", "IS", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI",
)
# fmt: on
STATUSES = ("new", "paid", "sent", "done", "void")
SKU_PATTERN = "^[A-Z]{2}-[0-9]{4}$"
ORDER_NO_PATTERN = "^ORD-[0-9]{10}$"
RANGES = {
    "id": ("3000000000", "3999999999"),
    "account_id": ("5000000000", "5999999999"),
    "amount": ("0.0001", "10000"),
    "discount": ("0", "0.5"),
    "quantity": ("1", "100"),
    "created_at": ("TIMESTAMP '2024-01-01'", "TIMESTAMP '2025-01-01'"),
}
TYPES = {
    "id": "BIGINT",
    "account_id": "BIGINT",
    "order_no": "VARCHAR",
    "country": "VARCHAR",
    "status": "VARCHAR",
    "sku": "VARCHAR",
    "amount": "DECIMAL(18,4)",
    "discount": "DECIMAL(9,6)",
    "quantity": "INTEGER",
    "created_at": "TIMESTAMP",
}
REQUIRED = tuple(column for column in TYPES if column != "discount")
BITS_A_ROW = 64


class Plan:
    """The checks of the orders contract over one Parquet file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.connection = duckdb.connect()
        self.connection.execute(f"CREATE VIEW orders AS FROM read_parquet('{path}')")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one query on a cursor of its own, so that two threads may run at once."""
        return self.connection.cursor().execute(sql).fetchall()

    def count(self, condition: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM orders WHERE {condition}")[0][0])

    def run(self) -> dict[str, int]:
        """Return the number of violators of each check; a percentage check gives 0 or 1."""
        self.check_types()
        with ThreadPoolExecutor(1) as beside:
            duplicates = beside.submit(self.duplicate_ids)
            row_count, nulls = self.footers()
            found = self.required(nulls) | self.ranges() | self.order_numbers()
            found |= self.categories()
            found["discount.null_percent"] = int(nulls["discount"] * 100 >= 30 * row_count)
            found["row_count"] = int(row_count < 1)
            found["sql.order_value"] = self.count("amount * quantity > 1000000")
            found["sql.void_discount"] = self.count("status = 'void' AND discount > 0.5")
            found["id.unique"] = duplicates.result()
        return found

    def check_types(self) -> None:
        """Refuse a file of other columns or types, which the checks below take for granted."""
        found = {row[0]: row[1] for row in self.rows("DESCRIBE orders")}
        if found != TYPES:
            raise TypeError(f"the orders file has the columns {found}")

    def footers(self) -> tuple[int, dict[str, int]]:
        """Return the number of rows and the nulls of each column, from the footers alone."""
        row_count = int(self.rows("SELECT count(*) FROM orders")[0][0])
        sql = (
            "SELECT path_in_schema, sum(stats_null_count), count(*) - count(stats_null_count) "
            f"FROM parquet_metadata('{self.path}') GROUP BY 1"
        )
        known = {name: int(nulls) for name, nulls, unknown in self.rows(sql) if not unknown}
        return row_count, {c: known[c] if c in known else self.count(f"{c} IS NULL") for c in TYPES}

    def duplicate_ids(self) -> int:
        """Count the surplus rows of repeated ids, exactly."""
        low, high, ids = self.rows("SELECT min(id), max(id), count(id) FROM orders")[0]
        if high - low < BITS_A_ROW * ids:
            distinct = f"bit_count(bitstring_agg(id, {low}, {high}))"
        else:
            distinct = "count(DISTINCT id)"
        return int(ids - self.rows(f"SELECT {distinct} FROM orders")[0][0])

    @staticmethod
    def required(nulls: dict[str, int]) -> dict[str, int]:
        return {f"{c}.required": nulls[c] for c in REQUIRED}

    def ranges(self) -> dict[str, int]:
        """Judge each range by min and max; count the violators of those that fail."""
        tests = [
            (f"{column}.{name}", f"{column} {sign} {bound}", f"{kind}({column}) {sign} {bound}")
            for column, bounds in RANGES.items()
            for name, sign, kind, bound in (
                ("minimum", "<", "min", bounds[0]),
                ("maximum", ">", "max", bounds[1]),
            )
        ]
        failed = self.rows(f"SELECT {', '.join(test[2] for test in tests)} FROM orders")[0]
        return {
            check: self.count(condition) if broken else 0
            for (check, condition, _), broken in zip(tests, failed, strict=True)
        }

    def order_numbers(self) -> dict[str, int]:
        """Match the pattern once a row; what matches has 14 characters."""
        wrong, short, long = self.rows(
            "SELECT count(*), count(*) FILTER (length(order_no) < 14), "
            "count(*) FILTER (length(order_no) > 14) FROM orders "
            f"WHERE NOT regexp_matches(order_no, '{ORDER_NO_PATTERN}')"
        )[0]
        return {
            "order_no.pattern": wrong,
            "order_no.min_length": short,
            "order_no.max_length": long,
        }

    def categories(self) -> dict[str, int]:
        """Judge the columns of few values on their distinct values."""
        countries = self.values(
            "country",
            f"country NOT IN {COUNTRIES}",
            "length(country) < 2",
            "length(country) > 2",
        )
        statuses = self.values("status", f"status NOT IN {STATUSES}")
        skus = self.values(
            "sku",
            f"NOT regexp_matches(sku, '{SKU_PATTERN}')",
            "length(sku) > 7",
            "sku IN ('', 'N/A') OR sku IS NULL",
        )
        return {
            "country.enum": countries[0],
            "country.min_length": countries[1],
            "country.max_length": countries[2],
            "sql.countries": int(countries[-1] != len(COUNTRIES)),
            "status.enum": statuses[0],
            "sku.pattern": skus[0],
            "sku.max_length": skus[1],
            "sku.missing": skus[2],
        }

    def values(self, column: str, *conditions: str) -> list[int]:
        """Return the rows that meet each condition, then the number of distinct values."""
        sums = ", ".join(
            f"coalesce(sum(n) FILTER ({condition}), 0)::BIGINT" for condition in conditions
        )
        return list(
            self.rows(
                f"SELECT {sums}, count({column}) "
                f"FROM (SELECT {column}, count(*) AS n FROM orders GROUP BY ALL)"
            )[0]
        )


if __name__ == "__main__":
    print(json.dumps(Plan(sys.argv[1]).run(), indent=1))
