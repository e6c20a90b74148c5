"""The order of hits: how well the words fit, then how much it is used, then whether it can be trusted."""

import json
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log1p

from meshwright.catalog.documents import COLUMN, DOMAIN, PORT, PRODUCT, TERM
from meshwright.catalog.keeping import SHIFT
from meshwright.catalog.places import Places, Spot
from meshwright.model.health import BROKEN, DEGRADED
from meshwright.spi.state_store import Reader

WEIGHTS = "10.0, 3.0, 1.0"  # of names, descriptions, and what is inside
_KINDS: Mapping[str, float] = {PRODUCT: 1.3, TERM: 1.2, PORT: 1.1, DOMAIN: 1.1, COLUMN: 0.9}
MOST_KEPT = 10_500  # documents of one search that pages can be turned to
MOST_RANKED = 5000  # more are not told apart by their words, which then say little
_MOST_QUERIES = 1000  # more say no more
FEW = 300  # the first so many are told apart by their use; more are seldom turned to


def trust(spot: Spot) -> float:
    """Return how much more, or less, something counts for how it fares."""
    found = 1.0
    if spot.is_certified:
        found *= 1.2
    if spot.health == BROKEN:
        found *= 0.75
    elif spot.health == DEGRADED:
        found *= 0.9
    return found * (0.5 if spot.is_deprecated else 1.0)


def standing(spot: Spot) -> float:
    """Return how much something counts whatever is looked for."""
    return _KINDS.get(spot.kind, 1.0) * trust(spot)


@dataclass(frozen=True, slots=True)
class Rated:
    """The first documents, the best first, whoever uses them. `rates`: what each of the first is worth.

    What must stay true: it holds for one generation of the index, and may be kept as long.
    """

    ids: Sequence[int]
    rates: Sequence[float]


def rated(
    places: Places,
    ids: Iterable[int],
    scores: Mapping[int, float],
    words: Sequence[str],
    most: int = MOST_KEPT,
) -> Rated:
    """Rate the first documents, at most so many. `scores`: how well words fit some, the least the best, as
    BM25 has it; `ids`: in their own order those that follow, among which some that have a score may be.
    """
    if not scores:
        found = array("q", islice(ids, most))
        weights = [standing(places.spots[one >> SHIFT]) for one in found[:FEW]]
        return Rated(found, weights)
    first = _by_rate(places, scores, words)[:most]
    found = array("q", (one for _, one in first))
    if len(found) < most:
        rest = (one for one in ids if one not in scores)
        found.extend(islice(rest, most - len(found)))
    return Rated(found, [-worth for worth, _ in first[:FEW]])


def by_use(reader: Reader, places: Places, rated: Rated, since: str) -> list[int]:
    """Return the rated documents, the first of them told apart by how much they are used."""
    head = list(zip(rated.rates, rated.ids[: len(rated.rates)], strict=True))
    used = _uses(reader, places, {places.spots[one >> SHIFT] for _, one in head}, since)

    def weighed(rated: tuple[float, int]) -> tuple[float, int]:
        rate, one = rated
        return -rate * (1 + 0.1 * log1p(used.get(places.spots[one >> SHIFT].address, 0))), one

    return [*(one for _, one in sorted(head, key=weighed)), *rated.ids[len(head) :]]


def _by_rate(
    places: Places, scores: Mapping[int, float], words: Sequence[str]
) -> list[tuple[float, int]]:
    """Return documents that have a score, the best first, with what they are worth below nothing."""
    name = "".join(words)
    known = places.once(_standing_of, dict[int, tuple[float, str]])
    found = []
    for one, score in scores.items():
        number = one >> SHIFT
        if number not in known:
            known[number] = _standing_of(places.spots[number])
        weight, called = known[number]
        found.append((score * weight * 2.0 if called == name else score * weight, one))
    found.sort()
    return found


def _standing_of(spot: Spot) -> tuple[float, str]:
    """Return how much something counts, and what it is called; columns are not what they are called."""
    name = "" if spot.kind == COLUMN else spot.address.rpartition(".")[2].replace("_", "")
    return standing(spot), name


def _uses(reader: Reader, places: Places, spots: Collection[Spot], since: str) -> dict[str, int]:
    """Return in how many queries ports were named since then, and products by their ports."""
    ports = {
        spot.address: places.ports(spot.address) if spot.kind == PRODUCT else [spot.address]
        for spot in spots
        if spot.kind not in (TERM, DOMAIN)
    }
    each = list({port for of_one in ports.values() for port in of_one})
    rows = reader.rows(
        "SELECT p.value, (SELECT count(*) FROM (SELECT 1 FROM query_ports q WHERE q.address = p.value"
        " AND q.at > ? LIMIT ?)) FROM json_each(?) p",
        (since, _MOST_QUERIES, json.dumps(each)),
    )
    found = {str(port): int(str(count)) for port, count in rows}
    return {address: sum(found[port] for port in of_one) for address, of_one in ports.items()}
