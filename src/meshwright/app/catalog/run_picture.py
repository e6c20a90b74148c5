"""A run as a picture: its products from left to right in the order of reads, and what is next to them.

What must stay true: it names and counts nothing that whoever looks may not know of; it stays small: of a
large run what goes on, what went wrong and what is next to those comes first, and the rest is counted.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.layers import Flow, curve, layers_of, tightened, wrapped

MOST_SHOWN, MOST_NEAR, MOST_IN_COLUMN = 60, 24, 12
WIDTH, HEIGHT, GAP, BETWEEN = 212.0, 46.0, 14.0, 72.0
WRONG = ("failed", "rejected", "refused")
_FIRST = ("running", *WRONG, "skipped", "waiting", "held", "accepted", "published")


@dataclass(frozen=True, slots=True)
class Member:
    """A product of a run. `detail`: what it does now; `build`: the build that it came to, or ''."""

    product: str
    status: str
    detail: str = ""
    build: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A product in the picture. `is_near`: it was no part of the run, and `status` is its health."""

    product: str
    status: str
    x: float
    y: float
    detail: str = ""
    build: str = ""
    is_near: bool = False
    reads: tuple[str, ...] = ()
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class RunPicture:
    """A drawing: of `total` products of the run `shown` are in it; `near_left_out` neighbours are not."""

    spots: tuple[Spot, ...] = ()
    flows: tuple[Flow, ...] = ()
    width: float = 0.0
    height: float = 0.0
    shown: int = 0
    total: int = 0
    near_left_out: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """Return what each product reads of what is drawn."""
        return {spot.product: spot.reads for spot in self.spots}


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the mesh around a run: who reads whom, and how products fare."""

    reads: Callable[[str], Sequence[str]]
    readers: Callable[[str], Sequence[str]]
    health: Callable[[str], str]
    is_known: Callable[[str], bool]


def around_of(board: Board, knowing: Knowing) -> Around:
    """Return what somebody may know of the mesh around a run."""
    there = board.products
    return Around(
        lambda name: there[name].reads if name in there else (),
        lambda name: board.readers.get(name, ()),
        lambda name: there[name].health if name in there else "unknown",
        knowing.of,
    )


def picture_of(members: Iterable[Member], around: Around, first: str = "") -> RunPicture:
    """Return the picture of a run; `first`: a product that is drawn whatever else is."""
    run = {one.product: one for one in members if around.is_known(one.product)}
    shown = set(run) if len(run) <= MOST_SHOWN else _most_wanted(run, around, first)
    near, left_out = _near(run, shown, around)
    reads = _reads(shown, near, around)
    spots, width, height = _placed(reads, run, around)
    flows = tuple(
        Flow(source, target, curve(spots[source], spots[target]))
        for target in spots
        for source in sorted(reads[target])
    )
    counts: dict[str, int] = {}
    for one in run.values():
        counts[one.status] = counts.get(one.status, 0) + 1
    return RunPicture(
        tuple(spots.values()), flows, width, height, len(shown), len(run), left_out, counts
    )


def in_order(members: Iterable[Member], around: Around, first: str = "") -> list[str]:
    """Return the products of a run, those first that whoever looks wants to see: what goes on or went wrong,
    what is next to that, then the others.
    """
    run = {one.product: one for one in members}
    called = _called(run, first)
    next_to = {other for name in called for other in _ties(name, around)}

    def rank(name: str) -> tuple[bool, bool, bool, int, str]:
        status = run[name].status
        place = _FIRST.index(status) if status in _FIRST else len(_FIRST)
        return name != first, name not in called, name not in next_to, place, name

    return sorted(run, key=rank)


def _called(run: Mapping[str, Member], first: str) -> set[str]:
    """Return what a large run is looked at for."""
    wanted = ("running", *WRONG)
    return {name for name, one in run.items() if one.status in wanted or name == first}


def _most_wanted(run: Mapping[str, Member], around: Around, first: str) -> set[str]:
    """Return what is drawn of a large run: what is wanted, then what is tied to that, from one to the next.

    What is tied to nothing that is drawn says nothing in a picture; it is left to the list.
    """
    order = in_order(run.values(), around, first)
    place = {name: number for number, name in enumerate(order)}
    called = len(_called(run, first))
    found: set[str] = set()
    for near in [order[:called]] if called else ([name] for name in order):
        is_tied = called or not run.keys().isdisjoint(_ties(near[0], around))
        while near and is_tied and len(found) < MOST_SHOWN:
            found.update(near[: MOST_SHOWN - len(found)])
            beyond = {other for name in near for other in _ties(name, around)}
            near = sorted((beyond & run.keys()) - found, key=place.__getitem__)
        if len(found) >= MOST_SHOWN:
            break
    return found


def _ties(name: str, around: Around) -> list[str]:
    return [*around.reads(name), *around.readers(name)]


def _near(
    run: Collection[str], shown: Collection[str], around: Around
) -> tuple[frozenset[str], int]:
    """Return the neighbours that were no part of the run, most ties first, and how many are left out."""
    ties: dict[str, int] = {}
    for name in shown:
        for other in _ties(name, around):
            if other not in run and around.is_known(other):
                ties[other] = ties.get(other, 0) + 1
    found = sorted(ties, key=lambda name: (-ties[name], name))
    return frozenset(found[:MOST_NEAR]), max(0, len(found) - MOST_NEAR)


def _reads(
    shown: Collection[str], near: Collection[str], around: Around
) -> dict[str, frozenset[str]]:
    """Return who reads whom of what is drawn; not of two neighbours, which is nothing of the run's."""
    drawn = {*shown, *near}
    return {
        name: frozenset(
            other
            for other in around.reads(name)
            if other in drawn and other != name and (name in shown or other in shown)
        )
        for name in sorted(drawn)
    }


def _placed(
    reads: Mapping[str, frozenset[str]], run: Mapping[str, Member], around: Around
) -> tuple[dict[str, Spot], float, float]:
    columns = wrapped(tightened(layers_of(reads), reads), MOST_IN_COLUMN)
    total = [len(names) * (HEIGHT + GAP) - GAP for names in columns]
    height = max(total, default=0.0)
    spots: dict[str, Spot] = {}
    for column, names in enumerate(columns):
        x, top = column * (WIDTH + BETWEEN), (height - total[column]) / 2
        for row, name in enumerate(names):
            one = run.get(name)
            spots[name] = Spot(
                name,
                one.status if one else around.health(name),
                x,
                top + row * (HEIGHT + GAP),
                one.detail if one else "",
                one.build if one else "",
                one is None,
                tuple(sorted(reads[name])),
            )
    return spots, max(0.0, len(columns) * (WIDTH + BETWEEN) - BETWEEN), height
