"""The one entry for what is unhealthy: signals become incidents, in the transaction of who noticed them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import count

from meshwright.app.evidence import find_evidence
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.facts import Fact, IncidentJoined, IncidentOpened, IncidentReopened
from meshwright.model.signal import BUILD, CHECK, Signal
from meshwright.observe.incidents.causes import hints
from meshwright.observe.incidents.clusters import day_of
from meshwright.observe.incidents.grouping import About, group
from meshwright.observe.incidents.healing import Healing
from meshwright.observe.incidents.incidents import Incident, open_incidents, recent_incidents
from meshwright.spi.state_store import Reader, Writer

PUBLISHED = (CHECK, BUILD)  # the kinds that a good build puts right
PREFIX = "inc-"


def raise_signals(
    wiring: Wiring,
    writer: Writer | None,
    product: Address,
    signals: Sequence[Signal],
    *,
    build: str = "",
    healthy: Collection[str] = (),
) -> list[Fact]:
    """Record what signals of a product mean for the mesh's incidents; return the facts.

    `healthy` are keys or kinds of signals that are known to be well again: an incident of which nothing
    unhealthy is left is resolved. Without a writer, in a transaction of its own.
    """
    if writer is None:
        with wiring.store.write() as own:
            return raise_signals(wiring, own, product, signals, build=build, healthy=healthy)
    facts, touched = _grouped(wiring, writer, signals) if signals else ([], set())
    if facts:
        wiring.ledger.append(writer, facts)
    healing = Healing(writer, product.product_address, frozenset(healthy), build)
    healed = healing.resolutions(touched)
    if healed:
        wiring.ledger.append(writer, healed)
    return [*facts, *healed]


def teller(
    wiring: Wiring, signals: Sequence[Signal] = (), healthy: Collection[str] = ()
) -> Callable[[Writer, Address, str], object]:
    """Return what tells of a build's end, within the transaction that records it."""

    def tell(writer: Writer, product: Address, build: str) -> None:
        raise_signals(wiring, writer, product, signals, build=build, healthy=healthy)

    return tell


def _grouped(
    wiring: Wiring, writer: Writer, signals: Sequence[Signal]
) -> tuple[list[Fact], set[str]]:
    """Return what the signals mean, and the incidents that are not over, even where nothing is new."""
    today = datetime.now(UTC).date()
    graph = graph_of(wiring)

    def describe(product: Address, strongest: Sequence[Signal]) -> About:
        owners = graph.owners(product)
        below = graph.below(product, affected_ports(strongest))
        evidence = find_evidence(writer, product, strongest, graph.reads)
        return About(
            owners[0] if owners else "",
            tuple(str(port) for ports in below.values() for port in ports),
            hints(evidence),
        )

    still_open = open_incidents(writer)
    facts = group(
        signals,
        [*still_open, *_recent(writer, signals, today)],
        graph.reads,
        today=today,
        new_ids=_new_ids(writer),
        describe=describe,
    )
    keys = {signal.key for signal in signals}
    touched = {one.id for one in still_open if one.signals & keys}
    bad = (IncidentOpened, IncidentJoined, IncidentReopened)
    return facts, touched | {fact.incident for fact in facts if isinstance(fact, bad)}


def affected_ports(signals: Sequence[Signal]) -> frozenset[str] | None:
    """Return the ports that are unhealthy; None when nothing of the product can be relied on."""
    ports = {signal.address.port for signal in signals}
    is_whole = any(signal.kind in PUBLISHED for signal in signals)
    return None if is_whole or "" in ports else frozenset(ports)


def _recent(reader: Reader, signals: Sequence[Signal], today: date) -> list[Incident]:
    """Return the resolved incidents that any of the signals might reopen."""
    days: dict[Address, list[date]] = {}
    for signal in signals:
        days.setdefault(signal.address.product_address, []).append(day_of(signal, today))
    search = partial(recent_incidents, reader)
    return [
        one for product, of in sorted(days.items()) for one in search(product, min(of), max(of))
    ]


def _new_ids(reader: Reader) -> Iterator[str]:
    """Yield ids that no incident has: short enough to type, `inc-7` for the seventh."""
    known = int(str(reader.rows("SELECT count(*) FROM incidents")[0][0]))
    return (f"{PREFIX}{number}" for number in count(known + 1))
