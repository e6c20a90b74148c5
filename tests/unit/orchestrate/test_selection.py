"""A selection means what its expressions say, in an order in which it can run."""

import time

import pytest

from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.orchestrate.selection import select

EDGES = {
    "fleet.planes": (),
    "weather.hourly": (),
    "operations.flights": ("fleet.planes",),
    "operations.gates": (),
    "experience.delay_risk": ("operations.flights", "weather.hourly"),
    "experience.board": ("experience.delay_risk",),
}
DEPENDS_ON = {
    Address.parse(node): tuple(map(Address.parse, needed)) for node, needed in EDGES.items()
}


def chosen(*expressions: str, changed: tuple[str, ...] | None = None) -> list[str]:
    found = None if changed is None else [Address.parse(name) for name in changed]
    return [str(n) for n in select(expressions, DEPENDS_ON, DEPENDS_ON, changed=found)]


def test_nothing_said_means_everything_in_dependency_order() -> None:
    found = chosen()
    assert set(found) == set(EDGES)
    assert all(found.index(n) < found.index(node) for node in EDGES for n in EDGES[node])
    assert chosen("*") == found


def test_an_address_or_a_port_of_it_selects_the_product() -> None:
    assert chosen("operations.flights") == ["operations.flights"]
    assert chosen("operations.flights.departures") == ["operations.flights"]


def test_a_pattern_selects_what_it_matches() -> None:
    assert set(chosen("operations.*")) == {"operations.flights", "operations.gates"}
    assert chosen("*.hourly") == ["weather.hourly"]


def test_a_plus_before_selects_what_it_rests_on_too() -> None:
    assert chosen("+operations.flights") == ["fleet.planes", "operations.flights"]


def test_a_plus_after_selects_what_rests_on_it_too() -> None:
    assert chosen("operations.flights+") == [
        "operations.flights",
        "experience.delay_risk",
        "experience.board",
    ]


def test_both_at_once_and_a_port_between() -> None:
    assert set(chosen("+experience.delay_risk.routes+")) == set(EDGES) - {"operations.gates"}


def test_several_expressions_unite() -> None:
    assert set(chosen("fleet.planes", "weather.*")) == {"fleet.planes", "weather.hourly"}


def test_changed_leaves_what_changed_and_what_rests_on_it() -> None:
    assert chosen(changed=("operations.flights",)) == chosen("operations.flights+")
    assert chosen("operations.*", changed=("fleet.planes",)) == ["operations.flights"]
    assert chosen(changed=()) == []


@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ("operations.flight", "did you mean `operations.flights`?"),
        ("+operations.flight+", "did you mean `operations.flights`?"),
        ("operations", "`operations.*` selects every product of the domain"),
        ("operations.flights@3", "leave out"),
        ("nowhere.*", "known:"),
        ("", "known:"),
        ("+", "known:"),
    ],
)
def test_what_selects_nothing_is_refused_with_the_nearest(expression: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(expression)
    assert caught.value.code == "selection-unknown"
    assert hint in caught.value.hint


def test_an_empty_mesh_selects_nothing() -> None:
    assert select(["*"], [], {}) == ()


def test_ten_thousand_products_are_selected_quickly() -> None:
    nodes = [Address(f"d{n // 100}", f"p{n}") for n in range(10_000)]
    edges = {node: tuple(nodes[max(0, n - 3) : n]) for n, node in enumerate(nodes)}
    started = time.perf_counter()
    assert len(select(["d50.*+"], nodes, edges)) == 5_000
    assert len(select(["d99.p9950"], nodes, edges)) == 1
    assert time.perf_counter() - started < 3
