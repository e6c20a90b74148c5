"""A scan as Open Observability Results (Bitol OORS), draft v0.8.1: experimental, as the standard is.

Source: https://bitol-io.github.io/open-observability-results-standard/ and Bitol RFC 0018. Only results
leave: no row, no value of the data. What is not judged is `skip`; a check that broke is `error`.
"""

from collections.abc import Mapping
from uuid import uuid4

from meshwright.app.scanning.scanned import Scanned
from meshwright.app.scanning.shapes import told
from meshwright.model.check import CheckOutcome
from meshwright.model.contract import Threshold

VERSION = "v0.8.1"
# The first of these that occurs is the status of the whole, by the draft.
_GRAVEST = ("error", "fail", "warn", "pass", "skip")
_STATUS = {"passed": "pass", "errored": "error", "not_enforced": "skip"}
_DIMENSIONS = {
    "required": "completeness",
    "nullValues": "completeness",
    "missingValues": "completeness",
    "rowCount": "completeness",
    "present": "completeness",
    "unique": "uniqueness",
    "primaryKey": "uniqueness",
    "duplicateValues": "uniqueness",
    "relationship": "consistency",
    "serviceLevel": "timeliness",
    "sql": "accuracy",
}
Shape = dict[str, object]


def oors_document(scanned: Scanned) -> Shape:
    """Return the message; without any check, the number of rows is its one result."""
    results = [_result(scanned, outcome) for outcome in scanned.outcomes] or [_rows(scanned)]
    found = {result["status"] for result in results}
    document: Shape = {
        "apiVersion": VERSION,
        "kind": "ObservabilityResults",
        "id": str(uuid4()),
        "observedAt": scanned.at.isoformat(),
        "source": {"process": f"mesh scan {scanned.source}", "vendor": "meshwright"},
        "status": next((each for each in _GRAVEST if each in found), "unknown"),
        "results": results,
    }
    if scanned.contract is not None:
        document["contract"] = {
            "contractId": scanned.contract.id,
            "standard": "ODCS",
            "version": scanned.contract.version,
        }
    return document


def _rows(scanned: Scanned) -> Shape:
    return {
        "id": "rows",
        "type": "metric",
        "name": "Number of rows",
        "status": "pass",
        "target": {"resourceType": "table", "resourceIdentifier": scanned.name},
        "measure": {"metric": "rowCount", "value": scanned.rows, "unit": "rows"},
    }


def _result(scanned: Scanned, outcome: CheckOutcome) -> Shape:
    rule = scanned.rules.get(outcome.id)
    dimension = rule.dimension if rule else ""
    result: Shape = {
        "id": outcome.id,
        "type": "check",
        "name": outcome.expectation or outcome.id,
        "status": _status(outcome),
        "severity": outcome.severity,
        "dimension": dimension or _DIMENSIONS.get(outcome.kind, "conformity"),
        "target": _target(scanned, outcome),
    }
    measure = _measure(outcome, rule.thresholds if rule else ())
    if measure:
        result["measure"] = measure
    if outcome.status != "passed":
        result["message"] = told(outcome)
    return result


def _status(outcome: CheckOutcome) -> str:
    if outcome.status == "failed":
        return "fail" if outcome.rejects else "warn"
    return _STATUS[outcome.status]


def _target(scanned: Scanned, outcome: CheckOutcome) -> Mapping[str, str]:
    if not outcome.column:
        return {"resourceType": "table", "resourceIdentifier": scanned.name}
    named = f"{scanned.name}.{outcome.column}"
    return {"resourceType": "column", "resourceIdentifier": named}


def _measure(outcome: CheckOutcome, thresholds: tuple[Threshold, ...]) -> Shape:
    measure: Shape = {}
    value = outcome.value if outcome.value is not None else outcome.failed_rows
    if value is not None:
        measure = {"metric": outcome.kind, "value": value}
        limits = {each.operator: _plain(each.value) for each in thresholds}
        measure["threshold"] = limits or {"mustBe": 0}
        if outcome.kind != "sql":
            is_share = outcome.value is not None and outcome.value != outcome.failed_rows
            measure["unit"] = "percent" if is_share and outcome.kind != "rowCount" else "rows"
    if outcome.total_rows is not None:
        measure["rowCount"] = outcome.total_rows
    if outcome.failed_rows is not None:
        measure["failedRowCount"] = outcome.failed_rows
    return measure


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, int | float | str) else float(str(value))
