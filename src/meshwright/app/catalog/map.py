"""The mesh as a map: domains as boxes in columns, products in them, and what flows between.

A domain stands right of the domains that its products read; boxes of a column are ordered by where their
flows come from. What must stay true: it names nothing that whoever looks may not know of, and it stays small:
a mesh of many products is drawn as one node a domain, of very many domains as those with the most products.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.app.catalog.board import Board, BoardProduct
from meshwright.app.catalog.layers import Flow, curve, layers_of, wrapped
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
    groups, width, height = _boxes(wrapped(layers_of(kept)), dict.fromkeys(biggest, 54.0))
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
        Flow(source, target, curve(nodes[source], nodes[target]), count)
        for source, target, count in pairs
    )
