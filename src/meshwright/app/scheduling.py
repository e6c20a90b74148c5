"""Which products are due by the schedules of their build.yaml, on the mesh's clock.

A time that was missed is made up once, however many there were. What was run is remembered in the cache: if
that is lost, a product is run once more, which builds nothing that is up to date.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from meshwright.app.order import load_briefs, reads_of
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address

SECTION = "schedules"


@dataclass(frozen=True, slots=True)
class Due:
    """A product whose time has come, and what follows it: readers that have no schedule of their own."""

    product: Address
    at: datetime
    followers: tuple[Address, ...] = ()


def find_due(wiring: Wiring, now: datetime) -> tuple[Due, ...]:
    """Return the products that are due, the longest overdue first."""
    schedules = {
        address: card.schedule for address, card in wiring.workspace.cards.items() if card.schedule
    }
    if not schedules:
        return ()
    remembered = wiring.cache.load(SECTION)
    readers = _readers(reads_of(load_briefs(wiring)))
    zone = ZoneInfo(wiring.mesh.timezone)
    begun = _last_builds(wiring)
    found = []
    for address, schedule in schedules.items():
        at = last_time(schedule, now, zone)
        if at is None:
            continue
        done = (remembered.get(str(address), b"").decode(), begun.get(str(address), ""))
        if all(not text or datetime.fromisoformat(text) < at for text in done):
            found.append(Due(address, at, tuple(_followers(address, readers, schedules))))
    return tuple(sorted(found, key=lambda due: (due.at, due.product)))


def remember(wiring: Wiring, due: Iterable[Due]) -> None:
    """Keep that these times were seen to."""
    kept = {str(one.product): one.at.isoformat().encode() for one in due}
    if kept:
        wiring.cache.put(SECTION, kept)


def last_time(schedule: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the last time of a schedule up to now, in UTC; None for one that cannot be read."""
    from cronsim import CronSim, CronSimError  # few meshes have schedules

    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    after = (minute + timedelta(minutes=1)).astimezone(zone)  # backwards, the start is left out
    try:
        return next(CronSim(schedule, after, reverse=True)).astimezone(UTC)
    except (CronSimError, StopIteration):
        return None


def _last_builds(wiring: Wiring) -> Mapping[str, str]:
    with wiring.store.read() as reader:
        rows = reader.rows("SELECT product, max(started_at) FROM builds GROUP BY product")
    return {str(product): str(at) for product, at in rows}


def _readers(reads: Mapping[str, Iterable[str]]) -> dict[Address, list[Address]]:
    found: dict[Address, list[Address]] = {}
    for reader, sources in reads.items():
        for source in sources:
            found.setdefault(Address.parse(source), []).append(Address.parse(reader))
    return found


def _followers(
    product: Address, readers: Mapping[Address, list[Address]], schedules: Mapping[Address, str]
) -> list[Address]:
    found: dict[Address, None] = {}
    waiting = [product]
    while waiting:
        for reader in readers.get(waiting.pop(), ()):
            if reader not in schedules and reader not in found:
                found[reader] = None
                waiting.append(reader)
    return list(found)
