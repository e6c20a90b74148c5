"""A port that appends: judged as the table it will be, at the cost of what is new."""

from dataclasses import replace

from audit_harness import Bench, contract_of, outcome

from meshwright.audit import AuditTarget, compile_audit, explain, run_audit
from meshwright.model.check import CheckOutcome, Verdict
from meshwright.model.contract import ContractColumn as Column
from meshwright.model.contract import QualityRule, Threshold

COLUMNS = (
    Column("id", "integer", required=True, key_position=1),
    Column("day", "date", key_position=2),
    Column("kind", "string", enum=("a", "b"), unique=False),
    Column("code", "string", unique=True),
)
RULES = (
    QualityRule("n", "library", "rowCount", thresholds=(Threshold("mustBe", 6),)),
    QualityRule(
        "s", "sql", query="SELECT count(*) FROM orders", thresholds=(Threshold("mustBe", 6),)
    ),
)
KEPT = """SELECT i AS id, DATE '2024-01-01' AS day, 'a' AS kind, 'k' || i AS code FROM range(1, 4) t(i)"""


def _target(place: Bench, fresh: str, kept: str = KEPT) -> AuditTarget:
    old = place.target(kept, "kept")
    new = place.target(fresh, "fresh")
    place.session.define("whole", "SELECT * FROM kept UNION ALL SELECT * FROM fresh")
    return replace(new, whole="whole", kept="kept", kept_files=old.files)


def _audit(place: Bench, target: AuditTarget, **more: object) -> Verdict:
    contract, declared = contract_of(*COLUMNS, quality=RULES)
    tiered = run_audit(compile_audit(contract, declared, target, fused_rows=-1), place.session)
    fused = run_audit(compile_audit(contract, declared, target), place.session)
    assert fused.outcomes == tiered.outcomes
    return fused


def _carried(place: Bench, kept: str = KEPT) -> dict[str, CheckOutcome]:
    contract, declared = contract_of(*COLUMNS, quality=RULES)
    verdict = run_audit(
        compile_audit(contract, declared, place.target(kept, "base")), place.session
    )
    return {each.id: each for each in verdict.outcomes}


FRESH = """SELECT i AS id, DATE '2024-01-02' AS day, 'b' AS kind, 'n' || i AS code FROM range(1, 4) t(i)"""


def test_fresh_rows_alone_are_judged_when_the_others_passed(place: Bench) -> None:
    """Row checks read new rows only; aggregates see the whole table."""
    target = replace(_target(place, FRESH), carried=_carried(place))
    verdict = _audit(place, target)
    assert not verdict.is_rejected
    assert outcome(verdict, "kind.enum").carried
    assert outcome(verdict, "kind.enum").total_rows == 6
    assert outcome(verdict, "quality.n").value == 6
    assert outcome(verdict, "quality.s").value == 6
    row_scans = [sql for sql in verdict.scans if "NOT IN ('a', 'b')" in sql]
    assert row_scans
    assert not any("whole" in sql for sql in row_scans)


def test_a_key_of_another_day_needs_no_look_at_the_old_rows(place: Bench) -> None:
    """Disjoint ranges of one key column prove that no fresh key is an old one."""
    target = replace(_target(place, FRESH), carried=_carried(place))
    contract, declared = contract_of(*COLUMNS[:2])
    plan = compile_audit(contract, declared, target)
    assert "among the rows that stay" not in explain(plan)
    assert outcome(run_audit(plan, place.session), "primaryKey").status == "passed"


def test_a_fresh_key_that_an_old_row_has_fails_both_rows(place: Bench) -> None:
    """Uniqueness is of the table as it will be: within the new rows, and across to the old."""
    fresh = FRESH.replace("'n' || i", "CASE i WHEN 1 THEN 'k1' ELSE 'n2' END")
    verdict = _audit(place, replace(_target(place, fresh), carried=_carried(place)))
    assert outcome(verdict, "code.unique").failed_rows == 4
    assert outcome(verdict, "code.unique").total_rows == 6


def test_what_was_not_passed_before_is_judged_on_all_rows(place: Bench) -> None:
    """Rows that an owner once accepted still fail, and are counted again."""
    kept = KEPT.replace("'a' AS kind", "'x' AS kind")
    target = _target(place, FRESH, kept)
    verdict = _audit(place, replace(target, carried=_carried(place, kept)))
    assert outcome(verdict, "kind.enum").failed_rows == 3
    assert not outcome(verdict, "kind.enum").carried
    assert outcome(_audit(place, target), "kind.enum").failed_rows == 3
