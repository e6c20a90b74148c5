"""Our JSON schemas say what our reader accepts, and the official ones agree with us."""

import copy
import json
from typing import Any

import jsonschema_rs
import pytest
import yaml
from document_meshes import BUILD, CONTRACT, DOMAIN, MESH, PRODUCT, TESTS
from document_standards import EXAMPLES, STANDARDS, needs_standards
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.documents import schemas
from meshwright.documents.judge import read_document
from meshwright.documents.yaml_text import parse
from meshwright.errors import UsageError

GLOSSARY = """\
terms:
  - name: late
    title: Late
    definition: After its time.
    owner: ada@example.com
    synonyms: [delayed]
    related: [early]
  - {name: early, definition: Before its time.}
"""
RULE_TESTS = """\
tests:
  - name: a port without a level is named
    given:
      contracts: [{address: sales.orders.orders}]
    expect: [sales.orders.orders]
"""
GROUPS = """\
analysts: [ada@example.com, service:bi]
fleet: []
"""
ACCESS = """\
policies:
  - id: years
    description: Dates of birth are shown by year.
    effect: mask
    subjects: {principals: ["person:*"], kinds: [person], teams: [fleet], roles: [auditor], domains: [a]}
    unless: {attributes: {grade: ["1", "2"]}}
    objects: {addresses: ["*.*.*.born"], tags: [pii], classifications: [restricted]}
    purposes: [churn]
    mask: truncate-to-year
  - {id: fixed, effect: mask, mask: {kind: mask-to-fixed-value, value: 0}}
  - {id: north, effect: filter, filter: region = 'north'}
  - {id: groups, effect: aggregate, minimum_group: 5}
  - {id: short, effect: ceiling, days: 30, by_grant: true}
"""
ACCESS_TESTS = """\
tests:
  - name: the north, masked
    principal: {name: person:x, teams: [fleet], roles: [auditor], attributes: {grade: "1"}}
    address: a.b.c
    purpose: churn
    granted: {columns: [id], raw: [email], filter: id > 3}
    expect:
      allowed: true
      masked: {born: truncate-to-year}
      raw: [email]
      filtered: [region = 'north']
      minimum_group: 5
      policy: [federation/years, federation/north]
  - {name: nothing, principal: service:bi, address: a.b.c, granted: true, expect: {filtered: false}}
"""
GRANTS = """\
grants:
  - {principal: "product:a.b", address: c.d.e, purpose: build, for: 90d, raw: [email]}
"""
SOUND = {
    "access": ACCESS,
    "access-tests": ACCESS_TESTS,
    "grants": GRANTS,
    "groups": GROUPS,
    "rule-tests": RULE_TESTS,
    "mesh": MESH,
    "domain": DOMAIN,
    "build": BUILD,
    "tests": TESTS,
    "product": PRODUCT,
    "glossary": GLOSSARY,
}


@pytest.mark.parametrize("name", schemas.OWN)
def test_a_schema_is_one_of_draft_2020_12_and_describes_each_key(name: str) -> None:
    schema = json.loads(schemas.text(name))
    jsonschema_rs.Draft202012Validator(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert list(undescribed(schema)) == []


def undescribed(node: Any, path: str = "") -> Any:
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items():
            if isinstance(value, dict) and not value.get("description") and "$ref" not in value:
                yield f"{path}/{key}"
        for key, value in node.items():
            yield from undescribed(value, f"{path}/{key}")


@pytest.mark.parametrize("name", schemas.OWN)
def test_what_the_reader_accepts_the_schema_accepts(name: str) -> None:
    document = read_document("f", SOUND[name].encode(), name)
    assert document.problems == []
    assert jsonschema_rs.is_valid(json.loads(schemas.text(name)), document.raw)


def test_the_contracts_schema_is_the_official_one() -> None:
    assert json.loads(schemas.text("contract"))["title"] == "Open Data Contract Standard (ODCS)"
    assert "contract" in schemas.names()


def test_an_unknown_schema_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        schemas.text("contracts")
    assert caught.value.hint.startswith("did you mean `contract`?")


def mutated(draw: Any, raw: Any) -> Any:
    """Return a document with one value changed, removed or added somewhere."""
    raw = copy.deepcopy(raw)
    places = list(containers(raw))
    place = draw(st.sampled_from(places))
    if isinstance(place, dict):
        key = draw(st.sampled_from([*place, "newKey", "name", "version", "tags"]))
        if draw(st.booleans()) and key in place:
            del place[key]
        else:
            place[key] = draw(st.sampled_from(["text", 1, True, [], ["x"], {}, None]))
    elif place:
        place[draw(st.integers(0, len(place) - 1))] = draw(st.sampled_from(["text", 1, {}, None]))
    return raw


def containers(raw: Any) -> Any:
    if isinstance(raw, dict | list):
        yield raw
        for value in raw.values() if isinstance(raw, dict) else raw:
            yield from containers(value)


@needs_standards
@settings(deadline=None)
@given(st.data())
def test_a_product_is_valid_for_us_exactly_when_it_is_for_the_standard(data: st.DataObject) -> None:
    official = json.loads((STANDARDS / "odps/schema/odps-json-schema-v1.0.0.json").read_text())
    files = [file for file in EXAMPLES if "odps" in file.name]
    raw = parse("f", data.draw(st.sampled_from(files)).read_bytes()).raw
    for _ in range(data.draw(st.integers(0, 3))):
        raw = mutated(data.draw, raw)
    ours = jsonschema_rs.is_valid(schemas.schema("product"), raw)
    assert ours == jsonschema_rs.is_valid(official, raw), yaml.safe_dump(raw)


@settings(deadline=None)
@given(st.data())
def test_a_contract_that_the_standard_refuses_is_refused(data: st.DataObject) -> None:
    """The mended schema and our own rules together are no weaker than the official schema."""
    official = json.loads(schemas.text("contract"))
    raw = parse("f", CONTRACT.encode()).raw
    for _ in range(data.draw(st.integers(1, 3))):
        raw = mutated(data.draw, raw)
    text = yaml.safe_dump(raw, sort_keys=False).encode()
    errors = [p for p in read_document("f", text, "contract").problems if p.is_error]
    if _is_mended(raw):
        return
    if not jsonschema_rs.is_valid(official, raw):
        assert errors or _is_text_rule(raw), text.decode()


def _of_tables(raw: Any, key: str) -> list[dict[str, Any]]:
    found = []
    for table in raw.get("schema") if isinstance(raw.get("schema"), list) else ():
        listed = table.get(key) if isinstance(table, dict) else None
        found += (
            [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
        )
    return found


def _is_mended(raw: Any) -> bool:
    """A column without a logical type needs a map in the official schema, against the standard's text."""
    return any("logicalType" not in column for column in _of_tables(raw, "properties"))


def _is_text_rule(raw: Any) -> bool:
    """A rule that only describes is a text for us; the standard's default type would be library."""
    return any(not rule.keys() & {"metric", "type"} for rule in _of_tables(raw, "quality"))


@settings(deadline=None)
@given(st.sampled_from(sorted(SOUND)), st.data())
def test_a_changed_descriptor_never_raises(name: str, data: st.DataObject) -> None:
    raw = parse("f", SOUND[name].encode()).raw
    for _ in range(data.draw(st.integers(1, 3))):
        raw = mutated(data.draw, raw)
    for problem in read_document("f", yaml.safe_dump(raw, sort_keys=False).encode(), name).problems:
        assert problem.message
        assert problem.place.line
