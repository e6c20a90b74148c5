"""Judge one entry of an ODCS `quality` list: which kind it is, its metric, its operator, its arguments."""

from collections.abc import Mapping
from decimal import Decimal

from meshwright.documents.document import Document, Path, key_text
from meshwright.documents.patterns import pattern_problem
from meshwright.documents.wording import show
from meshwright.errors import did_you_mean
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

OPERATORS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)
COLUMN_METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues")
OBJECT_METRICS = ("rowCount", "duplicateValues")
METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
LEGACY_RULES = {
    "nullCheck": "nullValues",
    "nullValues": "nullValues",
    "missingValues": "missingValues",
    "validValues": "invalidValues",
    "invalidValues": "invalidValues",
    "duplicateCount": "duplicateValues",
    "duplicateValues": "duplicateValues",
    "uniqueCheck": "duplicateValues",
    "rowCount": "rowCount",
}
ARGUMENTS = {
    "nullValues": (),
    "missingValues": ("missingValues",),
    "invalidValues": ("validValues", "pattern"),
    "duplicateValues": ("properties",),
    "rowCount": (),
}
_ONLY = {
    "metric": "library", "rule": "library", "validValues": "library", "arguments": "library",
    "query": "sql", "engine": "custom", "implementation": "custom",
}  # fmt: skip
_NUMBERS = int | float | Decimal
_SEVERITIES = {
    "error": "error", "critical": "error", "blocker": "error", "high": "error", "major": "error",
    "warning": "warning", "warn": "warning", "medium": "warning", "minor": "warning", "low": "warning",
    "info": "info", "information": "info",
}  # fmt: skip
_UNITS = {
    "rows": "rows", "row": "rows", "records": "rows", "count": "rows",
    "percent": "percent", "%": "percent", "percentage": "percent",
}  # fmt: skip


def rule_kind(rule: Mapping[str, Json]) -> str:
    """Return library, sql, custom or text; a rule without type, metric and operator is a text."""
    declared = rule.get("type")
    if isinstance(declared, str):
        return declared
    says_something = any(key in rule for key in (*_ONLY, *OPERATORS))
    return "library" if says_something else "text"


def rule_metric(rule: Mapping[str, Json]) -> str:
    """Return the metric of a library rule, also where an older `rule` names it; '' when unknown."""
    named = rule.get("metric") or rule.get("rule") or ""
    metric = LEGACY_RULES.get(str(named), "") if "metric" not in rule else str(named)
    return metric if metric in METRICS else ""


def rule_arguments(rule: Mapping[str, Json]) -> dict[str, Json]:
    """Return the arguments of a library rule, with an older rule's `validValues` among them."""
    given = rule.get("arguments")
    arguments = dict(given) if isinstance(given, dict) else {}
    if "validValues" in rule:
        arguments.setdefault("validValues", rule["validValues"])
    return arguments


def rule_severity(rule: Mapping[str, Json]) -> str:
    """Return error, warning or info; what is not known counts as an error."""
    return _SEVERITIES.get(str(rule.get("severity") or "error").lower(), "error")


def rule_unit(rule: Mapping[str, Json]) -> str:
    """Return rows or percent."""
    return _UNITS.get(str(rule.get("unit") or "rows").lower(), "rows")


