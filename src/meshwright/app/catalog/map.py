"""The mesh as a map: domains as boxes in columns, products in them, and what flows between.

A domain stands right of the domains that its products read; boxes of a column are ordered by where their
flows come from. What must stay true: it names nothing that whoever looks may not know of, and it stays small:
a mesh of many products is drawn as one node a domain, of very many domains as those with the most products.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.app.catalog.board import Board, BoardProduct
from meshwright.model.health import STATUSES

MOST_PRODUCTS, MOST_DOMAINS, MOST_FLOWS = 60, 90, 240
WIDTH, ROW, GAP, HEAD, PAD, BETWEEN = 196.0, 34.0, 22.0, 30.0, 9.0, 86.0


@dataclass(frozen=True, slots=True)
class Node:
    """A product, or a domain with its `counts` (status -> products). (x, y) is its upper left corner."""

    address: str
    name: str
    status: str
    x: float
    y: float
    width: float
    height: float
    counts: Mapping[str, int] = field(default_factory=dict)
    incidents: int = 0

    @property
    def is_domain(self) -> bool:
        """Say whether it stands for a whole domain."""
        return "." not in self.address


@dataclass(frozen=True, slots=True)
class Group:
    """The box of a domain around its products."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Flow:
    """That `target` reads `source`; `path` is of SVG. `count`: so many products do."""

    source: str
    target: str
    path: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class MeshMap:
    """A drawing. `hidden_flows` and `hidden_domains` were left out because there are too many."""

    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    flows: tuple[Flow, ...]
    width: float
    height: float
    is_of_domains: bool = False
    hidden_flows: int = 0
    hidden_domains: int = 0


def map_of(board: Board, hidden: Collection[str] = ()) -> MeshMap:
    """Return the map of what somebody may know of, drawn once for a board."""
    kept = frozenset(hidden)
    return board.once(("map", kept), lambda: _draw(board, kept))


def _draw(board: Board, hidden: Collection[str]) -> MeshMap:
    domains = {
        name: [one for one in products if one.address not in hidden]
        for name, products in board.domains.items()
    }
    domains = {name: products for name, products in domains.items() if products}
    reads = _domain_reads(domains)
    if sum(map(len, domains.values())) <= MOST_PRODUCTS:
        return _of_products(domains, reads)
    return _of_domains(domains, reads)


def _domain_reads(domains: Mapping[str, Sequence[BoardProduct]]) -> dict[str, dict[str, int]]:
    """Return for each domain the other ones that its products read, and how many products do."""
    known = {product.address for products in domains.values() for product in products}
    found: dict[str, dict[str, int]] = {name: {} for name in domains}
    for name, products in domains.items():
        for product in products:
            for other in {one.partition(".")[0] for one in product.reads if one in known} - {name}:
                found[name][other] = found[name].get(other, 0) + 1
    return found


def layers_of(reads: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Put each name right of all that it reads; where they read in a circle, the first met comes first."""
    level: dict[str, int] = {}
    for start in sorted(reads, key=lambda name: (len(reads[name]), name)):
        _place(start, reads, level)
    columns: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for name in sorted(level):
        columns[level[name]].append(name)
    return _uncrossed(columns, reads)


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


def _of_products(
    domains: Mapping[str, Sequence[BoardProduct]], reads: Mapping[str, Collection[str]]
) -> MeshMap:
    heights = {name: HEAD + ROW * len(products) + PAD for name, products in domains.items()}
    groups, width, height = _boxes(layers_of(reads), heights)
    nodes: dict[str, Node] = {}
    for group in groups:
        for place, product in enumerate(domains[group.name]):
            y = group.y + HEAD + place * ROW
            nodes[product.address] = Node(
                product.address, product.name, product.health, group.x + PAD, y,
                WIDTH - 2 * PAD, ROW - 7, incidents=product.incidents,
            )  # fmt: skip
    pairs = [
        (other, product.address, 1)
        for products in domains.values()
        for product in products
        for other in product.reads
        if other in nodes
    ]
    return MeshMap(tuple(nodes.values()), tuple(groups), _flows(pairs, nodes), width, height)


def _of_domains(
    domains: Mapping[str, Sequence[BoardProduct]], reads: Mapping[str, Mapping[str, int]]
) -> MeshMap:
    biggest = sorted(domains, key=lambda name: (-len(domains[name]), name))[:MOST_DOMAINS]
    kept = {name: {o: n for o, n in reads[name].items() if o in biggest} for name in biggest}
    groups, width, height = _boxes(_wrapped(layers_of(kept)), dict.fromkeys(biggest, 54.0))
    nodes = {}
    for group in groups:
        counts: dict[str, int] = {}
        for product in domains[group.name]:
            counts[product.health] = counts.get(product.health, 0) + 1
        worst = max(counts, key=STATUSES.index)
        incidents = sum(product.incidents for product in domains[group.name])
        nodes[group.name] = Node(
            group.name, group.name, worst, group.x, group.y, group.width, group.height, counts, incidents
        )  # fmt: skip
    pairs = [(other, name, count) for name, found in kept.items() for other, count in found.items()]
    pairs.sort(key=lambda pair: (-pair[2], pair[0], pair[1]))
    return MeshMap(
        tuple(nodes.values()), (), _flows(pairs[:MOST_FLOWS], nodes), width, height, True,
        max(0, len(pairs) - MOST_FLOWS), len(domains) - len(biggest),
    )  # fmt: skip


def _wrapped(columns: list[list[str]], most: int = 14) -> list[list[str]]:
    """Break columns that are too high into several."""
    return [names[i : i + most] for names in columns for i in range(0, len(names), most)]


def _boxes(
    columns: Sequence[Sequence[str]], heights: Mapping[str, float]
) -> tuple[list[Group], float, float]:
    """Return the boxes, each column centred, and the size of the whole."""
    total = [sum(heights[name] + GAP for name in names) - GAP for names in columns]
    height = max(total, default=0.0)
    groups = []
    for column, names in enumerate(columns):
        y = (height - total[column]) / 2
        for name in names:
            groups.append(Group(name, column * (WIDTH + BETWEEN), y, WIDTH, heights[name]))
            y += heights[name] + GAP
    return groups, max(0.0, len(columns) * (WIDTH + BETWEEN) - BETWEEN), height


def _flows(pairs: Iterable[tuple[str, str, int]], nodes: Mapping[str, Node]) -> tuple[Flow, ...]:
    return tuple(
        Flow(source, target, _curve(nodes[source], nodes[target]), count)
        for source, target, count in pairs
    )


def _curve(source: Node, target: Node) -> str:
    """Return a curve from the right side of one node to the left side of another."""
    x1, y1 = source.x + source.width, source.y + source.height / 2
    x2, y2 = target.x, target.y + target.height / 2
    if x2 > x1:
        bend = max(24.0, (x2 - x1) / 2)
        return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    x2 = target.x + target.width  # within a domain, or back: around the right side
    return f"M{x1:g} {y1:g}C{x1 + 34:g} {y1:g} {x2 + 34:g} {y2:g} {x2:g} {y2:g}"
