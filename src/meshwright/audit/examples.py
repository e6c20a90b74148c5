"""Rows that show why a check failed: their key and the offending columns, never a classified value."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from meshwright.audit.key_scans import any_null, nulls_key
from meshwright.audit.literals import literals
from meshwright.audit.plan import MOST_EXAMPLES, AuditPlan, Check, Duplicates, Orphans, Rows
from meshwright.audit.scans import bad_key, shown_key
from meshwright.audit.sqltext import FLOATS, INTEGERS, identifier, relation
from meshwright.audit.type_rules import staged_type
from meshwright.errors import ExhaustedError, MeshwrightError
from meshwright.model.check import CheckOutcome, Example
from meshwright.spi.engine import Session

HIDDEN = "•••"
_AS_THEY_ARE = INTEGERS | FLOATS | {"VARCHAR", "BOOLEAN"}
_BESIDE = 3

_Rows = list[tuple[object, ...]]
Repeated = Mapping[str, Sequence[tuple[object, ...]]]


def find_examples(
    plan: AuditPlan,
    outcomes: Sequence[CheckOutcome],
    session: Session,
    measured: Mapping[str, object],
    repeated: Repeated,
) -> tuple[Example, ...]:
    """Return up to 20 rows for each failed check that is about rows.

    `measured` may hold such rows, or values that fail a check, which are found faster than what is wrong
    with them; `repeated` holds the keys that repeat. The queries stay unlogged: they may name values.
    """
    checks = {check.id: check for check in plan.checks}
    broken = [checks[o.id] for o in outcomes if o.status == "failed" and o.failed_rows]
    kept = {check.id: unpacked(measured.get(shown_key(check.id))) for check in broken}
    queries = {
        check.id: _query(check, plan, measured, repeated) for check in broken if not kept[check.id]
    }
    rows = _answers(session, [sql for sql in dict.fromkeys(queries.values()) if sql])
    found = (
        _example(
            check,
            plan,
            kept[check.id] or rows.get(queries[check.id], []),
            list(repeated.get(check.id, ())),
        )
        for check in broken
    )
    return tuple(example for example in found if example is not None)


def kept_rows(check: Check, plan: AuditPlan) -> str:
    """Return one expression for what an example shows of a row; empty when nothing may be shown."""
    columns = _columns(check, plan)
    if all(name in plan.classified for name in columns):
        return ""
    kinds = _kinds(plan)
    shown = ", ".join(_showable(name, identifier(name), kinds[name], plan) for name in columns)
    return f"row({shown})"


def unpacked(found: object) -> list[tuple[object, ...]]:
    """Return a list of rows that an engine packed into one value."""
    rows = found if isinstance(found, list) else []
    return [tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in rows]


def shown_keys(check: Check, plan: AuditPlan) -> dict[str, str]:
    """Map the columns of a key, named `k0`… in a query, to what may be shown; empty when nothing may."""
    probe = check.probe
    assert isinstance(probe, Duplicates)
    if all(name in plan.classified for name in probe.columns):
        return {}
    kinds = _kinds(plan)
    return {
        name: _showable(name, f"k{number}", kinds[name], plan)
        for number, name in enumerate(probe.columns)
    }


def _answers(session: Session, queries: Sequence[str]) -> dict[str, _Rows]:
    """Run queries two at a time, for one that stops at its limit keeps one thread busy.

    A query that fails gives no rows: examples are not worth an error.
    """

    def answer(sql: str) -> _Rows:
        try:
            return session.rows(sql, trusted=True)
        except MeshwrightError as error:
            if isinstance(error, ExhaustedError) and error.code == "query-interrupted":
                raise
            return []

    if len(queries) < 2:
        return {sql: answer(sql) for sql in queries}
    with ThreadPoolExecutor(2) as both:
        return dict(zip(queries, both.map(answer, queries), strict=True))


def _query(
    check: Check, plan: AuditPlan, measured: Mapping[str, object], repeated: Repeated
) -> str:
    """Return the query for rows that show why a check failed; '' where there is nothing to ask."""
    columns, where = _columns(check, plan), ""
    if all(name in plan.classified for name in columns):
        return ""
    if not isinstance(check.probe, Duplicates):
        where = _where(check, plan, measured)
    elif measured.get(nulls_key(check)) and len(repeated.get(check.id, ())) < MOST_EXAMPLES:
        where = any_null(check.probe.keys)
    kinds = _kinds(plan)
    shown = ", ".join(_showable(name, identifier(name), kinds[name], plan) for name in columns)
    source = relation(plan.target.relation(whole=check.on_whole))
    return f"SELECT {shown} FROM {source} WHERE {where} LIMIT {MOST_EXAMPLES}" if where else ""


def _example(check: Check, plan: AuditPlan, rows: _Rows, repeated: _Rows) -> Example | None:
    """Put an example together; of a key, each row says how many rows share it."""
    columns = _columns(check, plan)
    if isinstance(check.probe, Duplicates):
        columns = (*columns, "rows")
        rows = (repeated + [(*row, 1) for row in rows])[: max(MOST_EXAMPLES, len(repeated))]
    return Example(check.id, columns, tuple(rows)) if rows else None


def _where(check: Check, plan: AuditPlan, measured: Mapping[str, object]) -> str:
    probe = check.probe
    if isinstance(probe, Rows):
        kind = staged_type(_kinds(plan).get(probe.column, "NULL"))
        bad = measured.get(bad_key(check.id))
        if isinstance(bad, list) and bad and (kind.name in INTEGERS or kind.name == "VARCHAR"):
            listed = dict.fromkeys(literals(bad, kind))
            return f"{identifier(probe.column)} IN ({', '.join(listed)})"
        return probe.predicate
    return probe.predicate if isinstance(probe, Orphans) else ""


def _columns(check: Check, plan: AuditPlan) -> tuple[str, ...]:
    if isinstance(check.probe, Duplicates):
        return check.probe.columns
    staged = _kinds(plan)
    beside = [name for name in plan.key if name in staged] or _unique_column(plan)
    if not beside:
        free = [
            name
            for name, kind in staged.items()
            if staged_type(kind).name in _AS_THEY_ARE and name not in plan.classified
        ]
        beside = [name for name in free if name not in check.columns][:_BESIDE]
    return tuple(dict.fromkeys((*beside, *(name for name in check.columns if name in staged))))


def _unique_column(plan: AuditPlan) -> list[str]:
    """Return a column that tells rows apart, where the contract says that one does: less is read with it."""
    probes = [check.probe for check in plan.checks if check.kind == "unique"]
    columns = [
        probe.columns[0] for probe in probes if isinstance(probe, Duplicates) and probe.columns
    ]
    return [name for name in columns if name not in plan.classified][:1]


def _kinds(plan: AuditPlan) -> dict[str, str]:
    return {column.name: column.type for column in plan.target.columns}


def _showable(name: str, sql: str, kind: str, plan: AuditPlan) -> str:
    """Return a column as it may be shown: hidden, as it is, or as text where only text is safe."""
    if name in plan.classified:
        return f"'{HIDDEN}'"
    return sql if staged_type(kind).name in _AS_THEY_ARE else f"CAST({sql} AS VARCHAR)"
