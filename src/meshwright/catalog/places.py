"""The places of the index in memory: what facets count and ranks weigh, read once a generation."""

import json
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar, cast

from meshwright.catalog.documents import DOMAIN, PORT, TERM
from meshwright.catalog.freshness import of_product
from meshwright.catalog.keeping import EVERY
from meshwright.catalog.tally import Tally, lay_out
from meshwright.model.health import worst_status
from meshwright.spi.state_store import Reader

FACETS = ("kind", "domain", "owner", "tag", "classification", "health", "certified", "freshness")
_MOST_CHANGED = 500  # owners that are read again one by one
_MOST_KEPT = 200  # searches
T = TypeVar("T")


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
    """All places of one generation of the index. `marks`: place -> the numbers of its facets' values.

    `tally` counts them where very much is found; it is made when it is first needed.
    """

    generation: int
    spots: dict[int, Spot] = field(default_factory=dict)
    marks: dict[int, tuple[int, ...]] = field(default_factory=dict)
    by_owner: dict[str, tuple[int, ...]] = field(default_factory=dict)
    values: dict[tuple[str, str], int] = field(default_factory=dict)
    tally: Tally | None = None
    vocabulary: tuple[str, ...] = ()
    _hidden: dict[frozenset[str], frozenset[int]] = field(default_factory=dict)
    _kept: dict[Hashable, object] = field(default_factory=dict)
    _gone: tuple[frozenset[str], frozenset[str]] | None = None  # by the products that are there

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made of this generation under a key; make it where nobody has asked before."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = make()
        return cast(T, found)

    def ports(self, product: str) -> list[str]:
        """Return the addresses of a product's ports."""
        spots = (self.spots[number] for number in self.by_owner.get(product, ()))
        return [spot.address for spot in spots if spot.kind == PORT]

    def gone(self, there: frozenset[str]) -> frozenset[str]:
        """Return the products that the mesh has no longer: nobody judges who may know of them."""
        if self._gone is None or self._gone[0] is not there:
            left = {owner for owner in self.by_owner.keys() - there if "." in owner}
            self._gone = there, frozenset(left)
        return self._gone[1]

    def hidden(self, products: frozenset[str]) -> frozenset[int]:
        """Return the places that somebody may not know of: of hidden products, and of domains that have
        nothing else.
        """
        if not products:
            return frozenset()
        found = self._hidden.get(products)
        if found is None:
            if len(self._hidden) > 50:
                self._hidden.clear()
            found = self._hidden[products] = self._hide(products)
        return found

    def _hide(self, products: frozenset[str]) -> frozenset[int]:
        seen = {owner.partition(".")[0] for owner in self.by_owner.keys() - products}
        closed = {owner.partition(".")[0] for owner in products} - seen
        found = {number for owner in products for number in self.by_owner.get(owner, ())}
        found |= {
            number
            for number, spot in self.spots.items()
            if spot.kind in (DOMAIN, TERM) and spot.domain in closed
        }
        return frozenset(found)

    def put(self, spot: Spot) -> None:
        """Take up a place that was read."""
        self.spots[spot.number] = spot
        said = dict.fromkeys((facet, value) for facet in FACETS for value in spot.values(facet))
        marks = tuple(self.values.setdefault(one, len(self.values)) for one in said)
        if self.tally is not None:
            self.tally.came.add(spot.number)
        self.marks[spot.number] = marks
        self.by_owner[spot.owner] = (*self.by_owner.get(spot.owner, ()), spot.number)

    def tallied(self, found: Mapping[int, int]) -> list[int]:
        """Return how many documents have each value; `found`: place -> how many documents."""
        tally, size = self.tally, len(self.values)
        if tally is None or tally.is_worn:
            tally = self.tally = lay_out(self.marks, size)
        return tally.count(found, self.marks, size)

    def without(self, owners: Collection[str], generation: int) -> "Places":
        """Return the places of another generation, in which these owners' are to be read again."""
        gone = [number for owner in owners for number in self.by_owner.get(owner, ())]
        found = Places(generation, dict(self.spots), dict(self.marks), dict(self.by_owner))
        found.values = dict(self.values)
        if self.tally is not None:
            found.tally = self.tally.without(gone)
        for number in gone:
            del found.spots[number], found.marks[number]
        for owner in owners:
            found.by_owner.pop(owner, None)
        return found


def read_places(reader: Reader, generation: int, known: Places | None) -> Places:
    """Read the places of a generation; of owners that changed alone, where those of another are known."""
    owners: list[str] | None = None
    if known is not None:
        rows = reader.rows(
            "SELECT owner FROM search_changes WHERE generation > ? LIMIT ?",
            (known.generation, _MOST_CHANGED + 1),
        )
        owners = [str(owner) for (owner,) in rows]
        if len(owners) > _MOST_CHANGED or EVERY in owners:
            owners = None
    if known is None or owners is None:
        places = Places(generation)
        _take(reader, places, "1 = 1", ())
        return places
    places = known.without(owners, generation)
    for owner in owners:
        _take(reader, places, "owner = ?", (owner,))
    return places


def _take(reader: Reader, places: Places, where: str, values: tuple[str, ...]) -> None:
    health, freshness = dict[str, list[str]](), dict[str, list[str]]()
    for address, product, status, fresh in reader.rows(
        "SELECT address, product, health, freshness FROM search_health WHERE"
        f" {where.replace('owner', 'product')}",
        values,
    ):
        for name in {str(product), str(address)}:
            health.setdefault(name, []).append(str(status))
            freshness.setdefault(name, []).append(str(fresh))
    badges = reader.rows(
        f"SELECT product FROM search_badges WHERE {where.replace('owner', 'product')}", values
    )
    certified = {str(product) for (product,) in badges}
    rows = reader.rows(
        "SELECT place, owner, kind, address, domain, owners, tags, classification, deprecated,"
        f" documents FROM search_places WHERE {where}",
        values,
    )
    for row in rows:
        number, owner, kind, address, domain, owners, tags, level, deprecated, count = row
        name = str(address)
        fares = worst_status(health[name]) if name in health else ""
        places.put(
            Spot(
                int(str(number)), str(owner), str(kind), name, str(domain), _texts(str(owners)),
                _texts(str(tags)), str(level), bool(deprecated), str(owner) in certified,
                fares, of_product(freshness.get(name, ())), int(str(count)),
            )
        )  # fmt: skip


@lru_cache(maxsize=4096)
def _texts(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
