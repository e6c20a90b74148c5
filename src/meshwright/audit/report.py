"""What leaves an audit: counts for the ledger, and a document with literals for an erasable side file."""

from collections.abc import Mapping
from decimal import Decimal

from meshwright.audit.drift import ColumnReference, pooled
from meshwright.model.check import ColumnProfile, Verdict
from meshwright.model.json_value import Json


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


def profile_document(
    verdict: Verdict, references: Mapping[str, ColumnReference] | None = None
) -> dict[str, Json]:
    """Return profile and examples as JSON, literals and all: for a file that can be erased.

    `references` are those that the columns were compared with; the next build's follow from both.
    """
    known = references or {}
    profile = verdict.profile
    return {
        "port": verdict.port,
        "rows": profile.rows,
        "sampled_rows": profile.sampled_rows,
        "columns": [
            _column(column, profile.rows, known.get(column.column)) for column in profile.columns
        ],
        "examples": [
            {
                "check": example.check,
                "columns": list(example.columns),
                "rows": [[_json(value) for value in row] for row in example.rows],
            }
            for example in verdict.examples
        ],
    }


def _column(
    column: ColumnProfile, rows: int, reference: ColumnReference | None
) -> Mapping[str, Json]:
    kept: dict[str, Json] = {"rows": rows, "is_open": column.is_open}
    if reference is not None:
        kept["reference"] = pooled(reference)
    return {
        **kept,
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
