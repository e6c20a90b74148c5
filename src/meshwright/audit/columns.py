"""What a contract says of one column, and of what is inside it, as checks."""

from collections.abc import Iterator
from dataclasses import replace

from meshwright.audit.literals import literals
from meshwright.audit.not_enforced import REASONS
from meshwright.audit.option import rows
from meshwright.audit.options import option_checks
from meshwright.audit.plan import Check, Duplicates, Probe, Rows, Settled
from meshwright.audit.quality import quality_checks
from meshwright.audit.sqltext import plain
from meshwright.audit.type_rules import is_json, judge_logical, judge_physical, parse_physical
from meshwright.audit.values import Value
from meshwright.model.contract import ContractColumn
from meshwright.model.types import SqlType

_KEYABLE_NESTED = frozenset(("STRUCT", "MAP", "LIST", "ARRAY"))


def column_checks(column: ContractColumn, value: Value, table: str) -> Iterator[Check]:
    """Compile everything that is declared of a staged column (or of a field or item inside one)."""
    yield from _type_checks(column, value)
    if column.required:
        yield _required(value)
    if column.unique:
        yield unique_check(value)
    if column.enum is not None:
        yield _enum(column, value)
    yield from option_checks(column, value)
    for rule in column.quality:
        yield from quality_checks(rule, table, value, is_private=column.is_classified)
    if not value.is_column:
        for number, _ in enumerate(column.relationships):
            reason = Settled("not_enforced", REASONS["nested.relationship"])
            yield Check(f"{value.path}.relationship.{number}", "relationship", reason, value.path)
    yield from _inside(column, value, table)


def missing_checks(column: ContractColumn, table: str) -> Iterator[Check]:
    """Report every item of a column that is not there, so that none is skipped in silence."""
    absent = Value.of_column(column.name, SqlType("NULL"))
    reason = f"column `{column.name}` is missing"
    for check in column_checks(column, absent, table):
        settled = isinstance(check.probe, Settled) and check.probe.status == "not_enforced"
        probe = check.probe if settled else Settled("errored", reason)
        yield Check(check.id, check.kind, probe, check.column, check.severity, check.expectation)


def _type_checks(column: ContractColumn, value: Value) -> Iterator[Check]:
    if column.logical_type:
        has_format = bool(column.options.get("format"))
        probe: Probe = judge_logical(
            column.logical_type, column.physical_type, value, has_format=has_format
        )
        if probe == Settled("passed", "JSON text"):
            wanted = {"array": "ARRAY"}.get(column.logical_type, "OBJECT")
            text = (
                f"CASE WHEN json_valid({value.sql}) THEN json_type({value.sql}) <> '{wanted}' "
                f"ELSE {value.sql} IS NOT NULL END"
            )
            probe = rows(value, text)
        elif value.type.name == "VARCHAR" and column.logical_type == "time" and not has_format:
            probe = rows(
                value, f"({value.sql} IS NOT NULL AND TRY_CAST({value.sql} AS TIME) IS NULL)"
            )
        yield _type_check("logicalType", column.logical_type, probe, value)
    if column.physical_type:
        yield _type_check("physicalType", column.physical_type, _physical(column, value), value)


def _type_check(kind: str, words: str, probe: Probe, value: Value) -> Check:
    return Check(f"{value.path}.{kind}", kind, probe, value.path, expectation=words,
                 columns=(value.column,))  # fmt: skip


def _physical(column: ContractColumn, value: Value) -> Probe:
    promised = parse_physical(column.physical_type)
    if promised is None:
        return Settled("not_enforced", REASONS["physicalType.foreign"])
    found = judge_physical(promised, value.type, with_zone=bool(column.options.get("timezone")))
    if found.status == "not_enforced":
        return Settled("not_enforced", REASONS[found.reason])
    if found.status == "passed" and promised.name == "VARCHAR" and promised.parameters:
        limit = promised.parameters[0]
        if isinstance(limit, int) and limit > 0:
            probe = rows(value, f"length({value.sql}) > {limit}", by_value=True)
            return replace(probe, length_limit=(">", limit))
    return found


def _required(value: Value) -> Check:
    probe = Rows(value.missing, value.column if value.is_column else "", nulls=value.is_column)
    return Check(f"{value.path}.required", "required", probe, value.path, expectation="no null",
                 columns=(value.column,))  # fmt: skip


def unique_check(value: Value) -> Check:
    """Compile `unique`: no two rows share a value; NULLs are not values."""
    probe: Probe = Settled("not_enforced", REASONS["nested.unique"])
    if not value.lists:
        columns = (value.column,) if value.is_column else ()
        probe = Duplicates((value.sql,), columns, (str(value.type),))
    return Check(f"{value.path}.unique", "unique", probe, value.path, expectation="no value twice",
                 columns=(value.column,), on_whole=True)  # fmt: skip


def _enum(column: ContractColumn, value: Value) -> Check:
    allowed = column.enum or ()
    listed = ", ".join(plain(each) for each in allowed[:8]) + (", …" if len(allowed) > 8 else "")
    probe: Probe
    if value.type.name in _KEYABLE_NESTED:
        probe = Settled("errored", f"needs a plain value, staged as {value.type}")
    else:
        listed_sql = literals(allowed, value.type, column.options)
        probe = rows(value, not_among(value.sql, listed_sql), by_value=True)
    return Check(f"{value.path}.enum", "enum", probe, value.path, expectation=f"one of {listed}",
                 columns=(value.column,))  # fmt: skip


def not_among(sql: str, allowed: list[str]) -> str:
    """Return what is true for a value, not NULL, that is none of these literals."""
    return f"{sql} NOT IN ({', '.join(allowed)})" if allowed else f"{sql} IS NOT NULL"


def _inside(column: ContractColumn, value: Value, table: str) -> Iterator[Check]:
    if column.properties:
        yield from _fields(column, value, table)
    parts = [
        (column.items, value.type.element, "[]", ""),
        (column.map_key, value.type.key, "{key}", f"map_keys({value.sql})"),
        (column.map_value, value.type.value, "{value}", f"map_values({value.sql})"),
    ]
    for inner, kind, suffix, listed in parts:
        if inner is None:
            continue
        if kind is not None:
            yield from column_checks(inner, value.item(kind, suffix, listed), table)
        else:
            yield _unreachable(column, value, suffix)


def _fields(column: ContractColumn, value: Value, table: str) -> Iterator[Check]:
    staged = dict(value.type.fields)
    if not staged:
        yield _unreachable(column, value, ".*")
        return
    for inner in column.properties:
        kind = staged.get(inner.name)
        status = "passed" if kind else "failed"
        reason = "" if kind else f"the object has no `{inner.name}`"
        path = f"{value.path}.{inner.name}"
        yield Check(f"{path}.present", "present", Settled(status, reason), path)
        if kind is not None:
            yield from column_checks(inner, value.field(inner.name, kind), table)
    for name in staged.keys() - {inner.name for inner in column.properties}:
        path = f"{value.path}.{name}"
        reason = f"undeclared property `{name}`"
        yield Check(f"{path}.undeclared", "undeclared", Settled("failed", reason), path)


def _unreachable(column: ContractColumn, value: Value, suffix: str) -> Check:
    path = f"{value.path}{suffix}"
    if is_json(column.physical_type, value.type):
        probe = Settled("not_enforced", REASONS["nested.json"])
    else:
        probe = Settled("errored", f"nothing inside a column staged as {value.type}")
    return Check(f"{path}.inside", "inside", probe, path)
