"""The hand-written plan: 22 checks on the visits file, as fast as DuckDB was made to run them.

This file is a yardstick of `bench/scan.py` and is fixed: it was written for this one contract, by
knowing the contract, and it is never changed to suit what it measures.

How the plan works:

- nulls come from the Parquet footers (exact when every row group carries a null count), limits from `min`
  and `max`, which DuckDB answers from the footers too; violators are counted only where one fails;
- the key is unique when a bitmap over its range has as many bits set as there are rows; a sparse key falls
  back to an exact distinct count. The bitmap runs on one thread, so it runs beside the rest;
- accepted values are a filter, which DuckDB runs on the dictionary of a column and not on its rows;
- the pattern of few values is judged on their GROUP BY, that of many values once a row.

    python bench/scan_handwritten.py VISITS.parquet     prints {check: violators} as JSON
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb

# fmt: off
COUNTRIES = ("AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NL", "PL", "SE")
# fmt: on
CURRENCIES = ("CHF", "CZK", "DKK", "EUR", "GBP", "PLN", "SEK")
STATES = ("new", "open", "won", "lost")
SKU_PATTERN = "^[A-Z]{2}-[0-9]{4}$"
EMAIL_PATTERN = "^[a-z0-9]+@[a-z]+\\.example$"
REQUIRED = ("id", "customer_id", "email", "country", "created_at")
LIMITS = (
    ("customer_id.minimum", "customer_id", "<", "1"),
    ("quantity.minimum", "quantity", "<", "1"),
    ("quantity.maximum", "quantity", ">", "100"),
    ("price.minimum", "price", "<", "0"),
    ("price.maximum", "price", ">", "10000.01"),
    ("discount.minimum", "discount", "<", "0"),
    ("discount.maximum", "discount", ">", "0.5"),
    ("age.minimum", "age", "<", "18"),
    ("created_at.minimum", "created_at", "<", "TIMESTAMP '2025-01-01'"),
)
FILTERS = {
    "country.enum": f"country NOT IN {COUNTRIES}",
    "currency.enum": f"currency NOT IN {CURRENCIES}",
    "state.enum": f"state NOT IN {STATES}",
    "email.pattern": f"NOT regexp_matches(email, '{EMAIL_PATTERN}')",
    "note.max_length": "length(note) > 30",
}
BITS_A_ROW = 64


class Plan:
    """The checks of the visits contract over one Parquet file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.connection = duckdb.connect()
        self.connection.execute("SET GLOBAL parquet_metadata_cache = true")
        self.connection.execute(f"CREATE VIEW visits AS FROM read_parquet('{path}')")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one query on a cursor of its own, so that two threads may run at once."""
        return self.connection.cursor().execute(sql).fetchall()

    def count(self, condition: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM visits WHERE {condition}")[0][0])

    def run(self) -> dict[str, int]:
        """Return the number of violators of each check."""
        with ThreadPoolExecutor(1) as beside:
            duplicates = beside.submit(self.duplicate_ids)
            found = {"row_count": int(self.count("true") < 1)} | self.required() | self.limits()
            found |= {check: self.count(condition) for check, condition in FILTERS.items()}
            found["sku.pattern"] = self.wrong_skus()
            found["id.unique"] = duplicates.result()
        return found

    def required(self) -> dict[str, int]:
        """Return the nulls of the required columns, from the footers where they tell."""
        sql = (
            "SELECT path_in_schema, sum(stats_null_count), count(*) - count(stats_null_count) "
            f"FROM parquet_metadata('{self.path}') GROUP BY 1"
        )
        known = {name: int(nulls) for name, nulls, unknown in self.rows(sql) if not unknown}
        return {
            f"{c}.required": known[c] if c in known else self.count(f"{c} IS NULL")
            for c in REQUIRED
        }

    def limits(self) -> dict[str, int]:
        """Judge each limit by min or max; count the violators of those that fail."""
        tests = ", ".join(
            f"{'min' if sign == '<' else 'max'}({column}) {sign} {limit}"
            for _, column, sign, limit in LIMITS
        )
        failed = self.rows(f"SELECT {tests} FROM visits")[0]
        return {
            check: self.count(f"{column} {sign} {limit}") if broken else 0
            for (check, column, sign, limit), broken in zip(LIMITS, failed, strict=True)
        }

    def duplicate_ids(self) -> int:
        """Count the surplus rows of repeated ids, exactly."""
        low, high, ids = self.rows("SELECT min(id), max(id), count(id) FROM visits")[0]
        if high - low < BITS_A_ROW * ids:
            distinct = f"bit_count(bitstring_agg(id, {low}, {high}))"
        else:
            distinct = "count(DISTINCT id)"
        return int(ids - self.rows(f"SELECT {distinct} FROM visits")[0][0])

    def wrong_skus(self) -> int:
        return int(
            self.rows(
                f"SELECT coalesce(sum(n) FILTER (NOT regexp_matches(sku, '{SKU_PATTERN}')), 0)::BIGINT "
                "FROM (SELECT sku, count(*) AS n FROM visits GROUP BY ALL)"
            )[0][0]
        )


if __name__ == "__main__":
    print(json.dumps(Plan(sys.argv[1]).run(), indent=1))
