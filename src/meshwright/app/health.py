"""Health: which promises each port keeps now and kept so far, and what of it somebody should be told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from meshwright.app.product_graph import graph_of
from meshwright.app.promises import promises_of
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.model.address import Address
from meshwright.model.health import PortHealth
from meshwright.model.signal import LATE, OBJECTIVE, Signal
from meshwright.observe.service import troubles
from meshwright.observe.service.budget import SLOW_WINDOW
from meshwright.observe.service.durations import duration
from meshwright.observe.service.judging import Evidence, judge_port
from meshwright.observe.service.objectives import Promises
from meshwright.observe.watched import measured, publications
from meshwright.observe.watched.publications import Clock, Record
from meshwright.orchestrate.selection import select as selected
from meshwright.spi.state_store import Reader

Reach = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Lateness:
    """What is late or burns now, and the keys of the signals that are well (again)."""

    signals: tuple[Signal, ...]
    well: frozenset[str]


def check_health(
    wiring: Wiring,
    now: datetime,
    select: Sequence[str] = (),
    *,
    pretend: bool = False,
) -> tuple[PortHealth, ...]:
    """Return the health of every port of the mesh (or of selected products), by address.

    With `pretend`, `now` is a business moment: versions count from the business time of their builds, as if
    each had been built on its day.
    """
    cards = selected_cards(wiring, select)
    names = [str(card.address) for card in cards] if select else []
    zone = _zone(wiring)
    clock = Clock(now.timestamp(), _business(zone) if pretend else None)
    since = 0.0 if pretend else clock.now - SLOW_WINDOW
    with wiring.store.read() as reader:
        state = _State(
            publications.read_records(reader, clock, since, names),
            troubles.read_troubles(reader, since, clock.now, names) if not pretend else {},
            measured.read_trends(reader, names, publications.iso_of(clock.now)),
            measured.read_beginnings(reader, names),
            _ends(reader, zone),
        )
        found = [port for card in cards for port in _ports(reader, card, clock, zone, state)]
    return tuple(sorted(found, key=lambda port: port.address))


def judge_lateness(wiring: Wiring, now: datetime, *, pretend: bool = False) -> Lateness:
    """Return what is late and which budgets burn, and which of those signals are well."""
    signals: dict[str, Signal] = {}
    possible: set[str] = set()
    for port in check_health(wiring, now, pretend=pretend):
        for signal, is_on in _signals(port, now.timestamp()):
            possible.add(signal.key)
            if is_on:
                signals[signal.key] = signal
    return Lateness(tuple(signals.values()), frozenset(possible - signals.keys()))


def late_signals(wiring: Wiring, now: datetime, *, pretend: bool = False) -> list[Signal]:
    """Return a signal for each port that is late, or whose error budget burns."""
    return list(judge_lateness(wiring, now, pretend=pretend).signals)


def _signals(port: PortHealth, now: float) -> Iterator[tuple[Signal, bool]]:
    """Yield what could be wrong with a port over time, and whether it is."""
    if port.published is None:
        return
    aged = [level for level in port.levels if level.is_ageing]
    for level in aged:
        text = (
            f"nothing new for {duration(port.age or 0)}; promised is {level.name} {level.promised}"
        )
        yield Signal(LATE, port.address, text, "high", level.name), level.is_met is False
    if not aged and port.due is not None:
        text = (
            f"nothing new for {duration(port.age or 0)}; by habit the next version was there"
            f" {duration(now - port.due)} ago, usually every {duration(port.usual_gap or 0)}"
        )
        yield Signal(LATE, port.product, text, "medium", "cadence"), now > port.due
    burning = port.burning
    text = ""
    if burning is not None:
        text = (
            f"the error budget burns {burning.rate:.1f} times faster than allowed over the last"
            f" {duration(burning.long)}; {port.budget_left or 0:.0%} of it is left"
        )
    severity = burning.severity if burning else "medium"
    if port.levels:
        yield Signal(OBJECTIVE, port.address, text, severity, "budget"), burning is not None


@dataclass(frozen=True, slots=True)
class _State:
    records: dict[str, Record]
    troubles: dict[str, list[troubles.Trouble]]
    trends: dict[tuple[str, str], tuple[float | None, ...]]
    beginnings: dict[tuple[str, str], int]
    ends: dict[str, float]


def _ports(
    reader: Reader, card: Card, clock: Clock, zone: tzinfo, state: _State
) -> Iterator[PortHealth]:
    product = str(card.address)
    record = state.records.get(product, Record())
    for name, promises in promises_of(card).items():
        address = Address(card.address.domain, card.address.product, name)
        evidence = Evidence(
            address=address,
            title=card.title,
            owners=card.owners,
            promises=promises,
            record=record,
            first=state.beginnings.get((product, name), 0),
            trend=state.trends.get((product, name), ()),
            troubles=tuple(state.troubles.get(product, ())),
            reach=_reach(reader, product, name, promises, zone),
            bad_shares=_bad_shares(reader, product, name, promises),
            ends=state.ends.get(product),
            is_pretended=clock.business is not None,
        )
        yield judge_port(evidence, clock.now, zone)


def _reach(
    reader: Reader, product: str, port: str, promises: Promises, zone: tzinfo
) -> dict[int, float]:
    if not promises.by_data and not promises.of("latency"):
        return {}
    return measured.read_reach(reader, product, port, _instant(zone))


def _bad_shares(
    reader: Reader, product: str, port: str, promises: Promises
) -> dict[str, dict[int, float]]:
    """Return for each objective about a share of rows what that share was, by version."""
    return {
        objective.name: measured.read_null_shares(reader, product, port, objective.element)
        if objective.kind == "completeness" and objective.element
        else measured.read_quarantined(reader, product, port)
        for objective in promises.of("completeness", "errorrate")
    }


def selected_cards(wiring: Wiring, select: Sequence[str]) -> list[Card]:
    """Return the cards of the selected products; all without a selection."""
    cards = wiring.workspace.cards
    if not select:
        return list(cards.values())
    named = _named(cards, select)
    if named is not None:
        return named
    graph = graph_of(wiring)
    edges = {
        address: {port.product_address for port in graph.reads(address)}
        for address in cards
        if any("+" in expression for expression in select)
    }
    chosen = selected(select, cards, edges, formerly=graph.former_names)
    return [cards[address] for address in chosen]


def _named(cards: Mapping[Address, Card], select: Sequence[str]) -> list[Card] | None:
    """Return the cards of products that are named one by one; None where something else is meant."""
    found: dict[Address, Card] = {}
    for name in select:
        domain, _, product = name.partition(".")
        card = cards.get(Address(domain, product)) if product.isidentifier() else None
        if card is None:
            return None
        found[card.address] = card
    return list(found.values())


def _ends(reader: Reader, zone: tzinfo) -> dict[str, float]:
    """Return when retired products end: with the day that was announced."""
    rows = reader.rows("SELECT product, retired_until FROM products WHERE retired_until <> ''")
    business = _business(zone)
    return {str(product): business(str(until)) for product, until in rows}


def _zone(wiring: Wiring) -> tzinfo:
    from meshwright.transform.intervals import zone_of

    return zone_of(wiring.mesh.timezone)


def _business(zone: tzinfo) -> Reach:
    from meshwright.transform.intervals import instant_of

    return lambda text: instant_of(text, zone).timestamp()  # type: ignore[arg-type]


def _instant(zone: tzinfo) -> Reach:
    """Return how a wall-clock moment of the mesh (or a full time) becomes an instant."""

    def instant(text: str) -> float:
        moment = datetime.fromisoformat(text)
        return (
            (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).timestamp()
        )

    return instant
