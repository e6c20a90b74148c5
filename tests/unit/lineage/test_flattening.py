"""A port is made of what its models are made of, and what is said of an edge composes along the way."""

from itertools import product

import pytest

from meshwright.lineage.flattening import composed, flattened
from meshwright.lineage.reading import Link
from meshwright.model.lineage import (
    AGGREGATION,
    CONDITIONAL,
    DIRECT,
    FILTER,
    IDENTITY,
    INDIRECT,
    JOIN,
    TRANSFORMATION,
    UNKNOWN,
)

PORT, MODEL, SOURCE = "d.p.port", "d.p.model", "files:raw.csv"


def link(
    ends: str, kind: str = DIRECT, how: str = IDENTITY, *, m: bool = False, r: bool = True
) -> Link:
    """Return a link from `dataset.column <- source.column`, the data sets by their last letters."""
    target, source = ends.split(" <- ")
    names = {"port": PORT, "model": MODEL, "raw": SOURCE, "other": "d.p.other"}
    (dataset, column), (origin, origin_column) = target.split("."), source.split(".")
    return Link(names[dataset], column, names[origin], origin_column, kind, how, m, r, "d.p")


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ((DIRECT, IDENTITY), (DIRECT, IDENTITY), (DIRECT, IDENTITY)),
        ((DIRECT, TRANSFORMATION), (DIRECT, IDENTITY), (DIRECT, TRANSFORMATION)),
        ((DIRECT, TRANSFORMATION), (DIRECT, AGGREGATION), (DIRECT, AGGREGATION)),
        ((DIRECT, AGGREGATION), (DIRECT, TRANSFORMATION), (DIRECT, AGGREGATION)),
        ((DIRECT, IDENTITY), (INDIRECT, FILTER), (INDIRECT, FILTER)),
        ((INDIRECT, JOIN), (DIRECT, AGGREGATION), (INDIRECT, JOIN)),
        ((INDIRECT, JOIN), (INDIRECT, FILTER), (INDIRECT, JOIN)),
        ((UNKNOWN, ""), (DIRECT, IDENTITY), (UNKNOWN, "")),
        ((INDIRECT, JOIN), (UNKNOWN, ""), (UNKNOWN, "")),
    ],
)
def test_two_edges_are_as_strong_as_the_weaker(
    outer: tuple[str, str], inner: tuple[str, str], expected: tuple[str, str]
) -> None:
    made = composed(link("port.a <- model.b", *outer), link("model.b <- raw.c", *inner))
    assert (made.kind, made.how) == expected
    assert (made.dataset, made.column, made.source, made.source_column) == (PORT, "a", SOURCE, "c")


@pytest.mark.parametrize("marks", [*product((False, True), repeat=4)])
def test_one_mask_masks_and_one_that_hides_hides(marks: tuple[bool, bool, bool, bool]) -> None:
    m1, m2, r1, r2 = marks
    made = composed(link("port.a <- model.b", m=m1, r=r1), link("model.b <- raw.c", m=m2, r=r2))
    assert (made.is_masked, made.reveals) == (m1 or m2, r1 and r2)


def test_a_model_between_is_left_out_and_its_filter_stays() -> None:
    found = flattened(
        [
            link("port.a <- model.b", DIRECT, AGGREGATION),
            link("model.b <- raw.c", DIRECT, TRANSFORMATION),
            link("model.* <- raw.day", INDIRECT, FILTER),
        ],
        [PORT],
    )
    assert set(found) == {
        link("port.a <- raw.c", DIRECT, AGGREGATION),
        link("port.* <- raw.day", INDIRECT, FILTER),
    }


def test_what_decides_on_a_value_stays_with_that_column() -> None:
    found = flattened(
        [
            link("port.a <- model.b"),
            link("port.z <- model.y"),
            link("model.b <- raw.c", INDIRECT, CONDITIONAL),
            link("model.y <- raw.c", INDIRECT, CONDITIONAL),
        ],
        [PORT],
    )
    assert {(x.column, x.how) for x in found} == {("a", CONDITIONAL), ("z", CONDITIONAL)}


def test_a_sibling_port_stays_in_between() -> None:
    links = [link("port.a <- other.b"), link("other.b <- raw.c")]
    assert set(flattened(links, [PORT, "d.p.other"])) == set(links)


def test_a_count_of_rows_rests_on_what_decides_on_the_rows() -> None:
    found = flattened(
        [
            link("port.n <- model.", INDIRECT, FILTER, r=False),
            link("model.b <- raw.c"),
            link("model.* <- raw.day", INDIRECT, FILTER),
        ],
        [PORT],
    )
    assert {(x.column, x.source_column) for x in found} == {("n", ""), ("*", "day")}
    assert all(x.kind == INDIRECT for x in found)
    assert not any(x.reveals for x in found)


def test_what_is_unknown_of_a_model_may_be_all_of_it() -> None:
    found = flattened(
        [link("port.a <- model.", UNKNOWN, ""), link("model.b <- raw.c"), link("model.d <- raw.e")],
        [PORT],
    )
    assert {(x.column, x.source_column, x.kind) for x in found} == {
        ("a", "c", UNKNOWN),
        ("a", "e", UNKNOWN),
    }


def test_two_ways_to_one_column_are_said_once_and_reveal_if_either_does() -> None:
    found = flattened(
        [
            link("port.a <- model.b"),
            link("port.a <- model.d"),
            link("model.b <- raw.c", m=True),
            link("model.d <- raw.c", r=False),
        ],
        [PORT],
    )
    assert found == (link("port.a <- raw.c", m=False, r=True),)


def test_models_in_a_circle_are_told_as_they_are() -> None:
    links = [link("model.a <- other.b"), link("other.b <- model.a"), link("port.x <- model.a")]
    assert set(flattened(links, [PORT])) == set(links)


def test_a_long_chain_of_models_is_no_deep_recursion() -> None:
    links = [Link("d.p.port", "a", "d.p.m0", "a", DIRECT, IDENTITY)]
    links += [Link(f"d.p.m{n}", "a", f"d.p.m{n + 1}", "a", DIRECT, IDENTITY) for n in range(3000)]
    links.append(Link("d.p.m3000", "a", SOURCE, "a", DIRECT, IDENTITY))
    (only,) = flattened(links, ["d.p.port"])
    assert (only.source, only.source_column) == (SOURCE, "a")
