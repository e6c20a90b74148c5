"""Incidents as the state knows them: what grouping and healing decide from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from meshwright.model.address import Address
from meshwright.model.signal import BUILD, CHECK, SEVERITIES
from meshwright.spi.state_store import Reader, Row

OPEN = ("open", "acknowledged")
RESOLVED = "resolved"
WINDOW = timedelta(days=7)  # how long after its last day an incident is still the same one
LONGEST = timedelta(days=366)  # one that lasted longer is not looked for from its first days
_COLUMNS = (
    "incident, product, kind, state, severity, opened_at, business_date, last_date, explanation"
)


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, about the days `first` to `last`: business dates if it `is_dated`, else true ones."""

    id: str
    product: Address
    kind: str
    state: str
    severity: str
    opened_at: str
    first: date
    last: date
    is_dated: bool
    explanation: str
    signals: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Say whether it is not resolved."""
        return self.state != RESOLVED

    def days_from(self, first: date, last: date) -> timedelta:
        """Return how far a span of days is from this one's; none where they touch."""
        return max(first - self.last, self.first - last, timedelta())

    def ports(self) -> frozenset[str] | None:
        """Return the ports of its product that are unhealthy; None when the whole product is."""
        found = set()
        for key in self.signals:
            kind, address = place_of(key)
            if address is None or address.product_address != self.product:
                continue
            if kind in (CHECK, BUILD) or not address.port:
                return None
            found.add(address.port)
        return frozenset(found) or None


def place_of(key: str) -> tuple[str, Address | None]:
    """Return the kind of a signal, told by its key, and where it was noticed."""
    kind, _, rest = key.partition("|")
    text = rest.partition("|")[0]
    domain, product, port, column = (*text.split(".", 3), "", "", "")[:4]
    return kind, Address(domain, product, port, column) if product else None


def rank(severity: str) -> int:
    """Return how bad a severity is; an unknown word counts as the least."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else 0


def open_incidents(reader: Reader) -> list[Incident]:
    """Return every incident of the mesh that is not resolved, the oldest first."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM incidents WHERE state IN (?, ?) ORDER BY opened_at, incident", OPEN
    )
    return _incidents(reader, rows)


def incident_with(reader: Reader, name: str) -> Incident:
    """Return one incident, which is known to exist."""
    rows = reader.rows(f"SELECT {_COLUMNS} FROM incidents WHERE incident = ?", (name,))
    return _incidents(reader, rows)[0]


def recent_incidents(reader: Reader, product: Address, first: date, last: date) -> list[Incident]:
    """Return a product's resolved incidents that end within the window before some days, or touch them."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM incidents WHERE product = ? AND state = ?"
        " AND last_date >= ? AND last_date <= ?"
        " AND substr(CASE WHEN business_date = '' THEN opened_at ELSE business_date END, 1, 10) <= ?"
        " ORDER BY last_date DESC, incident DESC LIMIT 50",
        (
            str(product),
            RESOLVED,
            (first - WINDOW).isoformat(),
            (last + LONGEST).isoformat(),
            (last + WINDOW).isoformat(),
        ),
    )
    return _incidents(reader, rows)


def _incidents(reader: Reader, rows: Sequence[Row]) -> list[Incident]:
    signals: dict[str, set[str]] = {str(row[0]): set() for row in rows}
    names = list(signals)
    for start in range(0, len(names), 500):
        part = names[start : start + 500]
        marks = ", ".join("?" * len(part))
        for incident, signal in reader.rows(
            f"SELECT incident, signal FROM incident_signals WHERE incident IN ({marks})", part
        ):
            signals[str(incident)].add(str(signal))
    return [_incident(row, signals[str(row[0])]) for row in rows]


def _incident(row: Row, signals: set[str]) -> Incident:
    name, product, kind, state, severity, opened, about, last, explanation = map(str, row)
    first = date.fromisoformat((about or opened)[:10])
    return Incident(
        name,
        Address.parse(product),
        kind,
        state,
        severity,
        opened,
        first,
        max(first, date.fromisoformat(last)) if last else first,
        bool(about),
        explanation,
        frozenset(signals or {f"{kind}|{product}||"}),
    )
