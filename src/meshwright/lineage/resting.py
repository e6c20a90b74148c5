"""What rests on a column, through models and products, nearest first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from meshwright.lineage.reading import WHOLE, Link
from meshwright.model.lineage import EVERY

Down = Callable[[str, str], Iterable[Link]]  # what is made of a dataset's column
Follow = Callable[[Link], bool]


@dataclass(frozen=True, slots=True)
class Resting:
    """A column that rests on another one, by the link that first leads to it. `depth` is 1 next to it.

    `by` is the product that makes it, or a job outside of the mesh.
    """

    by: str
    dataset: str
    column: str
    link: Link
    depth: int


def resting_on(
    starts: Iterable[tuple[str, str]], down: Down, follow: Follow = lambda _: True
) -> list[Resting]:
    """Return all that rests on some columns (dataset, column); a column '' is every one of the dataset.

    `follow` says which links lead on. Each column stands once, by its shortest way.
    """
    layer = list(starts)
    seen, found, depth = set(layer), list[Resting](), 0
    while layer:
        depth += 1
        below: list[tuple[str, str]] = []
        for dataset, column in layer:
            for link in down(dataset, column):
                place = (link.dataset, WHOLE if link.column == EVERY else link.column)
                if place in seen or not follow(link):
                    continue
                seen.add(place)
                found.append(Resting(link.by, link.dataset, link.column, link, depth))
                below.append(place)
        layer = below
    return found
