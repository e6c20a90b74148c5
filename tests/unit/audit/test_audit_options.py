"""Each option of a column, on values that meet it and values that don't, with exact counts."""

from decimal import Decimal

import pytest
from audit_harness import Bench, audit, outcome

from meshwright.model.contract import ContractColumn as Column

# (option, its setting, logical type, SQL values that meet it, SQL values that violate it)
CASES = [
    ("minLength", 3, "string", "'abc', 'äöü', NULL", "'ab', ''"),
    ("maxLength", 3, "string", "'abc', 'äöü', '', NULL", "'abcd'"),
    ("minLength", 2, "string", "'ab'::BLOB, NULL", "'a'::BLOB"),
    ("pattern", "^ACC[0-9]{3}$", "string", "'ACC123', NULL", "'ACC12', 'xACC123', ''"),
    ("pattern", "b+", "string", "'abc', NULL", "'ac'"),
    ("pattern", r"^[\u0041-\u005A]\/\d$", "string", "'Z/1', NULL", "'z/1'"),
    ("pattern", r"^(?<year>\d{4})$", "string", "'2024', NULL", "'24'"),
    ("pattern", r"^\s$", "string", "chr(160), ' ', chr(11), chr(8239), chr(65279), NULL", "'x', ''"),
    ("pattern", r"^[\s,]\S$", "string", "chr(160) || 'x', ',x', NULL", "'x' || chr(160), 'xx'"),
    ("pattern", "^a.b$", "string", "'axb', 'a]b', NULL", "'a' || chr(13) || 'b', 'a' || chr(8232) || 'b'"),
    ("pattern", r"^[.\]]\.[^]$", "string", "'..x', '].' || chr(10), NULL", "'x.x', '.x'"),
    ("pattern", r"^it's\\$", "string", r"'it''s\', NULL", "'its'"),
    ("format", "email", "string", "'a.b+c@x-y.org', NULL", "'a@b', 'a b@c.de', '@x.org', 'a@x.org '"),
    ("format", "uuid", "string", "'0B7d9b1e-7a0f-4c3e-9d66-1f2a3b4c5d6e', NULL",
     "'0b7d9b1e7a0f4c3e9d661f2a3b4c5d6e'"),
    ("format", "uri", "string", "'https://x.org/a?b=c#d', 'urn:isbn:1', NULL",
     "'x.org', 'http://a b', 'http://%zz'"),
    ("format", "hostname", "string", "'localhost', 'a-b.example.org', NULL",
     "'-a.org', 'a_b', '', repeat('a.', 130) || 'a'"),
    ("format", "ipv4", "string", "'0.0.0.0', '255.1.20.3', NULL", "'256.1.1.1', '1.2.3', '01.2.3.4'"),
    ("format", "ipv6", "string",
     "'::', '::1', '2001:db8::8:800:200c:417a', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1::', "
        "'fe80::1:2:3:4:5:6', NULL", "'1:2:3', ':::', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', 'g::'"),
    ("format", "byte", "string", "'', 'YQ==', 'YWI=', 'YWJj', NULL", "'YQ=', 'Y', 'a-_b'"),
    ("format", "yyyy-MM-dd", "date", "'2024-02-29', NULL", "'2023-02-29', '2024-2-29', '', '2024-02-29 '"),
    ("format", "dd.MM.yyyy HH:mm", "timestamp", "'29.02.2024 23:59', NULL",
     "'29.02.2024', '29.02.2024 24:00'"),
    ("format", "yyyy-MM-dd'T'HH:mm:ssXXX", "timestamp", "'2024-02-29T10:00:00+01:00', NULL",
     "'2024-02-29T10:00:00'"),
    ("format", "HH:mm", "time", "'23:59', NULL", "'24:00', '9:30'"),
    ("format", "date", "string", "'2024-02-29', NULL", "'29.02.2024'"),
    ("format", "i8", "integer", "-128, 127, NULL", "128, -129"),
    ("format", "u16", "integer", "0, 65535, NULL", "-1, 65536"),
    ("format", "u64", "integer", "0::BIGINT, 9223372036854775807, NULL", "-1"),
    ("format", "f32", "number", "1.5::DOUBLE, 'inf'::DOUBLE, NULL", "1e39"),
    ("minimum", 0, "number", "0::DOUBLE, 'inf'::DOUBLE, NULL", "-0.1, 'nan'::DOUBLE, '-inf'::DOUBLE"),
    ("maximum", 10, "number", "10::DOUBLE, '-inf'::DOUBLE, NULL", "10.1, 'nan'::DOUBLE, 'inf'::DOUBLE"),
    ("exclusiveMinimum", 0, "integer", "1, NULL", "0, -1"),
    ("exclusiveMaximum", 9, "integer", "8, NULL", "9, 10"),
    ("minimum", 0.1, "number", "0.10::DECIMAL(9,2), 7::DECIMAL(9,2), NULL", "0.09::DECIMAL(9,2)"),
    ("maximum", 9007199254740993, "integer", "9007199254740993, NULL", "9007199254740994"),
    ("minimum", "2024-01-01", "date", "DATE '2024-01-01', NULL", "DATE '2023-12-31'"),
    ("exclusiveMaximum", "2024-01-01", "date", "DATE '2023-12-31', NULL", "DATE '2024-01-01'"),
    ("minimum", "2024-01-01 00:00:00", "timestamp", "TIMESTAMP '2024-01-01', NULL",
     "TIMESTAMP '2023-12-31 23:59:59.999999'"),
    ("minimum", "2024-01-01 00:00:00+10:00", "timestamp", "TIMESTAMP '2023-12-31 14:00', NULL",
     "TIMESTAMP '2023-12-31 13:59'"),
    ("maximum", "2024-01-01 00:00:00", "timestamp", "TIMESTAMPTZ '2024-01-01 01:00+01', NULL",
     "TIMESTAMPTZ '2024-01-01 00:00:01+00'"),
    ("maximum", "17:30:00", "time", "'17:30:00', NULL", "'17:30:01'"),
    ("multipleOf", 5, "integer", "-10, 0, 5, NULL", "1, 6"),
    ("multipleOf", 0.05, "number", "0.15::DECIMAL(9,2), NULL", "0.16::DECIMAL(9,2)"),
    ("multipleOf", 0.1, "number", "0.3::DOUBLE, 1e6, NULL", "0.35, 'nan'::DOUBLE, 'inf'::DOUBLE"),
    ("multipleOf", 1, "number", "1e9::DOUBLE, 1e17, 0, -3, NULL", "1000000000.5, 600000000.4, 1e15 + 0.5"),
    ("multipleOf", 10, "number", "1e17::DOUBLE, NULL", "1e17 + 16"),
    ("multipleOf", 0.01, "number",
     "20000000.01::DOUBLE, 0.1::DOUBLE + 0.2::DOUBLE, 1e13::DOUBLE + 0.01, -0.29, NULL", "20000000.005"),
    ("multipleOf", 0.05, "number", "150000000.05::DOUBLE, NULL", "150000000.02"),
    ("multipleOf", 0.1, "number", "0.3::FLOAT, 1234.5::FLOAT, NULL", "0.35::FLOAT"),
    ("minimum", 16777217, "number", "16777218::FLOAT, NULL", "16777216::FLOAT"),
    ("maximum", 16777217, "number", "16777216::FLOAT, NULL", "16777218::FLOAT"),
    ("minimum", 0.1, "number", "0.1::FLOAT, 0.2::FLOAT, NULL", "0.099::FLOAT, 'nan'::FLOAT"),
    ("maximum", 0.1, "number", "0.1::FLOAT, '-inf'::FLOAT, NULL", "0.10001::FLOAT, 'inf'::FLOAT"),
    ("exclusiveMaximum", 0.1, "number", "0.099::FLOAT, NULL", "0.1::FLOAT"),
    ("exclusiveMinimum", 0.1, "number", "0.11::FLOAT, NULL", "0.1::FLOAT"),
    ("maximum", 1e300, "number", "3e38::FLOAT, NULL", "'inf'::FLOAT"),
    ("maximum", Decimal("12345678901234567.89"), "number",
     "12345678901234567.89::DECIMAL(38,2), NULL", "12345678901234567.90::DECIMAL(38,2)"),
    ("minItems", 1, "array", "[1], NULL", "[]"),
    ("maxItems", 2, "array", "[1, 2], [], NULL", "[1, 2, 3]"),
    ("uniqueItems", True, "array", "[1, 2, NULL], NULL", "[1, 1], [NULL, NULL, 1]"),
    ("minProperties", 2, "object", "{'a': 1, 'b': 2}, NULL", "{'a': 1, 'b': NULL}"),
    ("maxProperties", 1, "object", "{'a': 1, 'b': NULL}, NULL", "{'a': 1, 'b': 2}"),
    ("required", ["b"], "object", "{'a': NULL, 'b': 2}, NULL", "{'a': 1, 'b': NULL}"),
    ("minProperties", 1, "map", "MAP {'a': 1}, NULL", "MAP {}"),
    ("dimensions", 2, "vector", "[1.0, 2.0]::FLOAT[], NULL", "[1.0]::FLOAT[], []"),
    ("normalized", True, "vector", "[0.6, 0.8]::FLOAT[], NULL", "[1.0, 1.0]::FLOAT[], []"),
]  # fmt: skip


