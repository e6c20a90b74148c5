"""The header of a rule's file: what it says, and what is told of one that is broken."""

from datetime import date

import pytest

from meshwright.govern.rules.header import read_rule
from meshwright.govern.rules.rule import FEDERATION, Rule

TODAY = date(2026, 6, 1)
SOUND = """-- title: Every port has a contract.
-- severity: block
-- scope: product
-- rationale: A port without one
--   promises nothing.
-- remedy: Write one.
-- owner: gov@example.com
SELECT address, 'no contract' AS message FROM mesh.ports
"""


def read(text: str, name: str = "port-has-contract") -> tuple[Rule | None, list[tuple[str, int]]]:
    rule, problems = read_rule(f"policies/{name}.sql", name, text, FEDERATION, TODAY)
    return rule, [(problem.code, problem.place.line) for problem in problems]


def sound(text: str) -> Rule:
    rule, problems = read(text)
    assert rule is not None, problems
    return rule


def test_a_value_goes_on_in_indented_lines() -> None:
    assert sound(SOUND).rationale == "A port without one promises nothing."


def test_lines_of_the_sql_are_lines_of_the_file() -> None:
    assert sound(SOUND).sql.splitlines()[7].startswith("SELECT")


@pytest.mark.parametrize("key", ["title", "severity", "scope", "rationale", "remedy", "owner"])
def test_a_missing_key_is_told_by_name(key: str) -> None:
    lines = [line for line in SOUND.splitlines() if not line.startswith(f"-- {key}")]
    rule, problems = read_rule("policies/a.sql", "a", "\n".join(lines), FEDERATION, TODAY)
    assert rule is None
    assert any(p.code == "rule-key-missing" and key in p.message for p in problems)


def test_an_unknown_key_names_the_nearest_and_its_line() -> None:
    text = SOUND.replace("-- severity: block", "-- severty: block")
    _, problems = read_rule("policies/a.sql", "a", text, FEDERATION, TODAY)
    unknown = next(problem for problem in problems if problem.code == "rule-key-unknown")
    assert unknown.place.line == 2
    assert "`severity`" in unknown.hint


def test_a_severity_that_is_none_is_told_with_its_line() -> None:
    rule, problems = read(SOUND.replace("block", "blocks"))
    assert rule is None
    assert problems == [("rule-value", 2)]


def test_a_key_that_stands_twice_is_told() -> None:
    assert read("-- title: Another.\n" + SOUND)[1] == [("rule-key-twice", 2)]


def test_a_comment_that_is_no_entry_is_told() -> None:
    assert read("-- just words\n" + SOUND)[1] == [("rule-header", 1)]


def test_a_header_with_no_sql_is_told() -> None:
    header = SOUND[: SOUND.index("SELECT")]
    assert read(header)[1] == [("rule-empty", 0)]
    assert read(header + "/* nothing\nhere */\n")[1] == [("rule-empty", 0)]


def test_a_name_with_capitals_is_refused() -> None:
    assert read(SOUND, "Port-Has")[1] == [("rule-name", 0)]


def exempting(*lines: str) -> str:
    return "".join(f"-- exempt: {line}\n" for line in lines) + SOUND


def test_an_exemption_says_what_until_when_by_whom_and_why() -> None:
    text = exempting("sales.legacy until 2026-12-31 by ada@example.com: moves in autumn")
    (exemption,) = sound(text).exemptions
    assert exemption.pattern == "sales.legacy"
    assert exemption.until == date(2026, 12, 31)
    assert exemption.approver == "ada@example.com"
    assert exemption.reason == "moves in autumn"


@pytest.mark.parametrize(
    "text",
    [
        "sales.legacy",
        "sales.legacy until soon by ada: why",
        "sales.legacy until 2026-02-30 by ada: why",
        "sales.legacy until 2026-12-31: why",
        "sales.legacy until 2026-12-31 by ada:",
        "sales legacy until 2026-12-31 by ada: why",
    ],
)
def test_an_exemption_that_lacks_something_is_told_with_its_line(text: str) -> None:
    rule, problems = read(exempting(text))
    assert rule is None
    assert problems == [("exemption-invalid", 1)]


def test_an_expired_exemption_warns_and_exempts_nothing() -> None:
    rule, problems = read(exempting("sales.legacy until 2026-05-31 by ada: why"))
    assert rule is not None
    assert problems == [("exemption-expired", 1)]
    assert rule.exempted("sales.legacy", TODAY) == ""


def test_an_exemption_holds_through_its_last_day() -> None:
    rule = sound(exempting("sales.legacy until 2026-06-01 by ada: why"))
    assert rule.exempted("sales.legacy", TODAY) == "2026-06-01"


@pytest.mark.parametrize(
    ("pattern", "address", "is_covered"),
    [
        ("sales.legacy", "sales.legacy", True),
        ("sales.legacy", "sales.legacy.port.column", True),
        ("sales.legacy", "sales.legacy_two", False),
        ("sales.legacy.port", "sales.legacy", False),
        ("sales", "sales.orders", True),
        ("sales.*", "sales", False),
        ("sales.leg*", "sales.legacy.port", True),
        ("*.legacy", "sales.legacy", True),
        ("*.legacy", "sales.orders.legacy", False),
        ("sales.*_v1", "sales.orders_v2", False),
    ],
)
def test_an_exemption_covers_what_is_at_or_below_its_pattern(
    pattern: str, address: str, is_covered: bool
) -> None:
    rule = sound(exempting(f"{pattern} until 2026-12-31 by ada: why"))
    assert bool(rule.exempted(address, TODAY)) is is_covered
