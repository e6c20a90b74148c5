"""Names of data sets here and outside: each way, and back."""

from pathlib import Path

import pytest

from meshwright.lineage.openlineage.names import Named, Names, split

NAMES = Names(
    "shop",
    Path("/mesh"),
    {"/mesh/.mesh/data/sales/orders/orders": "sales.orders.orders", "/lake/p": "sales.people.p"},
    ("files:silos/a-*.csv", "files:silos/x.csv,silos/y.csv", "sqlite:silos/fleet.db#planes"),
    {
        "postgres://db:5432/shop.public.orders": "sales.orders.orders",
        "postgres://db:5432/shop.public.raw": "files:silos/raw.csv",
        "shop_before": "shop",
    },
    {"sales.deals": "sales.orders"},
)


@pytest.mark.parametrize(
    ("dataset", "namespace", "name"),
    [
        ("sales.orders.orders", "shop", "sales.orders.orders"),
        ("files:silos/raw.csv", "file", "/mesh/silos/raw.csv"),
        ("files:../other/raw.csv", "file", "/other/raw.csv"),
        ("files:/lake/raw.csv", "file", "/lake/raw.csv"),
        ("files:silos/2026/a-*.csv", "file", "/mesh/silos/2026"),
        ("files:silos/x.csv,silos/y.csv", "file", "/mesh/silos"),
        ("sqlite:silos/fleet.db#planes", "sqlite:///mesh/silos/fleet.db", "planes"),
        ("postgres:host#t", "postgres", "host#t"),
    ],
)
def test_a_data_set_has_one_name_outside(dataset: str, namespace: str, name: str) -> None:
    assert NAMES.outside(dataset) == Named(namespace, name)


@pytest.mark.parametrize(
    ("namespace", "name", "inside"),
    [
        ("shop", "sales.orders.orders", "sales.orders.orders"),
        ("shop_before", "sales.orders.orders", "sales.orders.orders"),
        ("shop", "sales.deals.orders", "sales.orders.orders"),
        ("elsewhere", "sales.orders.orders", "elsewhere/sales.orders.orders"),
        ("shop", "not an address", "shop/not an address"),
        ("file", "/mesh/.mesh/data/sales/orders/orders", "sales.orders.orders"),
        ("file", "/mesh/.mesh/data/sales/orders/orders/part-1.parquet", "sales.orders.orders"),
        ("file", "/mesh/.mesh/data/sales/orders/orders2", "files:.mesh/data/sales/orders/orders2"),
        ("file://", "file:///lake/p", "sales.people.p"),
        ("file", "/mesh/silos/raw.csv", "files:silos/raw.csv"),
        ("file", "/mesh//silos/./b/../raw%20it.csv", "files:silos/raw it.csv"),
        ("file", "/mesh/silos/a-2026.csv", "files:silos/a-*.csv"),
        ("file", "/mesh/silos/y.csv", "files:silos/x.csv,silos/y.csv"),
        ("file", "/elsewhere/raw.csv", "file//elsewhere/raw.csv"),
        ("sqlite:///mesh/silos/fleet.db", "planes", "sqlite:silos/fleet.db#planes"),
        ("sqlite:/mesh/silos/fleet.db", "main.planes", "sqlite:silos/fleet.db#planes"),
        ("sqlite", "/mesh/silos/fleet.db#planes", "sqlite:silos/fleet.db#planes"),
        ("postgres://db:5432", "shop.public.orders", "sales.orders.orders"),
        ("postgres://db:5432", "shop.public.raw", "files:silos/raw.csv"),
        ("postgres://db:5432", "shop.public.other", "postgres://db:5432/shop.public.other"),
    ],
)
def test_what_others_name_is_joined_to_what_is_here(namespace: str, name: str, inside: str) -> None:
    assert NAMES.inside(Named(namespace, name)) == inside


def test_any_of_its_names_joins_a_data_set() -> None:
    """A table of a catalog that says where it lies."""
    table, place = Named("hive://meta:9083", "default.orders"), Named("file", "/lake/p/")
    assert NAMES.inside(table, place) == "sales.people.p"
    assert NAMES.inside(table) == "hive://meta:9083/default.orders"


@pytest.mark.parametrize(
    "dataset", ["sales.orders.orders", "files:silos/raw.csv", "sqlite:silos/fleet.db#planes"]
)
def test_a_name_comes_back(dataset: str) -> None:
    assert NAMES.inside(NAMES.outside(dataset)) == dataset


@pytest.mark.parametrize(
    ("text", "namespace", "name"),
    [
        ("postgres://db:5432/shop.public.orders", "postgres://db:5432", "shop.public.orders"),
        ("s3://bucket/a/b", "s3://bucket", "a/b"),
        ("file//a/b", "file", "/a/b"),
        ("dbt/shop.orders", "dbt", "shop.orders"),
    ],
)
def test_an_external_name_is_taken_apart(text: str, namespace: str, name: str) -> None:
    assert split(text) == Named(namespace, name)
