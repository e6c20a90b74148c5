"""Small cases in which a truncated integer or a rounded decimal changes the verdict.

What: each case is a Parquet file of a few rows, one column's promise, and the verdict that follows
from the values as they are stored. Why it is fair: the promises are valid ODCS 3.2.0, in the form
that its own examples use (a logical type with options; a physical type only where the case says
so), and the right verdict can be read off the two or three values by eye.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One promise about column `value`, the stored values, and whether they keep it."""

    name: str
    sql_type: str
    values: tuple[str, ...]
    promise: dict[str, Any] = field(hash=False)
    keeps: bool
    why: str

    def write_data(self, path: Path) -> None:
        import duckdb

        rows = ", ".join(f"(CAST('{value}' AS {self.sql_type}))" for value in self.values)
        duckdb.connect().execute(f"COPY (FROM (VALUES {rows}) AS t(value)) TO '{path}'")

    def contract(self) -> dict[str, Any]:
        return {
            "apiVersion": "v3.2.0",
            "kind": "DataContract",
            "id": f"case-{self.name}",
            "name": self.name,
            "version": "1.0.0",
            "status": "active",
            "servers": [
                {
                    "server": "local",
                    "type": "local",
                    "path": "./orders.parquet",
                    "format": "parquet",
                }
            ],
            "schema": [
                {
                    "name": "orders",
                    "physicalType": "table",
                    "properties": [{"name": "value", **self.promise}],
                }
            ],
        }


def _integer(**options: Any) -> dict[str, Any]:
    return {"logicalType": "integer", "logicalTypeOptions": {"format": "i64", **options}}


def _number(**options: Any) -> dict[str, Any]:
    return {"logicalType": "number", "logicalTypeOptions": options}


CASES = (
    Case(
        "bigint-in-range",
        "BIGINT",
        ("3000000001", "3000000002"),
        _integer(minimum=0, maximum=4_000_000_000),
        True,
        "64-bit integers within the range",
    ),
    Case(
        "bigint-above-maximum",
        "BIGINT",
        ("7", "3000000001"),
        _integer(maximum=2_000_000_000),
        False,
        "3000000001 is above 2000000000",
    ),
    Case(
        "bigint-unique",
        "BIGINT",
        ("5000000001", "9294967297"),
        {**_integer(), "unique": True},
        True,
        "two values that are equal modulo 2^32 are two values",
    ),
    Case(
        "ubigint-required",
        "UBIGINT",
        ("1", "18446744073709551615"),
        {"logicalType": "integer", "logicalTypeOptions": {"format": "u64"}, "required": True},
        True,
        "no null among unsigned 64-bit integers",
    ),
    Case(
        "bigint-above-2-53",
        "BIGINT",
        ("9007199254740993",),
        {**_integer(maximum=9_007_199_254_740_992), "physicalType": "BIGINT"},
        False,
        "2^53 + 1 is above 2^53, which a double cannot tell apart; physical type declared",
    ),
    Case(
        "decimal-above-maximum",
        "DECIMAL(18,4)",
        ("99.5", "100.0004"),
        _number(maximum=100),
        False,
        "100.0004 is above 100",
    ),
    Case(
        "decimal-above-zero",
        "DECIMAL(18,4)",
        ("0.0004", "0.5"),
        _number(exclusiveMinimum=0),
        True,
        "0.0004 is above 0",
    ),
    Case(
        "decimal-unique",
        "DECIMAL(18,6)",
        ("1.000100", "1.000200"),
        {"logicalType": "number", "unique": True},
        True,
        "1.0001 and 1.0002 are two values",
    ),
    Case(
        "decimal-enum",
        "DECIMAL(9,4)",
        ("0.0700", "0.1904"),
        {"logicalType": "number", "enum": [{"value": 0.07}, {"value": 0.19}]},
        False,
        "0.1904 is no accepted value",
    ),
    Case(
        "decimal-wide",
        "DECIMAL(38,2)",
        ("1.00", "123456789012345678901234.56"),
        {"logicalType": "number", "required": True},
        True,
        "no null among 38-digit decimals",
    ),
    Case(
        "decimal-declared",
        "DECIMAL(38,10)",
        ("12345678901234567890.0000000001",),
        {**_number(maximum=12345678901234567890), "physicalType": "DECIMAL(38,10)"},
        False,
        "the last digit is above the maximum; physical type declared",
    ),
)
