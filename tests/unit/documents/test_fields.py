"""Where description, tags and terms stand in descriptors, as people write these."""

from meshwright.documents.fields import (
    Spot,
    column_spot,
    columns_of,
    port_spot,
    product_spot,
    written,
)
from meshwright.documents.yaml_text import parse

PRODUCT = b"""\
name: orders
description:
  usage: Join by id.
tags: [a, b]
outputPorts:
  - name: orders
    description: One row an order.
  - name: totals
authoritativeDefinitions:
  - {type: video, url: "https://example.com/v"}
  - {type: businessDefinition, url: "glossary:order"}
"""
CONTRACT = b"""\
tags: [c]
schema:
  - name: totals
    description: One row a customer.
    properties:
      - name: Customer
        physicalName: customer
        description: Who.
      - name: total
"""


def _spot(found: Spot | None) -> tuple[object, object, int]:
    assert found is not None
    return found.path, found.held, found.line


def test_fields_of_a_product_stand_at_its_head() -> None:
    product = parse("p.yaml", PRODUCT)
    assert _spot(product_spot(product, "description")) == (
        ("description", "usage"),
        "Join by id.",
        3,
    )
    assert _spot(product_spot(product, "tags")) == (("tags",), ("a", "b"), 4)
    assert _spot(product_spot(product, "terms")) == (("authoritativeDefinitions",), ("order",), 9)


def test_a_port_is_described_where_somebody_did_so_already() -> None:
    product, contract = parse("p.yaml", PRODUCT), parse("c.yaml", CONTRACT)
    assert _spot(port_spot(product, contract, "orders", "description"))[1] == "One row an order."
    path, held, line = _spot(port_spot(product, contract, "totals", "description"))
    assert (path, held, line) == (("schema", 0, "description"), "One row a customer.", 4)
    assert _spot(port_spot(product, contract, "totals", "tags")) == (("tags",), ("c",), 1)
    assert port_spot(product, None, "nothing", "tags") is None


def test_a_column_is_found_by_its_name_in_the_data() -> None:
    contract = parse("c.yaml", CONTRACT)
    assert columns_of(contract, "totals") == ("customer", "total")
    assert _spot(column_spot(contract, "totals", "customer", "description"))[1] == "Who."
    path, held, line = _spot(column_spot(contract, "totals", "total", "tags"))
    assert (path, held, line) == (("schema", 0, "properties", 1, "tags"), (), 0)
    assert column_spot(contract, "totals", "Customer", "tags") is None


def test_other_definitions_than_terms_stay_when_terms_change() -> None:
    spot = product_spot(parse("p.yaml", PRODUCT), "terms")
    assert written(spot, "terms", ("sale",)) == [
        {"type": "video", "url": "https://example.com/v"},
        {"type": "businessDefinition", "url": "glossary:sale"},
    ]