def _values(values: str) -> list[str]:
    """Split at the commas that are not inside anything."""
    found, depth, quoted, part = [], 0, False, ""
    for letter in values:
        quoted ^= letter == "'"
        depth += (letter in "([{") - (letter in ")]}") if not quoted else 0
        if letter == "," and not depth and not quoted:
            found.append(part.strip())
            part = ""
        else:
            part += letter
    return [*found, part.strip()]


def _rows(values: list[str]) -> str:
    return "SELECT x FROM (VALUES " + ", ".join(f"({value})" for value in values) + ") AS t(x)"


@pytest.mark.parametrize(("option", "setting", "logical", "good", "bad"), CASES)
def test_an_option_passes_what_meets_it_and_counts_what_does_not(
    place: Bench, option: str, setting: object, logical: str, good: str, bad: str
) -> None:
    """Values that meet an option pass, each value that does not is one failed row."""
    column = Column("x", logical, options={option: setting})
    good_rows, all_rows = _rows(_values(good)), _rows(_values(good) + _values(bad))
    kind = place.session.columns(all_rows)[0].type
    passed = audit(place, f"SELECT x::{kind} AS x FROM ({good_rows})", column)
    failed = audit(place, all_rows, column)
    assert outcome(passed, f"x.{option}").status == "passed"
    assert outcome(failed, f"x.{option}").status == "failed"
    assert outcome(failed, f"x.{option}").failed_rows == len(_values(bad))
    assert outcome(failed, f"x.{option}").total_rows == len(_values(good) + _values(bad))
    assert outcome(failed, "x.logicalType").status == "passed"


