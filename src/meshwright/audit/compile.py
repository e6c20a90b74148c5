"""Compile a contract into the plan of an audit. Pure: nothing is read but what the caller gives."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from meshwright.audit.columns import column_checks, missing_checks
from meshwright.audit.keys import key_checks, relationship_checks
from meshwright.audit.not_enforced import REASONS
from meshwright.audit.plan import AuditPlan, Check, Query, Settled
from meshwright.audit.quality import quality_checks
from meshwright.audit.scans import answer_from_files, plan_scans
from meshwright.audit.target import AuditTarget
from meshwright.audit.type_rules import staged_type
from meshwright.audit.values import Value
from meshwright.model.contract import Contract, ContractColumn, ContractObject
from meshwright.model.table import ColumnStatistics, DataFile

# Up to here one fused query is faster than several that each do one thing well.
FUSED_ROWS = 250_000


def compile_audit(
    contract: Contract,
    declared: ContractObject,
    target: AuditTarget,
    *,
    profile: str = "full",
    fused_rows: int = FUSED_ROWS,
) -> AuditPlan:
    """Turn every item of a contract into a check, and the checks into as few scans as pay.

    `declared` is the contract's object for this port. `profile` is `none`, `light` (what the checks' scans
    and the files give anyway) or `full` (quantiles, histogram and top values too). Tables of more than
    `fused_rows` rows are judged by several scans, each for what it does best.
    """
    classified = _classified(declared, target)
    checks = _unique_ids(_all_checks(contract, declared, target))
    checks = tuple(_hidden(check, classified) for check in checks)
    checks = tuple(_scoped(check, target) for check in checks)
    answered = answer_from_files(checks, target)
    target = _without_literals(target, classified)
    rows = target.fresh_rows
    is_tiered = rows is not None and rows > fused_rows
    scans = plan_scans(checks, answered, target, profile=profile, is_tiered=is_tiered)
    return AuditPlan(
        target.port, target, checks, scans, answered, declared.key, classified, profile, is_tiered
    )


def _all_checks(
    contract: Contract, declared: ContractObject, target: AuditTarget
) -> Iterator[Check]:
    staged = {column.name: column.type for column in target.columns}
    table = declared.physical_name or declared.name
    promised = {column.name for column in declared.columns}
    for column in declared.columns:
        yield _present(column, staged)
        if column.name in staged:
            kind = staged_type(staged[column.name])
            yield from column_checks(column, Value.of_column(column.name, kind), table)
        else:
            yield from missing_checks(column, table)
    for name in staged if declared.columns else ():
        if name not in promised:
            reason = f"undeclared column `{name}`"
            yield Check(f"{name}.undeclared", "undeclared", Settled("failed", reason), name,
                        expectation="only declared columns")  # fmt: skip
    yield from key_checks(declared, staged)
    for rule in declared.quality:
        yield from quality_checks(rule, table, None, columns=staged)
    yield from relationship_checks(declared, staged, target.references)
    for level in contract.service_levels:
        reason = target.levels.get(level.name, REASONS["slaProperties"])
        if reason:
            yield Check(f"sla.{level.name}", "serviceLevel", Settled("not_enforced", reason),
                        level.element)  # fmt: skip


def _present(column: ContractColumn, staged: Mapping[str, str]) -> Check:
    probe = Settled("passed")
    if column.name not in staged:
        alike = [name for name in staged if name.lower() == column.name.lower()]
        reason = f"it is spelled `{alike[0]}`" if alike else f"column `{column.name}` is missing"
        probe = Settled("failed", reason)
    return Check(f"{column.name}.present", "present", probe, column.name, expectation="is there")


def _unique_ids(checks: Iterator[Check]) -> tuple[Check, ...]:
    found: dict[str, Check] = {}
    for check in checks:
        name, number = check.id, 2
        while name in found:
            name, number = f"{check.id}.{number}", number + 1
        found[name] = check if name == check.id else replace(check, id=name)
    return tuple(found.values())


def _classified(declared: ContractObject, target: AuditTarget) -> frozenset[str]:
    """Return the columns whose values may be kept nowhere; of an undeclared column nobody said they may."""
    promised = {column.name for column in declared.columns}
    undeclared = {column.name for column in target.columns} - promised
    inside = {column.name for column in declared.columns if _is_classified(column)}
    return frozenset(target.classified | inside | (undeclared if promised else set()))


def _without_literals(target: AuditTarget, classified: frozenset[str]) -> AuditTarget:
    """Forget the ranges of classified columns, so that they stand in no query and no profile."""

    def bare(file: DataFile) -> DataFile:
        statistics = {
            name: ColumnStatistics(known.nulls) if name in classified else known
            for name, known in file.statistics.items()
        }
        return replace(file, statistics=statistics)

    if not classified:
        return target
    files, kept = tuple(map(bare, target.files)), tuple(map(bare, target.kept_files))
    return replace(target, files=files, kept_files=kept)


def _is_classified(column: ContractColumn) -> bool:
    parts = [*column.properties, column.items, column.map_key, column.map_value]
    return column.is_classified or any(_is_classified(part) for part in parts if part)


def _hidden(check: Check, classified: frozenset[str]) -> Check:
    """Keep a query's result private when its text names a classified column."""
    if not isinstance(check.probe, Query) or check.is_private:
        return check
    written = check.probe.sql.lower()
    named = any(name.lower() in written for name in classified)
    of_column = check.column.partition(".")[0] in classified
    return replace(check, is_private=True) if named or of_column else check


def _scoped(check: Check, target: AuditTarget) -> Check:
    """Judge fresh rows only where the rows that stay were judged before, and none of them failed."""
    if not target.is_append:
        return replace(check, on_whole=False)
    if check.kind in ("rowCount", "sql", "relationship"):
        return check
    before = target.carried.get(check.id)
    is_clean = before is not None and before.status == "passed" and before.failed_rows == 0
    return replace(check, on_whole=not is_clean)
