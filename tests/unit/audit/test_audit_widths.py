"""What a pattern says of lengths is what it matches, or nothing."""

import re

import pytest
from audit_harness import Bench, audit
from hypothesis import given
from hypothesis import strategies as st

from meshwright.audit.widths import matched_lengths
from meshwright.model.contract import ContractColumn as Column


@pytest.mark.parametrize(
    ("pattern", "lengths"),
    [
        ("^ORD-[0-9]{10}$", (14, 14)), (r"^\d{2,3}$", (2, 3)), ("^a+$", (1, None)), ("^a?b*$", (0, None)),
        (r"^[A-Z]{2}\.[\]a]{1,}?$", (4, None)), ("^ä.$", (2, 2)), ("^$", (0, 0)),
        ("a{3}", None), ("^a", None), ("a$", None), ("^a|b$", None), ("^(ab)+$", None), (r"^a\$", None),
        (r"^\bab$", None), (r"^\p{L}$", None), ("^a{,2}$", None), ("^[a$", None),
    ],
)  # fmt: skip
def test_lengths_of_a_pattern(pattern: str, lengths: tuple[int, int | None] | None) -> None:
    """Anchored at both ends, and simple; else unknown."""
    assert matched_lengths(pattern) == lengths


@given(
    st.lists(st.sampled_from(["a", r"\d", "[a-c]", "."]), max_size=4),
    st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{2,}"]),
    st.text("a1c", max_size=8),
)
def test_whatever_matches_is_as_long_as_said(atoms: list[str], times: str, text: str) -> None:
    """No text that matches is shorter or longer."""
    pattern = "^" + "".join(atom + times for atom in atoms) + "$"
    found = matched_lengths(pattern)
    assert found is not None
    least, greatest = found
    if re.search(pattern, text):
        assert len(text) >= least
        assert greatest is None or len(text) <= greatest


def test_an_implied_length_is_still_counted(place: Bench) -> None:
    """Text that breaks the pattern may break the lengths too; columns of many values by row."""
    column = Column(
        "x", "string", options={"pattern": "^[a-z][0-9]{5}$", "minLength": 6, "maxLength": 6}
    )
    sql = """SELECT CASE i WHEN 5 THEN 'short' WHEN 7 THEN 'muchlonger' ELSE 'a' || (10000 + i) END AS x
             FROM range(30000) t(i)"""
    verdict = audit(place, sql, column)
    failed = {each.id: each.failed_rows for each in verdict.outcomes if each.status == "failed"}
    assert failed == {"x.pattern": 2, "x.minLength": 1, "x.maxLength": 1}
    examples = {each.check: each.rows for each in verdict.examples}
    assert examples["x.minLength"] == (("short",),)
