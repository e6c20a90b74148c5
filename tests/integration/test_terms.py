"""Business terms: defined once, linked by contracts, found by their words, suggested along lineage."""

from pathlib import Path
from typing import Any

import pytest

import meshwright
from meshwright.errors import UsageError
from tests.integration.shop import SHOP
from tests.meshes import write_mesh

GLOSSARY = """\
terms:
  - name: order_value
    title: Order value
    definition: What a customer
      owes for an order.
    owner: ada@example.com
    synonyms: [amount due]
    related: [buyer]
  - name: buyer
    definition: A customer who ordered.
    synonyms: [customer]
  - name: full_name
    definition: How somebody is called.
"""


def _linked(product: str, port: str, name: str, term: str) -> dict[str, Any]:
    """Return a product of the shop, a column of which names a term."""
    parts = SHOP["sales"][product]
    link = [{"type": "businessDefinition", "url": f"glossary:{term}"}]
    columns = [
        {**one, "authoritativeDefinitions": link} if one["name"] == name else one
        for one in parts["contracts"][port]["columns"]
    ]
    return {**parts, "contracts": {**parts["contracts"], port: {"columns": columns}}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    sales = {
        **SHOP["sales"],
        "orders": _linked("orders", "orders", "amount", "order_value"),
        "customers": _linked("customers", "customers", "name", "full_name"),
    }
    write_mesh(tmp_path, {**SHOP, "sales": sales})
    (tmp_path / "glossary.yaml").write_text(GLOSSARY)
    return tmp_path


def test_terms_are_found_by_name_then_other_words_then_definition(root: Path) -> None:
    with meshwright.open(root) as mesh:
        assert [page.term.name for page in mesh.terms()] == ["buyer", "full_name", "order_value"]
        assert [page.term.name for page in mesh.terms("AMOUNT-due")] == ["order_value"]
        assert [page.term.name for page in mesh.terms("customer")] == ["buyer", "order_value"]
        assert mesh.terms("nothing like it") == ()


def test_a_term_says_who_owns_it_and_which_columns_carry_it(root: Path) -> None:
    with meshwright.open(root) as mesh:
        page = mesh.term("Amount Due")
    assert page.columns == ("sales.orders.orders.amount",)
    assert page.term.definition == "What a customer owes for an order."
    assert (page.term.owner, page.term.file, page.term.line) == (
        "ada@example.com",
        "glossary.yaml",
        2,
    )


def test_a_term_that_is_not_there_names_the_nearest(root: Path) -> None:
    with meshwright.open(root) as mesh, pytest.raises(UsageError, match="term `bayer`") as caught:
        mesh.term("bayer")
    assert "buyer" in caught.value.hint


def test_a_link_to_no_term_is_a_warning_at_its_line(root: Path) -> None:
    (root / "glossary.yaml").write_text(GLOSSARY.replace("order_value", "order_val"))
    with meshwright.open(root) as mesh:
        found = [problem for problem in mesh.check() if problem.code == "term-unknown"]
    assert [problem.severity for problem in found] == ["warning"]
    assert found[0].place.file.endswith("orders.odcs.yaml")
    assert found[0].place.line > 0
    assert "order_val" in found[0].hint


def test_one_word_has_one_meaning(root: Path) -> None:
    domain = root / "domains" / "sales" / "glossary.yaml"
    domain.write_text("terms:\n  - {name: buyer, definition: Another one.}\n")
    with meshwright.open(root) as mesh:
        found = [problem for problem in mesh.check() if problem.code == "term-duplicate"]
        assert mesh.term("buyer").term.file == "glossary.yaml"
    assert [str(problem.place) for problem in found] == ["domains/sales/glossary.yaml:2"]


def test_a_broken_glossary_is_told_and_stops_no_build(root: Path) -> None:
    (root / "glossary.yaml").write_text("terms:\n  - {name: buyer, meaning: who buys}\n")
    with meshwright.open(root) as mesh:
        codes = {problem.code for problem in mesh.check() if problem.place.file == "glossary.yaml"}
        assert codes == {"key-unknown", "key-missing"}
        assert {result.status for result in mesh.run()} == {"published"}


def test_columns_that_hold_the_same_values_or_bear_the_name_are_suggested(root: Path) -> None:
    with meshwright.open(root) as mesh:
        mesh.run()
        found = {one.column: one for one in mesh.suggest_terms()}
        assert found["sales.orders.orders.customer"].term == "buyer"
        assert not found["sales.orders.orders.customer"].is_same
        assert "sales.customers.customers.name" not in found  # it carries its term
        for carried in ("insight.report.names.name", "insight.report.spending.name"):
            assert (found[carried].term, found[carried].is_same) == ("full_name", True)
            assert found[carried].reason == "holds the values of sales.customers.customers.name"
        assert "insight.report.spending.amount" not in found  # a sum is another thing
        assert not mesh.suggest_terms("insight.lonely")
