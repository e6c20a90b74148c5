"""Read a check as a person types it: `id unique`, `amount >= 0`, `null_share(dep_time) < 5%`.

Pure text: nothing is known of columns here. A name that is not plain is quoted: `"unit price" >= 0`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from meshwright.errors import UsageError, did_you_mean

FUNCTIONS = {
    "nulls": "nulls(dep_time) <= 10",
    "null_share": "null_share(dep_time) < 5%",
    "duplicates": "duplicates(id) = 0",
    "duplicate_share": "duplicate_share(id) < 1%",
    "distinct": "distinct(country) between 2 and 250",
    "min": "min(amount) >= 0",
    "max": "max(amount) < 1e6",
    "mean": "mean(amount) between 10 and 20",
    "sum": "sum(amount) > 0",
    "length": "length(code) <= 3",
    "freshness": "freshness(time_hour) < 2d",
}
FORMS = (
    "id unique", "(id, day) unique", "id not null", "amount >= 0", "amount between 0 and 100",
    "email matches ^.+@.+$", "status in (a, b)", "status not in (x)", "rows > 0",
    *FUNCTIONS.values(),
)  # fmt: skip
SHARES = frozenset(("null_share", "duplicate_share"))
OPERATORS = {
    "<": "mustBeLessThan",
    "<=": "mustBeLessOrEqualTo",
    ">": "mustBeGreaterThan",
    ">=": "mustBeGreaterOrEqualTo",
    "=": "mustBe",
    "!=": "mustNotBe",
    "between": "mustBeBetween",
}
_SPELLED = {"==": "=", "<>": "!="}
_LARGEST_EXPONENT = 308  # beyond it there is no DOUBLE to compare with
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}

_NAME = r'(?:"(?:[^"]|"")*"|`[^`]+`|[^\s"`\'(),<>=!%:]+)'
_NAMES = rf"{_NAME}(?:\s*,\s*{_NAME})*"
_VALUE = r"(?:'(?:[^']|'')*'|[^\s'\"(),<>=!][^\s'\"(),]*)"
_VALUES = rf"{_VALUE}(?:\s*,\s*{_VALUE})*"
_NUMBER = r"[^\s]+"
_OPERATOR = r"(?P<operator><=|>=|==|!=|<>|=|<|>)"


def _limit(value: str) -> str:
    return (
        rf"(?:{_OPERATOR}\s*(?P<value>{value})"
        rf"|between\s+(?P<low>{value})\s+and\s+(?P<high>{value}))"
    )


_SEVERITY = re.compile(r"(?i)(?P<severity>warning|info)\s*:\s*(?P<rest>.+)", re.DOTALL)
_PATTERNS = (
    ("rows", re.compile(rf"(?i)rows\s*{_limit(_NUMBER)}")),
    (
        "function",
        re.compile(rf"(?i)(?P<function>\w+)\s*\(\s*(?P<names>{_NAMES})\s*\)\s*{_limit('.+?')}"),
    ),
    ("unique", re.compile(rf"(?i)\(\s*(?P<names>{_NAMES})\s*\)\s+(?:is\s+)?unique")),
    ("unique", re.compile(rf"(?i)(?P<names>{_NAME})\s+(?:is\s+)?unique")),
    ("required", re.compile(rf"(?i)(?P<names>{_NAME})\s+(?:(?:is\s+)?not\s+null|required)")),
    ("matches", re.compile(rf"(?i)(?P<names>{_NAME})\s+matches\s+(?P<pattern>\S.*)", re.DOTALL)),
    (
        "in",
        re.compile(
            rf"(?i)(?P<names>{_NAME})\s+(?P<negated>not\s+)?in\s*\(\s*(?P<values>{_VALUES})\s*\)"
        ),
    ),
    ("compare", re.compile(rf"(?i)(?P<names>{_NAME})\s*{_limit(_VALUE)}")),
)


@dataclass(frozen=True, slots=True)
class InlineCheck:
    """One check as typed. `kind`: rows, unique, required, matches, in, not_in, compare, or a function.

    `operator` is one of `OPERATORS`; `values` are numbers for rows and functions (a share in percent, an age
    in seconds), else the texts as typed.
    """

    text: str
    kind: str
    columns: tuple[str, ...] = ()
    operator: str = ""
    values: tuple[int | Decimal | str, ...] = ()
    severity: str = "error"


def parse_check(text: str) -> InlineCheck:
    """Read one check; raise `UsageError` (`check-invalid`) where it is none of the forms."""
    written = text.strip()
    marked = _SEVERITY.fullmatch(written)
    severity = marked["severity"].lower() if marked else "error"
    body = marked["rest"].strip() if marked else written
    for kind, pattern in _PATTERNS:
        found = pattern.fullmatch(body)
        if found is not None:
            return _read(text, kind, found, severity)
    raise _invalid(text, f"forms are: {'; '.join(FORMS[:9])}; FUNCTION(column) < 5")


def _read(text: str, kind: str, found: re.Match[str], severity: str) -> InlineCheck:
    given = found.groupdict()
    columns = _names(given.get("names") or "")
    if kind == "matches":
        pattern = _unquoted(given["pattern"])
        _require_pattern(text, pattern)
        return InlineCheck(text, kind, columns, "", (pattern,), severity)
    if kind == "in":
        values = tuple(map(_unquoted, re.findall(_VALUE, given["values"])))
        return InlineCheck(
            text, "not_in" if given["negated"] else "in", columns, "", values, severity
        )
    if kind in ("unique", "required"):
        return InlineCheck(text, kind, columns, severity=severity)
    written = given["operator"] or "between"
    operator = _SPELLED.get(written, written)
    limits = [given["value"]] if given["operator"] else [given["low"], given["high"]]
    if kind == "compare":
        if operator in ("<", "<=", ">", ">=", "between"):
            _require_sizes(text, limits)
        return InlineCheck(text, kind, columns, operator, tuple(map(_unquoted, limits)), severity)
    name = "rows"
    if kind == "function":
        name = given["function"].lower()
        if name not in FUNCTIONS:
            raise _invalid(text, did_you_mean(name, FUNCTIONS), f"there is no function `{name}`")
    if len(columns) > 1 and name not in ("duplicates", "duplicate_share"):
        raise _invalid(text, FUNCTIONS[name], f"`{name}` is of one column")
    numbers = tuple(_number(text, name, limit.strip()) for limit in limits)
    return InlineCheck(text, name, columns, operator, numbers, severity)


def _require_pattern(text: str, pattern: str) -> None:
    from meshwright.documents.patterns import pattern_fault  # documents are dear where none is read

    fault = pattern_fault(pattern)
    if fault is not None:
        raise _invalid(text, fault.hint or FORMS[5], fault.text)


def _number(text: str, function: str, written: str) -> int | Decimal:
    """Read a limit in the function's unit: a share becomes percent, an age seconds."""
    if function == "freshness":
        age = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]+)", written.lower())
        if age is None or age[2] not in _SECONDS:
            raise _invalid(text, "an age is like 90s, 30m, 36h, 2d, 1w", f"`{written}` is no age")
        _require_usual(text, Decimal(age[1]), written)
        return _plain(Decimal(age[1]) * _SECONDS[age[2]])
    is_percent = written.endswith("%")
    if is_percent and function not in SHARES:
        raise _invalid(text, "only null_share and duplicate_share are shares", "`%` of what?")
    try:
        number = Decimal(written.removesuffix("%").strip().replace("_", ""))
    except ArithmeticError:
        example = FUNCTIONS.get(function, "rows between 100 and 1000")
        raise _invalid(text, f"like `{example}`", f"`{written}` is no number") from None
    _require_usual(text, number, written)
    return _plain(number if is_percent or function not in SHARES else number * 100)


def _require_sizes(text: str, limits: Sequence[str]) -> None:
    """Refuse a bare number that no column can be compared with."""
    for limit in limits:
        try:
            number = Decimal(limit)
        except ArithmeticError:
            continue
        if number.is_finite():
            _require_usual(text, number, limit)


def _require_usual(text: str, number: Decimal, written: str) -> None:
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise _invalid(text, "a finite number, like 1000 or 1e6", f"`{written}` is no limit")


def _plain(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number.normalize()


def _names(written: str) -> tuple[str, ...]:
    return tuple(_bare(name) for name in re.findall(_NAME, written))


def _bare(name: str) -> str:
    if name.startswith('"'):
        return name[1:-1].replace('""', '"')
    return name.strip("`")


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


def _invalid(text: str, hint: str, reason: str = "") -> UsageError:
    told = f"`{text.strip()}` is no check" + (f": {reason}" if reason else "")
    return UsageError("check-invalid", told, hint=hint)
