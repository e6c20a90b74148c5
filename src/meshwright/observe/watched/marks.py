"""What people said of the past: spans of business time that were expected, and spans that were truly bad.

A mark is about what an incident was when it was said, and not about what opens it again later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from meshwright.model.address import Address
from meshwright.model.series import Interval
from meshwright.spi.state_store import Reader

_TICK = timedelta(microseconds=1)
_MARKED = "marked "
_BEGUN = ("opened", "reopened")
_EVENTS = (
    "SELECT i.incident, i.address, e.event, e.at, e.business_date FROM incidents i"
    " JOIN incident_events e ON e.incident = i.incident WHERE i.product = ? AND EXISTS (SELECT 1"
    " FROM incident_events m WHERE m.incident = i.incident AND m.event LIKE 'marked %')"
    " ORDER BY i.incident, e.seq"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict (`expected` or `real`) on a span of what lies at or below an address."""

    address: str
    verdict: str
    span: Interval


def marks_of(reader: Reader, product: Address, zone: ZoneInfo) -> list[Mark]:
    """Return the marks on a product's incidents: of each business date that they are about."""
    lives: dict[tuple[str, str], list[_Event]] = {}
    for incident, address, *said in reader.rows(_EVENTS, (str(product),)):
        lives.setdefault((str(incident), str(address)), []).append(_Event(*map(str, said)))
    found = {
        (address, verdict, span)
        for (_, address), life in lives.items()
        for verdict, span in _marked(life, zone)
    }
    return [Mark(*each) for each in sorted(found, key=lambda e: (e[2].start, e[0], e[1]))]


def spans(marks: Sequence[Mark], verdict: str, port: Address, column: str) -> tuple[Interval, ...]:
    """Return the spans with a verdict that hold for a series of a port or of its column."""
    names = {str(port.product_address), str(port), f"{port}.{column}"}
    return tuple(mark.span for mark in marks if mark.verdict == verdict and mark.address in names)


class _Event(NamedTuple):
    """One step in the life of an incident; `day` is the business date that it is about, if any."""

    event: str
    at: str
    day: str


def _marked(life: Sequence[_Event], zone: ZoneInfo) -> Iterator[tuple[str, Interval]]:
    """Yield what an incident is about, each with the last mark of its stretch, else that of the next one."""
    has_days = any(event.day for event in life)
    verdict = ""
    for stretch in reversed(_stretches(life)):
        marks = [one.event for one in stretch if one.event.startswith(_MARKED)]
        verdict = marks[-1].removeprefix(_MARKED) if marks else verdict
        if not verdict:
            continue
        if has_days:
            yield from ((verdict, _day(one.day, zone)) for one in stretch if one.day)
        else:
            ends = [one.at for one in stretch if one.event == "resolved"]
            yield verdict, _while_open(stretch[0].at, ends[0] if ends else "")


def _stretches(life: Sequence[_Event]) -> list[list[_Event]]:
    """Return the events from each opening to the next."""
    found: list[list[_Event]] = []
    for event in life:
        if event.event in _BEGUN or not found:
            found.append([])
        found[-1].append(event)
    return found


def _day(text: str, zone: ZoneInfo) -> Interval:
    start = datetime.combine(datetime.fromisoformat(text).date(), time(), zone)
    return Interval(start, start + timedelta(days=1) - _TICK)


def _while_open(opened: str, resolved: str) -> Interval:
    start = datetime.fromisoformat(opened)
    return Interval(start, datetime.fromisoformat(resolved) if resolved else start)
