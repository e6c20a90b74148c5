"""Twenty-two checks on a table in which each defect was sown: every one is found, with exact counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.audit import (
    AuditPlan,
    AuditTarget,
    Reference,
    compile_audit,
    explain,
    row_predicate,
    run_audit,
    with_statistics,
)
from meshwright.model.contract import (
    Contract,
    ContractColumn,
    ContractObject,
    QualityRule,
    Relationship,
    Threshold,
)
from meshwright.spi.engine import Reach, Session

ROWS = 20_000
# Each defect is in every row i with i % step = at.
DEFECTS = {
    "account.pattern": (1009, 1), "account.minLength": (1009, 1), "account.required": (1013, 2),
    "amount.minimum": (1019, 3), "amount.maximum": (1021, 4), "amount.quality.filled": (1031, 5),
    "born.exclusiveMaximum": (1033, 6), "code.physicalType": (1039, 7), "country.enum": (1049, 8),
    "day.format": (1051, 9), "email.format": (1061, 10), "lines.minItems": (1063, 11),
    "lines[].n.minimum": (1069, 12), "note.quality.words": (1087, 13), "plane.relationship": (1091, 14),
    "score.multipleOf": (1093, 15), "seen.minimum": (1097, 16), "tags.uniqueItems": (1103, 17),
}  # fmt: skip


def _if(check: str, wrong: str, right: str) -> str:
    step, at = DEFECTS[check]
    return f"CASE WHEN i % {step} = {at} THEN {wrong} ELSE {right} END"


def _sown(check: str) -> int:
    step, at = DEFECTS[check]
    return len(range(at, ROWS, step))


SQL = f"""SELECT
    CASE WHEN i IN (777, 888) THEN 5 ELSE i END AS id,
    {
    _if("account.required", "NULL", _if("account.pattern", "'A1'", "'ACC' || (1000000 + i)"))
} AS account,
    {
    _if(
        "amount.quality.filled",
        "NULL",
        _if("amount.minimum", "-1", _if("amount.maximum", "2000", "i % 900")),
    )
}
      ::DECIMAL(9,2) AS amount,
    {
    _if("born.exclusiveMaximum", "DATE '2030-01-01'", "DATE '1990-01-01' + (i % 4000)::INTEGER")
} AS born,
    {_if("code.physicalType", "'toolong'", "'c' || i % 10")} AS code,
    {_if("country.enum", "'XX'", "['DE', 'FR', 'IT'][1 + i % 3]")} AS country,
    {_if("day.format", "'2024-2-30'", "'2024-02-' || lpad((1 + i % 28)::VARCHAR, 2, '0')")} AS day,
    {_if("email.format", "'nobody'", "'u' || i || '@example.org'")} AS email,
    {
    _if("lines.minItems", "[]", _if("lines[].n.minimum", "[{'n': 1}, {'n': -1}]", "[{'n': 1}]"))
} AS lines,
    {_if("note.quality.words", "'N/A'", "'fine'")} AS note,
    {_if("plane.relationship", "999", "i % 50")}::INTEGER AS plane,
    {_if("score.multipleOf", "0.3", "0.25 * (i % 8)")}::DOUBLE AS score,
    {
    _if("seen.minimum", "TIMESTAMP '1999-01-01'", "TIMESTAMP '2024-01-01' + to_seconds(i)")
} AS seen,
    {_if("tags.uniqueItems", "['a', 'a']", "['a', 'b']")} AS tags
    FROM range({ROWS}) t(i)"""


def _rule(key: str, metric: str, operator: str, value: object, **more: object) -> QualityRule:
    return QualityRule(key, "library", metric, thresholds=(Threshold(operator, value),), **more)  # type: ignore[arg-type]


LINE = ContractColumn(
    "", "object", properties=(ContractColumn("n", "integer", options={"minimum": 0}),)
)
COLUMNS = (
    ContractColumn("id", "integer", "bigint", key_position=1,
                   quality=(_rule("twice", "duplicateValues", "mustBe", 0),)),
    ContractColumn("account", "string", options={"pattern": "^ACC[0-9]{7}$", "minLength": 10}, required=True),
    ContractColumn("amount", "number", "decimal(9,2)", {"minimum": 0, "maximum": 1000},
                   quality=(_rule("filled", "nullValues", "mustBeLessThan", 0.05, unit="percent"),)),
    ContractColumn("born", "date", options={"exclusiveMaximum": "2020-01-01"}),
    ContractColumn("code", "string", "varchar(3)"),
    ContractColumn("country", "string", enum=("DE", "FR", "IT")),
    ContractColumn("day", "date", options={"format": "yyyy-MM-dd"}),
    ContractColumn("email", "string", options={"format": "email"}, classification="confidential"),
    ContractColumn("lines", "array", options={"minItems": 1}, items=LINE),
    ContractColumn("note", "string", quality=(
        _rule("words", "invalidValues", "mustBe", 0, arguments={"validValues": ["fine"]},
              severity="warning"),)),
    ContractColumn("plane", "integer", relationships=(Relationship(("plane",), ("planes.id",)),)),
    ContractColumn("score", "number", options={"multipleOf": 0.25}),
    ContractColumn("seen", "timestamp", options={"minimum": "2024-01-01 00:00:00"}),
    ContractColumn("tags", "array", options={"uniqueItems": True}),
)  # fmt: skip
RULES = (
    _rule("count", "rowCount", "mustBeLessThan", ROWS),
    QualityRule(
        "rich",
        "sql",
        query="SELECT max(amount) FROM {object}",
        thresholds=(Threshold("mustBe", 899),),
    ),
)
DECLARED = ContractObject("orders", COLUMNS, quality=RULES)
CONTRACT = Contract("orders", "1.0.0", "active", "v3.2.0", (DECLARED,))
OTHERS = {"id.quality.twice": 3, "primaryKey": 3, "quality.count": None, "quality.rich": None}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A locked session in which the orders are staged and the planes are visible."""
    folder: Path = tmp_path_factory.mktemp("orders")
    opened = DuckDBEngine().open(Reach(write=(folder,)))
    opened.define("planes", "SELECT i AS id FROM range(50) t(i)", keep=True)
    files = opened.stage(SQL, folder / "orders.parquet")
    opened.scan("staged", [folder / "orders.parquet"])
    TARGETS["with statistics"] = AuditTarget(
        "orders", "staged", opened.columns("SELECT * FROM staged"), files,
        references={"planes.id": Reference("planes", "id")},
    )  # fmt: skip
    yield opened
    opened.close()


