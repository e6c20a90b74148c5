"""`logicalTypeOptions`: each option of a column, field or item as a check.

NULL meets every option (`required` is what forbids it). NaN meets no range and is no multiple of anything;
the infinities are compared as the numbers they are. Lengths count Unicode code points.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from meshwright.audit.formats import (
    UNJUDGED,
    date_violation,
    format_violation,
    re2_pattern,
    strptime_format,
)
from meshwright.audit.not_enforced import REASONS
from meshwright.audit.plan import Bound, Check, Probe, Rows, Settled
from meshwright.audit.sqltext import FLOATS, INTEGERS, NUMBERS, TEMPORAL, identifier, number, text
from meshwright.audit.types import is_json
from meshwright.audit.values import Value
from meshwright.model.contract import ContractColumn

_TEXTUAL = frozenset(("VARCHAR", "ENUM"))
_LISTS = frozenset(("LIST", "ARRAY"))
_INTEGER_FORMATS = {
    f"{sign}{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if sign == "i" else (0, 2**bits - 1)
    for sign in "iu"
    for bits in (8, 16, 32, 64, 128)
}
_ELEMENTS = {
    "bfloat16": ("FLOAT",), "float16": ("FLOAT",), "float32": ("FLOAT",), "float64": ("DOUBLE",),
    "int8": ("TINYINT",), "uint8": ("UTINYINT", "SMALLINT"), "binary": ("BOOLEAN", "UTINYINT", "TINYINT"),
}  # fmt: skip
_RANGES = {"minimum": "<", "exclusiveMinimum": "<=", "maximum": ">", "exclusiveMaximum": ">="}
_RANGE_WORDS = {
    "minimum": "at least", "exclusiveMinimum": "more than",
    "maximum": "at most", "exclusiveMaximum": "less than",
}  # fmt: skip
_SAYS_HOW_ONLY = frozenset(("distanceMetric", "embeddingModel", "embeddingModelVersion"))


class Unfit(Exception):
    """An option that cannot be judged on this column; the message says why."""


def option_checks(column: ContractColumn, value: Value) -> Iterator[Check]:
    """Compile every option of one column, field or item."""
    for name, setting in column.options.items():
        if name in _SAYS_HOW_ONLY or (setting is None and name in _RULES):
            continue
        rule = _RULES.get(name)
        words, probe = (
            f"{name} {setting}",
            Settled("errored", f"`{name}` is no option of ODCS 3.2.0"),
        )
        found: Probe = probe
        if rule is not None:
            try:
                words, found = rule(column, value, name, setting)
            except Unfit as error:
                found = Settled("errored", str(error))
        yield Check(
            f"{value.path}.{name}",
            name,
            found,
            value.path,
            expectation=words,
            columns=(value.column,),
        )


Compiled = tuple[str, Probe]


def rows(value: Value, predicate: str, *, bound: Bound | None = None, dear: bool = False) -> Rows:
    """Make a probe of a predicate about one value."""
    plain = value.is_column
    return Rows(
        value.row_predicate(predicate),
        value.column if plain else "",
        bound=bound if plain else None,
        by_value=dear and plain,
    )


def _length(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    _expect(value, _TEXTUAL | {"BLOB"}, "text")
    limit, sign = _whole(name, setting), "<" if name == "minLength" else ">"
    counted = "octet_length" if value.type.name == "BLOB" else "length"
    words = f"{'at least' if sign == '<' else 'at most'} {limit} characters"
    return words, rows(value, f"{counted}({value.sql}) {sign} {limit}", dear=True)


def _pattern(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    _expect(value, _TEXTUAL, "text")
    return f"matches `{setting}`", rows(
        value, pattern_violation(value.sql, str(setting)), dear=True
    )


def pattern_violation(value: str, pattern: str) -> str:
    """Return what is true for text that an ECMA-262 pattern does not match anywhere."""
    written, reason = re2_pattern(pattern)
    if reason:
        raise Unfit(reason)
    return f"NOT regexp_matches({value}, {text(written)})"


def _format(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    wanted, words = str(setting), f"format {setting}"
    if value.type.name in INTEGERS or wanted in _INTEGER_FORMATS:
        return words, _integer_format(value, wanted)
    if value.type.name in NUMBERS:
        return words, _float_format(value, wanted)
    if value.type.name in TEMPORAL:
        if strptime_format(wanted) is None:
            raise Unfit(f"`{wanted}` is not a date pattern known here")
        return words, Settled("passed", "a typed value has no text form")
    if value.type.name == "BLOB":
        return words, Settled("not_enforced", REASONS["format.display"])
    _expect(value, _TEXTUAL, "text")
    if column.logical_type in ("date", "timestamp", "time"):
        violation = date_violation(value.sql, wanted)
        if violation is None:
            raise Unfit(f"`{wanted}` is not a date pattern known here")
        return words, rows(value, violation, dear=True)
    if wanted.lower() in UNJUDGED:
        return words, Settled("not_enforced", REASONS["format.display"])
    violation = format_violation(value.sql, wanted)
    if violation is None:
        return words, Settled("not_enforced", REASONS["format.unknown"])
    return words, rows(value, violation, dear=True)


def _integer_format(value: Value, wanted: str) -> Probe:
    if wanted not in _INTEGER_FORMATS:
        raise Unfit(f"`{wanted}` is no format of an integer")
    _expect(value, INTEGERS | {"DECIMAL"}, "an integer")
    low, high = _INTEGER_FORMATS[wanted]
    bits, unsigned = _width(value.type.name)
    if (
        bits
        and low <= (0 if unsigned else -(2 ** (bits - 1)))
        and (2**bits if unsigned else 2 ** (bits - 1)) - 1 <= high
    ):
        return Settled("passed", "the type holds nothing else")
    if wanted in ("i128", "u128") and value.type.name != "HUGEINT":
        return rows(value, f"{value.sql} < {low}") if low == 0 else Settled("passed")
    return rows(value, f"{value.sql} NOT BETWEEN {low} AND {high}")


def _width(name: str) -> tuple[int, bool]:
    widths = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
    unsigned = name.startswith("U")
    return widths.get(name.removeprefix("U"), 0), unsigned


def _float_format(value: Value, wanted: str) -> Probe:
    if wanted not in ("f32", "f64"):
        raise Unfit(f"`{wanted}` is no format of a number")
    if wanted == "f64" or value.type.name == "FLOAT":
        return Settled("passed", "the type holds nothing else")
    return rows(
        value, f"isfinite({value.sql}::DOUBLE) AND abs({value.sql}::DOUBLE) > 3.4028235677973366e38"
    )


def _range(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    sign, words = _RANGES[name], f"{_RANGE_WORDS[name]} {setting}"
    kind = value.type.name
    if kind in NUMBERS:
        try:
            limit = Decimal(str(setting))
        except ArithmeticError:
            raise Unfit(f"`{setting}` is not a number") from None
        bound = Bound(sign, str(limit))
        compared = f"{value.sql} {sign} {number(limit)}"
        if kind in FLOATS:
            compared = f"({compared} OR isnan({value.sql}))"
        return words, rows(value, compared, bound=bound)
    if kind in TEMPORAL:
        moment = _moment(setting, kind, column.options)
        compared = f"{value.sql} {sign} CAST({text(moment)} AS {kind})"
        return words, rows(value, compared, bound=Bound(sign, moment))
    if kind in _TEXTUAL and column.logical_type in ("date", "timestamp", "time"):
        return words, rows(value, _text_range(column, value, sign, setting), dear=True)
    raise Unfit(f"needs a number, date or time, staged as {value.type}")


def _text_range(column: ContractColumn, value: Value, sign: str, setting: object) -> str:
    kind = {"date": "DATE", "timestamp": "TIMESTAMP", "time": "TIME"}[column.logical_type]
    pattern = str(column.options.get("format") or "")
    code = strptime_format(pattern) if pattern else None
    if pattern and code is None:
        raise Unfit(f"`{pattern}` is not a date pattern known here")
    if code and "%z" in code:
        kind = "TIMESTAMP WITH TIME ZONE"
    moment = _moment(setting, kind, column.options)
    parsed = f"try_strptime({value.sql}, {text(code)})" if code else value.sql
    return f"TRY_CAST({parsed} AS {kind}) {sign} CAST({text(moment)} AS {kind})"


def _moment(setting: object, kind: str, options: Mapping[str, object]) -> str:
    """Return a contract's date or time as ISO text of a type; a missing zone is `defaultTimezone`."""
    written = setting.isoformat(" ") if isinstance(setting, datetime) else str(setting)
    if kind == "TIME":
        _parse_moment(f"2000-01-01 {written}", setting)
        return written
    moment = _parse_moment(written, setting)
    if kind == "DATE":
        if len(written) > 10 and (moment.hour, moment.minute, moment.second) != (0, 0, 0):
            raise Unfit(f"`{setting}` is not a date")
        return moment.date().isoformat()
    zone = default_zone(options)
    if kind == "TIMESTAMP":
        if moment.tzinfo is not None:
            moment = moment.astimezone(zone).replace(tzinfo=None)
        return moment.isoformat(" ")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.isoformat(" ")


