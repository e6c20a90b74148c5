"""The places of the index in memory: what facets count and ranks weigh, read once a generation."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import repeat
from operator import rshift

from meshwright.catalog.documents import DOMAIN, PORT, TERM
from meshwright.catalog.freshness import of_product
from meshwright.catalog.keeping import SHIFT
from meshwright.model.health import HEALTHY, worst_status
from meshwright.spi.state_store import Reader

FACETS = ("kind", "domain", "owner", "tag", "classification", "health", "certified", "freshness")
Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Spot:
    """One place. `owner` is the product whose it is; `count`: how many documents stand on it."""

    number: int
    owner: str
    kind: str
    address: str
    domain: str
    owners: tuple[str, ...]
    tags: tuple[str, ...]
    classification: str
    is_deprecated: bool
    is_certified: bool
    health: str
    freshness: str
    count: int

    def values(self, facet: str) -> tuple[str, ...]:
        """Return what a facet counts it as."""
        if facet == "owner":
            return self.owners
        if facet == "tag":
            return self.tags
        if facet == "certified":
            return ("yes",) if self.is_certified else ()
        value: str = getattr(self, facet)
        return (value,) if value else ()


@dataclass
class Places:
    """All places of one generation of the index."""

    generation: str
    spots: Mapping[int, Spot]
    vocabulary: tuple[str, ...] = ()
    _hidden: dict[frozenset[str], frozenset[int]] = field(default_factory=dict)

    @cached_property
    def ports(self) -> Mapping[str, tuple[str, ...]]:
        """Return the addresses of each product's ports."""
        found: dict[str, list[str]] = {}
        for spot in self.spots.values():
            if spot.kind == PORT:
                found.setdefault(spot.owner, []).append(spot.address)
        return {owner: tuple(ports) for owner, ports in found.items()}

    def hidden(self, products: frozenset[str]) -> frozenset[int]:
        """Return the places that somebody may not know of: of hidden products, and of domains that have
        nothing else.
        """
        if not products:
            return frozenset()
        if products not in self._hidden:
            if len(self._hidden) > 50:
                self._hidden.clear()
            self._hidden[products] = self._hide(products)
        return self._hidden[products]

    def _hide(self, products: Collection[str]) -> frozenset[int]:
        open_domains, closed = set[str](), set[str]()
        for spot in self.spots.values():
            if spot.kind not in (DOMAIN, TERM):
                (closed if spot.owner in products else open_domains).add(spot.domain)
        closed -= open_domains
        return frozenset(
            spot.number
            for spot in self.spots.values()
            if spot.owner in products or (spot.kind in (DOMAIN, TERM) and spot.domain in closed)
        )


def read_places(reader: Reader, generation: str) -> Places:
    """Read all places."""
    health, freshness = dict[str, list[str]](), dict[str, list[str]]()
    for address, product, status, fresh in reader.rows(
        "SELECT address, product, health, freshness FROM search_health"
    ):
        for name in {str(product), str(address)}:
            health.setdefault(name, []).append(str(status))
            freshness.setdefault(name, []).append(str(fresh))
    rows = reader.rows(
        "SELECT place, owner, kind, address, domain, owners, tags, classification, promised, deprecated,"
        " documents FROM search_places"
    )
    spots = {}
    for row in rows:
        number, owner, kind, address, domain, owners, tags, level, promised, deprecated, count = row
        name = str(address)
        fares = worst_status(health[name]) if name in health else ""
        spots[int(str(number))] = Spot(
            int(str(number)), str(owner), str(kind), name, str(domain), _texts(str(owners)),
            _texts(str(tags)), str(level), bool(deprecated), bool(promised) and fares == HEALTHY, fares,
            of_product(freshness.get(name, ())), int(str(count)),
        )  # fmt: skip
    return Places(generation, spots)


def counted(ids: Iterable[int]) -> Counter[int]:
    """Return how many documents of each place there are."""
    return Counter(map(rshift, ids, repeat(SHIFT)))


@dataclass(frozen=True, slots=True)
class Counts:
    """What is left of what words found: the places, how many documents, and the facets.

    A facet counts what would be found without its own filter.
    """

    places: frozenset[int]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]


def narrowed(
    places: Places, found: Mapping[int, int], hidden: Collection[int], filters: Filters
) -> Counts:
    """Return what passes filters of what was found: place -> how many documents."""
    wanted = {facet: frozenset(values) for facet, values in filters.items() if values}
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    left, total = set[int](), 0
    for number, count in found.items():
        spot = places.spots.get(number)
        if spot is None or number in hidden:
            continue
        failing = [f for f, values in wanted.items() if values.isdisjoint(spot.values(f))]
        if not failing:
            left.add(number)
            total += count
        if len(failing) < 2:
            for facet in failing or FACETS:
                of_facet = counts[facet]
                for value in spot.values(facet):
                    of_facet[value] = of_facet.get(value, 0) + count
    facets = {
        facet: tuple(sorted(of_facet.items(), key=lambda one: (-one[1], one[0])))
        for facet, of_facet in counts.items()
    }
    return Counts(frozenset(left), total, facets)


@lru_cache(maxsize=4096)
def _texts(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
