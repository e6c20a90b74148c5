"""Options of what holds other values: objects, maps, arrays, vectors, and the same as JSON text."""

from meshwright.audit.option import Compiled, Option, Unfit, expect, rows, whole
from meshwright.audit.plan import Settled
from meshwright.audit.sqltext import identifier, text
from meshwright.audit.type_rules import is_json
from meshwright.audit.values import Value
from meshwright.model.contract import ContractColumn

_LISTS = frozenset(("LIST", "ARRAY"))
_ELEMENTS = {
    "bfloat16": ("FLOAT",), "float16": ("FLOAT",), "float32": ("FLOAT",), "float64": ("DOUBLE",),
    "int8": ("TINYINT",), "uint8": ("UTINYINT", "SMALLINT"), "binary": ("BOOLEAN", "UTINYINT", "TINYINT"),
}  # fmt: skip


def _properties(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    limit, sign = whole(option.name, setting), "<" if option.name == "minProperties" else ">"
    words = f"{'at least' if sign == '<' else 'at most'} {limit} properties"
    return words, rows(value, f"{_present_properties(option.column, value)} {sign} {limit}")


def _present_properties(column: ContractColumn, value: Value) -> str:
    if is_json(column.physical_type, value.type):
        return f"len(json_keys({_json(value)}))"
    if value.type.name == "MAP":
        return f"cardinality({value.sql})"
    expect(value, frozenset(("STRUCT",)), "an object")
    present = [
        f"({value.sql}.{identifier(field)} IS NOT NULL)::INT" for field, _ in value.type.fields
    ]
    return f"CASE WHEN {value.sql} IS NOT NULL THEN {' + '.join(present)} END"


def _json(value: Value) -> str:
    """Return JSON text, or NULL where it is none: `logicalType` is what fails then."""
    return f"CASE WHEN json_valid({value.sql}) THEN {value.sql} END"


def _required(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    names = [str(each) for each in setting] if isinstance(setting, list | tuple) else []
    if not names:
        raise Unfit("needs a list of property names")
    words = "has " + ", ".join(f"`{each}`" for each in names)
    if is_json(option.column.physical_type, value.type):
        keys = f"json_keys({_json(value)})"
        missing = [f"NOT list_contains({keys}, {text(each)})" for each in names]
    elif value.type.name == "MAP":
        missing = [f"NOT list_contains(map_keys({value.sql}), {text(each)})" for each in names]
    else:
        expect(value, frozenset(("STRUCT",)), "an object")
        absent = [each for each in names if each not in dict(value.type.fields)]
        if absent:
            return words, Settled("failed", f"the object has no `{absent[0]}`")
        missing = [f"{value.sql}.{identifier(each)} IS NULL" for each in names]
    return words, rows(value, f"({value.sql} IS NOT NULL AND ({' OR '.join(missing)}))")


def _items(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    limit, sign = whole(option.name, setting), "<" if option.name == "minItems" else ">"
    words = f"{'at least' if sign == '<' else 'at most'} {limit} items"
    return words, rows(value, f"{_item_count(option.column, value)} {sign} {limit}")


def _item_count(column: ContractColumn, value: Value) -> str:
    if is_json(column.physical_type, value.type):
        return f"json_array_length({_json(value)})"
    expect(value, _LISTS, "an array")
    return f"len({value.sql})"


def _unique_items(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    if not setting:
        return "items may repeat", Settled("passed")
    items = value.sql
    if is_json(option.column.physical_type, value.type):
        items = f"json_extract({_json(value)}, '$[*]')"
    else:
        expect(value, _LISTS, "an array")
    nulls = f"greatest(len(list_filter({items}, lambda mesh_item: mesh_item IS NULL)) - 1, 0)"
    present = f"len(list_filter({items}, lambda mesh_item: mesh_item IS NOT NULL))"
    repeated = f"({present} - list_unique({items}) + {nulls}) > 0"
    return "items are unique", rows(value, repeated)


def _dimensions(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    expect(value, _LISTS, "a vector")
    length = whole(option.name, setting)
    return f"{length} dimensions", rows(value, f"len({value.sql}) <> {length}")


def _element_type(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    expect(value, _LISTS, "a vector")
    element = value.type.element.name if value.type.element else ""
    if str(setting) not in _ELEMENTS:
        raise Unfit(f"`{setting}` is no element type of ODCS 3.2.0")
    allowed = _ELEMENTS[str(setting)]
    status = (
        Settled("passed") if element in allowed else Settled("failed", f"staged as {value.type}")
    )
    return f"elements are {setting}", status


def _normalized(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    if not setting:
        return "not normalized", Settled("passed")
    expect(value, _LISTS, "a vector")
    squares = (
        f"list_sum(list_transform({value.sql}::DOUBLE[], lambda mesh_item: mesh_item * mesh_item))"
    )
    return "of length 1", rows(
        value, f"({value.sql} IS NOT NULL AND NOT coalesce(abs({squares} - 1) <= 1e-3, false))"
    )


SHAPE_RULES = {
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