def _parse_moment(written: str, setting: object) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise Unfit(f"`{setting}` is not an ISO date or time") from None


def default_zone(options: Mapping[str, object]) -> ZoneInfo:
    """Return the time zone that moments without one are in."""
    name = str(options.get("defaultTimezone") or "UTC")
    try:
        return ZoneInfo("UTC" if name == "Etc/UTC" else name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit(f"`{name}` is not a time zone known here") from None


def _multiple(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    _expect(value, NUMBERS, "a number")
    try:
        step = Decimal(str(setting))
    except ArithmeticError:
        step = Decimal(0)
    if step <= 0:
        raise Unfit(f"`{setting}` is not a positive number")
    words = f"a multiple of {setting}"
    if value.type.name not in FLOATS:
        return words, rows(value, f"{value.sql} % {number(step)} <> 0")
    share = f"{value.sql} / {number(step)}::DOUBLE"
    near = f"abs({share} - round({share})) > 1e-9 * greatest(1, abs({share}))"
    return words, rows(value, f"(NOT isfinite({value.sql}) OR {near})")


def _timezone(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    has_zone = value.type.name == "TIMESTAMP WITH TIME ZONE"
    words = "with a time zone" if setting else "without a time zone"
    if value.type.name not in TEMPORAL:
        code = strptime_format(str(column.options.get("format") or ""))
        has_zone = code is not None and "%z" in code
    if has_zone == bool(setting):
        return words, Settled("passed")
    return words, Settled("failed", f"staged as {value.type}")


def _default_timezone(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    default_zone(column.options)
    return f"moments without a zone are in {setting}", Settled("passed")


def _properties(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    limit, sign = _whole(name, setting), "<" if name == "minProperties" else ">"
    words = f"{'at least' if sign == '<' else 'at most'} {limit} properties"
    return words, rows(value, f"{_present_properties(column, value)} {sign} {limit}")


def _present_properties(column: ContractColumn, value: Value) -> str:
    if is_json(column.physical_type, value.type):
        return f"len(json_keys({value.sql}))"
    if value.type.name == "MAP":
        return f"cardinality({value.sql})"
    _expect(value, frozenset(("STRUCT",)), "an object")
    present = [
        f"({value.sql}.{identifier(field)} IS NOT NULL)::INT" for field, _ in value.type.fields
    ]
    return f"CASE WHEN {value.sql} IS NOT NULL THEN {' + '.join(present)} END"


def _required(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    names = [str(each) for each in setting] if isinstance(setting, list | tuple) else []
    if not names:
        raise Unfit("needs a list of property names")
    words = "has " + ", ".join(f"`{each}`" for each in names)
    if is_json(column.physical_type, value.type):
        keys = f"json_keys({value.sql})"
        missing = [f"NOT list_contains({keys}, {text(each)})" for each in names]
    elif value.type.name == "MAP":
        missing = [f"NOT list_contains(map_keys({value.sql}), {text(each)})" for each in names]
    else:
        _expect(value, frozenset(("STRUCT",)), "an object")
        absent = [each for each in names if each not in dict(value.type.fields)]
        if absent:
            return words, Settled("failed", f"the object has no `{absent[0]}`")
        missing = [f"{value.sql}.{identifier(each)} IS NULL" for each in names]
    return words, rows(value, f"({value.sql} IS NOT NULL AND ({' OR '.join(missing)}))")


def _items(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    limit, sign = _whole(name, setting), "<" if name == "minItems" else ">"
    words = f"{'at least' if sign == '<' else 'at most'} {limit} items"
    return words, rows(value, f"{_item_count(column, value)} {sign} {limit}")


def _item_count(column: ContractColumn, value: Value) -> str:
    if is_json(column.physical_type, value.type):
        return f"json_array_length({value.sql})"
    _expect(value, _LISTS, "an array")
    return f"len({value.sql})"


def _unique_items(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    if not setting:
        return "items may repeat", Settled("passed")
    items = value.sql
    if is_json(column.physical_type, value.type):
        items = f"json_extract({value.sql}, '$[*]')"
    else:
        _expect(value, _LISTS, "an array")
    nulls = f"greatest(len(list_filter({items}, lambda mesh_item: mesh_item IS NULL)) - 1, 0)"
    present = f"len(list_filter({items}, lambda mesh_item: mesh_item IS NOT NULL))"
    repeated = f"({present} - list_unique({items}) + {nulls}) > 0"
    return "items are unique", rows(value, repeated)


def _dimensions(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    _expect(value, _LISTS, "a vector")
    length = _whole(name, setting)
    return f"{length} dimensions", rows(value, f"len({value.sql}) <> {length}")


def _element_type(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    _expect(value, _LISTS, "a vector")
    element = value.type.element.name if value.type.element else ""
    if str(setting) not in _ELEMENTS:
        raise Unfit(f"`{setting}` is no element type of ODCS 3.2.0")
    allowed = _ELEMENTS[str(setting)]
    status = (
        Settled("passed") if element in allowed else Settled("failed", f"staged as {value.type}")
    )
    return f"elements are {setting}", status


def _normalized(column: ContractColumn, value: Value, name: str, setting: object) -> Compiled:
    if not setting:
        return "not normalized", Settled("passed")
    _expect(value, _LISTS, "a vector")
    squares = (
        f"list_sum(list_transform({value.sql}::DOUBLE[], lambda mesh_item: mesh_item * mesh_item))"
    )
    return "of length 1", rows(value, f"NOT (abs({squares} - 1) <= 1e-3)")


def _expect(value: Value, names: frozenset[str], words: str) -> None:
    if value.type.name not in names:
        raise Unfit(f"needs {words}, staged as {value.type}")


def _whole(name: str, setting: object) -> int:
    if isinstance(setting, int) and not isinstance(setting, bool) and setting >= 0:
        return setting
    raise Unfit(f"`{name}` needs a whole number, not `{setting}`")


_RULES: dict[str, Callable[[ContractColumn, Value, str, object], Compiled]] = {
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "format": _format,
    **dict.fromkeys(_RANGES, _range),
    "multipleOf": _multiple,
    "timezone": _timezone,
    "defaultTimezone": _default_timezone,
    "minProperties": _properties,
    "maxProperties": _properties,
    "required": _required,
    "minItems": _items,
    "maxItems": _items,
    "uniqueItems": _unique_items,
    "dimensions": _dimensions,
    "elementType": _element_type,
    "normalized": _normalized,
}
