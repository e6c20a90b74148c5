"""Validators take what is right by its check digits or plan, and refuse what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.govern.classifying import validators as v
from meshwright.govern.classifying.national import find_scheme
from meshwright.govern.classifying.postal import postal_share


@pytest.mark.parametrize(
    ("is_good", "good", "bad"),
    [
        (v.is_email, "ana.lima+x@mail.example.co.uk", "ana@localhost"),
        (v.is_iban, "DE89 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00"),
        (v.is_card, "4111-1111-1111-1111", "4111-1111-1111-1112"),
        (v.is_card, "378282246310005", "9999999999999995"),  # right Luhn digit, no network
        (v.is_ip, "2001:db8::1", "1.2.3.400"),
        (v.is_ip, "10.0.0.0/8", "1.2.3"),
        (v.is_international_phone, "+49 30 901820", "+49 1"),
    ],
)
def test_check_digits_prefixes_and_plans_decide(is_good, good, bad):
    assert is_good(good)
    assert not is_good(bad)


@given(st.text(max_size=40))
def test_no_text_breaks_a_validator(text):
    for is_good in (v.is_email, v.is_ip, v.is_iban, v.is_card, v.is_international_phone):
        assert is_good(text) in (True, False)
    assert v.is_coordinate(text, 90.0) in (True, False)


# Published examples and test numbers of each scheme; none belongs to anybody.
IDS = {
    "US": ["536-90-4399", "219-09-9998", "457-55-5462"],
    "GB": ["AB123456C", "JG103759A", "AA000003B"],
    "DE": ["36574261809", "36 574 261 809", "36574261809"],
    "FR": ["2 95 10 99 126 111 93", "253072B07300470", "295109912611193"],
    "ES": ["54362315-K", "54362315K", "12345678Z"],
    "IT": ["RCCMNL83S18D969H", "RCCMNL83S18D969H", "MRTMTT91D08F205J"],
    "PL": ["44051401359", "02070803628", "44051401458"],
    "NL": ["111222333", "1112.22.333", "123456782"],
    "BR": ["390.533.447-05", "39053344705", "111.444.777-35"],
    "TR": ["17291716060", "17291716060", "10000000146"],
    "FI": ["131052-308T", "131052-308T", "131052-308T"],
    "RO": ["1630615123457", "1800101221144", "1630615123457"],
    "CN": ["360426199101010071", "11010519491231002X", "360426199101010071"],
    "IN": ["234123412346", "2341 2341 2346", "234123412346"],
    "CH": ["7569217076985", "756.9217.0769.85", "7569217076985"],
    "SE": ["880320-0016", "8803200016", "880320-0016"],
    "MX": ["BOXW310820HNERXN09", "BOXW310820HNERXN09", "BOXW310820HNERXN09"],
}


@pytest.mark.parametrize("country", IDS)
def test_national_identifiers_are_known_by_their_check_digits(country):
    found, good = find_scheme(IDS[country] * 5, is_named=True)
    assert good >= 0.75
    assert found == country


def test_a_luhn_digit_alone_is_no_identifier_unless_the_header_says_so():
    numbers = ["123456782", "130692544", "123456782"] * 10  # Canadian by their Luhn digit
    assert find_scheme(numbers, is_named=False) == ("", 0.0)
    assert find_scheme(numbers, is_named=True)[0] == "CA"


def test_running_numbers_are_no_identifiers():
    for start, digits in ((100_000_000, 9), (10_000_000_000, 11), (1_000_000_000_000, 13)):
        numbers = [str(start + n).zfill(digits) for n in range(200)]
        assert find_scheme(numbers, is_named=False) == ("", 0.0)


def test_postal_codes_are_of_one_country():
    assert postal_share(["SW1A 1AA", "M1 1AE", "EC1A 1BB"]) == 1.0
    assert postal_share(["1012 AB", "3011 XH"]) == 1.0
    assert postal_share(["red", "blue"]) == 0.0
