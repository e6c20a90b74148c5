"""Read what there is to tell: incidents that last, or whose end somebody waits for; and who knows what."""

import json
from collections.abc import Iterable
from datetime import datetime

from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.observe.incidents.news import RESOLVED, Known, News
from meshwright.observe.incidents.routing import MOST_ATTEMPTS
from meshwright.spi.state_store import Reader, Row

_COLUMNS = (
    "i.incident, i.product, i.address, i.kind, i.severity, i.state, i.cause, i.explanation,"
    " i.opened_at, i.last_at, i.resolved_at, i.owner, i.business_date, i.impact, i.hints, i.mark"
)


def read_news(wiring: Wiring, reader: Reader) -> tuple[News, ...]:
    """Return every incident that somebody may have to be told of; it costs what is open."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM incidents i WHERE i.state IN ('open', 'acknowledged')"
    )
    rows += reader.rows(
        f"SELECT DISTINCT {_COLUMNS} FROM told t JOIN incidents i ON i.incident = t.incident"
        " WHERE i.state = ? AND t.event <> '' AND NOT (t.failed_event = ? AND t.attempts >= ?)",
        (RESOLVED, RESOLVED, MOST_ATTEMPTS),
    )
    about = _About(wiring, reader)
    return tuple(about.news(row) for row in rows)


def read_knowledge(reader: Reader, incidents: Iterable[News]) -> dict[tuple[str, str], Known]:
    """Return what each notifier knows of these incidents."""
    wanted = {one.id for one in incidents}
    if not wanted:
        return {}
    rows = reader.rows(
        "SELECT incident, notifier, event, severity, at, failed_event, failed_severity, attempts,"
        " tried_at, alert FROM told"
    )
    return {
        (str(row[0]), str(row[1])): Known(
            str(row[2]), str(row[3]), _moment(row[4]), str(row[5]), str(row[6]),
            int(str(row[7])), _moment(row[8]), str(row[9]),
        )
        for row in rows if str(row[0]) in wanted
    }  # fmt: skip


def read_mutes(reader: Reader, now: datetime) -> dict[str, datetime]:
    """Return the addresses that are muted now, and until when."""
    rows = reader.rows("SELECT address, until FROM mutes")
    ends = {str(address): datetime.fromisoformat(str(until)) for address, until in rows}
    return {address: until for address, until in ends.items() if until > now}


class _About:
    """Adds to an incident what the descriptors say: owners, tags, the people downstream."""

    def __init__(self, wiring: Wiring, reader: Reader) -> None:
        self._wiring = wiring
        self._reader = reader
        routes = wiring.mesh.alerting.routes
        self._needs_tags = any(route.tags for route in routes)

    def news(self, row: Row) -> News:
        texts = [str(value) for value in row]
        impact = tuple(json.loads(texts[13]))
        incident, product = texts[0], texts[1]
        begun, note = self._events(incident)
        return News(
            id=incident,
            product=product,
            address=texts[2] or product,
            kind=texts[3],
            severity=texts[4],
            state=texts[5],
            cause=texts[6],
            explanation=texts[7],
            since=begun or datetime.fromisoformat(texts[8]),
            last=datetime.fromisoformat(texts[9] or texts[8]),
            ended=_moment(texts[10]),
            owner=texts[11],
            owners=self._owners(product),
            tags=self._tags(product),
            business_date=texts[12],
            impact=impact,
            people=self._people(impact),
            hints=tuple(json.loads(texts[14])),
            mark=texts[15],
            note=note,
        )

    def _events(self, incident: str) -> tuple[datetime | None, str]:
        """Return when it was opened again, where it was, and what was last said of it."""
        rows = self._reader.rows(
            "SELECT event, at, text FROM incident_events WHERE incident = ?"
            " AND event IN ('reopened', 'resolved') ORDER BY seq DESC LIMIT 2",
            (incident,),
        )
        again = next((_moment(at) for event, at, _ in rows if event == "reopened"), None)
        return again, str(rows[0][2]) if rows and rows[0][0] == RESOLVED else ""

    def _owners(self, product: str) -> tuple[str, ...]:
        card = self._wiring.workspace.cards.get(_address(product))
        return card.owners if card is not None else ()

    def _people(self, impact: Iterable[str]) -> tuple[str, ...]:
        products = dict.fromkeys(".".join(address.split(".")[:2]) for address in impact)
        return tuple(dict.fromkeys(owner for name in products for owner in self._owners(name)))

    def _tags(self, product: str) -> tuple[str, ...]:
        if not self._needs_tags:
            return ()
        try:
            return self._wiring.workspace.product(_address(product)).tags
        except MeshwrightError:  # its descriptor is broken now, or gone
            return ()


def _address(product: str) -> Address:
    return Address.parse(product).product_address


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None
