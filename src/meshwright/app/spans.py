"""The intervals of an append port: which are missing, which a named day means."""

from collections.abc import Iterable
from datetime import datetime

from meshwright.app.clock import AsOf
from meshwright.model.product import Materialisation
from meshwright.transform.intervals import (
    Span,
    complete_until,
    floor,
    last_complete,
    merged,
    moment_of,
    subtracted,
)

Range = tuple[str, str]


def missing_spans(making: Materialisation, as_of: AsOf, done: Iterable[Span]) -> tuple[Span, ...]:
    """Return the ranges that are complete at `as_of`, within start and end, and not done."""
    return subtracted((_whole(making, as_of),), done)


def named_span(making: Materialisation, as_of: AsOf) -> tuple[Span, ...]:
    """Return the interval that a rerun as of a time replaces; empty outside start and end."""
    whole = _whole(making, as_of)
    named = last_complete(as_of.instant, making.interval, as_of.zone)
    return (named,) if whole.start <= named.start and named.end <= whole.end else ()


def all_spans(*spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same moments as few ranges."""
    return merged(span for several in spans for span in several)


def read_spans(ranges: Iterable[Range]) -> tuple[Span, ...]:
    """Return ranges from their ISO texts."""
    return tuple(Span(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in ranges)


def write_spans(spans: Iterable[Span]) -> tuple[Range, ...]:
    """Return ranges as ISO texts."""
    return tuple((span.start.isoformat(), span.end.isoformat()) for span in spans)


def is_within(interval: str, spans: Iterable[Span]) -> bool:
    """Say whether the interval that starts at an ISO time is in one of the ranges."""
    start = datetime.fromisoformat(interval)
    return any(span.start <= start < span.end for span in spans)


def _whole(making: Materialisation, as_of: AsOf) -> Span:
    start = floor(moment_of(making.start), making.interval)
    end = complete_until(as_of.instant, making.interval, as_of.zone)
    if making.end:
        end = min(end, moment_of(making.end))
    return Span(start, max(start, end))
