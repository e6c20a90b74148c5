"""Turn inline checks into a contract's own values, beside what a contract promises already.

Without a contract, every column is described by its name alone, so that nothing but the checks can fail.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from meshwright.app.scanning.inline import OPERATORS, SHARES, InlineCheck
from meshwright.audit.literals import literals
from meshwright.audit.sqltext import NUMBERS, TEMPORAL, identifier
from meshwright.audit.type_rules import staged_type
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.contract import ContractColumn, ContractObject, QualityRule, Threshold
from meshwright.model.table import Column

_LIMITS = {
    "<": "exclusiveMaximum",
    "<=": "maximum",
    ">": "exclusiveMinimum",
    ">=": "minimum",
}
_LENGTHS = {"<=": "maxLength", ">=": "minLength", "<": "maxLength", ">": "minLength"}
_LIBRARY = {
    "nulls": "nullValues",
    "null_share": "nullValues",
    "duplicates": "duplicateValues",
    "duplicate_share": "duplicateValues",
}
_AGGREGATES = {"min": "min", "max": "max", "mean": "avg", "sum": "sum"}
_HIDDEN = (
    "undeclared"  # a classification: of such a column nobody said that its values may be shown
)


class Promises:
    """A contract's object while inline checks are added to it."""

    def __init__(
        self, described: ContractObject, columns: Sequence[Column], now: datetime | None = None
    ) -> None:
        self._described = described
        self._staged = {column.name: column.type for column in columns}
        self._now = now or datetime.now(UTC)
        self._columns = list(described.columns)
        self._rules = list(described.quality)
        self.undeclared: list[str] = []  # columns of checks that the contract does not have
        if not self._columns:
            self._columns = [ContractColumn(column.name) for column in columns]

    def add(self, checks: Iterable[InlineCheck]) -> ContractObject:
        """Return the object with the checks in it; raise `UsageError` for a column that is not there."""
        for check in checks:
            names = tuple(self._find(name, check) for name in check.columns)
            self._add(replace(check, columns=names))
        return replace(self._described, columns=tuple(self._columns), quality=tuple(self._rules))

    def _find(self, name: str, check: InlineCheck) -> str:
        if name in self._staged:
            return name
        alike = [each for each in self._staged if each.lower() == name.lower()]
        if len(alike) == 1:
            return alike[0]
        raise UsageError(
            "column-unknown",
            f"`{check.text.strip()}`: there is no column `{name}`",
            hint=did_you_mean(name, self._staged),
        )

    def _add(self, check: InlineCheck) -> None:
        match check.kind:
            case "unique" if len(check.columns) == 1 and check.severity == "error":
                self._promise(check.columns[0], unique=True)
            case "required" if check.severity == "error":
                self._promise(check.columns[0], required=True)
            case "matches" if check.severity == "error":
                self._option(check.columns[0], "pattern", check.values[0])
            case "in" if check.severity == "error":
                self._promise(check.columns[0], enum=check.values)
            case "compare" if check.severity == "error" and check.operator in (*_LIMITS, "between"):
                self._limit(check)
            case "compare" if check.severity == "error" and check.operator == "=":
                self._promise(check.columns[0], enum=check.values)
            case "length" if check.severity == "error" and check.operator in (*_LENGTHS, "between"):
                self._length(check)
            case _:
                self._rule(check)

    def _limit(self, check: InlineCheck) -> None:
        names = [_LIMITS[check.operator]] if check.operator in _LIMITS else ["minimum", "maximum"]
        for name, value in zip(names, check.values, strict=True):
            self._option(check.columns[0], name, value)

    def _length(self, check: InlineCheck) -> None:
        limits = [int(value) for value in check.values]
        if check.operator == "between":
            self._option(check.columns[0], "minLength", limits[0])
            self._option(check.columns[0], "maxLength", limits[1])
            return
        step = {"<": -1, ">": 1}.get(check.operator, 0)
        self._option(check.columns[0], _LENGTHS[check.operator], max(0, limits[0] + step))

    def _rule(self, check: InlineCheck) -> None:
        """Add a quality rule: a metric of the library where there is one, else a query."""
        staged = {name: staged_type(self._staged[name]).name for name in check.columns}
        rule = quality_rule(check, staged, self._now, self._staged)
        if len(check.columns) == 1 and rule.kind == "library":
            self._promise(check.columns[0], quality=(rule,))
        else:
            self._rules.append(rule)

    def _option(self, name: str, option: str, value: object) -> None:
        self._promise(name, options={option: value})

    def _promise(self, name: str, **promise: object) -> None:
        """Add to the first description of the column that leaves room for it, else to one more."""
        mine = [at for at, column in enumerate(self._columns) if column.name == name]
        for at in mine:
            added = _with(self._columns[at], promise)
            if added is not None:
                self._columns[at] = added
                return
        if not mine:
            self.undeclared.append(name)
        classification = self._columns[mine[0]].classification if mine else _HIDDEN
        bare = ContractColumn(name, classification=classification)
        self._columns.append(_with(bare, promise) or bare)


