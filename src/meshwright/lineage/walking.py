"""Walk along lineage, up to what something is made of or down to what is made of it, across products.

What must stay true: every column is entered once, so that a circle (tools outside may make one) ends; and a
version is followed to the versions that it was made of, not to those that happen to be served.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from meshwright.lineage.flattening import flattened, rows_of
from meshwright.lineage.reading import EVERY, WHOLE, Link, product_of
from meshwright.model.lineage import DIRECT, INDIRECT

ANY, ROWS = EVERY, WHOLE  # of a place: any of its columns; how many rows it has


class Ground(Protocol):
    """What a walk goes over. `version` None means a product as its files say that it would be."""

    def version(self, product: str) -> int | None:
        """Return the version of a product that counts where no other names one."""

    def links(self, product: str, version: int | None) -> Iterable[Link]:
        """Return every link of a product."""

    def ports(self, product: str, version: int | None) -> Collection[str]:
        """Return the addresses of a product's output ports."""

    def versions_read(self, product: str, version: int | None) -> Mapping[str, int]:
        """Return which version of each foreign port a product was made of, as far as that is known."""

    def readers(self, dataset: str) -> Iterable[str]:
        """Return the products that read a data set."""

    def outside(self, dataset: str, *, up: bool) -> Iterable[Link]:
        """Return what tools outside made a data set of, or of it."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A data set, at a version where it is a product's."""

    dataset: str
    version: int = 0  # 0: none is published, or it is not a product's


@dataclass(frozen=True, slots=True)
class Arrow:
    """One link on the way, `depth` steps from the start. `is_direct`: so is every link up to the start."""

    target: Place
    source: Place
    link: Link
    depth: int
    is_direct: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """Everything that was reached, nearest first. `column` is empty for the whole data set."""

    start: Place
    column: str
    direction: str  # up | down
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How to walk: `depth` steps at most (0: to the end), through `models`, along `direct` links alone."""

    up: bool = True
    depth: int = 0
    models: bool = False
    direct: bool = False


def walk(ground: Ground, start: Place, column: str, way: Way) -> Walk:
    """Return what a data set or one of its columns is made of, or what is made of it."""
    return Walk(
        start, column, "up" if way.up else "down", _Walker(ground, way).walk(start, column or ANY)
    )


Spot = tuple[Place, str]  # a column of a place


class _Walker:
    def __init__(self, ground: Ground, way: Way) -> None:
        self._ground = ground
        self._way = way
        self._links: dict[tuple[str, int], Mapping[str, list[Link]]] = {}

    def walk(self, start: Place, column: str) -> tuple[Arrow, ...]:
        """Go step by step from the start; every column is gone on from once."""
        depths: dict[Spot, int] = {(start, column): 0}
        waiting = deque(depths)
        found: dict[Spot, list[tuple[Arrow, Spot]]] = {}
        while waiting:
            spot = waiting.popleft()
            if self._way.depth and depths[spot] >= self._way.depth:
                continue
            found[spot] = [
                (arrow, self._reached(arrow)) for arrow in self._next(spot, depths[spot] + 1)
            ]
            for _, reached in found[spot]:
                if reached not in depths:
                    depths[reached] = depths[spot] + 1
                    waiting.append(reached)
        return _told(found, _directly(found, (start, column)))

    def _next(self, spot: Spot, depth: int) -> Iterator[Arrow]:
        for target, source, link in self._up(*spot) if self._way.up else self._down(*spot):
            if not self._way.direct or link.kind != INDIRECT:
                yield Arrow(target, source, link, depth, link.kind == DIRECT)

    def _reached(self, arrow: Arrow) -> Spot:
        link = arrow.link
        if not self._way.up:
            return arrow.target, link.column or ANY
        return arrow.source, link.source_column or (ROWS if link.kind == INDIRECT else ANY)

    def _up(self, place: Place, column: str) -> Iterator[tuple[Place, Place, Link]]:
        product = product_of(place.dataset)
        links = list(self._ground.outside(place.dataset, up=True))
        read: Mapping[str, int] = {}
        if product:
            links += self._of_product(product, place.version).get(place.dataset, [])
            read = self._ground.versions_read(product, place.version or None)
        if column == ROWS:
            links = rows_of(links)
        elif column != ANY:
            links = [link for link in links if link.column in (column, EVERY, WHOLE)]
        for link in links:
            yield place, self._source(link.source, product, place.version, read), link

    def _source(self, dataset: str, product: str, version: int, read: Mapping[str, int]) -> Place:
        owner = product_of(dataset)
        if owner and owner == product:
            return Place(dataset, version)
        return Place(dataset, read.get(dataset) or (owner and self._ground.version(owner)) or 0)

    def _down(self, place: Place, column: str) -> Iterator[tuple[Place, Place, Link]]:
        dataset = place.dataset
        links = list(self._ground.outside(dataset, up=False))
        own = product_of(dataset)
        versions = {own: place.version} if own else {}
        for product in {own, *self._ground.readers(dataset)} - {""}:
            version = versions.setdefault(product, self._ground.version(product) or 0)
            for found in self._of_product(product, version).values():
                links += [link for link in found if link.source == dataset]
        for link in links:
            if column in (ANY, link.source_column) or (
                link.source_column == WHOLE and link.kind != INDIRECT
            ):
                owner = product_of(link.dataset)
                version = versions.get(owner, 0) if owner else 0
                yield Place(link.dataset, version), place, link

    def _of_product(self, product: str, version: int) -> Mapping[str, list[Link]]:
        """Return the links of a product by the data set that they end in, its models left out if so asked."""
        key = (product, version)
        if key not in self._links:
            links = self._ground.links(product, version or None)
            if not self._way.models:
                links = flattened(links, self._ground.ports(product, version or None))
            found: dict[str, list[Link]] = {}
            for link in links:
                found.setdefault(link.dataset, []).append(link)
            self._links[key] = found
        return self._links[key]


def _directly(found: Mapping[Spot, Sequence[tuple[Arrow, Spot]]], start: Spot) -> set[Spot]:
    """Return what is reached by direct links alone."""
    reached, waiting = {start}, [start]
    while waiting:
        for arrow, spot in found.get(waiting.pop(), ()):
            if arrow.is_direct and spot not in reached:
                reached.add(spot)
                waiting.append(spot)
    return reached


def _told(
    found: Mapping[Spot, Sequence[tuple[Arrow, Spot]]], directly: Collection[Spot]
) -> tuple[Arrow, ...]:
    """Return each arrow once, nearest first."""
    told: dict[tuple[Place, Place, Link], Arrow] = {}
    for spot, arrows in found.items():
        for arrow, _ in arrows:
            key = (arrow.target, arrow.source, arrow.link)
            is_direct = arrow.is_direct and spot in directly
            known = told.get(key, arrow)
            if key not in told or (is_direct and not known.is_direct):
                told[key] = replace(known, is_direct=is_direct)
    return tuple(sorted(told.values(), key=lambda a: (a.depth, a.target, a.source, a.link)))
