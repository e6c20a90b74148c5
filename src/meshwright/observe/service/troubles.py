"""What incidents cost: how long until they were noticed, told of, over. Reads the incidents' projections."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean

from meshwright.model.address import Address
from meshwright.model.health import Downtime
from meshwright.observe.service.stretches import Stretch, covering, without
from meshwright.observe.watched.publications import among, iso_of, seconds_of
from meshwright.spi.state_store import Reader

GRAVE = ("high", "critical")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One incident: when it began (as far as facts say), was noticed, was told of, and ended."""

    incident: str
    product: str
    address: str
    kind: str
    severity: str
    build: str
    opened: float
    resolved: float | None = None
    began: float | None = None
    told: float | None = None

    @property
    def is_open(self) -> bool:
        """Say whether it still goes on."""
        return self.resolved is None

    def is_of(self, port: Address) -> bool:
        """Say whether it touches a port: it is about its product, the port, or a column of it."""
        name = str(port)
        return self.address in (str(port.product_address), name) or self.address.startswith(
            f"{name}."
        )


def read_troubles(
    reader: Reader, since: float, now: float, products: Collection[str] = ()
) -> dict[str, list[Trouble]]:
    """Return the incidents that are open or ended since a moment, by product."""
    only, names = among("i.product", products)
    rows = reader.rows(
        "SELECT i.incident, i.product, i.address, i.kind, i.severity, i.build, i.opened_at,"
        " i.resolved_at, coalesce(b.started_at, '') FROM incidents i"
        " LEFT JOIN builds b ON b.build = i.build AND i.build <> ''"
        f" WHERE i.mark <> 'expected' AND (i.state <> 'resolved' OR i.resolved_at >= ?){only}"
        " ORDER BY i.opened_at",
        (iso_of(since), *names),
    )
    told = _told(reader) if rows else {}
    found: dict[str, list[Trouble]] = {}
    for incident, product, address, kind, severity, build, opened, resolved, began in rows:
        at = seconds_of(str(opened))
        if at > now:
            continue
        trouble = Trouble(
            str(incident),
            str(product),
            str(address),
            str(kind),
            str(severity),
            str(build),
            at,
            seconds_of(str(resolved)) if resolved else None,
            min(at, seconds_of(str(began))) if began else None,
            told.get(str(incident)),
        )
        found.setdefault(trouble.product, []).append(trouble)
    return found


def downtime_of(
    troubles: Sequence[Trouble], good: Sequence[Stretch], since: float | None, now: float
) -> Downtime:
    """Return what incidents cost: incidents x (time to detect + time to resolve).

    Trouble begins with its build, or with the bad minutes that the incident was opened in.
    """
    if not troubles:
        return Downtime()
    start = since if since is not None else now
    bad = without([Stretch(min(start, now), now)], good)
    detect, notify, resolve, total = [], [], [], 0.0
    for trouble in troubles:
        began = trouble.began
        if began is None:
            within = covering(bad, trouble.opened)
            began = within.start if within else trouble.opened
        detect.append(trouble.opened - began)
        total += (now if trouble.resolved is None else trouble.resolved) - began
        if trouble.resolved is not None:
            resolve.append(max(0.0, trouble.resolved - trouble.opened))
        if trouble.told is not None:
            notify.append(max(0.0, trouble.told - trouble.opened))
    return Downtime(
        len(troubles),
        sum(trouble.is_open for trouble in troubles),
        max(0.0, total),
        fmean(detect),
        fmean(notify) if notify else None,
        fmean(resolve) if resolve else None,
    )


def _told(reader: Reader) -> dict[str, float]:
    """Return when somebody was first told of each incident."""
    found: dict[str, float] = {}
    rows = reader.rows("SELECT incidents, at FROM alerts WHERE status = 'sent' ORDER BY at")
    for incidents, at in rows:
        for incident in json.loads(str(incidents)):
            found.setdefault(str(incident), seconds_of(str(at)))
    return found
