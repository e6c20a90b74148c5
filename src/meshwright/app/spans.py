"""The intervals of an append port: which are missing, which a named day means."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from meshwright.app.clock import AsOf
from meshwright.app.served import ServedPort
from meshwright.model.address import Address
from meshwright.model.product import Materialisation, Product
from meshwright.publish.reading import SERVING
from meshwright.spi.state_store import Reader
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


def made_from(
    reader: Reader, product: Product, ports: Mapping[str, ServedPort], as_of: AsOf
) -> dict[str, dict[str, str]]:
    """Return what each input was when the interval that a rerun names was made, by append port.

    Empty for a run as of now.
    """
    found: dict[str, dict[str, str]] = {}
    if as_of.is_now:
        return found
    for port in product.outputs:
        making = port.materialisation
        if making.kind == "append" and port.name in ports:
            for span in named_span(making, as_of):
                served = ports[port.name]
                found[port.name] = _inputs_of(reader, product.address, served, span, as_of.text)
    return found


def _inputs_of(
    reader: Reader, product: Address, served: ServedPort, span: Span, as_of: str
) -> dict[str, str]:
    rows = reader.rows(
        f"SELECT interval, first_version FROM port_files WHERE product = ? AND port = ? AND {SERVING}",
        (str(product), served.port, served.version, served.version),
    )
    starts = [(datetime.fromisoformat(str(at)), int(str(version))) for at, version in rows if at]
    versions = [version for start, version in starts if start == span.start]
    if not versions:  # without a row, only a run as of the same time tells when it was made
        made = reader.rows(
            "SELECT max(version) FROM versions WHERE product = ? AND as_of = ? AND version <= ?",
            (str(product), as_of, served.version),
        )
        versions = [int(str(number)) for (number,) in made if number is not None]
    stamps = reader.rows(
        "SELECT input, stamp FROM version_inputs WHERE product = ? AND version = ?",
        (str(product), min(versions, default=None)),
    )
    return {str(name): str(stamp) for name, stamp in stamps}


def held_spans(making: Materialisation, done: Iterable[Span], zone: ZoneInfo) -> tuple[Span, ...]:
    """Return the part of ranges that is within the port's start and end, and over by now.

    What a wrong clock or an earlier run took for made before it was over is not.
    """
    start = floor(moment_of(making.start), making.interval)
    end = complete_until(datetime.now(UTC), making.interval, zone)
    if making.end:
        end = min(end, moment_of(making.end))
    return merged(Span(max(span.start, start), min(span.end, end)) for span in done)


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
