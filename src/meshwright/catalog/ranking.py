"""The order of hits: how well the words fit, then how much it is used, then whether it can be trusted."""

from collections.abc import Collection, Mapping, Sequence
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


def ordered(
    reader: Reader,
    places: Places,
    ids: Collection[int],
    scores: Mapping[int, float],
    words: Sequence[str],
    since: str,
) -> list[int]:
    """Return documents, the best first. `scores`: how well words fit, the least the best, as BM25 has it."""
    weights = {
        number: _KINDS.get(spot.kind, 1.0) * trust(spot) * _exact(spot, words)
        for number in {one >> SHIFT for one in ids}
        if (spot := places.spots[number])
    }
    least = min(scores.values(), default=-1.0) / 1000
    rated = {one: -scores.get(one, least) * weights[one >> SHIFT] for one in ids}
    first = sorted(rated, key=lambda one: (-rated[one], one))
    head = first[:_WEIGHED]
    used = _uses(reader, places, {places.spots[one >> SHIFT] for one in head}, since)
    for one in head:
        rated[one] *= 1 + 0.1 * log1p(used.get(places.spots[one >> SHIFT].address, 0))
    return [*sorted(head, key=lambda one: (-rated[one], one)), *first[_WEIGHED:]]


def _exact(spot: Spot, words: Sequence[str]) -> float:
    from meshwright.catalog.words import tokens

    if spot.kind == COLUMN or not words:
        return 1.0
    name = tokens(spot.address.rpartition(".")[2])
    return 2.0 if name == list(words) or name == ["".join(words)] else 1.0


def _uses(reader: Reader, places: Places, spots: Collection[Spot], since: str) -> dict[str, int]:
    """Return in how many queries ports were named since then, and products by their ports."""
    found: dict[str, int] = {}
    for spot in spots:
        ports = places.ports.get(spot.address, ()) if spot.kind == PRODUCT else (spot.address,)
        for port in ports if spot.kind in (PRODUCT, PORT, COLUMN) else ():
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