class RuleJudge:
    """Judges the rules of one object or column. `names` are the object's columns, by any name."""

    def __init__(self, document: Document, names: frozenset[str]) -> None:
        self._document = document
        self._names = names
        self.problems: list[Problem] = []

    def judge(
        self, rule: Mapping[str, Json], path: Path, column: Mapping[str, Json] | None
    ) -> None:
        """Judge one rule, of a column or (None) of the whole object."""
        kind = rule_kind(rule)
        self._misplaced_keys(rule, kind, path)
        if kind == "library":
            self._library(rule, path, column)
        elif kind == "sql" and not str(rule.get("query") or "").strip():
            hint = "write a SELECT of one number; `${object}` and `${property}` stand for names"
            self._add("quality-query-missing", "a rule of type sql has no `query`", path, hint)
        elif kind == "custom":
            for key in ("engine", "implementation"):
                if not rule.get(key):
                    text = f"a rule of type custom has no `{key}`"
                    self._add("quality-custom-incomplete", text, path)
        self._operators(rule, kind, path)
        self._words(rule, path)

    def _add(
        self, code: str, text: str, path: Path, hint: str = "", severity: str = "error"
    ) -> None:
        self.problems.append(self._document.problem(code, text, path, hint=hint, severity=severity))

    def _misplaced_keys(self, rule: Mapping[str, Json], kind: str, path: Path) -> None:
        for key, only in _ONLY.items():
            if key in rule and only != kind:
                hint = (
                    f"write `type: {only}`" if "type" not in rule else f"`{key}` is for type {only}"
                )
                self._add(
                    "key-misplaced",
                    f"`{key}` does not fit a rule of type {kind}",
                    (*path, key),
                    hint,
                )

    def _library(
        self, rule: Mapping[str, Json], path: Path, column: Mapping[str, Json] | None
    ) -> None:
        named = rule.get("metric") or rule.get("rule")
        if not named:
            if "query" not in rule and "implementation" not in rule:
                hint = "one of " + ", ".join(METRICS)
                self._add(
                    "quality-metric-missing", "a rule of type library has no `metric`", path, hint
                )
            return
        metric = rule_metric(rule)
        if not metric:
            key = "metric" if "metric" in rule else "rule"
            hint = did_you_mean(str(named), METRICS)
            self._add(
                "quality-metric-unknown", f"{show(named)} is not a metric", (*path, key), hint
            )
            return
        allowed = OBJECT_METRICS if column is None else COLUMN_METRICS
        if metric not in allowed:
            place = "an object" if column is None else "a column"
            self._add("quality-metric-misplaced", f"`{metric}` cannot judge {place}", path,
                      f"{place} has {', '.join(allowed)}")  # fmt: skip
            return
        self._arguments(metric, rule_arguments(rule), path, column)

    def _arguments(
        self, metric: str, given: Mapping[str, Json], path: Path, column: Mapping[str, Json] | None
    ) -> None:
        known = ARGUMENTS[metric]
        for key in given:
            if key not in known:
                hint = did_you_mean(key, known) if known else f"`{metric}` takes none"
                text = f"`{key}` is not an argument of `{metric}`"
                self._add("quality-argument-unknown", text, (*path, "arguments", key), hint)
        if metric == "missingValues" and "missingValues" not in given:
            self._missing_argument(metric, path, "arguments: {missingValues: [null, '', 'N/A']}")
        elif metric == "invalidValues" and not given.keys() & {"validValues", "pattern"}:
            if not _says_what_is_valid(column or {}):
                self._missing_argument(
                    metric, path, "arguments: {validValues: […]} or {pattern: '…'}"
                )
        elif metric == "duplicateValues" and column is None and not given.get("properties"):
            self._missing_argument(metric, path, "arguments: {properties: [column, column]}")
        for key in ("validValues", "missingValues", "properties"):
            if key in given and key in known and not isinstance(given[key], list):
                text = f"`{key}` must be a list, not {show(given[key])}"
                self._add("value-type", text, (*path, "arguments", key))
        self._unknown_columns(given.get("properties"), path)
        if "pattern" in given and metric == "invalidValues":
            where = (*path, "arguments", "pattern")
            self.problems.extend(pattern_problem(self._document, given["pattern"], where))

    def _missing_argument(self, metric: str, path: Path, example: str) -> None:
        text = f"`{metric}` does not say what it looks for"
        self._add("quality-argument-missing", text, path, f"write {example}")

    def _unknown_columns(self, columns: Json | None, path: Path) -> None:
        for name in columns if isinstance(columns, list) else ():
            if str(name) not in self._names:
                where = (*path, "arguments", "properties")
                hint = did_you_mean(str(name), self._names)
                self._add("column-unknown", f"there is no column {show(name)}", where, hint)

    def _operators(self, rule: Mapping[str, Json], kind: str, path: Path) -> None:
        used = [operator for operator in OPERATORS if operator in rule]
        if kind in ("library", "sql") and not used and rule.get("rule") != "validValues":
            text, hint = "the rule does not say what must hold", "add one operator: `mustBe: 0`"
            self._add("quality-operator-missing", text, path, hint)
        if len(used) > 1:
            text = f"the rule has {len(used)} operators: {', '.join(used)}"
            self._add("quality-operator-several", text, (*path, used[1]),
                      "write two rules, or `mustBeBetween: [low, high]`")  # fmt: skip
        for operator in used:
            self._operand(operator, rule[operator], kind, (*path, operator))

    def _operand(self, operator: str, value: Json, kind: str, path: Path) -> None:
        is_number = isinstance(value, _NUMBERS) and not isinstance(value, bool)
        if operator.endswith("Between"):
            pair = value if isinstance(value, list) else []
            numbers = [v for v in pair if isinstance(v, _NUMBERS) and not isinstance(v, bool)]
            if len(pair) != 2 or len(numbers) != 2:
                self._add(
                    "quality-between",
                    f"`{operator}` takes two numbers",
                    path,
                    f"{operator}: [0, 10]",
                )
            elif numbers[0] >= numbers[1]:
                text = f"`{operator}` begins with the smaller number, not {numbers[0]}"
                self._add("quality-between", text, path, f"{operator}: {sorted(numbers)}")
        elif kind == "library" and not is_number and operator in ("mustBe", "mustNotBe"):
            text = f"`{key_text(path)}` must be a number, not {show(value)}"
            self._add("value-type", text, path, "a metric counts rows, or a percentage of them")

    def _words(self, rule: Mapping[str, Json], path: Path) -> None:
        severity, unit = rule.get("severity"), rule.get("unit")
        if isinstance(severity, str) and severity.lower() not in _SEVERITIES:
            text = f"severity {show(severity)} is not known, so it counts as error"
            hint = did_you_mean(severity, ("error", "warning", "info"))
            self._add("quality-severity-unknown", text, (*path, "severity"), hint, "warning")
        if isinstance(unit, str) and unit.lower() not in _UNITS and rule_kind(rule) == "library":
            text = f"unit {show(unit)} is not known"
            hint = did_you_mean(unit, ("rows", "percent"))
            self._add("quality-unit-unknown", text, (*path, "unit"), hint)


def _says_what_is_valid(column: Mapping[str, Json]) -> bool:
    options = column.get("logicalTypeOptions")
    return bool(column.get("enum") or options)
