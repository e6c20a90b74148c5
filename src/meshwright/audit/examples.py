"""Rows that show why a check failed: their key and the offending columns, never a classified value."""

from collections.abc import Mapping, Sequence

from meshwright.audit.key_scans import any_null, nulls_key
from meshwright.audit.literals import literals
from meshwright.audit.plan import MOST_EXAMPLES, AuditPlan, Check, Duplicates, Orphans, Rows
from meshwright.audit.scans import bad_key
from meshwright.audit.sqltext import FLOATS, INTEGERS, identifier, relation
from meshwright.audit.type_rules import staged_type
from meshwright.errors import ExhaustedError, MeshwrightError
from meshwright.model.check import CheckOutcome, Example
from meshwright.spi.engine import Session

HIDDEN = "•••"
_AS_THEY_ARE = INTEGERS | FLOATS | {"VARCHAR", "BOOLEAN"}
_BESIDE = 3

Repeated = Mapping[str, Sequence[tuple[object, ...]]]


def find_examples(
    plan: AuditPlan,
    outcomes: Sequence[CheckOutcome],
    session: Session,
    measured: Mapping[str, object],
    repeated: Repeated,
) -> tuple[Example, ...]:
    """Return up to 20 rows for each failed check that is about rows.

    `measured` may hold values that fail a check, which are found faster than what is wrong with them;
    `repeated` holds the keys that repeat. The queries stay unlogged: they may name values.
    """
    checks = {check.id: check for check in plan.checks}
    found, asked = [], _Asked(session)
    for outcome in outcomes:
        if outcome.status != "failed" or not outcome.failed_rows:
            continue
        example = _example(checks[outcome.id], plan, asked, measured, repeated)
        if example is not None:
            found.append(example)
    return tuple(found)


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


class _Asked:
    """Remembers answers: two checks of one column often fail for the same values."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, list[tuple[object, ...]]] = {}

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a query; none where it fails, for examples are not worth an error."""
        if sql not in self._known:
            try:
                self._known[sql] = self._session.rows(sql, trusted=True)
            except MeshwrightError as error:
                if isinstance(error, ExhaustedError) and error.code == "query-interrupted":
                    raise
                self._known[sql] = []
        return self._known[sql]


def _example(
    check: Check,
    plan: AuditPlan,
    asked: _Asked,
    measured: Mapping[str, object],
    repeated: Repeated,
) -> Example | None:
    if isinstance(check.probe, Duplicates):
        return _of_keys(check, plan, asked, measured, list(repeated.get(check.id, ())))
    columns = _columns(check, plan)
    if not columns or all(name in plan.classified for name in columns):
        return None
    where = _where(check, plan, measured)
    rows = _rows(columns, where, check, plan, asked) if where else []
    return Example(check.id, columns, tuple(rows)) if rows else None


def _of_keys(
    check: Check,
    plan: AuditPlan,
    asked: _Asked,
    measured: Mapping[str, object],
    rows: list[tuple[object, ...]],
) -> Example | None:
    probe = check.probe
    assert isinstance(probe, Duplicates)
    columns = probe.columns
    if not columns or all(name in plan.classified for name in columns):
        return None
    if measured.get(nulls_key(check)) and len(rows) < MOST_EXAMPLES:
        lacking = _rows(columns, any_null(probe.keys), check, plan, asked)
        rows += [(*row, 1) for row in lacking[: MOST_EXAMPLES - len(rows)]]
    return Example(check.id, (*columns, "rows"), tuple(rows)) if rows else None


def _rows(
    columns: Sequence[str], where: str, check: Check, plan: AuditPlan, asked: _Asked
) -> list[tuple[object, ...]]:
    kinds = _kinds(plan)
    shown = ", ".join(_showable(name, identifier(name), kinds[name], plan) for name in columns)
    source = relation(plan.target.relation(whole=check.on_whole))
    return asked.rows(f"SELECT {shown} FROM {source} WHERE {where} LIMIT {MOST_EXAMPLES}")


def _where(check: Check, plan: AuditPlan, measured: Mapping[str, object]) -> str:
    probe = check.probe
    if isinstance(probe, Rows):
        kind = staged_type(_kinds(plan).get(probe.column, "NULL"))
        bad = measured.get(bad_key(check.id))
        if isinstance(bad, list) and bad and (kind.name in INTEGERS or kind.name == "VARCHAR"):
            return f"{identifier(probe.column)} IN ({', '.join(literals(bad, kind))})"
        return probe.predicate
    return probe.predicate if isinstance(probe, Orphans) else ""


def _columns(check: Check, plan: AuditPlan) -> tuple[str, ...]:
    staged = _kinds(plan)
    beside = [name for name in plan.key if name in staged]
    if not beside:
        free = [
            name
            for name, kind in staged.items()
            if staged_type(kind).name in _AS_THEY_ARE and name not in plan.classified
        ]
        beside = [name for name in free if name not in check.columns][:_BESIDE]
    return tuple(dict.fromkeys((*beside, *(name for name in check.columns if name in staged))))


def _kinds(plan: AuditPlan) -> dict[str, str]:
    return {column.name: column.type for column in plan.target.columns}


def _showable(name: str, sql: str, kind: str, plan: AuditPlan) -> str:
    """Return a column as it may be shown: hidden, as it is, or as text where only text is safe."""
    if name in plan.classified:
        return f"'{HIDDEN}'"
    return sql if staged_type(kind).name in _AS_THEY_ARE else f"CAST({sql} AS VARCHAR)"