@pytest.mark.parametrize(
    ("option", "setting", "logical", "value", "reason"),
    [
        ("pattern", "^(?=a)b", "string", "'a'", "looks ahead or behind"),
        ("pattern", r"(a)\1", "string", "'aa'", "refers back"),
        ("pattern", "(", "string", "'a'", ""),
        ("minLength", -1, "string", "'a'", "needs a whole number"),
        ("minLength", 1, "string", "1", "needs text, staged as INTEGER"),
        ("minimum", "soon", "date", "DATE '2024-01-01'", "not an ISO date"),
        ("minimum", "many", "integer", "1", "not a number"),
        ("minimum", 1, "string", "'a'", "needs a number, date or time"),
        ("multipleOf", 0, "integer", "1", "not a positive number"),
        ("format", "QQQ", "date", "'x'", "not a date pattern"),
        ("defaultTimezone", "Mars/Base", "timestamp", "TIMESTAMP '2024-01-01'", "not a time zone"),
        ("colour", 1, "string", "'a'", "no option of ODCS"),
        ("elementType", "float99", "vector", "[1.0]", "no element type"),
    ],
)
def test_an_option_that_cannot_be_judged_errs_and_says_why(
    place: Bench, option: str, setting: object, logical: str, value: str, reason: str
) -> None:
    """What cannot be judged is errored, which rejects, and the others keep their verdict."""
    column = Column("x", logical, options={option: setting}, required=True)
    verdict = audit(place, f"SELECT {value} AS x", column)
    assert outcome(verdict, f"x.{option}").status == "errored"
    assert reason in outcome(verdict, f"x.{option}").reason
    assert verdict.is_rejected
    assert outcome(verdict, "x.required").status == "passed"


