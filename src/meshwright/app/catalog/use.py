"""Who uses a product: products that read it, people and programs that asked it, and what they asked.

What must stay true: everybody may know how much a product is used; whose use it is, they know of their own,
and who answers for the product knows of all (as the trail tells it).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from meshwright.app.access.sight import owns, sees_all
from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.kept_queries import find_text
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.principal import Principal

WITHIN = timedelta(days=30)
_QUERIES, _LONGEST = 8, 2_000
_PRODUCT = "product:"


@dataclass(frozen=True, slots=True)
class Consumer:
    """A product that reads this one: through which ports, and how it fares."""

    address: str
    title: str
    ports: tuple[str, ...]
    owners: tuple[str, ...]
    health: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How much somebody asked it."""

    principal: str
    queries: int
    last_at: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it is kept: without values."""

    principal: str
    at: str
    sql: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class Use:
    """All use of a product. `readings` are those that the viewer may know; `is_all`: that is everybody."""

    consumers: tuple[Consumer, ...]
    below: int  # products further down that rest on it, these included
    readers: int
    recent: int  # of them within thirty days
    queries: int
    readings: tuple[Reading, ...]
    asked: tuple[Asked, ...]
    is_all: bool


def use_of(
    wiring: Wiring, board: Board, knowing: Knowing, principal: Principal, product: Address
) -> Use:
    """Return who uses a product, as somebody may know it."""
    is_all = sees_all(principal) or owns(wiring, principal, product)
    since = (wiring.now() - WITHIN).isoformat()
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT principal, sum(queries), max(last_at) FROM uses WHERE address >= ? AND address < ?"
            " GROUP BY principal ORDER BY 2 DESC, 1",
            (f"{product}.", f"{product}/"),
        )
        readings = [Reading(str(a), int(str(b)), str(c)) for a, b, c in rows]
        theirs = [one for one in readings if is_all or one.principal in principal.names]
        asked = reader.rows(
            "SELECT principal, at, sql, rows FROM queries WHERE at >= ? AND error = '' AND read LIKE ?"
            " ESCAPE '!' ORDER BY at DESC LIMIT 60",
            (since, f'%"{str(product).replace("_", "!_")}.%'),
        )
    mine = [row for row in asked if is_all or str(row[0]) in principal.names]
    below = [one for one in graph_of(wiring).below(product) if knowing.of(one)]
    return Use(
        _consumers(wiring, board, knowing, product),
        len(below),
        len(readings),
        sum(one.last_at >= since for one in readings),
        sum(one.queries for one in readings),
        tuple(_known(theirs, knowing)),
        tuple(islice(_texts(wiring, mine), _QUERIES)),
        is_all,
    )


def _known(readings: list[Reading], knowing: Knowing) -> list[Reading]:
    """Leave out the products that somebody may not know of."""
    return [
        one
        for one in readings
        if not one.principal.startswith(_PRODUCT)
        or knowing.of(one.principal.removeprefix(_PRODUCT))
    ]


def _texts(wiring: Wiring, rows: Sequence[Sequence[object]]) -> list[Asked]:
    found: dict[str, Asked] = {}
    for principal, at, digest, count in rows:
        text = find_text(wiring, str(digest)) if str(digest) not in found else None
        if text is not None and not str(principal).startswith(_PRODUCT):
            number = None if count is None else int(str(count))
            found[str(digest)] = Asked(str(principal), str(at), text[:_LONGEST], number)
    return list(found.values())


def _consumers(
    wiring: Wiring, board: Board, knowing: Knowing, product: Address
) -> tuple[Consumer, ...]:
    graph, found = graph_of(wiring), []
    for reader in graph.readers(product):
        if str(reader) not in board.products or not knowing.of(reader):
            continue
        glance = board.products[str(reader)]
        ports = sorted(str(port) for port in graph.reads(reader) if port.product_address == product)
        found.append(Consumer(str(reader), glance.name, tuple(ports), glance.owners, glance.health))
    return tuple(found)
