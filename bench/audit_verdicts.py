"""Read the verdicts of the audit contestants in one form, and write the small cases.

A verdict is the number of rows at fault (0: the check passed), under one name for each check;
None stands for a check that the contestant gave no verdict on.

    python bench/audit_verdicts.py FOLDER      write the cases of audit_cases.py as files
"""

import json
import sys
from pathlib import Path
from typing import Any

from audit_cases import CASES, Case

Verdicts = dict[str, int | None]
CASE_NAMES = tuple(case.name for case in CASES)

# datacontract-cli's kinds of checks; those not named here (presence, type) are not among ours.
KINDS = {
    "field_required": "required",
    "field_unique": "unique",
    "field_primary_key_unique": "unique",
    "field_minimum": "minimum",
    "field_maximum": "maximum",
    "field_not_equal": "not_equal",
    "field_min_length": "min_length",
    "field_max_length": "max_length",
    "field_regex": "pattern",
    "field_enum": "enum",
    "field_missing_values": "missing",
    "field_null_values": "null_percent",
}
# The kinds of meshwright's checks; presence, type and form of a type count only where they fail.
OURS = {
    "primaryKey": "unique",
    "minLength": "min_length",
    "maxLength": "max_length",
    "missingValues": "missing",
    "nullValues": "null_percent",
}
UNCOUNTED = ("present", "logicalType", "physicalType", "format")
QUALITY = {
    "row_count": "row_count",
    "order_value": "sql.order_value",
    "void_discount": "sql.void_discount",
    "countries": "sql.countries",
}


def from_datacontract(results: dict[str, Any]) -> Verdicts:
    """Return the verdicts in a results file of datacontract-cli."""
    verdicts: Verdicts = {}
    for check in results["checks"]:
        name = _name(check)
        if name is None:
            continue
        if check["result"] == "passed":
            verdicts[name] = 0
        elif check["result"] == "failed":
            verdicts[name] = max(1, int((check["diagnostics"] or {}).get("value") or 1))
        else:
            verdicts[name] = None
    return verdicts


def _name(check: dict[str, Any]) -> str | None:
    if check["qualityId"] in QUALITY:
        return QUALITY[check["qualityId"]]
    kind = KINDS.get(check["type"])
    return f"{check['field']}.{kind}" if kind else None


def from_meshwright(outcomes: list[dict[str, Any]]) -> Verdicts:
    """Return the verdicts in what `audit_meshwright.py` printed."""
    verdicts: Verdicts = {}
    for found in outcomes:
        is_passed = found["status"] == "passed"
        if is_passed and found["kind"] in UNCOUNTED:
            continue
        rule = found["id"].rpartition(".quality.")[2].removeprefix("quality.")
        kind = OURS.get(found["kind"], found["kind"])
        name = QUALITY.get(rule) or f"{found['column']}.{kind}"
        if is_passed:
            verdicts[name] = 0
        elif found["status"] == "failed":
            repeats = found["value"] if kind == "unique" else None
            verdicts[name] = max(1, int(repeats or found["failed_rows"] or 1))
        else:
            verdicts[name] = None
    return verdicts


def judge(verdicts: Verdicts, expected: dict[str, int]) -> list[str]:
    """Return a line for each verdict that differs from what was sown."""
    return [
        f"{name} found {'nothing' if count is None else count}, not {expected.get(name, 0)}"
        for name, count in verdicts.items()
        if count != expected.get(name, 0)
    ]


def case_folder(root: Path, name: str) -> Path:
    return root / name


def write_case(root: Path, case: Case) -> None:
    """Write one case: its data, its contract, and what is right."""
    folder = case_folder(root, case.name)
    folder.mkdir(parents=True, exist_ok=True)
    case.write_data(folder / "orders.parquet")
    (folder / "orders.odcs.yaml").write_text(json.dumps(case.contract(), indent=2) + "\n")
    about = {"name": case.name, "right": "keeps" if case.keeps else "breaks", "why": case.why}
    (folder / "case.json").write_text(json.dumps(about) + "\n")


if __name__ == "__main__":
    for one in CASES:
        write_case(Path(sys.argv[1]), one)
