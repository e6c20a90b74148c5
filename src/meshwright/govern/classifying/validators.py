"""Say of single values whether they are what they look like: check digits, prefixes, ranges, numbering plans.

Every function is total: any text gives True or False. The libraries are imported when the first value asks.
"""

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address

MOST = 100  # values that a dear validator looks at; enough to know a share within a few percent
FEW = 40
_SEPARATORS = str.maketrans("", "", " -./\u00a0")
_EMAIL = re.compile(r"[^@\s,;<>()\"]{1,64}@(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}")
_REGIONS = (
    "US", "GB", "DE", "FR", "ES", "IT", "PT", "NL", "BE", "PL", "SE", "NO", "DK", "FI", "CH", "AT", "CZ",
    "SK", "HU", "RO", "GR", "TR", "RU", "UA", "BR", "MX", "AR", "CO", "CL", "PE", "IN", "JP", "KR", "CN",
    "AU", "NZ", "ZA", "IE", "IL", "ID",
)  # fmt: skip


def share(values: Sequence[str], is_good: Callable[[str], bool], most: int = MOST) -> float:
    """Return the share of the first values that are good; gives up early where hardly any is."""
    looked = values[:most]
    good = 0
    for number, value in enumerate(looked, 1):
        good += is_good(value)
        if number in (FEW // 4, FEW) and good < number // 4:
            return good / number
    return good / len(looked) if looked else 0.0


def is_email(value: str) -> bool:
    """Say whether a text is one e-mail address."""
    return len(value) <= 254 and _EMAIL.fullmatch(value) is not None


def is_ip(value: str) -> bool:
    """Say whether a text is an IPv4 or IPv6 address, with or without a prefix length."""
    try:
        ip_address(value.partition("/")[0])
    except ValueError:
        return False
    return True


def is_iban(value: str) -> bool:
    """Say whether a text is an IBAN: the country's structure and the check digits (mod 97)."""
    from stdnum import iban

    return bool(iban.is_valid(value, check_country=False))


def is_luhn(digits: str) -> bool:
    """Say whether digits end in their Luhn digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = ord(digit) - 48
        if place % 2:
            number = number * 2 - 9 if number > 4 else number * 2
        total += number
    return total % 10 == 0


def is_card(value: str) -> bool:
    """Say whether a text is a payment card's number: prefix and length of a network, and the Luhn digit."""
    digits = value.translate(_SEPARATORS)
    if not (digits.isascii() and digits.isdigit() and 13 <= len(digits) <= 19):
        return False
    return _is_network(digits) and is_luhn(digits) and len(set(digits)) > 1


def _is_network(digits: str) -> bool:
    first2, first4, length = int(digits[:2]), int(digits[:4]), len(digits)
    if digits[0] == "4":
        return length in (13, 16, 19)
    if 51 <= first2 <= 55 or 2221 <= first4 <= 2720:
        return length == 16
    if first2 in (34, 37):
        return length == 15
    if first2 in (36, 38, 39, 30):
        return length in (14, 16)
    if 3528 <= first4 <= 3589:
        return 16 <= length <= 19
    if first4 == 6011 or first2 == 65 or 644 <= int(digits[:3]) <= 649 or first2 in (62, 81):
        return 16 <= length <= 19
    return (first2 in (50, 56, 57, 58) or first4 in (6304, 6759, 6761, 6762, 6763)) and length >= 16


def is_international_phone(value: str) -> bool:
    """Say whether a text is a valid number in E.164, however it is spaced."""
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return is_valid_number(parse(value, None))
    except NumberParseException:
        return False


def phone_share(values: Sequence[str]) -> tuple[float, str]:
    """Return the largest share of values that one country's numbering plan allows, and that country."""
    from phonenumbers import NumberParseException, is_possible_number, is_valid_number, parse

    def allowed(value: str, region: str) -> bool:
        try:
            number = parse(value, region)
        except NumberParseException:
            return False
        return is_possible_number(number) and is_valid_number(number)

    probe = values[:12]
    ranked = sorted(
        ((sum(allowed(v, region) for v in probe), region) for region in _REGIONS), reverse=True
    )
    best, region = ranked[0] if ranked else (0, "")
    if best * 2 < len(probe) or not probe:
        return 0.0, ""
    return share(values, lambda value: allowed(value, region), 80), region


def is_coordinate(value: str, most: float) -> bool:
    """Say whether a text is degrees with at least three decimals, up to `most`."""
    whole, _, decimals = value.partition(".")
    try:
        return len(decimals) >= 3 and abs(float(value)) <= most and len(whole) <= 4
    except ValueError:
        return False