def _with(column: ContractColumn, promise: Mapping[str, object]) -> ContractColumn | None:
    """Return the column with one more promise; None where it has another in that place."""
    ((field, value),) = promise.items()
    match field, value:
        case "options", dict():
            is_free = not value.keys() & column.options.keys()
            return replace(column, options={**column.options, **value}) if is_free else None
        case "enum", tuple():
            return replace(column, enum=value) if column.enum is None else None
        case "quality", tuple():
            return replace(column, quality=(*column.quality, *value))
        case "unique", _:
            return replace(column, unique=True)
    return replace(column, required=True)


def quality_rule(
    check: InlineCheck, staged: Mapping[str, str], now: datetime, types: Mapping[str, str]
) -> QualityRule:
    """Return a check as an ODCS quality rule; `staged` are the names of its columns' types."""
    rule = QualityRule(
        key=check.kind,
        kind="library",
        thresholds=_thresholds(check),
        severity=check.severity,
        name=check.text.strip(),
    )
    if check.kind == "rows":
        return replace(rule, metric="rowCount")
    if check.kind == "unique":
        return replace(rule, metric="duplicateValues", arguments={"properties": [*check.columns]},
                       thresholds=(Threshold("mustBe", 0),))  # fmt: skip
    if check.kind in _LIBRARY:
        many = {"properties": [*check.columns]} if len(check.columns) > 1 else {}
        unit = "percent" if check.kind in SHARES else "rows"
        return replace(rule, metric=_LIBRARY[check.kind], arguments=many, unit=unit)
    if check.kind == "required":
        return replace(rule, metric="nullValues", thresholds=(Threshold("mustBe", 0),))
    if check.kind in ("matches", "in") or (check.kind == "compare" and check.operator == "="):
        argument: dict[str, object] = {"validValues": [*check.values]}
        if check.kind == "matches":
            argument = {"pattern": check.values[0]}
        return replace(rule, metric="invalidValues", arguments=argument,
                       thresholds=(Threshold("mustBe", 0),))  # fmt: skip
    return _query(rule, check, staged, now, types)


def _thresholds(check: InlineCheck) -> tuple[Threshold, ...]:
    if not check.operator:
        return ()
    value = [*check.values] if check.operator == "between" else check.values[0]
    return (Threshold(OPERATORS[check.operator], value),)


def _query(
    rule: QualityRule,
    check: InlineCheck,
    staged: Mapping[str, str],
    now: datetime,
    types: Mapping[str, str],
) -> QualityRule:
    name = check.columns[0]
    column, kind = identifier(name), staged[name]
    if check.kind in _AGGREGATES:
        _require(check, kind, kind in NUMBERS, "a number")
        value, words = f"{_AGGREGATES[check.kind]}({column})", f"{check.kind} of `{name}`"
    elif check.kind == "distinct":
        value, words = f"count(DISTINCT {column})", f"distinct values of `{name}`"
    elif check.kind == "freshness":
        _require(check, kind, kind in (TEMPORAL - {"TIME"}) | {"VARCHAR"}, "a date or timestamp")
        moment = f"TRY_CAST({column} AS TIMESTAMP)"
        at = now.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat(" ")
        value = f"date_diff('second', max({moment}), TIMESTAMP '{at}')"
        words = f"seconds since the newest `{name}`"
    else:
        broken = _broken(check, column, types[name])
        value, words = f"count(*) FILTER (WHERE {broken})", f"rows against `{check.text.strip()}`"
        rule = replace(rule, thresholds=(Threshold("mustBe", 0),))
    query = f"SELECT {value} FROM {{object}}"
    return replace(rule, kind="sql", metric="", query=query, description=words)


def _broken(check: InlineCheck, column: str, kind: str) -> str:
    """Return what is true for a row that a comparison refuses; NULL is refused by nothing but `not null`."""
    staged = staged_type(kind)
    written = literals(check.values, staged)
    if check.kind == "length":
        _require(check, staged.name, staged.name == "VARCHAR", "text")
        column, written = f"length({column})", [str(value) for value in check.values]
    if check.kind == "not_in" or check.operator == "!=":
        return f"{column} IN ({', '.join(written)})" if written else "false"
    if len(written) != len(check.values):
        raise UsageError(
            "check-unfit", f"`{check.text.strip()}`: no {kind} can be compared with that"
        )
    if check.operator == "between":
        return f"{column} NOT BETWEEN {written[0]} AND {written[1]}"
    return f"NOT ({column} {check.operator} {written[0]})"


def _require(check: InlineCheck, kind: str, fits: bool, words: str) -> None:
    if not fits:
        raise UsageError(
            "check-unfit",
            f"`{check.text.strip()}`: `{check.kind}` needs {words}, `{check.columns[0]}` is {kind}",
        )
