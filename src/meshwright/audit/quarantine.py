"""Split staged rows: those that fail row by row go aside, within what the contract tolerates."""

from collections.abc import Iterable

from meshwright.audit.key_scans import any_null, no_null, tuple_of
from meshwright.audit.plan import AuditPlan, Check, Duplicates, Orphans, Rows
from meshwright.audit.sqltext import relation
from meshwright.audit.thresholds import accepts
from meshwright.model.contract import Quarantine
from meshwright.model.exact import most_rows


def row_predicate(plan: AuditPlan, failed: Iterable[str]) -> str | None:
    """Return what is true for the fresh rows that fail any of these checks, and false for the others.

    All rows of a repeated key fail, not only the later ones. None when one of the checks is not about
    rows, or would not pass without the rows that fail it: then nothing can be saved by setting rows aside.
    """
    checks = {check.id: check for check in plan.checks}
    parts = [_predicate(checks[name], plan) if name in checks else None for name in failed]
    if not parts or None in parts:
        return None
    return "coalesce(" + " OR ".join(f"({part})" for part in parts) + ", false)"


def within(quarantine: Quarantine, failed: int, total: int) -> bool:
    """Say whether so many failing rows of `total` may go aside; without a limit, any number may."""
    if quarantine.rows is None and quarantine.share is None:
        return True
    by_rows = quarantine.rows is not None and failed <= quarantine.rows
    return by_rows or (
        quarantine.share is not None and failed <= most_rows(quarantine.share, total)
    )


def _predicate(check: Check, plan: AuditPlan) -> str | None:
    probe = check.probe
    if not accepts(check.thresholds, 0):
        return None
    if isinstance(probe, Rows | Orphans):
        return probe.predicate
    if not isinstance(probe, Duplicates):
        return None
    key, source = tuple_of(probe.keys), relation(plan.target.relation(whole=True))
    repeated = (
        f"SELECT {key} FROM {source} WHERE {no_null(probe.keys)} "
        f"GROUP BY {', '.join(probe.keys)} HAVING count(*) > 1"
    )
    among = f"({no_null(probe.keys)} AND {key} IN ({repeated}))"
    return f"{among} OR {any_null(probe.keys)}" if probe.nulls_fail else among
