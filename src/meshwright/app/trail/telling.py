"""Tell the trail: queries and acts in one order, of what somebody may know.

Who owns the mesh, and the roles of audit and governance, know all; an owner knows what is about their
products; everybody knows their own. What must stay true: it is read page by page, by an index, so that an
export holds no more than a page.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge

from meshwright.access.durations import written
from meshwright.app.access.sight import owned_products, sees_all
from meshwright.app.product_graph import present
from meshwright.app.trail.acts import Acts
from meshwright.app.trail.line import KINDS, TrailLine
from meshwright.app.trail.queries import Wanted, query_lines
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.identity.names import parse_name
from meshwright.model.address import Address
from meshwright.model.principal import Asker, Principal
from meshwright.spi.state_store import Reader
from meshwright.transform.intervals import zone_of


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What of the trail is asked for. `limit` 0: all of it, else so many of the newest."""

    principal: str = ""
    address: str = ""
    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    is_refused: bool = False
    limit: int = 0


def trail(wiring: Wiring, asker: Asker, wanted: TrailFilter) -> Iterator[TrailLine]:
    """Yield what happened, newest last. Raises `UsageError` at once for what makes no sense."""
    facts, is_queries = _kinds(wanted.kinds)
    zone = wiring.mesh.timezone
    who = asker.principal
    owned = None if sees_all(who) else _owned(wiring, who)
    found = Wanted(
        parse_name(wanted.principal) if wanted.principal else "",
        _names(wiring, wanted.address),
        _moment(wanted.since, zone),
        _moment(wanted.until, zone, is_end=True),
        wanted.is_refused,
        "" if owned is None else who.name,
        owned or (),
    )
    is_told = _told_to(who, owned)
    return _told(wiring, wanted, found, (facts, is_queries), is_told)


def _told(
    wiring: Wiring,
    wanted: TrailFilter,
    found: Wanted,
    kinds: tuple[Sequence[str], bool],
    is_told: Callable[[TrailLine], bool],
) -> Iterator[TrailLine]:
    facts, is_queries = kinds

    def matches(line: TrailLine) -> bool:
        return (
            is_told(line)
            and (not found.principal or found.principal in (line.principal, line.by))
            and (not found.addresses or any(_is_in(one, found.addresses) for one in line.ports))
            and (not wanted.is_refused or line.is_refused)
        )

    with wiring.store.read() as reader:
        newest_first = bool(wanted.limit)
        acts = Acts(reader).lines(facts, found.since, found.until, newest_first=newest_first)
        queries = query_lines(reader, found, newest_first=newest_first) if is_queries else iter(())
        merged = merge(acts, queries, key=_order, reverse=newest_first)
        lines = (line for line in merged if matches(line))
        if not newest_first:
            yield from lines
            return
        kept: deque[TrailLine] = deque()
        for line in lines:
            kept.appendleft(line)
            if len(kept) >= wanted.limit:
                break
    yield from kept


def _order(line: TrailLine) -> tuple[str, int]:
    return line.at, line.seq


def _kinds(words: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the facts that are meant beside queries, and whether queries are."""
    for word in words:
        if word not in KINDS:
            raise UsageError(
                "kind-unknown", f"the trail has no kind `{word}`", hint=did_you_mean(word, KINDS)
            )
    chosen = words or tuple(KINDS)
    facts = tuple(fact for word in chosen if word != "query" for fact in KINDS[word])
    return facts, "query" in chosen


def _owned(wiring: Wiring, who: Principal) -> tuple[str, ...]:
    """Return every name of the products that are somebody's."""
    products = owned_products(wiring, who)
    return tuple(name for product in products for name in _former(wiring, product))


def _told_to(who: Principal, owned: Sequence[str] | None) -> Callable[[TrailLine], bool]:
    """Return what says whether somebody may know of a line; `owned` None: of all."""
    if owned is None:
        return lambda line: True
    mine = set(owned)

    def is_told(line: TrailLine) -> bool:
        if who.name in (line.by, line.on_behalf_of) or line.principal in who.names:
            return True
        return any(".".join(port.split(".")[:2]) in mine for port in line.ports)

    return is_told


def _former(wiring: Wiring, product: str) -> tuple[str, ...]:
    """Return every name that a product has had: facts keep the one of their time."""
    with wiring.store.read() as reader:
        return (product, *_aliases(reader, product))


def _aliases(reader: Reader, product: str) -> tuple[str, ...]:
    rows = reader.rows("SELECT formerly FROM aliases WHERE product = ?", (product,))
    return tuple(str(row[0]) for row in rows)


def _names(wiring: Wiring, address: str) -> tuple[str, ...]:
    """Return the names under which facts know an address: a domain, a product, a port or a column's port."""
    if not address:
        return ()
    if "." not in address:
        if address not in wiring.workspace.domains:
            raise UsageError(
                "domain-unknown",
                f"there is no domain `{address}`",
                hint=did_you_mean(address, wiring.workspace.domains),
            )
        return (address,)
    parsed = present(Address.parse(address), wiring.workspace.former_names)
    rest = f".{parsed.port}" if parsed.port else ""
    return tuple(f"{name}{rest}" for name in _former(wiring, str(parsed.product_address)))


def _is_in(port: str, addresses: Sequence[str]) -> bool:
    return any(port == one or port.startswith(f"{one}.") for one in addresses)


def _moment(text: str, timezone: str, *, is_end: bool = False) -> str:
    """Return a day or a time as facts write it; the day of an end is within."""
    if not text:
        return ""
    zone = zone_of(timezone)
    try:
        if len(text) == len("2027-01-31"):
            day = date.fromisoformat(text) + timedelta(days=1 if is_end else 0)
            return written(datetime(day.year, day.month, day.day, tzinfo=zone))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            "time-invalid",
            f"`{text}` is not a day or a time",
            hint="write 2027-01-31 or 2027-01-31T12:00",
        ) from error
    return written(moment if moment.tzinfo else moment.replace(tzinfo=zone))