TARGETS: dict[str, AuditTarget] = {}


def _plan(session: Session, target: str, fused_rows: int, profile: str = "full") -> AuditPlan:
    staged = TARGETS["with statistics"]
    blind = AuditTarget(staged.port, staged.fresh, staged.columns, references=staged.references)
    known = {"with statistics": staged, "blind": blind, "asked": with_statistics(blind, session)}
    return compile_audit(CONTRACT, DECLARED, known[target], profile=profile, fused_rows=fused_rows)


@pytest.mark.parametrize("target", ["with statistics", "blind", "asked"])
@pytest.mark.parametrize("fused_rows", [ROWS, 10])
@pytest.mark.parametrize("profile", ["none", "full"])
def test_every_sown_defect_is_found_and_nothing_else(
    session: Session, target: str, fused_rows: int, profile: str
) -> None:
    """One fused scan or many, with statistics or a profile or without: the same exact counts."""
    verdict = run_audit(_plan(session, target, fused_rows, profile), session)
    failed = {each.id: each.failed_rows for each in verdict.outcomes if each.status != "passed"}
    assert failed == {check: _sown(check) for check in DEFECTS} | OTHERS
    assert len(failed) == 22
    shown = {example.check for example in verdict.examples}
    assert shown == failed.keys() - {"quality.count", "quality.rich"}
    assert all(len(example.rows) <= 20 for example in verdict.examples)
    assert "nobody" not in str(verdict.examples)


def test_setting_the_failing_rows_aside_leaves_a_table_that_passes(session: Session) -> None:
    """What is not about single rows apart, the kept rows meet every check."""
    plan = _plan(session, "with statistics", ROWS)
    failed = [each.id for each in run_audit(plan, session).outcomes if each.status == "failed"]
    where = row_predicate(
        plan, [name for name in failed if name not in ("quality.count", "quality.rich")]
    )
    assert where is not None
    session.define("kept", f"SELECT * FROM staged WHERE NOT {where}", keep=True)
    target = AuditTarget("orders", "kept", plan.target.columns, references=plan.target.references)
    kept = run_audit(compile_audit(CONTRACT, DECLARED, target), session)
    assert [each.id for each in kept.outcomes if each.status != "passed"] == []


def test_an_explained_plan_fits_a_terminal_and_names_every_check(session: Session) -> None:
    """Each check stands under the scan (or the statistics) that answers it."""
    for fused_rows in (ROWS, 10):
        plan = _plan(session, "with statistics", fused_rows)
        text = explain(plan)
        assert all(len(line) <= 80 for line in text.splitlines())
        assert all(check.id in text for check in plan.checks)
        assert ("fused" in text) == (fused_rows == ROWS)


def test_a_fused_audit_is_few_queries(session: Session) -> None:
    """A small table is judged by one pass, one query a relationship, and the contract's own SQL."""
    plan = _plan(session, "with statistics", ROWS)
    assert [scan.kind for scan in plan.scans] == ["wide", "orphans", "query"]
