"""What people said of the past: spans of business time that were expected, and spans that were truly bad."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from meshwright.model.address import Address
from meshwright.model.series import Interval
from meshwright.spi.state_store import Reader

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict (`expected` or `real`) on a span of what lies at or below an address."""

    address: str
    verdict: str
    span: Interval


def marks_of(reader: Reader, product: Address, zone: ZoneInfo) -> list[Mark]:
    """Return the marks on a product's incidents: of each business date that they are about."""
    rows = reader.rows(
        "SELECT i.address, i.mark, i.business_date, i.opened_at, i.resolved_at, e.business_date"
        " FROM incidents i LEFT JOIN incident_events e ON e.incident = i.incident"
        " AND e.business_date <> '' WHERE i.product = ? AND i.mark <> ''",
        (str(product),),
    )
    found = set()
    for address, verdict, day, opened, resolved, other in rows:
        days = {str(each) for each in (day, other) if each}
        spans = [_day(each, zone) for each in days] or [_while_open(str(opened), str(resolved))]
        found |= {(str(address), str(verdict), span) for span in spans}
    return [Mark(*each) for each in sorted(found, key=lambda e: (e[2].start, e[0], e[1]))]


def spans(marks: Sequence[Mark], verdict: str, port: Address, column: str) -> tuple[Interval, ...]:
    """Return the spans with a verdict that hold for a series of a port or of its column."""
    names = {str(port.product_address), str(port), f"{port}.{column}"}
    return tuple(mark.span for mark in marks if mark.verdict == verdict and mark.address in names)


def _day(text: str, zone: ZoneInfo) -> Interval:
    start = datetime.combine(datetime.fromisoformat(text).date(), time(), zone)
    return Interval(start, start + timedelta(days=1) - _TICK)


def _while_open(opened: str, resolved: str) -> Interval:
    start = datetime.fromisoformat(opened)
    return Interval(start, datetime.fromisoformat(resolved) if resolved else start)
