"""ODCS `quality` rules as checks: the library's metrics, SQL, and what is only words.

`value` is in the rule's unit. `nullValues` and the others count rows; `duplicateValues` counts the rows that
repeat an earlier one; `percent` is of all rows, and 0 of an empty table.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from meshwright.audit.literals import literals
from meshwright.audit.not_enforced import REASONS
from meshwright.audit.option import Unfit, rows
from meshwright.audit.plan import Check, Duplicates, Probe, Query, RowCount, Rows, Settled
from meshwright.audit.sqltext import identifier
from meshwright.audit.text_options import pattern_violation
from meshwright.audit.thresholds import problem, words
from meshwright.audit.values import Value
from meshwright.model.contract import QualityRule, Threshold

METRICS = {
    "nullValues": "null rows",
    "missingValues": "missing rows",
    "invalidValues": "invalid rows",
    "duplicateValues": "repeated rows",
    "rowCount": "rows",
}
_LEGACY = {
    "nullCheck": "nullValues", "nullCount": "nullValues", "missingCount": "missingValues",
    "validValues": "invalidValues", "invalidCount": "invalidValues", "countCheck": "rowCount",
    "duplicateCount": "duplicateValues", "uniqueCheck": "duplicateValues",
    "duplicateCheck": "duplicateValues",
}  # fmt: skip
_SEVERITIES = {
    "warning": "warning", "warn": "warning", "medium": "warning", "minor": "warning",
    "info": "info", "information": "info", "low": "info",
}  # fmt: skip
_PERCENT = frozenset(("percent", "percentage", "%"))
_PLACEHOLDER = re.compile(r"\$?\{\s*(object|table|schema|model|property|column|field)\s*\}")
_OF_TABLE = frozenset(("object", "table", "schema", "model"))


def quality_checks(
    rule: QualityRule,
    table: str,
    value: Value | None,
    *,
    columns: Mapping[str, str] | None = None,
    is_private: bool = False,
) -> Iterator[Check]:
    """Compile one rule of an object (`value` None, `columns` its staged columns) or of a column."""
    path = value.path if value else ""
    check = Check(
        f"{path}.quality.{rule.key}" if path else f"quality.{rule.key}",
        rule.kind,
        Settled("errored", "not compiled"),
        path,
        _SEVERITIES.get(rule.severity.lower(), "error"),
        rule.description or rule.name,
        rule.thresholds,
        "percent" if rule.unit.lower() in _PERCENT else "rows",
        (value.column,) if value else (),
        is_private=is_private,
    )
    try:
        yield _compiled(rule, check, table, value, columns or {})
    except Unfit as error:
        yield replace(check, probe=Settled("errored", str(error)))


def _compiled(
    rule: QualityRule, check: Check, table: str, value: Value | None, columns: Mapping[str, str]
) -> Check:
    if rule.kind in ("text", "custom"):
        reason = REASONS[f"quality.{rule.kind}"]
        return replace(check, probe=Settled("not_enforced", reason))
    wrong = problem(rule.thresholds)
    if wrong:
        raise Unfit(wrong)
    if rule.kind == "sql":
        return _sql_check(rule, check, table, value)
    metric = _LEGACY.get(rule.metric, rule.metric)
    if metric not in METRICS:
        raise Unfit(f"`{rule.metric}` is no metric of ODCS")
    if not rule.thresholds and (metric == "rowCount" or rule.metric in METRICS):
        raise Unfit("the rule has no operator, like `mustBe`")
    unit = " %" if check.unit == "percent" else ""
    expectation = f"{METRICS[metric]}: {words(rule.thresholds)}{unit}"
    thresholds = rule.thresholds or (Threshold("mustBe", 0),)
    check = replace(check, kind=metric, expectation=expectation, thresholds=thresholds)
    if metric == "rowCount":
        return replace(check, probe=RowCount(), on_whole=True)
    if metric == "duplicateValues":
        keys = _duplicate_keys(rule, value, columns)
        shown = keys.columns or check.columns
        return replace(check, probe=keys, on_whole=True, columns=shown)
    if value is None:
        raise Unfit(f"`{rule.metric}` needs a column")
    return replace(check, probe=_row_metric(metric, rule.arguments, value))


def _row_metric(metric: str, arguments: Mapping[str, object], value: Value) -> Rows:
    if metric == "nullValues":
        column = value.column if value.is_column else ""
        return Rows(value.missing, column, nulls=value.is_column)
    if metric == "missingValues":
        listed = literals(_listed(arguments, "missingValues"), value.type)
        among = f" OR {value.sql} IN ({', '.join(listed)})" if listed else ""
        return rows(value, f"({value.sql} IS NULL{among})", by_value=True)
    broken = []
    if "validValues" in arguments:
        allowed = literals(_listed(arguments, "validValues"), value.type)
        listed_out = f"{value.sql} NOT IN ({', '.join(allowed)})"
        broken.append(listed_out if allowed else f"{value.sql} IS NOT NULL")
    if "pattern" in arguments:
        broken.append(pattern_violation(_as_text(value), str(arguments["pattern"])))
    if not broken:
        raise Unfit("needs `validValues` or `pattern` as an argument")
    return rows(value, f"({' OR '.join(broken)})", by_value=True, dear="pattern" in arguments)


def _as_text(value: Value) -> str:
    return value.sql if value.type.name == "VARCHAR" else f"CAST({value.sql} AS VARCHAR)"


def _listed(arguments: Mapping[str, object], name: str) -> list[object]:
    found = arguments.get(name, [])
    return list(found) if isinstance(found, list | tuple) else [found]


def _duplicate_keys(
    rule: QualityRule, value: Value | None, columns: Mapping[str, str]
) -> Duplicates:
    if value is not None:
        if value.lists:
            raise Unfit(REASONS["nested.unique"])
        own = (value.column,) if value.is_column else ()
        return Duplicates((value.sql,), own, (str(value.type),))
    names = [str(name) for name in _listed(rule.arguments, "properties")]
    if not names:
        raise Unfit("needs `properties` as an argument")
    unknown = [name for name in names if name not in columns]
    if unknown:
        raise Unfit(f"column `{unknown[0]}` is missing")
    keys = tuple(identifier(name) for name in names)
    return Duplicates(keys, tuple(names), tuple(columns[name] for name in names))


def _sql_check(rule: QualityRule, check: Check, table: str, value: Value | None) -> Check:
    if not rule.thresholds:
        raise Unfit("the rule has no operator, like `mustBe`")
    query = rule.query.strip().rstrip(";").strip()
    if not query:
        raise Unfit("the rule has no query")

    def fill(match: re.Match[str]) -> str:
        if match[1] in _OF_TABLE:
            return identifier(table)
        if value is None:
            raise Unfit(f"`{match[0]}` outside a property")
        return identifier(value.column) if value.is_column else value.sql

    filled = _PLACEHOLDER.sub(fill, query)
    label = (rule.description or rule.name).strip().rstrip(".")
    expectation = (f"{label}: " if label else "") + words(rule.thresholds)
    probe: Probe = Query(filled, table)
    return replace(check, kind="sql", probe=probe, expectation=expectation, on_whole=True)
