"""Rows that fail go aside when they alone are the fault, and when they are few enough."""

import pytest
from audit_harness import Bench, audit, contract_of, outcome

from meshwright.audit import compile_audit, row_predicate, run_audit, within
from meshwright.documents.tolerance import parse_tolerance, read_quarantine
from meshwright.model.contract import ContractColumn as Column
from meshwright.model.contract import QualityRule, Quarantine, Threshold

SQL = """SELECT * FROM (VALUES (1, 'a', 1), (1, 'b', 1), (2, 'z', 1), (3, 'a', 99), (NULL, 'a', 1),
         (4, 'a', 1), (5, NULL, NULL)) t(id, kind, n)"""
COLUMNS = (
    Column("id", key_position=1),
    Column("kind", enum=("a", "b")),
    Column("n", options={"maximum": 10}),
)


def test_what_stays_passes(place: Bench) -> None:
    """The rows that are not set aside pass every check that the others failed."""
    rule = QualityRule("r", "library", "nullValues", thresholds=(Threshold("mustBeLessThan", 1),))
    columns = (*COLUMNS[:2], Column("n", options={"maximum": 10}, quality=(rule,)))
    contract, declared = contract_of(*columns)
    plan = compile_audit(contract, declared, place.target(SQL))
    failed = [each.id for each in run_audit(plan, place.session).outcomes if each.rejects]
    assert failed == ["kind.enum", "n.maximum", "n.quality.r", "primaryKey"]
    where = row_predicate(plan, failed)
    aside = place.session.rows(f"SELECT count(*) FROM staged WHERE {where}")
    assert aside == [(6,)]
    kept = audit(place, f"SELECT * FROM staged WHERE NOT {where}", *columns)
    assert not kept.is_rejected
    assert outcome(kept, "primaryKey").total_rows == 1


@pytest.mark.parametrize(
    "rule",
    [
        QualityRule("r", "library", "rowCount", thresholds=(Threshold("mustBe", 1),)),
        QualityRule("r", "sql", query="SELECT 1", thresholds=(Threshold("mustBe", 0),)),
    ],
)
def test_what_is_not_about_rows_cannot_be_set_aside(place: Bench, rule: QualityRule) -> None:
    """A count or a query that fails is nobody's fault in particular."""
    contract, declared = contract_of(*COLUMNS, quality=(rule,))
    plan = compile_audit(contract, declared, place.target(SQL))
    assert row_predicate(plan, ["kind.enum", "quality.r"]) is None
    assert row_predicate(plan, ["nothing"]) is None
    assert row_predicate(plan, []) is None


def test_a_quarantine_has_limits() -> None:
    """A share, a number of rows, or neither."""
    assert within(Quarantine(share=0.01), 1, 100)
    assert not within(Quarantine(share=0.01), 2, 100)
    assert within(Quarantine(rows=2), 2, 100)
    assert not within(Quarantine(rows=2), 3, 100)
    assert within(Quarantine(), 100, 100)


@pytest.mark.parametrize(
    ("share", "failed", "total"),
    [
        ("29%", 29, 100),
        ("57%", 57, 100),
        ("0.7%", 7, 1000),
        ("0.1%", 1, 1000),
        ("33.3%", 333, 1000),
    ],
)
def test_a_percent_is_exact_at_its_edge(share: str, failed: int, total: int) -> None:
    """29 of 100 rows are 29 %, for rows that are set aside and for rows of an input."""
    quarantine = read_quarantine({"tolerance": share})
    assert quarantine is not None
    assert within(quarantine, failed, total)
    assert not within(quarantine, failed + 1, total)
    tolerance = parse_tolerance(share)
    assert tolerance.allows(failed, total - failed)
    assert not tolerance.allows(failed + 1, total - failed - 1)
