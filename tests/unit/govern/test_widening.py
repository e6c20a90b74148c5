"""A type is wider when everything that could be read before can still be read the same way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.govern.thresholds import compare_thresholds
from meshwright.govern.widening import compare_types
from meshwright.model.contract import Threshold

ORDERED = [
    ("TINYINT", "SMALLINT", "int", "BIGINT", "HUGEINT"),
    ("UTINYINT", "SMALLINT"),
    ("UINTEGER", "BIGINT"),
    ("FLOAT", "DOUBLE"),
    ("VARCHAR(3)", "VARCHAR(5)", "TEXT"),
    ("DECIMAL(9,2)", "DECIMAL(10,2)", "DECIMAL(12,4)"),
    ("INTEGER[]", "BIGINT[]"),
    ("MAP(VARCHAR, INTEGER)", "MAP(VARCHAR, BIGINT)"),
    ("STRUCT(a INTEGER)", "STRUCT(b DATE, a BIGINT)"),
    ("ENUM('a')", "ENUM('b', 'a')"),
]


@pytest.mark.parametrize("types", ORDERED)
def test_later_types_hold_earlier_ones_and_never_the_other_way(types: tuple[str, ...]) -> None:
    for index, narrow in enumerate(types):
        assert compare_types(narrow, narrow.lower()) == "same"
        for wide in types[index + 1 :]:
            assert compare_types(narrow, wide) == "wider"
            assert compare_types(wide, narrow) == "other"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("INTEGER", "DOUBLE"),
        ("INTEGER", "VARCHAR"),
        ("DATE", "TIMESTAMP"),
        ("BIGINT", "UBIGINT"),
        ("INTEGER", "UINTEGER"),
        ("UINTEGER", "INTEGER"),
        ("DECIMAL(9,2)", "DECIMAL(9,3)"),
        ("TIMESTAMP", "TIMESTAMPTZ"),
        ("VARCHAR2(10)", "VARCHAR2(20)"),
    ],
)
def test_what_readers_would_notice_is_another_type(old: str, new: str) -> None:
    assert compare_types(old, new) == "other"


def bound(operator: str, value: object) -> tuple[Threshold, ...]:
    return (Threshold(operator, value),)


@pytest.mark.parametrize(
    ("old", "new", "relation"),
    [
        (bound("mustBeLessThan", 5), bound("mustBeLessOrEqualTo", 5), "weaker"),
        (bound("mustBeLessThan", 5), bound("mustBeLessThan", 4), "stronger"),
        (bound("mustBeLessThan", 5), bound("mustBeGreaterThan", 4), "other"),
        (bound("mustBeBetween", [1, 3]), bound("mustBe", 2), "stronger"),
        (bound("mustNotBe", 0), bound("mustBeGreaterThan", 0), "stronger"),
        (bound("mustBe", 5), bound("mustBe", "5.0"), "equal"),
        (bound("mustBe", "x"), bound("mustBe", "y"), "other"),
        ((), bound("mustBe", 0), "equal"),
        ((), bound("mustBeLessThan", 3), "weaker"),
        (bound("mustNotBeBetween", [1, 3]), bound("mustNotBeBetween", [0, 4]), "stronger"),
    ],
)
def test_bounds_are_compared_as_sets_of_numbers(
    old: tuple[Threshold, ...], new: tuple[Threshold, ...], relation: str
) -> None:
    assert compare_thresholds(old, new) == relation
    other_way = {"weaker": "stronger", "stronger": "weaker"}.get(relation, relation)
    assert compare_thresholds(new, old) == other_way


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_lower_ceiling_is_stronger(old: int, new: int) -> None:
    relation = compare_thresholds(bound("mustBeLessThan", old), bound("mustBeLessThan", new))
    assert relation == ("equal" if old == new else "stronger" if new < old else "weaker")
