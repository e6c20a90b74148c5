"""Where a changed item stands in the newer contract, or would stand."""

from dataclasses import replace

import pytest

from meshwright.govern.places import find_line
from meshwright.model.contract import (
    Contract,
    ContractColumn,
    ContractObject,
    QualityRule,
    ServiceLevel,
)


def column(name: str, line: int, **more: object) -> ContractColumn:
    return ContractColumn(name, line=line, **more)  # type: ignore[arg-type]


CITY = column("city", 31)
ADDRESS = column("address", 30, properties=(CITY, column("zip", 33)))
EMAIL = column("email", 40, quality=(QualityRule("few_nulls", "library", line=44),))
TABLE = ContractObject(
    "orders",
    (column("id", 20), ADDRESS, EMAIL),
    quality=(QualityRule("is_whole", "sql", line=12),),
    line=10,
)
NEW = Contract(
    "c",
    "1.0.0",
    "active",
    "v3.2.0",
    (TABLE,),
    service_levels=(ServiceLevel("latency", 1, line=60),),
)
OLD_COLUMNS = (
    column("first", 1),
    column("id", 2),
    column("gone", 3),
    replace(ADDRESS, properties=(CITY, column("street", 5), column("zip", 6))),
    EMAIL,
)
OLD = replace(NEW, objects=(replace(TABLE, columns=OLD_COLUMNS),))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("id", 20),
        ("address.city", 31),
        ("email.few_nulls", 44),
        ("is_whole", 12),
        ("slaProperties.latency", 60),
        ("slaProperties.gone", 0),
        ("gone", 20),
        ("first", 20),
        ("address.street", 31),
        ("email.gone_rule", 40),
        ("primaryKey", 10),
        ("schema", 10),
        ("status", 0),
        ("endOfLife", 0),
    ],
)
def test_an_item_stands_at_its_own_line_or_at_that_of_what_was_before_it(
    path: str, line: int
) -> None:
    assert find_line(path, OLD, NEW, "orders") == line


def test_without_a_table_there_is_no_line() -> None:
    """Neither does a contract of two tables tell which of them is meant."""
    assert find_line("id", OLD, replace(NEW, objects=()), "orders") == 0
