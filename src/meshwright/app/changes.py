"""Read what there is to tell those who subscribed: contracts that changed, ports that end or are gone.

What must stay true: it costs nothing where nobody subscribed, and what all were told is not read again.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from meshwright.app.contracts import read_published
from meshwright.app.deprecation import served_farewell
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.govern.compatibility import compare
from meshwright.model.address import Address
from meshwright.model.alerting import CHANGE, DEPRECATION, Subscription
from meshwright.model.contract import Contract
from meshwright.model.exact import dumps
from meshwright.model.farewell import Farewell, end_of
from meshwright.observe.incidents.news import CHANGED, DEPRECATED, ENDED, News
from meshwright.observe.incidents.routing import wants
from meshwright.spi.state_store import Reader

BEFORE = (1, 7, 30)  # days before its end on which a port is told of again
_SERVED = (
    "FROM products p JOIN version_ports vp ON vp.product = p.product AND vp.version = p.served"
    " JOIN contracts c ON c.product = vp.product AND c.port = vp.port AND c.digest = vp.contract"
)


def read_changes(
    wiring: Wiring, reader: Reader, subscriptions: Iterable[Subscription], now: datetime
) -> tuple[News, ...]:
    """Return the changes that somebody subscribed to and that not all of them were told of."""
    listed = [one for one in subscriptions if {CHANGE, DEPRECATION} & set(one.events)]
    if not listed:
        return ()
    rows = reader.rows("SELECT address, event, about FROM announcements")
    done = {(str(row[0]), str(row[1]), str(row[2])) for row in rows}
    found = _Changes(wiring, reader, min(one.seq for one in listed), now)
    return tuple(
        news
        for news in found.all()
        if (news.address, news.event, news.id) not in done and any(wants(s, news) for s in listed)
    )


class _Changes:
    def __init__(self, wiring: Wiring, reader: Reader, since: int, now: datetime) -> None:
        self._wiring = wiring
        self._reader = reader
        self._since = since
        self._now = now
        self._zone = ZoneInfo(wiring.mesh.timezone)

    def all(self) -> Iterator[News]:
        yield from self._contracts()
        yield from self._endings()
        yield from self._removals()
        yield from self._retirements()

    def _contracts(self) -> Iterator[News]:
        """Yield the contracts that were published since, each against the one before it."""
        rows = self._reader.rows(
            "SELECT seq, at, payload FROM facts WHERE kind = 'ContractPublished' AND seq > ?"
            " ORDER BY seq",
            (self._since,),
        )
        for seq, at, payload in rows:
            fact = json.loads(str(payload))
            port = Address.parse(f"{fact['product']}.{fact['port']}")
            new = read_published(dumps(fact["document"]))
            old = self._before(port, str(at), fact["digest"])
            yield from self._changed(port, int(str(seq)), datetime.fromisoformat(str(at)), old, new)

    def _before(self, port: Address, at: str, digest: str) -> Contract | None:
        rows = self._reader.rows(
            "SELECT document FROM contracts WHERE product = ? AND port = ? AND digest <> ?"
            " AND published_at < ? ORDER BY published_at DESC LIMIT 1",
            (str(port.product_address), port.port, digest, at),
        )
        return read_published(str(rows[0][0])) if rows else None

    def _changed(
        self, port: Address, seq: int, at: datetime, old: Contract | None, new: Contract
    ) -> Iterator[News]:
        follows = (new.replaces,) if new.replaces else ()
        about: tuple[str, ...] = (CHANGE,)
        if old is None:
            what = f"a new port, under contract {new.version}"
            if new.replaces:
                what += f", which replaces {new.replaces}"
                about = (CHANGE, DEPRECATION)
            yield self._news(port, CHANGED, about, what, at, seq, "low", related=follows)
            return
        change = compare(old, new, port.port)
        level = "breaking" if change.level == "major" else change.level
        what = f"contract {old.version} → {new.version}, {level}"
        items = tuple(map(str, change.items))
        severity = "medium" if change.breaking else "low"
        event = CHANGED
        if (new.is_deprecated, new.end_of_life) != (old.is_deprecated, old.end_of_life):
            event, about, severity = DEPRECATED, (CHANGE, DEPRECATION), "medium"
            what = f"{_ending_of(new)}; {what}"
            items = (*self._instead(port), *items)
        yield self._news(port, event, about, what, at, seq, severity, items, follows)

    def _instead(self, port: Address) -> tuple[str, ...]:
        farewell = served_farewell(self._reader, port)
        if farewell is None or not farewell.successors:
            return ()
        return (f"read {farewell.instead} instead",)

    def _endings(self) -> Iterator[News]:
        """Yield the ports that end soon, or have ended; when the end was announced was told then."""
        rows = self._reader.rows(
            f"SELECT vp.product, vp.port, c.published_at {_SERVED}"
            " WHERE c.document LIKE '%endOfLife%'"
        )
        for product, name, published in rows:
            port = Address.parse(f"{product!s}.{name!s}")
            farewell = served_farewell(self._reader, port)
            end = end_of(farewell.end, self._zone) if farewell else None
            if farewell is None or end is None:
                continue
            left, told = end - self._now, datetime.fromisoformat(str(published))
            due = 0 if left <= timedelta(0) else next((n for n in BEFORE if left.days < n), None)
            if due is not None and (not due or end - timedelta(days=due) > told):
                yield self._ending(port, farewell, end - timedelta(days=due), due)

    def _ending(self, port: Address, farewell: Farewell, at: datetime, due: int) -> News:
        what = f"it is served until {farewell.end}" if due else f"it ended on {farewell.end}"
        event, severity = (DEPRECATED, "medium") if due else (ENDED, "high")
        key = f"{farewell.end}-{due}"
        return self._news(
            port, event, (DEPRECATION,), what, at, 0, severity, self._instead(port), key=key
        )

    def _removals(self) -> Iterator[News]:
        """Yield the ports that the first version after their last one no longer has."""
        rows = self._reader.rows(
            "SELECT l.product, l.port, v.version, v.seq, v.published_at FROM"
            " (SELECT product, port, max(version) AS last FROM version_ports GROUP BY 1, 2) l"
            " JOIN versions v ON v.product = l.product AND v.version ="
            " (SELECT min(version) FROM versions n WHERE n.product = l.product AND n.version > l.last)"
            " WHERE v.seq > ?",
            (self._since,),
        )
        for product, name, version, seq, at in rows:
            port = Address.parse(f"{product!s}.{name!s}")
            what = f"the port is gone since version {version!s}"
            moment = datetime.fromisoformat(str(at))
            yield self._news(
                port, ENDED, (CHANGE, DEPRECATION), what, moment, int(str(seq)), "high"
            )

    def _retirements(self) -> Iterator[News]:
        rows = self._reader.rows(
            "SELECT product, retired_until FROM products WHERE status = 'retired'"
        )
        for product, until in rows:
            what = f"the product is retired: it is served until {until!s}"
            address = Address.parse(str(product))
            yield self._news(
                address, DEPRECATED, (DEPRECATION,), what, self._now, 0, "medium", key=str(until)
            )

    def _news(
        self,
        address: Address,
        event: str,
        about: tuple[str, ...],
        what: str,
        at: datetime,
        seq: int,
        severity: str,
        items: tuple[str, ...] = (),
        related: tuple[str, ...] = (),
        *,
        key: str = "",
    ) -> News:
        return News(
            id=f"{event}:{address}:{(key or str(seq)).replace(':', '.')}",
            product=str(address.product_address),
            address=str(address),
            kind=event,
            severity=severity,
            state="open",
            cause=what,
            explanation=what,
            since=at,
            last=at,
            owners=graph_of(self._wiring).owners(address.product_address),
            hints=items,
            event=event,
            about=about,
            related=related,
            seq=seq,
        )


def _ending_of(contract: Contract) -> str:
    if not contract.is_deprecated:
        return "it does not end after all"
    end = contract.end_of_life
    return f"it is served until {end}" if end else "it is deprecated"
