"""The series that are watched, each with its past and with how it is watched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from meshwright.app.measured import FRESH_ROWS, INTERVAL_ROWS, ROWS
from meshwright.app.monitoring import monitors_of, sensitivity_of, watch_of
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.monitoring import UNWATCHED, Monitor, Monitoring
from meshwright.model.series import Series, Watch
from meshwright.observe.watched.history import (
    PortHistory,
    Recorded,
    SeriesName,
    ports_of,
    series_of,
)
from meshwright.observe.watched.marks import Mark, marks_of
from meshwright.observe.watched.metrics import is_watched
from meshwright.publish.reading import find_product
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class Watching:
    """One watched series of a port."""

    port: Address
    name: SeriesName
    recorded: Recorded
    series: Series
    monitors: tuple[Monitor, ...]
    is_chosen: bool
    sensitivity: str
    how: Watch


def watching_of(
    wiring: Wiring, reader: Reader, address: Address, *, everything: bool
) -> list[Watching]:
    """Return the watched series of a product, port or column.

    Raises `UsageError` (`series-unknown`) where nothing was measured.
    """
    product = find_product(reader, address) or address.product_address
    known = ports_of(reader, str(product))
    ports = [port for port in known if address.port in ("", port.port)]
    if not ports:
        raise UsageError(
            "series-unknown",
            f"nothing was measured of `{address}` yet",
            hint=did_you_mean(str(address), map(str, known)) if known else f"mesh run {product}",
        )
    zone = wiring.mesh.timezone
    marks = marks_of(reader, product, ZoneInfo(zone))
    found: list[Watching] = []
    columns: set[str] = {""}
    for port in ports:
        monitoring = monitoring_of(wiring, port)
        every = PortHistory(reader, port).all()
        columns |= {name.column for name in every}
        recorded = kept_series(every, monitoring, everything=everything)
        found += [
            _of(port, name, one, monitoring, marks, zone)
            for name, one in recorded.items()
            if address.column in ("", name.column)
        ]
    if address.column not in columns:
        names = (str(replace(address, column=column)) for column in columns - {""})
        raise UsageError(
            "series-unknown",
            f"nothing was measured of `{address}`",
            hint=did_you_mean(str(address), names),
        )
    return found


def _of(
    port: Address,
    name: SeriesName,
    recorded: Recorded,
    monitoring: Monitoring,
    marks: Sequence[Mark],
    zone: str,
) -> Watching:
    chosen = [] if name.segment else monitors_of(monitoring, name)
    return Watching(
        port,
        name,
        recorded,
        series_of(name, recorded, ZoneInfo(zone)),
        tuple(chosen) or (Monitor(name.metric, name.column),),
        bool(chosen),
        sensitivity_of(monitoring, name.metric),
        watch_of(monitoring, marks, port, name, zone),
    )


def kept_series(
    recorded: Mapping[SeriesName, Recorded], monitoring: Monitoring, *, everything: bool
) -> dict[SeriesName, Recorded]:
    """Return the series that are watched: where intervals are counted, not what only grows."""
    is_growing = {SeriesName("", "", name) for name in (INTERVAL_ROWS, FRESH_ROWS)} <= set(recorded)
    hidden = {SeriesName("", "", name) for name in (ROWS, FRESH_ROWS)} if is_growing else set()
    return {
        name: one
        for name, one in recorded.items()
        if everything
        or monitors_of(monitoring, name)
        or (is_watched(name.metric) and name not in hidden)
    }


def monitoring_of(wiring: Wiring, port: Address) -> Monitoring:
    """Return how a port is watched; of a product that cannot be read now, as all are."""
    card = wiring.workspace.cards.get(port.product_address)
    if card is None or card.is_broken:
        return UNWATCHED
    found = wiring.workspace.product(port.product_address).output(port.port)
    return found.monitoring if found else UNWATCHED
