"""From measures to outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from meshwright.audit.key_scans import nulls_key, overlap_key
from meshwright.audit.plan import (
    AuditPlan,
    Check,
    Duplicates,
    Query,
    RowCount,
    Rows,
    Settled,
)
from meshwright.audit.thresholds import accepts
from meshwright.model.check import CheckOutcome


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for a check that is about rows: those that fail, and those that repeat a key."""

    failed: int
    surplus: int


def needs_count(check: Check, plan: AuditPlan, measured: Mapping[str, object]) -> bool:
    """Say whether a key's rows have to be counted, because some repeat (or their hashes do)."""
    if not isinstance(check.probe, Duplicates) or check.id in plan.answered:
        return False
    return any(measured.get(key) for key in (check.id, overlap_key(check)))


def judge(
    check: Check,
    plan: AuditPlan,
    measured: Mapping[str, object],
    errors: Mapping[str, str],
    counted: Mapping[str, Counted],
    total: int,
) -> CheckOutcome:
    """Return a check's outcome; `total` is of the table as it will be."""
    probe = check.probe
    if isinstance(probe, Settled):
        return _outcome(check, probe.status, reason=probe.reason)
    error = next((errors[k] for k in _keys(check) if k in errors), "")
    if error:
        return _outcome(check, "errored", reason=error)
    if isinstance(probe, Query):
        return _judge_query(check, measured.get(check.id))
    if isinstance(probe, RowCount):
        rows = _number(plan.answered.get(check.id, measured.get(check.id)))
        passed = accepts(check.thresholds, rows)
        return _outcome(check, "passed" if passed else "failed", total=total, value=float(rows))
    failed, value = _failed(check, plan, measured, counted)
    return _judge_rows(check, plan, failed, value, total)


def _judge_rows(check: Check, plan: AuditPlan, failed: int, value: int, total: int) -> CheckOutcome:
    measured: int | Fraction = value
    if check.unit == "percent":
        measured = Fraction(100 * value, total) if total else 0
    carried = (
        plan.target.is_append and not check.on_whole and isinstance(check.probe, Rows | Duplicates)
    )
    status = "passed" if accepts(check.thresholds, measured) else "failed"
    has_value = check.thresholds or isinstance(check.probe, Duplicates)
    shown = float(measured) if has_value else None
    return _outcome(check, status, failed=failed, total=total, value=shown, carried=carried)


def _failed(
    check: Check, plan: AuditPlan, measured: Mapping[str, object], counted: Mapping[str, Counted]
) -> tuple[int, int]:
    if check.id in plan.answered:
        return plan.answered[check.id], plan.answered[check.id]
    if not isinstance(check.probe, Duplicates):
        found = _number(measured.get(check.id))
        return found, found
    nulls = _number(measured.get(nulls_key(check)))
    rows = counted.get(check.id, Counted(0, 0))
    return rows.failed + nulls, rows.surplus + nulls


def _judge_query(check: Check, found: object) -> CheckOutcome:
    if found is None:
        return _outcome(check, "errored", reason="the query gave NULL, not a value")
    value: float | str = str(found)
    if isinstance(found, bool | int | float | Decimal):
        value = float(found)
        if not isfinite(value):  # no operator means anything by it
            return _outcome(check, "errored", reason=f"the query gave {found}, not a number")
    exact = found if isinstance(found, int) else str(found)
    passed = accepts(check.thresholds, exact)
    shown = value if isinstance(value, float) and not check.is_private else None
    return _outcome(check, "passed" if passed else "failed", value=shown)


def _keys(check: Check) -> tuple[str, ...]:
    return (check.id, nulls_key(check), overlap_key(check))


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float | Decimal) else 0


def _outcome(
    check: Check,
    status: str,
    *,
    failed: int | None = None,
    total: int | None = None,
    value: float | None = None,
    reason: str = "",
    carried: bool = False,
) -> CheckOutcome:
    return CheckOutcome(
        check.id, check.kind, status, check.severity, check.column, failed, total, value,
        check.expectation, reason, carried,
    )  # fmt: skip
