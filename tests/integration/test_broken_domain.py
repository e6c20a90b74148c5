"""Domains are autonomous: what one of them breaks in its own files stops no other."""

from pathlib import Path

import pytest

import meshwright
from meshwright.errors import DescriptorError
from tests.e2e.shell import mesh
from tests.integration.shop import MORE_ORDERS, build, rows, statuses
from tests.meshes import change_yaml, home_of, set_silo, write_text

DOMAIN = "domains/sales/domain.yaml"
REFUSED = {"sales.orders": "refused", "sales.customers": "refused"}
BROKEN = [
    "",
    "name: [",
    "name: sales\n",
    "\x00",
    "name: sales\nteam: {owners: [a@b.c]}\nproduct: x\n",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_domain_file_refuses_its_products_and_no_others(shop: Path, text: str) -> None:
    write_text(shop / DOMAIN, text)
    set_silo(shop, "insight.lonely.raw", "x\n1\n2\n")
    results = build(shop)
    assert statuses(results) == {
        **REFUSED,
        "insight.report": "up_to_date",
        "insight.lonely": "published",
    }
    refused = results["sales.orders"]
    assert (refused.error_code, refused.served) == ("descriptor-invalid", 1)
    assert DOMAIN in refused.error
    assert rows(shop, "select count(*) from sales.orders.orders") == [(3,)]


def test_what_reads_a_refused_product_and_would_be_built_is_skipped(shop: Path) -> None:
    write_text(shop / DOMAIN, "name: [")
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    results = build(shop, force=True)
    assert statuses(results) == {
        **REFUSED,
        "insight.report": "skipped",
        "insight.lonely": "published",
    }
    assert "sales." in results["insight.report"].reasons[0]


def test_the_command_tells_the_domain_by_name_and_ends_with_2(shop: Path) -> None:
    write_text(shop / DOMAIN, "name: [")
    set_silo(shop, "insight.lonely.raw", "x\n1\n2\n")
    planned = mesh(shop, "plan")
    assert planned.code == 2
    assert DOMAIN in planned.out
    ended = mesh(shop, "run", "--json")
    assert ended.code == 2
    ends = {b["product"]: b["status"] for b in ended.json["builds"]}
    assert ends["insight.lonely"] == "published"
    assert ends["sales.orders"] == "refused"
    assert mesh(shop, "run", "insight.*").code == 0
    assert mesh(shop, "plan", "insight.*").code == 0
    assert mesh(shop, "run", "sales.*").code == 2


def test_a_domain_of_which_no_product_is_known_is_refused_by_its_name(shop: Path) -> None:
    change_yaml(shop / DOMAIN, lambda domain: domain.update(products=["gone"]))
    results = build(shop)
    assert results["sales.*"].error_code == "descriptor-invalid"
    assert statuses(results)["insight.lonely"] == "up_to_date"
    assert mesh(shop, "run").code == 2
    assert mesh(shop, "run", "insight.lonely").code == 0


def test_two_domains_of_one_name_are_both_refused(shop: Path) -> None:
    write_text(shop / DOMAIN, "name: insight\nteam: {owners: [a@example.com]}\n")
    results = build(shop)
    products = ("orders", "customers", "report", "lonely")
    assert statuses(results) == {f"insight.{name}": "refused" for name in products}


def test_a_mended_domain_is_as_it_was(shop: Path) -> None:
    text = (shop / DOMAIN).read_text()
    with meshwright.open(shop) as opened:
        write_text(shop / DOMAIN, "name: [")
        assert {r.status for r in opened.run("sales.*")} == {"refused"}
        with pytest.raises(DescriptorError) as caught:
            opened.wiring.workspace.product(opened.plan("sales.orders").steps[0].product)
        assert caught.value.place.startswith(DOMAIN)
        write_text(shop / DOMAIN, text)
        assert {r.status for r in opened.run()} == {"up_to_date"}


def test_a_broken_mesh_file_or_a_missing_domain_stops_everything(shop: Path) -> None:
    (shop / DOMAIN).unlink()
    with pytest.raises(DescriptorError):
        build(shop)
    write_text(shop / "mesh.yaml", "name: [")
    with pytest.raises(DescriptorError):
        build(shop)


def test_a_broken_product_stops_no_other(shop: Path) -> None:
    write_text(home_of(shop, "sales.orders") / "product.odps.yaml", "name: [")
    set_silo(shop, "sales.customers.people", "id,name\n1,ada\n2,eve\n")
    assert statuses(build(shop)) == {
        "sales.orders": "refused",
        "sales.customers": "published",
        "insight.report": "skipped",
        "insight.lonely": "up_to_date",
    }


def test_products_that_wait_for_each_other_are_told_and_stop_no_other(shop: Path) -> None:
    change_yaml(
        home_of(shop, "sales.customers") / "build.yaml",
        lambda built: built["inputs"].update(people={"port": "insight.report.names"}),
    )
    set_silo(shop, "insight.lonely.raw", "x\n1\n2\n")
    assert statuses(build(shop)) == {
        "sales.customers": "refused",
        "insight.report": "refused",
        "sales.orders": "up_to_date",
        "insight.lonely": "published",
    }
    assert mesh(shop, "run").code == 2
