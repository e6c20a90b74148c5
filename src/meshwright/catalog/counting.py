"""What words found, counted: by place, behind filters, and for each value of each facet.

What must stay true: a facet counts what would be found without its own filter, and nothing of what somebody
may not know of; every count is exact, however much is found.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from meshwright.catalog.places import FACETS, Places

Filters = Mapping[str, tuple[str, ...]]
_MANY = 2  # more than one place in so many: all are counted at once


@dataclass(frozen=True, slots=True)
class Counts:
    """What is left of what words found: the places, how many documents, and the facets."""

    places: frozenset[int]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]


def narrowed(
    places: Places, found: Mapping[int, int], hidden: Collection[int], filters: Filters
) -> Counts:
    """Return what passes filters of what was found: place -> how many documents."""
    wanted = {
        facet: frozenset(places.values.get((facet, value), -1) for value in values)
        for facet, values in filters.items()
        if values
    }
    seen = dict(found)
    for number in hidden:
        seen.pop(number, None)
    left, missed = _passing(places, seen, wanted) if wanted else (seen, {})
    tallies = {facet: _tally(places, missed.get(facet, {})) for facet in wanted}
    counts: dict[str, list[tuple[str, int]]] = {facet: [] for facet in FACETS}
    for ((facet, value), mark), count in zip(
        places.values.items(), _tally(places, left), strict=True
    ):
        whole = count + tallies[facet][mark] if facet in tallies else count
        if whole:
            counts[facet].append((value, whole))
    facets = {
        facet: tuple(sorted(values, key=lambda one: (-one[1], one[0])))
        for facet, values in counts.items()
    }
    return Counts(frozenset(left), sum(left.values()), facets)


def _passing(
    places: Places, found: Mapping[int, int], wanted: Mapping[str, frozenset[int]]
) -> tuple[dict[int, int], dict[str, dict[int, int]]]:
    """Return what passes all filters, and for each facet what fails that one's alone."""
    left, missed = dict[int, int](), {facet: dict[int, int]() for facet in wanted}
    for number, count in found.items():
        said = places.marks[number]
        failing = [facet for facet, values in wanted.items() if values.isdisjoint(said)]
        if not failing:
            left[number] = count
        elif len(failing) == 1:
            missed[failing[0]][number] = count
    return left, missed


def _tally(places: Places, found: Mapping[int, int]) -> list[int]:
    """Return how many documents have each value."""
    if _MANY * len(found) > len(places.spots):
        return places.tallied(found)
    tally = [0] * len(places.values)
    for number, count in found.items():
        for mark in places.marks[number]:
            tally[mark] += count
    return tally
