"""What leaves an audit: counts for the ledger, and a document with literals for an erasable side file."""

from collections.abc import Mapping
from decimal import Decimal

from meshwright.model.check import ColumnProfile, Verdict
from meshwright.model.facts import Json

Metric = tuple[str, str, float]


def metrics(verdict: Verdict) -> list[Metric]:
    """Return (column, name, number) for the ledger: counts and shares, never a value of the data."""
    profile = verdict.profile
    found: list[Metric] = [("", "rows", float(_total(verdict)))]
    if _total(verdict) != profile.rows:
        found.append(("", "fresh_rows", float(profile.rows)))
    for column in profile.columns:
        found.append((column.column, "nulls", float(column.nulls)))
        if profile.rows:
            found.append((column.column, "null_share", column.nulls / profile.rows))
        if column.distinct is not None:
            found.append((column.column, "distinct", float(column.distinct)))
    return found


def checks_payload(verdict: Verdict) -> list[dict[str, Json]]:
    """Return the outcomes as the fact `PortAudited` keeps them."""
    return [
        {
            "id": outcome.id,
            "kind": outcome.kind,
            "column": outcome.column,
            "severity": outcome.severity,
            "status": outcome.status,
            "failed_rows": outcome.failed_rows,
            "total_rows": outcome.total_rows,
            "value": outcome.value,
            "expectation": outcome.expectation,
            "reason": outcome.reason,
            "carried": outcome.carried,
        }
        for outcome in verdict.outcomes
    ]


def profile_document(verdict: Verdict) -> dict[str, Json]:
    """Return profile and examples as JSON, literals and all: for a file that can be erased."""
    profile = verdict.profile
    return {
        "port": verdict.port,
        "rows": profile.rows,
        "sampled_rows": profile.sampled_rows,
        "columns": [_column(column) for column in profile.columns],
        "examples": [
            {
                "check": example.check,
                "columns": list(example.columns),
                "rows": [[_json(value) for value in row] for row in example.rows],
            }
            for example in verdict.examples
        ],
    }


def _column(column: ColumnProfile) -> Mapping[str, Json]:
    return {
        "column": column.column,
        "type": column.type,
        "nulls": column.nulls,
        "distinct": column.distinct,
        "is_distinct_exact": column.is_distinct_exact,
        "minimum": _json(column.minimum),
        "maximum": _json(column.maximum),
        "mean": column.mean,
        "deviation": column.deviation,
        "quantiles": list(column.quantiles),
        "histogram": [list(each) for each in column.histogram],
        "top": [[_json(value), rows] for value, rows in column.top],
    }


def _json(value: object) -> Json:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return str(value)


def _total(verdict: Verdict) -> int:
    total = verdict.details.get("rows")
    return total if isinstance(total, int) else verdict.profile.rows