@pytest.mark.parametrize(
    ("option", "setting", "value", "status"),
    [
        ("timezone", True, "TIMESTAMPTZ '2024-01-01 00:00+00'", "passed"),
        ("timezone", True, "TIMESTAMP '2024-01-01'", "failed"),
        ("timezone", False, "TIMESTAMP '2024-01-01'", "passed"),
        ("timezone", False, "TIMESTAMPTZ '2024-01-01 00:00+00'", "failed"),
        ("defaultTimezone", "Europe/Berlin", "TIMESTAMP '2024-01-01'", "passed"),
        ("format", "yyyy-MM-dd HH:mm:ss", "TIMESTAMP '2024-01-01'", "passed"),
        ("elementType", "float32", "[1.0]::FLOAT[1]", "passed"),
        ("elementType", "float64", "[1.0]::FLOAT[1]", "failed"),
    ],
)
def test_an_option_of_the_type_is_judged_without_a_scan(
    place: Bench, option: str, setting: object, value: str, status: str
) -> None:
    """Time zones and element types are properties of the staged type."""
    logical = "vector" if option == "elementType" else "timestamp"
    verdict = audit(place, f"SELECT {value} AS x", Column("x", logical, options={option: setting}))
    assert outcome(verdict, f"x.{option}").status == status


def test_json_text_is_judged_as_what_it_holds(place: Bench) -> None:
    """An object declared as JSON is valid JSON, with its properties counted and required."""
    column = Column("x", "object", "json", {"required": ["a"], "maxProperties": 1})
    sql = """SELECT unnest(['{"a": 1}', '{"b": 1}', '{"a": 1, "b": 2}', '[1]', 'no', NULL]) AS x"""
    verdict = audit(place, sql, column)
    assert outcome(verdict, "x.logicalType").failed_rows == 2
    assert outcome(verdict, "x.physicalType").status == "passed"


@pytest.mark.parametrize(
    ("allowed", "options", "meets", "violates"),
    [
        (Decimal("12345678901234567.89"), {}, "12345678901234567.89::DECIMAL(38,2)",
         "12345678901234567.90::DECIMAL(38,2)"),
        (0.1, {}, "0.1::FLOAT", "0.10001::FLOAT"),
        (16777217, {}, "NULL::FLOAT", "16777216::FLOAT"),
        ("2026-01-01T00:00:00+02:00", {}, "TIMESTAMP '2025-12-31 22:00'", "TIMESTAMP '2026-01-01 00:00'"),
        ("2026-01-01T00:00:00", {"defaultTimezone": "Europe/Zurich"},
         "TIMESTAMPTZ '2025-12-31 23:00+00'", "TIMESTAMPTZ '2026-01-01 00:00+00'"),
        ("2026-01-01", {}, "DATE '2026-01-01'", "DATE '2026-01-02'"),
    ],
)  # fmt: skip
def test_an_enumeration_means_what_a_limit_means(
    place: Bench, allowed: object, options: dict[str, object], meets: str, violates: str
) -> None:
    """The same number or moment as `maximum` and as `enum` is the same value."""
    column = Column("a", enum=(allowed,), options=options)
    sql = f"SELECT {meets} AS a UNION ALL SELECT {violates}"
    assert outcome(audit(place, sql, column), "a.enum").failed_rows == 1
    assert outcome(audit(place, f"SELECT {meets} AS a", column), "a.enum").failed_rows == 0
