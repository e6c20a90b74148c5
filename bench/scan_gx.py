"""Check the visits file with Great Expectations on pandas, its results in summary form.

python bench/scan_gx.py VISITS.parquet     prints {check: violators} as JSON
"""

import json
import sys
from datetime import datetime
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from scan_data import COUNTRIES, CURRENCIES, EMAIL_PATTERN, NOTE_LENGTH, SKU_PATTERN, STATES

REQUIRED = ("id", "customer_id", "email", "country", "created_at")
START = datetime(2025, 1, 1)


def expectations() -> dict[str, Any]:
    """Return each check's expectation by name."""
    between = gxe.ExpectColumnValuesToBeBetween
    found = {f"{c}.required": gxe.ExpectColumnValuesToNotBeNull(column=c) for c in REQUIRED}
    return found | {
        "id.unique": gxe.ExpectColumnValuesToBeUnique(column="id"),
        "customer_id.minimum": between(column="customer_id", min_value=1),
        "email.pattern": gxe.ExpectColumnValuesToMatchRegex(column="email", regex=EMAIL_PATTERN),
        "sku.pattern": gxe.ExpectColumnValuesToMatchRegex(column="sku", regex=SKU_PATTERN),
        "country.enum": gxe.ExpectColumnValuesToBeInSet(column="country", value_set=COUNTRIES),
        "currency.enum": gxe.ExpectColumnValuesToBeInSet(column="currency", value_set=CURRENCIES),
        "state.enum": gxe.ExpectColumnValuesToBeInSet(column="state", value_set=STATES),
        "quantity.minimum": between(column="quantity", min_value=1),
        "quantity.maximum": between(column="quantity", max_value=100),
        "price.minimum": between(column="price", min_value=0),
        "price.maximum": between(column="price", max_value=10_000.01),
        "discount.minimum": between(column="discount", min_value=0),
        "discount.maximum": between(column="discount", max_value=0.5),
        "age.minimum": between(column="age", min_value=18),
        "created_at.minimum": between(column="created_at", min_value=START),
        "note.max_length": gxe.ExpectColumnValueLengthsToBeBetween(
            column="note", max_value=NOTE_LENGTH
        ),
        "row_count": gxe.ExpectTableRowCountToBeBetween(min_value=1),
    }


def violators(name: str, result: Any) -> int:
    """Return the rows that a result counts; of a sown repeat, which is a pair, both are counted."""
    count = int(result.result.get("unexpected_count", 0 if result.success else 1))
    return count // 2 if name == "id.unique" else count


def main(path: str) -> None:
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("files").add_dataframe_asset("visits")
    whole = asset.add_batch_definition_whole_dataframe("whole")
    batch = whole.get_batch({"dataframe": pd.read_parquet(path)})
    named = expectations()
    suite = gx.ExpectationSuite(name="visits", expectations=list(named.values()))
    results = batch.validate(suite, result_format="BASIC").results
    keys = {_key(each): name for name, each in named.items()}
    verdicts = {keys[_key(r.expectation_config.to_domain_obj())]: r for r in results}
    print(json.dumps({name: violators(name, r) for name, r in verdicts.items()}, indent=1))


def _key(expectation: Any) -> tuple[str, ...]:
    bounds = ("column", "min_value", "max_value", "regex")
    return (type(expectation).__name__, *(str(getattr(expectation, b, None)) for b in bounds))


if __name__ == "__main__":
    main(sys.argv[1])
