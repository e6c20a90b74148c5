"""Numbers keep their digits, and only those that need it are decimals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.model.exact import dumps, loads, parse_number


@pytest.mark.parametrize("text", ["0.1", "1.10", "1e3", "-2.5E-3", "12345678901234.56", "1e308"])
def test_a_number_that_a_float_holds_is_a_float(text: str) -> None:
    assert type(parse_number(text)) is float


@pytest.mark.parametrize("text", ["12345678901234567.89", "0.1234567890123456789", "-1e-350"])
def test_a_number_that_no_float_is_keeps_its_digits(text: str) -> None:
    assert parse_number(text) == Decimal(text)


def test_a_number_whose_digits_would_fill_the_memory_is_a_float() -> None:
    assert parse_number("1e-999999999") == 0.0


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4), st.text())
def test_json_gives_back_what_it_was_given(number: Decimal, text: str) -> None:
    """Beside any text, also one that looks like a number."""
    exact = parse_number(f"{number:f}")
    value = {"a": [exact, text, f"\ue000{number}"], "b": {"c": 3}}
    assert loads(dumps(value)) == value


def test_a_decimal_is_a_number_in_json() -> None:
    assert dumps({"a": Decimal("12345678901234567.89")}) == '{"a": 12345678901234567.89}'
