"""The mesh at a glance: every product with what a list or a map says of it, kept while it holds.

What must stay true: a board is one moment; it is made anew when a file or a fact of the mesh changed, so that
nobody reads what is no longer so. Queries and sign-ins are facts that change nothing on it.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeVar, cast

from meshwright.app.health import check_health
from meshwright.app.product_graph import ProductGraph, graph_of
from meshwright.app.served import ServedProduct, served_products
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.health import STATUSES, UNKNOWN, PortHealth
from meshwright.spi.state_store import Reader

T = TypeVar("T")
_QUIET = (
    "QueryRan",
    "QueryEnded",
    "ActedAs",
    "SignInRefused",
    "SignedIn",
    "SignedOut",
    "AlertSent",
    "AlertFailed",
)
_MOST_KEPT = 300  # things made of one board
_PATIENCE = 0.1  # seconds that somebody waits for the next board where there is a last one
_HOLDS = 60.0  # seconds: health changes as time passes, with no fact


@dataclass(frozen=True, slots=True)
class BoardProduct:
    """One product. `status`: how its newest build ended; `health`: the worst of its ports.

    `reads`: the products whose ports it reads.
    """

    address: str
    title: str
    description: str
    owners: tuple[str, ...]
    tags: tuple[str, ...]
    status: str
    health: str
    version: int | None
    published: str
    rows: int | None
    incidents: int
    ports: tuple[str, ...]
    reads: tuple[str, ...]
    is_broken: bool = False  # its files have errors

    @property
    def domain(self) -> str:
        """Return its domain's name."""
        return self.address.partition(".")[0]

    @property
    def name(self) -> str:
        """Return its title, or its name where it has none."""
        return self.title or self.address.partition(".")[2]


@dataclass(frozen=True)
class Board:
    """Every product of the mesh at one moment, by address. `made`: when, UTC."""

    made: datetime
    products: Mapping[str, BoardProduct]
    health: tuple[PortHealth, ...] = field(default=(), repr=False)
    _kept: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made of this board under a key; make it where nobody has asked before.

        Two threads that ask at once may both make it, and one of the two is kept.
        """
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = make()
        return cast(T, found)

    @cached_property
    def health_of(self) -> Mapping[str, PortHealth]:
        """Return the health of each port, by address."""
        return {str(port.address): port for port in self.health}

    @cached_property
    def domains(self) -> Mapping[str, tuple[BoardProduct, ...]]:
        """Return the products of each domain, sorted."""
        found: dict[str, list[BoardProduct]] = {}
        for product in self.products.values():
            found.setdefault(product.domain, []).append(product)
        return {name: tuple(products) for name, products in sorted(found.items())}

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """Return for each product the products that read it."""
        found: dict[str, list[str]] = {}
        for product in self.products.values():
            for read in product.reads:
                found.setdefault(read, []).append(product.address)
        return {address: tuple(readers) for address, readers in found.items()}


def make_board(wiring: Wiring) -> Board:
    """Return the board of now."""
    now = datetime.now(UTC)
    health = check_health(wiring, now)
    worst: dict[str, str] = {}
    for port in health:
        product = str(port.address.product_address)
        known = worst.get(product, STATUSES[0])
        worst[product] = max(known, port.status, key=STATUSES.index)
    with wiring.store.read() as reader:
        served = served_products(reader)
        published = _published(reader)
        incidents = _counts(
            reader, "SELECT product, count(*) FROM incidents WHERE state <> 'resolved' GROUP BY 1"
        )
    graph = graph_of(wiring)
    products = {
        str(address): _product(graph, address, worst, served, published, incidents)
        for address in sorted(graph.cards)
    }
    return Board(now, products, health)


class _Making:
    """A board that is being made, in a thread of its own: whoever asks meanwhile waits for the same one."""

    def __init__(self, make: Callable[[], Board]) -> None:
        self.board: Board | None = None
        self.error: Exception | None = None
        self._make = make
        self._done = Event()
        Thread(target=self._run, name="mesh-board", daemon=True).start()

    def wait(self, seconds: float | None) -> bool:
        """Wait for it, forever with None; say whether it is there, or failed."""
        return self._done.wait(seconds)

    def _run(self) -> None:
        try:
            self.board = self._make()
        except Exception as error:  # told to whoever waits
            self.error = error
        finally:
            self._done.set()


class Boards:
    """The newest board, kept while nothing changed. Every method may be called from any thread.

    One thread makes the next one; where that takes a while, as in a large mesh, others are given the last
    one until it is there. What one may know of is never kept with it.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._lock = Lock()
        self._board: Board | None = None
        self._making: _Making | None = None
        self._mark: tuple[str, int] = ("", -1)
        self._until = 0.0

    @property
    def mark(self) -> tuple[str, int]:
        """Return what changes when anything on a board does: of the files, and the newest fact."""
        marks = ", ".join("?" * len(_QUIET))
        sql = f"SELECT seq FROM facts WHERE kind NOT IN ({marks}) ORDER BY seq DESC LIMIT 1"
        with self._wiring.store.read() as reader:
            rows = reader.rows(sql, _QUIET)
        return self._wiring.workspace.mark, int(str(rows[0][0])) if rows else 0

    def board(self) -> Board:
        """Return the board of now, or of a moment ago while the next one is made."""
        mark = self.mark
        with self._lock:
            last = self._board
            if last is not None and mark == self._mark and monotonic() <= self._until:
                return last
            making = self._making
            if making is None:
                making = self._making = _Making(lambda: self._made(mark))
        if not making.wait(None if last is None else _PATIENCE) and last is not None:
            return last
        if making.error is not None:
            raise making.error
        assert making.board is not None
        return making.board

    def _made(self, mark: tuple[str, int]) -> Board:
        """Make a board and keep it; the next one may be begun when this returns, or raises."""
        try:
            board = make_board(self._wiring)
            with self._lock:
                self._board, self._mark, self._until = board, mark, monotonic() + _HOLDS
            return board
        finally:
            with self._lock:
                self._making = None


def _product(
    graph: ProductGraph,
    address: Address,
    worst: Mapping[str, str],
    served: Mapping[str, ServedProduct],
    published: Mapping[str, tuple[str, int]],
    incidents: Mapping[str, int],
) -> BoardProduct:
    card, name = graph.cards[address], str(address)
    pointer = served.get(name)
    at, rows = published.get(name, ("", None))
    return BoardProduct(
        name,
        card.title,
        card.description,
        graph.owners(address),
        card.tags,
        pointer.status if pointer else "never built",
        worst.get(name, UNKNOWN),
        pointer.version if pointer else None,
        at,
        rows,
        incidents.get(name, 0),
        tuple(output.name for output in card.outputs),
        tuple(sorted({str(port.product_address) for port in graph.reads(address)})),
        card.is_broken,
    )


def _published(reader: Reader) -> dict[str, tuple[str, int]]:
    rows = reader.rows(
        "SELECT p.product, v.published_at, sum(vp.rows) FROM products p"
        " JOIN versions v ON v.product = p.product AND v.version = p.served"
        " JOIN version_ports vp ON vp.product = p.product AND vp.version = p.served GROUP BY 1, 2"
    )
    return {str(product): (str(at), int(str(count or 0))) for product, at, count in rows}


def _counts(reader: Reader, sql: str) -> dict[str, int]:
    return {str(name): int(str(count)) for name, count in reader.rows(sql)}
