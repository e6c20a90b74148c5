"""Check the visits file with Pandera on Polars, lazily, so that every check is run.

python bench/scan_pandera.py VISITS.parquet     prints {check: violators} as JSON
"""

import json
import sys
from collections import Counter
from datetime import datetime

import pandera.polars as pa
import polars as pl
from scan_data import COUNTRIES, CURRENCIES, EMAIL_PATTERN, NOTE_LENGTH, SKU_PATTERN, STATES

KINDS = {
    "not_nullable": "required",
    "field_uniqueness": "unique",
    "isin": "enum",
    "str_matches": "pattern",
    "str_length": "max_length",
    "greater_than_or_equal_to": "minimum",
    "less_than_or_equal_to": "maximum",
}
COLUMNS = {
    "id": pa.Column(pl.Int64, unique=True),
    "customer_id": pa.Column(pl.Int64, pa.Check.ge(1)),
    "email": pa.Column(pl.String, pa.Check.str_matches(EMAIL_PATTERN)),
    "country": pa.Column(pl.String, pa.Check.isin(COUNTRIES)),
    "currency": pa.Column(pl.String, pa.Check.isin(CURRENCIES), nullable=True),
    "state": pa.Column(pl.String, pa.Check.isin(STATES), nullable=True),
    "sku": pa.Column(pl.String, pa.Check.str_matches(SKU_PATTERN), nullable=True),
    "quantity": pa.Column(pl.Int32, [pa.Check.ge(1), pa.Check.le(100)], nullable=True),
    "price": pa.Column(pl.Float64, [pa.Check.ge(0), pa.Check.le(10_000.01)], nullable=True),
    "discount": pa.Column(pl.Float64, [pa.Check.ge(0), pa.Check.le(0.5)], nullable=True),
    "age": pa.Column(pl.Int32, pa.Check.ge(18), nullable=True),
    "created_at": pa.Column(pl.Datetime("us"), pa.Check.ge(datetime(2025, 1, 1))),
    "note": pa.Column(pl.String, pa.Check.str_length(max_value=NOTE_LENGTH), nullable=True),
}


def checks() -> list[str]:
    """Return the names of all checks."""
    found = ["row_count"]
    for name, column in COLUMNS.items():
        found += [f"{name}.{KINDS[check.name]}" for check in column.checks]
        found += [] if column.nullable else [f"{name}.required"]
        found += [f"{name}.unique"] if column.unique else []
    return found


def main(path: str) -> None:
    frame = pl.read_parquet(path)
    verdicts = dict.fromkeys(checks(), 0) | {"row_count": int(frame.height < 1)}
    try:
        pa.DataFrameSchema(COLUMNS).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as found:
        cases = found.failure_cases.select("column", "check").rows()
        for (column, check), count in Counter(cases).items():
            kind = KINDS[check.partition("(")[0]]
            # A sown repeat is a pair, of which both are listed.
            verdicts[f"{column}.{kind}"] = count // 2 if kind == "unique" else count
    print(json.dumps(verdicts, indent=1))


if __name__ == "__main__":
    main(sys.argv[1])
