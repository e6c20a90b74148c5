"""What the first rows choose: by value or by row, and whether a scan keeps the rows that it finds failing."""

from dataclasses import replace

import pytest
from audit_harness import Bench, contract_of

from meshwright.audit import AuditPlan, compile_audit, run_audit
from meshwright.audit.first_rows import FirstRows
from meshwright.model.check import Verdict
from meshwright.model.contract import ContractColumn

COLUMNS = (
    ContractColumn("id", required=True, unique=True),
    ContractColumn("name", options={"pattern": "^[a-z0-9]+$"}),
    ContractColumn("amount", options={"maximum": 10}),
)
ROWS = "SELECT i AS id, {name} AS name, {amount} AS amount FROM range({rows}) AS r(i)"


def plan_of(
    place: Bench, name: str, amount: str, *columns: ContractColumn, rows: int = 60_000
) -> AuditPlan:
    """Compile the tiered plan of a check of many values and one of a limit."""
    target = place.target(ROWS.format(name=name, amount=amount, rows=rows))
    contract, declared = contract_of(*(columns or COLUMNS))
    return compile_audit(contract, declared, target, profile="none", fused_rows=-1)


def examples(verdict: Verdict) -> dict[str, tuple[tuple[object, ...], ...]]:
    return {example.check: example.rows for example in verdict.examples}


def test_what_is_rare_is_kept_by_the_scan_that_finds_it(place: Bench) -> None:
    rare = "CASE WHEN i IN (30000, 50000) THEN 'no name' ELSE 'n' || i END"
    plan = plan_of(place, rare, "CASE WHEN i = 40000 THEN 11 ELSE 3 END")
    verdict = run_audit(plan, place.session)
    assert examples(verdict) == {
        "name.pattern": ((30_000, "no name"), (50_000, "no name")),
        "amount.maximum": ((40_000, 11),),
    }
    assert any('min(row("id", "name"), 20)' in sql for sql in verdict.scans)


def test_what_is_frequent_is_looked_up(place: Bench) -> None:
    plan = plan_of(place, "'no name ' || i", "11")
    verdict = run_audit(plan, place.session)
    assert not any("min(row(" in sql for sql in verdict.scans)
    assert {name: len(rows) for name, rows in examples(verdict).items()} == {
        "name.pattern": 20,
        "amount.maximum": 20,
    }


def test_what_is_classified_is_kept_by_no_scan(place: Bench) -> None:
    rare = "CASE WHEN i = 30000 THEN 'no name' ELSE 'n' || i END"
    hidden = (COLUMNS[0], replace(COLUMNS[1], classification="confidential"), COLUMNS[2])
    verdict = run_audit(plan_of(place, rare, "3", *hidden), place.session)
    assert examples(verdict) == {"name.pattern": ((30_000, "•••"),)}
    assert "no name" not in str(verdict)


@pytest.mark.parametrize("name", ["'n' || i", "'n' || i % 7"])
def test_columns_of_few_values_are_judged_by_value(place: Bench, name: str) -> None:
    plan = plan_of(place, name, "3")
    look = FirstRows(plan, plan.scans)
    look.look(place.session)
    kinds = {scan.column: look.chosen(scan).kind for scan in plan.scans}
    assert kinds["name"] == ("values" if "%" in name else "rows")


def test_without_a_look_rows_are_judged_one_by_one_and_none_is_kept(place: Bench) -> None:
    plan = plan_of(place, "'n' || i", "11")
    look = FirstRows(plan, plan.scans)
    chosen = [look.chosen(scan) for scan in plan.scans]
    assert "values" not in {scan.kind for scan in chosen}
    assert not any(measure.key.startswith("#shown") for scan in chosen for measure in scan.measures)
