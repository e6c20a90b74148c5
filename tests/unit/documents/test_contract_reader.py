"""ODCS contracts of every v3 are read into what they mean."""

from typing import Any

import pytest
import yaml
from document_standards import EXAMPLES, needs_standards

from meshwright.documents.contract_reader import read_contract
from meshwright.documents.files import read_file
from meshwright.documents.judge import read_document
from meshwright.model.contract import Contract, Quarantine, Relationship, Threshold

HEAD = {
    "apiVersion": "v3.2.0",
    "kind": "DataContract",
    "id": "c",
    "version": "1.0.0",
    "status": "active",
}


def contract(**parts: Any) -> Contract:
    document = read_document(
        "c.odcs.yaml", yaml.safe_dump(HEAD | parts, sort_keys=False).encode(), "contract"
    )
    assert not [p for p in document.problems if p.is_error], document.problems
    return read_contract(document)


def table(*properties: dict[str, Any], **parts: Any) -> Contract:
    return contract(schema=[{"name": "t", "properties": list(properties), **parts}])


@needs_standards
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_official_examples_are_valid_and_read(file: Any) -> None:
    document = read_file(file)
    assert document.kind == ("contract" if "odcs" in file.name else "product")
    assert not [problem for problem in document.problems if problem.is_error]
    if document.kind == "contract":
        assert read_contract(document).digest


def test_a_column_has_the_name_that_it_has_in_the_data() -> None:
    (column,) = table({"name": "day", "physicalName": "dt"}).objects[0].columns
    assert column.name == "dt"


def test_a_column_may_leave_its_logical_type_out() -> None:
    assert table({"name": "day"}).objects[0].columns[0].logical_type == ""


def test_the_primary_key_follows_its_positions_and_else_the_order_of_columns() -> None:
    placed = table(
        {"name": "a", "primaryKey": True, "primaryKeyPosition": 2},
        {"name": "b", "primaryKey": True, "primaryKeyPosition": 1},
    )
    assert placed.objects[0].key == ("b", "a")
    assert table({"name": "a", "primaryKey": True}, {"name": "b", "primaryKey": True}).objects[
        0
    ].key == (
        "a",
        "b",
    )


def test_an_enumeration_is_its_values() -> None:
    read = table({"name": "a", "enum": [{"value": "x", "label": "X"}, {"value": None}]})
    assert read.objects[0].columns[0].enum == ("x", None)


def test_nested_properties_items_and_maps_are_read() -> None:
    text = {"logicalType": "string"}
    read = table(
        {"name": "o", "logicalType": "object", "properties": [{"name": "x", **text}]},
        {
            "name": "l",
            "logicalType": "array",
            "items": {"logicalType": "object", "properties": [{"name": "y"}]},
        },
        {
            "name": "m",
            "logicalType": "map",
            "map": {"key": text, "value": {"logicalType": "integer"}},
        },
    )
    o, one, m = read.objects[0].columns
    assert o.properties[0].name == "x"
    assert one.items is not None
    assert one.items.properties[0].name == "y"
    assert m.map_key is not None
    assert m.map_value is not None
    assert (m.map_key.logical_type, m.map_value.logical_type) == ("string", "integer")


def test_rules_have_stable_keys() -> None:
    rules = [
        {"id": "r1", "metric": "rowCount", "mustBe": 1},
        {"name": "some rows", "metric": "rowCount", "mustBe": 1},
        {"metric": "rowCount", "mustBeGreaterThan": 1},
        {"metric": "rowCount", "mustBeLessThan": 9},
        {"type": "sql", "query": "select 1", "mustBe": 1},
        {"type": "text", "description": "it is good"},
    ]
    keys = [rule.key for rule in table({"name": "a"}, quality=rules).objects[0].quality]
    assert keys == ["r1", "some rows", "rowCount", "rowCount-2", "sql", "text"]


@pytest.mark.parametrize(
    ("operator", "value"),
    [("mustBe", 1), ("mustNotBeBetween", [1, 2]), ("mustBeGreaterOrEqualTo", 0.5)],
)
def test_each_operator_is_read(operator: str, value: Any) -> None:
    rules = (
        table({"name": "a"}, quality=[{"metric": "rowCount", operator: value}]).objects[0].quality
    )
    assert rules[0].thresholds == (Threshold(operator, value),)


