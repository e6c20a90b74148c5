"""Which columns hold the same values: those that identity links join, whichever way they point."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Spot(NamedTuple):
    """A column of a dataset."""

    dataset: str
    column: str


def same_values(
    identities: Iterable[tuple[Spot, Spot]], starts: Mapping[Spot, object]
) -> dict[Spot, Spot]:
    """Return, of each column that identity links join to one of `starts`, the nearest such one.

    The starts themselves are not in the answer. Of two that are as near, the first by name counts.
    """
    joined: dict[Spot, list[Spot]] = defaultdict(list)
    for one, other in identities:
        joined[one].append(other)
        joined[other].append(one)
    origin = {start: start for start in sorted(starts)}
    waiting = deque(origin)
    while waiting:
        spot = waiting.popleft()
        for near in sorted(joined[spot]):
            if near not in origin:
                origin[near] = origin[spot]
                waiting.append(near)
    return {spot: start for spot, start in origin.items() if spot not in starts}
