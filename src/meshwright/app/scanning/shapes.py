"""A scan as one JSON document: the shape of `--format json` and of `Scanned.to_dict`."""

import math
from collections import Counter
from collections.abc import Mapping

from meshwright.app.scanning.scanned import Scanned
from meshwright.audit import checks_payload, profile_document
from meshwright.model.check import CheckOutcome
from meshwright.model.counted import counted, failing

Shape = dict[str, object]


def scan_shape(scanned: Scanned) -> Shape:
    """Return everything that was found; examples stand at the check that they are of."""
    document = profile_document(scanned.verdict)
    examples = {each["check"]: each for each in _mappings(document["examples"])}
    contract = scanned.contract
    return {
        "source": scanned.source,
        "object": scanned.name,
        "at": scanned.at.isoformat(),
        "seconds": round(scanned.seconds, 3),
        "version": scanned.version,
        "contract": {"id": contract.id, "version": contract.version, "file": scanned.contract_file}
        if contract
        else None,
        "passed": scanned.passed,
        "rows": scanned.rows,
        "counts": dict(Counter(outcome.status for outcome in scanned.outcomes)),
        "checks": [
            {**check, "examples": _rows(examples.get(check["id"]))}
            for check in checks_payload(scanned.verdict)
        ],
        "profile": {
            "sampled_rows": document["sampled_rows"],
            "columns": [
                {**_finite(column), "classified": column["column"] in scanned.classified}
                for column in _mappings(document["columns"])
            ],
        },
    }


def told(outcome: CheckOutcome) -> str:
    """Say in one line what is wrong (or why it was not judged)."""
    if outcome.failed_rows is not None and outcome.status == "failed":
        return failing(outcome.failed_rows, outcome.total_rows)
    if outcome.reason:
        return outcome.reason
    if outcome.value is not None:
        return f"it is {outcome.value:,.6g}"
    return outcome.status


def verdict_line(scanned: Scanned) -> str:
    """Return the last line of a scan: what came of it, in numbers."""
    counts = Counter(outcome.status for outcome in scanned.outcomes)
    warnings = sum(not o.rejects for o in scanned.failed)
    parts = [counted(scanned.rows, "row")]
    grave = len(scanned.failed) - warnings
    if scanned.outcomes:
        parts.append(f"{counted(counts['passed'], 'check')} passed")
    warned = "warning" if warnings == 1 else "warnings"
    for count, words in ((grave, "failed"), (warnings, warned),
                         (counts["not_enforced"], "not enforced")):  # fmt: skip
        if count:
            parts.append(f"{count:,} {words}")
    if not scanned.outcomes:
        parts.append("no checks")
    return f"{'PASSED' if scanned.passed else 'FAILED'}  {scanned.source}: {', '.join(parts)}"


def _rows(example: Mapping[str, object] | None) -> list[Shape]:
    if example is None:
        return []
    columns, rows = example["columns"], example["rows"]
    assert isinstance(columns, list)
    assert isinstance(rows, list)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _finite(column: Mapping[str, object]) -> Shape:
    """JSON has no NaN and no infinity: what is neither finite nor text is left out."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in column.items()
    }


def _mappings(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return [dict(each) for each in value]
