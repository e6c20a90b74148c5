"""Facets of what was found are exact: few places counted one by one, or many at once, behind any filters."""

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.catalog import counting, tally
from meshwright.catalog.counting import Counts, narrowed
from meshwright.catalog.places import FACETS, Places, Spot

TAGS = ("a", "b", "c")


def spot(number: int, kind: str, domain: str, tags: tuple[str, ...], is_certified: bool) -> Spot:
    owner = f"{domain}.p{number // 3}"
    return Spot(
        number, owner, kind, owner, domain, (f"person:{domain}",), tags, "", False, is_certified,
        "healthy", "", 400,
    )  # fmt: skip


SPOTS = st.lists(
    st.tuples(
        st.sampled_from(["product", "port", "column"]),
        st.sampled_from(["here", "there"]),
        st.lists(st.sampled_from(TAGS), max_size=3).map(tuple),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
).map(lambda rows: [spot(number, *row) for number, row in enumerate(rows, 7)])
FILTERS = st.fixed_dictionaries({}, optional={
    "kind": st.sampled_from([("port",), ("port", "column")]),
    "domain": st.sampled_from([("here",), ("nowhere",)]),
    "tag": st.sampled_from([("a",), ("a", "b")]),
    "certified": st.just(("yes",)),
})  # fmt: skip


def plainly(
    spots: list[Spot],
    found: Mapping[int, int],
    hidden: set[int],
    filters: Mapping[str, tuple[str, ...]],
) -> Counts:
    """The same, as one would say it: for each facet, without its own filter."""

    def passing(but: str = "") -> list[Spot]:
        return [
            one
            for one in spots
            if one.number in found
            and one.number not in hidden
            and all(set(one.values(f)) & set(v) for f, v in filters.items() if f != but)
        ]

    facets = {}
    for facet in FACETS:
        counts = Counter[str]()
        for one in passing(facet):
            counts.update(dict.fromkeys(set(one.values(facet)), found[one.number]))
        facets[facet] = tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    left = passing()
    return Counts(
        frozenset(one.number for one in left), sum(found[one.number] for one in left), facets
    )


@pytest.mark.parametrize("many", [0, 10**9, 2])
@given(data=st.data(), spots=SPOTS, filters=FILTERS)
def test_a_facet_counts_what_would_be_found_without_its_own_filter(
    many: int, data: st.DataObject, spots: list[Spot], filters: Mapping[str, tuple[str, ...]]
) -> None:
    numbers = st.sampled_from([one.number for one in spots])
    found = data.draw(st.dictionaries(numbers, st.integers(1, 400)))
    hidden = data.draw(st.sets(numbers))
    places = Places(1)
    for one in spots:
        places.put(one)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_MANY", many)
        assert narrowed(places, found, hidden, filters) == plainly(spots, found, hidden, filters)


@pytest.mark.parametrize("worn", [0, 4, 10**9])
def test_places_of_later_generations_count_as_those_that_are_read_from_nothing(
    worn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_MANY", 10**9)
    monkeypatch.setattr(tally, "_WORN", worn)
    spots = {n: spot(n, "port", "here", TAGS[n % 2 : n % 2 + 1], n % 2 == 0) for n in range(9)}
    known = Places(1)
    for one in spots.values():
        known.put(one)
    for generation in range(2, 9):
        found = {number: 1 + number for number in spots}
        assert narrowed(known, found, (), {}) == plainly([*spots.values()], found, set(), {})
        later = known.without([f"here.p{generation % 3}"], generation)
        spots = {n: one for n, one in spots.items() if one.owner != f"here.p{generation % 3}"}
        for _ in range(generation % 4):  # a number that went may come again
            number = max(spots) + 1
            spots[number] = spot(number, "column", "here", (f"new{generation}",), generation == 5)
            later.put(spots[number])
        assert narrowed(known, found, (), {}).total == sum(found.values())  # as it was
        known = later
