"""Inline checks: what a person types is read as it is meant, or refused with what could be typed."""

from decimal import Decimal

import pytest

from meshwright.app.scanning.inline import FORMS, FUNCTIONS, InlineCheck, parse_check
from meshwright.errors import UsageError


@pytest.mark.parametrize(
    ("text", "kind", "columns", "operator", "values"),
    [
        ("id unique", "unique", ("id",), "", ()),
        ("id is unique", "unique", ("id",), "", ()),
        ("(id, day) unique", "unique", ("id", "day"), "", ()),
        ("id not null", "required", ("id",), "", ()),
        ("id IS NOT NULL", "required", ("id",), "", ()),
        ("id required", "required", ("id",), "", ()),
        ("amount >= 0", "compare", ("amount",), ">=", ("0",)),
        ("amount>=-1.5", "compare", ("amount",), ">=", ("-1.5",)),
        ("amount between 0 and 100", "compare", ("amount",), "between", ("0", "100")),
        ("day > 2024-01-31", "compare", ("day",), ">", ("2024-01-31",)),
        ("at <= '2024-01-31 10:00:00'", "compare", ("at",), "<=", ("2024-01-31 10:00:00",)),
        ("status == new", "compare", ("status",), "=", ("new",)),
        ("status <> 'it''s'", "compare", ("status",), "!=", ("it's",)),
        ("email matches ^.+@.+$", "matches", ("email",), "", ("^.+@.+$",)),
        ("t matches '^a b, (c)$'", "matches", ("t",), "", ("^a b, (c)$",)),
        ("status in (a,b)", "in", ("status",), "", ("a", "b")),
        ("status in ('a, b', c d)", None, None, None, None),
        ("status in ('a, b', 'c)')", "in", ("status",), "", ("a, b", "c)")),
        ("status not in (x)", "not_in", ("status",), "", ("x",)),
        ("rows between 100 and 1000", "rows", (), "between", (100, 1000)),
        ("rows > 1_000", "rows", (), ">", (1000,)),
        ('"rows" > 3', "compare", ("rows",), ">", ("3",)),
        ("null_share(dep_time) < 5%", "null_share", ("dep_time",), "<", (5,)),
        ("null_share(dep_time) < 0.05", "null_share", ("dep_time",), "<", (5,)),
        ("null_share(x) <= 0.1 %", "null_share", ("x",), "<=", (Decimal("0.1"),)),
        ("duplicates(a, b) = 0", "duplicates", ("a", "b"), "=", (0,)),
        ("freshness(t) < 2d", "freshness", ("t",), "<", (172_800,)),
        ("freshness(t) < 90 min", "freshness", ("t",), "<", (5_400,)),
        ("max(amount) < 1e6", "max", ("amount",), "<", (1_000_000,)),
        ("mean(x) between -1.5 and 2", "mean", ("x",), "between", (Decimal("-1.5"), 2)),
        ('"unit ""net"" price, €" >= 0', "compare", ('unit "net" price, €',), ">=", ("0",)),
        ("`a.b c` unique", "unique", ("a.b c",), "", ()),
        ("a.b unique", "unique", ("a.b",), "", ()),
    ],
)
def test_a_check_is_read_as_it_is_meant(
    text: str,
    kind: str | None,
    columns: tuple[str, ...],
    operator: str,
    values: tuple[object, ...],
) -> None:
    if kind is None:
        with pytest.raises(UsageError):
            parse_check(text)
        return
    assert parse_check(text) == InlineCheck(text, kind, columns, operator, values)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", FORMS)
def test_every_form_that_errors_and_docs_name_is_a_check(text: str) -> None:
    assert parse_check(text).text == text


@pytest.mark.parametrize(("word", "severity"), [("warning", "warning"), ("INFO", "info")])
def test_a_severity_goes_before_a_colon(word: str, severity: str) -> None:
    found = parse_check(f"{word}: rows > 9")
    assert (found.kind, found.values, found.severity) == ("rows", (9,), severity)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "id unique"),
        ("id uniqe", "id unique"),
        ("nul_share(x) < 5%", "did you mean `null_share`?"),
        ("null_share(x) < many", "like `null_share(dep_time) < 5%`"),
        ("max(x) < 5%", "only null_share and duplicate_share"),
        ("freshness(t) < 2 moons", "2d"),
        ("freshness(t) < 2", "2d"),
        ("rows > few", "rows between 100 and 1000"),
        ("rows > inf", "a finite number"),
        ("rows > 1e9999999", "a finite number"),
        ("max(x) < 1e-9999999", "a finite number"),
        ("x >= 1e9999999", "a finite number"),
        ("x between 0 and 1e9999999", "a finite number"),
        (f"freshness(t) < {'9' * 400}d", "a finite number"),
        ("x matches (", "matches ^.+@.+$"),
        ("x matches (?=a)b", "without (?=…)"),
        ("min(a, b) > 3", FUNCTIONS["min"]),
        ("status in ()", "status in (a, b)"),
        ("x matches", "matches ^.+@.+$"),
        ("drop table x; --", "id unique"),
    ],
)
def test_what_is_no_check_is_refused_with_what_is_one(text: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_check(text)
    assert refused.value.code == "check-invalid"
    assert told in refused.value.hint


def test_a_broken_pattern_is_named() -> None:
    with pytest.raises(UsageError, match=r"`\[a-` is not a regular expression") as refused:
        parse_check("name matches [a-")
    assert (refused.value.code, refused.value.exit_code) == ("check-invalid", 2)


def test_letters_that_look_like_a_huge_number_are_letters_where_text_is_compared() -> None:
    assert parse_check("commit = 1e9999999").values == ("1e9999999",)
