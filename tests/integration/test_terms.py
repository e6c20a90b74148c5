"""Business terms: defined once, linked by contracts, found by their words, suggested along lineage."""

from pathlib import Path

import pytest

import meshwright
from meshwright.errors import UsageError
from tests.integration.shop import SHOP, column
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
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    link = [{"type": "businessDefinition", "url": "glossary:order_value"}]
    orders = SHOP["sales"]["orders"]
    contract = {
        "columns": [
            column("id", primaryKey=True, primaryKeyPosition=1),
            column("customer", required=True),
            column("amount", authoritativeDefinitions=link),
        ]
    }
    contracts = {**orders["contracts"], "orders": contract}
    write_mesh(
        tmp_path, {**SHOP, "sales": {**SHOP["sales"], "orders": {**orders, "contracts": contracts}}}
    )
    (tmp_path / "glossary.yaml").write_text(GLOSSARY)
    return tmp_path


def test_terms_are_found_by_name_then_other_words_then_definition(root: Path) -> None:
    with meshwright.open(root) as mesh:
        assert [page.term.name for page in mesh.terms()] == ["buyer", "order_value"]
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
        assert "sales.orders.orders.amount" not in found  # it carries its term
        carried = found["insight.report.report.amount"]
        assert (carried.term, carried.is_same) == ("order_value", True)
        assert carried.reason == "holds the values of sales.orders.orders.amount"
        assert not [one for one in mesh.suggest_terms("sales.customers") if one.is_same]
