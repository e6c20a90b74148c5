"""Where things stand in a drawing that reads from left to right, and the curves between them.

What must stay true: each stands right of all that it reads; the same things stand in the same places each
time they are drawn.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


class Box(Protocol):
    """A place in a drawing. (x, y) is its upper left corner."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Flow:
    """That `target` reads `source`; `path` is of SVG. `count`: so many products do."""

    source: str
    target: str
    path: str
    count: int = 1


def layers_of(reads: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Put each name right of all that it reads; where they read in a circle, the first met comes first."""
    level: dict[str, int] = {}
    for start in sorted(reads, key=lambda name: (len(reads[name]), name)):
        _place(start, reads, level)
    columns: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for name in sorted(level):
        columns[level[name]].append(name)
    return _uncrossed(columns, reads)


def tightened(columns: list[list[str]], reads: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Move each name as far right as those that read it let it, so that what is read stands next to them."""
    level = {name: place for place, names in enumerate(columns) for name in names}
    nearest: dict[str, int] = {}
    for name in [name for names in reversed(columns) for name in names]:
        level[name] = max(level[name], nearest.get(name, 0) - 1)
        for read in reads[name]:
            nearest[read] = min(nearest.get(read, level[name]), level[name])
    found: list[list[str]] = [[] for _ in columns]
    for name in sorted(level):
        found[level[name]].append(name)
    return _uncrossed(found, reads)


def _place(start: str, reads: Mapping[str, Collection[str]], level: dict[str, int]) -> None:
    """Find the level of a name and of all it rests on, without recursion."""
    waiting, open_ = [start], set[str]()
    while waiting:
        name = waiting[-1]
        if name in level:
            waiting.pop()
            continue
        missing = [one for one in sorted(reads[name]) if one not in level and one not in open_]
        if missing and name not in open_:
            open_.add(name)
            waiting += missing
            continue
        level[name] = 1 + max((level[one] for one in reads[name] if one in level), default=-1)
        open_.discard(name)
        waiting.pop()


def _uncrossed(columns: list[list[str]], reads: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Order each column by the mean place of what it reads."""
    place: dict[str, float] = {}

    def mean(name: str) -> tuple[float, str]:
        found = [place[one] for one in reads[name] if one in place]
        return (sum(found) / len(found) if found else 0.5, name)

    for names in columns:
        names.sort(key=mean)
        place.update((name, (n + 0.5) / len(names)) for n, name in enumerate(names))
    return columns


def wrapped(columns: list[list[str]], most: int = 14) -> list[list[str]]:
    """Break columns that are too high into several."""
    return [names[i : i + most] for names in columns for i in range(0, len(names), most)]


def curve(source: Box, target: Box) -> str:
    """Return a curve from the right side of one node to the left side of another."""
    x1, y1 = source.x + source.width, source.y + source.height / 2
    x2, y2 = target.x, target.y + target.height / 2
    if x2 > x1:
        bend = max(24.0, (x2 - x1) / 2)
        return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    x2 = target.x + target.width  # within a domain, or back: around the right side
    return f"M{x1:g} {y1:g}C{x1 + 34:g} {y1:g} {x2 + 34:g} {y2:g} {x2:g} {y2:g}"