def test_an_older_rule_is_read_as_its_metric() -> None:
    read = contract(
        apiVersion="v3.0.2",
        schema=[
            {
                "name": "t",
                "properties": [
                    {
                        "name": "a",
                        "quality": [
                            {"rule": "duplicateCount", "mustBeLessThan": 10, "unit": "percent"},
                            {"rule": "validValues", "validValues": ["x"]},
                        ],
                    }
                ],
            }
        ],
    )
    duplicates, valid = read.objects[0].columns[0].quality
    assert (duplicates.metric, duplicates.unit) == ("duplicateValues", "percent")
    assert (valid.metric, valid.arguments) == ("invalidValues", {"validValues": ["x"]})
    assert valid.thresholds == (Threshold("mustBe", 0),)


def test_relationships_of_tables_and_columns_name_columns_as_the_data_does() -> None:
    read = contract(
        schema=[
            {
                "id": "t_id",
                "name": "t",
                "properties": [
                    {
                        "name": "a",
                        "physicalName": "a_1",
                        "relationships": [{"to": "schema/u_id/properties/x_id"}],
                    },
                    {"name": "b"},
                ],
                "relationships": [{"from": ["t.a", "t.b"], "to": ["u.x", "u.y"]}],
            },
            {
                "id": "u_id",
                "name": "u",
                "properties": [{"id": "x_id", "name": "x", "physicalName": "x_1"}, {"name": "y"}],
            },
        ]
    )
    t = read.objects[0]
    line = t.relationships[0].line
    assert line > 0
    assert t.relationships == (Relationship(("a_1", "b"), ("u.x_1", "u.y"), line=line),)
    assert t.columns[0].relationships[0].columns == ("a_1",)
    assert t.columns[0].relationships[0].references == ("u.x_1",)


def test_a_relationship_to_another_product_stays_as_written() -> None:
    to = "geo.airports.airports.faa"
    read = table({"name": "a", "relationships": [{"to": to}]})
    assert read.objects[0].columns[0].relationships[0].references == (to,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"tolerance": "1%"}, Quarantine(share=0.01)),
        ("5 rows", Quarantine(rows=5)),
        (7, Quarantine(rows=7)),
        ({"tolerance": "0%"}, Quarantine(share=0.0)),
    ],
)
def test_a_quarantine_is_a_share_or_a_number_of_rows(value: Any, expected: Quarantine) -> None:
    assert (
        contract(customProperties=[{"property": "quarantine", "value": value}]).quarantine
        == expected
    )


def test_what_ends_and_what_replaces_it_is_read_from_the_contract_or_its_object() -> None:
    custom = [
        {"property": "replaces", "value": "a.b.c"},
        {"property": "endOfLife", "value": "2030-01-01"},
    ]
    for read in (contract(customProperties=custom), table({"name": "a"}, customProperties=custom)):
        assert (read.replaces, read.end_of_life) == ("a.b.c", "2030-01-01")
    sla = contract(slaProperties=[{"property": "endOfLife", "value": "2042-05-12"}])
    assert sla.end_of_life == "2042-05-12"


def test_owners_come_from_a_team_of_either_form() -> None:
    members = [{"username": "maria", "role": "Owner"}, {"username": "tom", "role": "dev"}]
    assert contract(team=members).owners == ("maria",)
    assert contract(team={"name": "x", "members": members}).owners == ("maria",)


def test_a_digest_is_of_the_meaning() -> None:
    first = read_document(
        "c", b"apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: '1'\n", "contract"
    )
    second = read_document(
        "d", b'# x\nid: c\nversion: "1"\nkind: DataContract\napiVersion: v3.2.0', "contract"
    )
    third = read_document(
        "d", b"id: c\nversion: '2'\nkind: DataContract\napiVersion: v3.2.0", "contract"
    )
    assert (
        read_contract(first).digest == read_contract(second).digest != read_contract(third).digest
    )


def test_an_environment_reference_is_kept_as_written() -> None:
    assert contract(name="${NAME}").name == "${NAME}"
