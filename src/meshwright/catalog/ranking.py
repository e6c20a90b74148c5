"""The order of hits: how well the words fit, then how much it is used, then whether it can be trusted."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import log1p

from meshwright.catalog.documents import COLUMN, DOMAIN, PORT, PRODUCT, TERM
from meshwright.catalog.keeping import SHIFT
from meshwright.catalog.places import Places, Spot
from meshwright.model.health import BROKEN, DEGRADED
from meshwright.spi.state_store import Reader

WEIGHTS = "10.0, 3.0, 1.0"  # of names, descriptions, and what is inside
_KINDS: Mapping[str, float] = {PRODUCT: 1.3, TERM: 1.2, PORT: 1.1, DOMAIN: 1.1, COLUMN: 0.9}
MOST_RANKED = 5000  # more are not told apart by their words, which then say little
_MOST_QUERIES = 1000  # more say no more
_WEIGHED = 300  # the first so many are told apart by their use


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


def ordered(
    reader: Reader,
    places: Places,
    ids: Iterable[int],
    scores: Mapping[int, float],
    words: Sequence[str],
    since: str,
) -> Iterator[int]:
    """Yield documents, the best first. `scores`: how well words fit, the least the best, as BM25 has it;
    documents without one follow those that have one, in their own order.
    """
    first, rest = _rated(places, ids, scores, words) if scores else ([], iter(ids))
    head = first[:_WEIGHED] or list(islice(((1.0, one) for one in rest), _WEIGHED))
    used = _uses(reader, places, {places.spots[one >> SHIFT] for _, one in head}, since)

    def weighed(rated: tuple[float, int]) -> tuple[float, int]:
        rate, one = rated
        spot = places.spots[one >> SHIFT]
        plain = rate if scores else standing(spot)
        return -plain * (1 + 0.1 * log1p(used.get(spot.address, 0))), one

    yield from (one for _, one in sorted(head, key=weighed))
    yield from (one for _, one in first[_WEIGHED:])
    yield from rest


def _rated(
    places: Places, ids: Iterable[int], scores: Mapping[int, float], words: Sequence[str]
) -> tuple[list[tuple[float, int]], Iterator[int]]:
    """Return documents that have a score by what they are worth, the best first, and all the others."""
    name = "".join(words)
    weights: dict[int, float] = {}
    rated = []
    listed = set(ids)
    for one, score in scores.items():
        if one not in listed:
            continue
        number = one >> SHIFT
        if number not in weights:
            spot = places.spots[number]
            weights[number] = standing(spot) * (2.0 if _is_called(spot, name) else 1.0)
        rated.append((-score * weights[number], one))
    first = sorted(rated, key=lambda one: (-one[0], one[1]))
    return first, (one for one in sorted(listed) if one not in scores)


def _is_called(spot: Spot, name: str) -> bool:
    return spot.kind != COLUMN and spot.address.rpartition(".")[2].replace("_", "") == name


def _uses(reader: Reader, places: Places, spots: Collection[Spot], since: str) -> dict[str, int]:
    """Return in how many queries ports were named since then, and products by their ports."""
    found: dict[str, int] = {}
    for spot in spots:
        if spot.kind in (TERM, DOMAIN):
            continue
        ports = places.ports(spot.address) if spot.kind == PRODUCT else [spot.address]
        for port in ports:
            if port not in found:
                found[port] = _queries(reader, port, since)
        if spot.kind == PRODUCT:
            found[spot.address] = sum(found[port] for port in ports)
    return found


def _queries(reader: Reader, port: str, since: str) -> int:
    rows = reader.rows(
        "SELECT count(*) FROM (SELECT 1 FROM query_ports WHERE address = ? AND at > ? LIMIT ?)",
        (port, since, _MOST_QUERIES),
    )
    return int(str(rows[0][0]))
