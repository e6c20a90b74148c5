"""What rests on a column, through models and products, nearest first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from meshwright.lineage.stored import Use
from meshwright.model.lineage import EVERY

Uses = Callable[[str, str], Iterable[Use]]  # of a dataset and column


@dataclass(frozen=True, slots=True)
class Resting:
    """A column that rests on another one, and the use that first leads to it. `depth` is 1 next to it."""

    product: str
    dataset: str
    column: str
    use: Use
    depth: int


Follow = Callable[[Use], bool]


def resting_on(
    starts: Iterable[tuple[str, str]], uses: Uses, follow: Follow = lambda _: True
) -> list[Resting]:
    """Return all that rests on some columns (dataset, column); a column '' is every one of the dataset.

    `follow` says which uses lead on. Each column stands once, by its shortest way.
    """
    layer = list(starts)
    seen, found, depth = set(layer), list[Resting](), 0
    while layer:
        depth += 1
        below: list[tuple[str, str]] = []
        for dataset, column in layer:
            for use in uses(dataset, column):
                place = (use.dataset, use.column)
                if place in seen or not follow(use):
                    continue
                seen.add(place)
                found.append(Resting(use.product, use.dataset, use.column, use, depth))
                below.append((use.dataset, "" if use.column == EVERY else use.column))
        layer = below
    return found
