"""Nothing of ODCS 3.2.0 is skipped in silence: each key is enforced, reported, or documentation."""

import json
from collections.abc import Iterator
from importlib.resources import files

from meshwright.audit.not_enforced import DOCUMENTATION, ENFORCED, REASONS, REPORTED

SCHEMA = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
DEFINITIONS = SCHEMA["$defs"]
# Where each definition's keys belong; what is below a `*` is covered whole.
HOMES = {
    "SchemaElement": ("object", "property"), "SchemaObject": ("object",), "SchemaBaseProperty": ("property",),
    "SchemaProperty": ("property",), "SchemaItemProperty": ("property",), "EnumValue": ("enum",),
    "DataQuality": ("quality",), "DataQualityLibrary": ("quality",), "DataQualitySql": ("quality",),
    "DataQualityCustom": ("quality",), "DataQualityOperators": ("quality",),
    "RelationshipBase": ("relationship",),
    "RelationshipSchemaLevel": ("relationship",), "RelationshipPropertyLevel": ("relationship",),
}  # fmt: skip


def _keys(node: object, home: str) -> Iterator[str]:
    """Yield `home.key` for every key that a definition gives, in whatever branch."""
    if isinstance(node, list):
        for each in node:
            yield from _keys(each, home)
    if not isinstance(node, dict):
        return
    for name, inner in node.get("properties", {}).items():
        inside = {"logicalTypeOptions": "options", "map": "map"}.get(name)
        is_condition = isinstance(inner, dict) and set(inner) == {"const"}
        if not is_condition:
            yield f"{home}.{name}" if home else name
        if inside:
            yield from _keys(inner, inside)
    for branch in ("allOf", "anyOf", "oneOf", "then", "else"):
        yield from _keys(node.get(branch), home)


def test_every_key_of_the_standard_has_one_home() -> None:
    """A key that a later version of the standard adds fails this test until somebody decides."""
    found = set(_keys({"properties": SCHEMA["properties"]}, ""))
    for definition, homes in HOMES.items():
        for home in homes:
            found |= set(_keys(DEFINITIONS[definition], home))
    groups = [ENFORCED, DOCUMENTATION, REPORTED]
    homeless = {key for key in found if not any(_holds(group, key) for group in groups)}
    assert homeless == set()
    assert {"options.pattern", "map.key", "quality.mustBeBetween", "enum.value"} <= found


def test_no_key_is_in_two_groups_and_none_is_invented() -> None:
    """The lists say what the standard says, once."""
    assert not ENFORCED & DOCUMENTATION
    assert not ENFORCED & REPORTED
    assert not DOCUMENTATION & REPORTED
    found = set(_keys({"properties": SCHEMA["properties"]}, ""))
    for definition, homes in HOMES.items():
        for home in homes:
            found |= set(_keys(DEFINITIONS[definition], home))
    listed = {key.removesuffix(".*") for key in ENFORCED | DOCUMENTATION | REPORTED}
    assert listed - found == set()


def test_the_list_of_what_is_not_enforced_is_short_and_says_why() -> None:
    """Nine reasons, each a sentence."""
    assert len(REASONS) <= 10
    assert all(len(reason) > 20 for reason in REASONS.values())


def _holds(group: frozenset[str], key: str) -> bool:
    return key in group or f"{key}.*" in group
