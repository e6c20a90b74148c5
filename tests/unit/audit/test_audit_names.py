"""Names and values of a contract are data: none of them can become SQL."""

import pytest
from audit_harness import Bench, audit, outcome, plans

from meshwright.audit import row_predicate, run_audit
from meshwright.audit.sqltext import identifier, literal, number, relation, text
from meshwright.model.contract import ContractColumn as Column
from meshwright.model.contract import QualityRule, Threshold
from meshwright.model.types import parse_type

NAMES = [
    "select",
    'a"b',
    "a'b",
    "größe",
    "a b",
    "a.b",
    "x; DROP TABLE staged",
    "--",
    "{object}",
    "日本",
    "a\\b",
    "%s",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_weird_name_is_a_name(place: Bench, name: str) -> None:
    """Checks, keys, examples, profile and quarantine work on any column name."""
    quoted = identifier(name)
    rule = QualityRule(
        "q",
        "sql",
        query="SELECT count({property}) FROM {object}",
        thresholds=(Threshold("mustBe", 3),),
    )
    columns = (
        Column(
            name,
            "string",
            "varchar(1)",
            {"pattern": "^[ab]$"},
            True,
            True,
            1,
            ("a", name),
            quality=(rule,),
        ),
    )
    target = place.target(f"SELECT unnest(['a', 'a', 'b', NULL]) AS {quoted}")
    for plan in plans(columns, target):
        verdict = run_audit(plan, place.session)
        failed = {each.id: each.failed_rows for each in verdict.outcomes if each.status == "failed"}
        assert failed == {
            f"{name}.required": 1, f"{name}.unique": 2, f"{name}.enum": 1, "primaryKey": 3,
        }  # fmt: skip
        assert outcome(verdict, f"{name}.quality.q").value == 3
        assert verdict.examples
        assert verdict.profile.columns[0].column == name
        where = row_predicate(plan, failed)
        assert place.session.rows(f"SELECT count(*) FROM staged WHERE {where}") == [(4,)]


@pytest.mark.parametrize(
    "value",
    ["it's", "';--", "\\'", "%", "größe", "a\nb", "", "'' OR 1=1", "{object}", "\0", "a\0'b"],
)
def test_a_weird_value_is_a_value(place: Bench, value: str) -> None:
    """An enumeration and a pattern hold any text."""
    assert place.session.rows(f"SELECT {text(value)} = {text(value)}") == [(True,)]
    column = Column("x", "string", enum=(value,))
    sql = f"SELECT * FROM (VALUES ({text(value)}), ('other')) t(x)"
    assert outcome(audit(place, sql, column), "x.enum").failed_rows == 1


def test_literals_are_exact_or_absent() -> None:
    """A number keeps its digits; what a type cannot hold is no literal of it."""
    assert number(0.1) == "0.1"
    assert number(1e400) == "CAST('inf' AS DOUBLE)"
    assert number(10**30) == str(10**30)
    assert number(1e-7) == "0.0000001"
    assert literal("x", parse_type("INTEGER")) is None
    assert literal(True, parse_type("INTEGER")) is None
    assert literal("2024-13-01", parse_type("DATE")) is None
    assert literal([1], parse_type("INTEGER[]")) is None
    assert relation("a.b") == '"a"."b"'


def test_a_key_beside_a_column_of_an_inner_name(place: Bench) -> None:
    """What the queries call a part of a key may be the name of a column."""
    sql = "SELECT * FROM (VALUES (1, 5), (1, 5), (2, 5)) t(a, k0)"
    keyed = (Column("a", key_position=1), Column("k0", key_position=2))
    found = outcome(audit(place, sql, *keyed), "primaryKey")
    assert (found.status, found.failed_rows) == ("failed", 2)
    found = outcome(audit(place, sql, Column("a", unique=True), Column("k0")), "a.unique")
    assert (found.status, found.failed_rows) == ("failed", 2)
