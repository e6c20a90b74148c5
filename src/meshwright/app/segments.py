"""Which segment of a port's rows makes most of a metric's change."""

from collections.abc import Iterable, Sequence
from statistics import median

from meshwright.model.signal import Signal
from meshwright.observe.incidents.causes import SegmentShare
from meshwright.spi.state_store import Reader

BEFORE = 7  # points that say what a segment's value was
_SEGMENTS_AT_MOST = 200


def segment_shares(reader: Reader, anomalies: Iterable[Signal]) -> list[SegmentShare]:
    """Return of each metric that is anomalous as a whole the segment with the largest part in it."""
    found = []
    for signal in anomalies:
        if signal.segment:
            continue
        share = _largest(reader, signal)
        if share is not None:
            found.append(share)
    return found


def _largest(reader: Reader, signal: Signal) -> SegmentShare | None:
    address = signal.address
    series = (str(address.product_address), address.port, address.column)
    rows = reader.rows(
        "SELECT series, segment FROM series WHERE product = ? AND port = ? AND column_name = ?"
        " AND segment <> '' AND name = ? LIMIT ?",
        (*series, signal.metric, _SEGMENTS_AT_MOST),
    )
    if not rows:
        return None
    at = reader.rows(
        "SELECT max(at) FROM anomalies WHERE product = ? AND port = ? AND column_name = ?"
        " AND segment = '' AND name = ?",
        (*series, signal.metric),
    )[0][0]
    changes = {str(segment): _change(reader, key, str(at or "~")) for key, segment in rows}
    total = sum(abs(change) for change in changes.values())
    if not total:
        return None
    segment = max(sorted(changes), key=lambda name: abs(changes[name]))
    share = abs(changes[segment]) / total
    return SegmentShare(address.port, signal.metric, segment, share)


def _change(reader: Reader, series: object, at: str) -> float:
    """Return how far a segment is, at a time (~: its newest), from the median of the points before."""
    rows: Sequence[tuple[object, ...]] = reader.rows(
        "SELECT at, value FROM points WHERE series = ? AND at <= ? ORDER BY at DESC LIMIT ?",
        (int(str(series)), at, BEFORE + 1),
    )
    values = [float(str(value)) for _, value in rows if value is not None]
    if not values:
        return 0.0
    is_there = at == "~" or str(rows[0][0]) == at
    now, before = (values[0], values[1:]) if is_there else (0.0, values)
    return now - (median(before) if before else 0.0)
