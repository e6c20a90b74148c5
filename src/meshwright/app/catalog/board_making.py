"""Make a board: of the whole mesh, or of the last one and what was told of since.

What must stay true: both say the same. Where what changed is not plain, or is most of the mesh, all of it is
looked at; how ports fare as time passes, with no fact, is looked at when a promise runs out, and of every
product within minutes.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from meshwright.app.catalog.glance import Board, BoardProduct
from meshwright.app.health import check_health
from meshwright.app.product_graph import ProductGraph, graph_of
from meshwright.app.served import ServedProduct, served_products
from meshwright.app.wiring import Wiring
from meshwright.documents.workspace import Workspace
from meshwright.model.address import Address
from meshwright.model.health import STATUSES, UNKNOWN, PortHealth
from meshwright.spi.state_store import Reader

QUIET = (
    "QueryRan",
    "QueryEnded",
    "ActedAs",
    "SignInRefused",
    "SignedIn",
    "SignedOut",
    "AlertSent",
    "AlertFailed",
)
SMALL = 200  # products: so many are looked at anew each time
_MOST_FACTS = 2000  # more are not looked at one by one
_SLICES = 10  # of a mesh whose health is looked at where nothing was told of it
_ELSEWHERE = (  # say nothing of how a product is
    "RequestApproved", "RequestRefused", "RequestEscalated", "AccessRenewed", "AccessRevoked",
    "AccessReviewed", "SubscriptionMade", "SubscriptionEnded", "ChangeAnnounced", "PrincipalAdded",
    "PrincipalRemoved", "PasswordChanged", "TokenIssued", "TokenRevoked", "WebhookAdded", "WebhookRemoved",
    "WebhookDisabled",
)  # fmt: skip
_WIDE = ("ProductRenamed",)  # concerns more than the product that it names


def make_board(wiring: Wiring) -> Board:
    """Return the board of now, all of it looked at."""
    now = datetime.now(UTC)
    health = check_health(wiring, now)
    worst = _worst(health)
    with wiring.store.read() as reader:
        served = served_products(reader)
        published = _published(reader)
        incidents = _incidents(reader)
    graph = graph_of(wiring)
    products = {
        str(address): _product(graph, address, worst, served, published, incidents)
        for address in sorted(graph.cards)
    }
    return Board(now, products, health)


@dataclass(frozen=True, slots=True)
class Files:
    """What tells whose files changed: `own` of those that are no product's, `domains` of products'."""

    own: str
    domains: Mapping[str, str]
    former_names: Mapping[str, str]


def files_of(workspace: Workspace) -> Files:
    """Return what tells whose files changed since."""
    return Files(workspace.own_mark, workspace.domain_marks(), workspace.former_names)


@dataclass(frozen=True)
class Basis:
    """What a board was made of. `looked`: when each product was last looked at, seconds since 1970."""

    board: Board
    files: "Files"
    seq: int
    looked: dict[str, float] = field(default_factory=dict)
    is_whole: bool = False


def next_basis(wiring: Wiring, seq: int, last: Basis | None, *, is_aged: bool) -> Basis:
    """Return the board of now with what it is made of; `seq`: the newest fact that it must know of.

    `is_aged`: the last one is too old for what changes with no fact.
    """
    files = files_of(wiring.workspace)
    if last is None or len(last.board.products) < SMALL:
        return _whole(wiring, files, seq)
    names = _touched(wiring, files, last)
    if names is not None:
        names |= _due(last, is_aged=is_aged)
    if names is None or 2 * len(names) > len(last.board.products):
        return _whole(wiring, files, seq)
    board = _renewed(wiring, last.board, names)
    now = board.made.timestamp()
    looked = last.looked | dict.fromkeys(names, now)
    return Basis(board, files, seq, {n: at for n, at in looked.items() if n in board.products})


def _whole(wiring: Wiring, files: Files, seq: int) -> Basis:
    """Return a board of which all was looked at."""
    board = make_board(wiring)
    looked = dict.fromkeys(board.products, board.made.timestamp())
    return Basis(board, files, seq, looked, is_whole=True)


def _touched(wiring: Wiring, files: Files, last: Basis) -> set[str] | None:
    """Return the products that files or facts tell something new of; None where that is not plain."""
    names = set[str]()
    if files != last.files:
        before, after = last.files.domains, files.domains
        is_plain = (files.own, files.former_names) == (last.files.own, last.files.former_names)
        if not is_plain or before.keys() != after.keys():
            return None
        moved = {domain for domain, mark in after.items() if before[domain] != mark}
        names |= {name for domain in moved for name in wiring.workspace.product_marks(domain)}
        names |= {name for name in last.board.products if name.partition(".")[0] in moved}
    with wiring.store.read() as reader:
        told = _told(reader, last.seq)
    return None if told is None else names | told


def _told(reader: Reader, seq: int) -> set[str] | None:
    """Return the products that facts since one tell of; None where one may concern others too."""
    rows = reader.rows(
        "SELECT kind, json_extract(payload, '$.product'), json_extract(payload, '$.incident')"
        " FROM facts WHERE seq > ? ORDER BY seq LIMIT ?",
        (seq, _MOST_FACTS + 1),
    )
    if len(rows) > _MOST_FACTS:
        return None
    names, incidents = set[str](), set[str]()
    for kind, product, incident in rows:
        if kind in QUIET or kind in _ELSEWHERE:
            continue
        if not product or kind in _WIDE:
            return None
        names.add(str(product))
        if incident:
            incidents.add(str(incident))
    concerned = reader.rows(
        "SELECT product FROM incidents WHERE incident IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(incidents)),),
    )
    return names | {str(product) for (product,) in concerned}


def _due(last: Basis, *, is_aged: bool) -> set[str]:
    """Return the products of which a promise ran out since; of an aged board also those looked at first."""
    began, now = last.board.made.timestamp(), datetime.now(UTC).timestamp()
    names = {
        str(port.product)
        for port in last.board.health
        if port.due is not None and began <= port.due <= now
    }
    if is_aged:
        oldest = sorted(last.looked, key=last.looked.__getitem__)
        names |= set(oldest[: -(-len(oldest) // _SLICES)])
    return names


def _renewed(wiring: Wiring, last: Board, names: Collection[str]) -> Board:
    """Return a board in which these products are looked at anew; the others are those of the last one."""
    now = datetime.now(UTC)
    if not names:
        return Board(now, last.products, last.health)
    graph = graph_of(wiring)
    there = {name: address for name in names if (address := _parsed(name)) in graph.cards}
    looked = check_health(wiring, now, sorted(there)) if there else ()
    with wiring.store.read() as reader:
        found = _products(reader, graph, there, looked)
    if there.keys() <= last.products.keys():
        products = {
            name: found.get(name, one)
            for name, one in last.products.items()
            if name in there or name not in names
        }
    else:
        kept = {name: one for name, one in last.products.items() if name not in names}
        products = dict(sorted((kept | found).items(), key=lambda one: tuple(one[0].split("."))))
    gone = {_parsed(name) for name in names}
    health = [port for port in last.health if port.product not in gone]
    health += looked
    health.sort(key=lambda port: (port.address.domain, port.address.product, port.address.port))
    return Board(now, products, tuple(health))


def _products(
    reader: Reader,
    graph: ProductGraph,
    there: Mapping[str, Address],
    health: Iterable[PortHealth],
) -> dict[str, BoardProduct]:
    served: dict[str, ServedProduct] = {}
    for name in there:
        served |= served_products(reader, name)
    worst = _worst(health)
    published, incidents = _published(reader, there), _incidents(reader, there)
    return {
        name: _product(graph, address, worst, served, published, incidents)
        for name, address in there.items()
    }


def _parsed(name: str) -> Address:
    domain, _, product = name.partition(".")
    return Address(domain, product)


def _worst(health: Iterable[PortHealth]) -> dict[str, str]:
    """Return how the worst port of each product fares."""
    worst: dict[str, str] = {}
    for port in health:
        product = str(port.product)
        known = worst.get(product, STATUSES[0])
        worst[product] = max(known, port.status, key=STATUSES.index)
    return worst


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


def _published(reader: Reader, names: Iterable[str] | None = None) -> dict[str, tuple[str, int]]:
    only, values = _among("p.product", names)
    rows = reader.rows(
        "SELECT p.product, v.published_at, sum(vp.rows) FROM products p"
        " JOIN versions v ON v.product = p.product AND v.version = p.served"
        " JOIN version_ports vp ON vp.product = p.product AND vp.version = p.served"
        f" WHERE {only} GROUP BY 1, 2",
        values,
    )
    return {str(product): (str(at), int(str(count or 0))) for product, at, count in rows}


def _incidents(reader: Reader, names: Iterable[str] | None = None) -> dict[str, int]:
    """Return how many incidents of each product are open."""
    only, values = _among("product", names)
    rows = reader.rows(
        f"SELECT product, count(*) FROM incidents WHERE state <> 'resolved' AND {only} GROUP BY 1",
        values,
    )
    return {str(name): int(str(count)) for name, count in rows}


def _among(column: str, names: Iterable[str] | None) -> tuple[str, list[str]]:
    if names is None:
        return "1 = 1", []
    return f"{column} IN (SELECT value FROM json_each(?))", [json.dumps(sorted(names))]
