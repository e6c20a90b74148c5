"""What is promised inside structs, lists and maps: a row fails when anything inside it does."""

from audit_harness import Bench, audit, outcome

from meshwright.model.contract import ContractColumn as Column
from meshwright.model.contract import QualityRule, Threshold


def test_fields_of_a_struct_are_judged_where_the_struct_is(place: Bench) -> None:
    """A field is required only where its struct is; enumerations and ranges look inside."""
    sql = """SELECT unnest([{'a': 1, 'b c': 'x'},
             {'a': NULL, 'b c': 'y'}, {'a': 9, 'b c': 'z'}, NULL]) AS s"""
    fields = (
        Column("a", "integer", "int", {"maximum": 5}, required=True, unique=True),
        Column("b c", "string", enum=("x", "y")),
    )
    verdict = audit(place, sql, Column("s", "object", properties=fields))
    failed = {each.id: each.failed_rows for each in verdict.outcomes if each.status == "failed"}
    assert failed == {"s.a.required": 1, "s.a.maximum": 1, "s.b c.enum": 1}
    assert outcome(verdict, "s.a.unique").status == "passed"


def test_items_of_a_list_are_judged_one_by_one(place: Bench) -> None:
    """One bad item fails its row, once."""
    sql = "SELECT unnest([['a1', 'b2'], ['a1', 'x', 'y'], ['a1', NULL], [], NULL]) AS tags"
    items = Column("", "string", options={"pattern": r"^[a-z]\d$"}, required=True)
    verdict = audit(place, sql, Column("tags", "array", items=items))
    assert outcome(verdict, "tags[].pattern").failed_rows == 1
    assert outcome(verdict, "tags[].required").failed_rows == 1


def test_lists_within_structs_within_lists_are_reached(place: Bench) -> None:
    """Depth changes nothing."""
    sql = """SELECT unnest([
        [{'lines': [{'n': 1}, {'n': 2}]}],
        [{'lines': [{'n': 0}]}, {'lines': []}], [{'lines': NULL}], []]) AS x"""
    line = Column(
        "", "object", properties=(Column("n", "integer", options={"minimum": 1}, required=True),)
    )
    order = Column("", "object", properties=(Column("lines", "array", items=line, required=True),))
    verdict = audit(place, sql, Column("x", "array", items=order))
    assert outcome(verdict, "x[].lines[].n.minimum").failed_rows == 1
    assert outcome(verdict, "x[].lines.required").failed_rows == 1


def test_keys_and_values_of_a_map_are_judged(place: Bench) -> None:
    """A map's keys and values are lists of values."""
    sql = "SELECT unnest([MAP {'de': 1, 'en': 2}, MAP {'xx': 1}, MAP {'de': -1}, NULL]) AS x"
    column = Column(
        "x",
        "map",
        map_key=Column("", enum=("de", "en")),
        map_value=Column("", options={"minimum": 0}),
    )
    verdict = audit(place, sql, column)
    assert outcome(verdict, "x{key}.enum").failed_rows == 1
    assert outcome(verdict, "x{value}.minimum").failed_rows == 1


def test_quality_rules_reach_inside(place: Bench) -> None:
    """A library metric inside a list counts rows; uniqueness inside a list is not enforced, by name."""
    rule = QualityRule(
        "r", "library", "invalidValues", {"validValues": [1, 2]}, (Threshold("mustBe", 0),)
    )
    items = Column("", quality=(rule,), unique=True)
    verdict = audit(place, "SELECT unnest([[1, 2], [3, 4], NULL]) AS x", Column("x", items=items))
    assert outcome(verdict, "x[].quality.r").failed_rows == 1
    assert outcome(verdict, "x[].unique").status == "not_enforced"


def test_missing_and_undeclared_fields_reject(place: Bench) -> None:
    """A struct promises its fields like a table its columns; JSON text is reported, not guessed."""
    declared = Column("s", "object", properties=(Column("a"), Column("b")))
    verdict = audit(place, "SELECT {'a': 1, 'c': 2} AS s", declared)
    assert outcome(verdict, "s.b.present").status == "failed"
    assert outcome(verdict, "s.c.undeclared").status == "failed"
    json = Column("s", "object", "json", properties=(Column("a"),))
    verdict = audit(place, "SELECT '{\"a\": 1}' AS s", json)
    assert outcome(verdict, "s.*.inside").status == "not_enforced"
    plain = audit(place, "SELECT 1 AS s", Column("s", items=Column("", enum=(1,))))
    assert outcome(plain, "s[].inside").status == "errored"
