"""Rows that show why a check failed: their key and the offending columns, never a classified value."""

from collections.abc import Sequence

from meshwright.audit.plan import AuditPlan, Check, Duplicates, Orphans, Rows
from meshwright.audit.scans import any_null, no_null, tuple_of
from meshwright.audit.sqltext import FLOATS, INTEGERS, identifier, relation
from meshwright.audit.type_rules import staged_type
from meshwright.errors import ExhaustedError, MeshwrightError
from meshwright.model.check import CheckOutcome, Example
from meshwright.spi.engine import Session

MOST_ROWS = 20
HIDDEN = "•••"
_AS_THEY_ARE = INTEGERS | FLOATS | {"VARCHAR", "BOOLEAN"}
_BESIDE = 3


def find_examples(
    plan: AuditPlan, outcomes: Sequence[CheckOutcome], session: Session, scans: list[str]
) -> tuple[Example, ...]:
    """Return up to 20 rows for each failed check that is about rows; log the queries in `scans`."""
    checks = {check.id: check for check in plan.checks}
    found = []
    for outcome in outcomes:
        if outcome.status != "failed" or not outcome.failed_rows:
            continue
        example = _example(checks[outcome.id], plan, session, scans)
        if example is not None:
            found.append(example)
    return tuple(found)


def _example(check: Check, plan: AuditPlan, session: Session, scans: list[str]) -> Example | None:
    columns = _shown(check, plan)
    sql = _sql(check, columns, plan)
    if not sql or all(name in plan.classified for name in columns):
        return None
    scans.append(sql)
    try:
        rows = session.rows(sql)
    except MeshwrightError as error:
        if isinstance(error, ExhaustedError) and error.code == "query-interrupted":
            raise
        return None
    heads = (*columns, "rows") if isinstance(check.probe, Duplicates) else columns
    return Example(check.id, heads, tuple(tuple(row) for row in rows)) if rows else None


def _shown(check: Check, plan: AuditPlan) -> tuple[str, ...]:
    staged = [column.name for column in plan.target.columns]
    if isinstance(check.probe, Duplicates):
        return tuple(name for name in check.columns if name in staged)
    beside = [name for name in plan.key if name in staged]
    if not beside:
        plain = {c.name for c in plan.target.columns if staged_type(c.type).name in _AS_THEY_ARE}
        free = [name for name in staged if name in plain and name not in plan.classified]
        beside = [name for name in free if name not in check.columns][:_BESIDE]
    return tuple(dict.fromkeys((*beside, *(name for name in check.columns if name in staged))))


def _sql(check: Check, columns: Sequence[str], plan: AuditPlan) -> str:
    kinds = {column.name: staged_type(column.type).name for column in plan.target.columns}
    source = relation(plan.target.relation(whole=check.on_whole))
    shown = ", ".join(_literal_free(name, kinds[name], plan) for name in columns)
    probe = check.probe
    if not shown:
        return ""
    if isinstance(probe, Rows | Orphans):
        return f"SELECT {shown} FROM {source} WHERE {probe.predicate} LIMIT {MOST_ROWS}"
    if isinstance(probe, Duplicates):
        keys = ", ".join(probe.keys)
        whole = relation(plan.target.relation(whole=True))
        limits = (
            f"HAVING count(*) > 1 OR {any_null(probe.keys)}"
            if probe.nulls_fail
            else (f"HAVING count(*) > 1 AND {no_null(probe.keys)}")
        )
        return (
            f"SELECT {shown}, count(*) FROM {whole} GROUP BY {keys} {limits} "
            f"ORDER BY count(*) DESC, {tuple_of(probe.keys)} LIMIT {MOST_ROWS}"
        )
    return ""


def _literal_free(name: str, kind: str, plan: AuditPlan) -> str:
    """Return a column as it may be shown: hidden, as it is, or as text where only text is safe."""
    if name in plan.classified:
        return f"'{HIDDEN}' AS {identifier(name)}"
    return identifier(name) if kind in _AS_THEY_ARE else f"CAST({identifier(name)} AS VARCHAR)"
