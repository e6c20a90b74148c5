"""Projections of what was measured: metric series, their points, and the anomalies among them."""

from meshwright.model.facts import AnomalyFound, Entry, Json, PortAudited
from meshwright.spi.state_store import Value, Writer

_SERIES = (
    "INSERT INTO series (product, port, column_name, segment, name) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
_POINT = (
    "INSERT INTO points (series, at, build, value)"
    " SELECT series, ?, ?, ? FROM series"
    " WHERE product = ? AND port = ? AND column_name = ? AND segment = ? AND name = ?"
    " ON CONFLICT (series, at, build) DO UPDATE SET value = excluded.value"
)


def keep_points(writer: Writer, entry: Entry, fact: PortAudited) -> None:
    """Add a point to the series of every metric: at the business time of its build, or its own."""
    when = _time_of(writer, entry, fact.build)
    names, points = [], []
    for metric in fact.metrics:
        column, name, value, segment, at = _parts(metric)
        series = (fact.product, fact.port, column, segment, name)
        names.append(series)
        points.append((at or when, fact.build, value, *series))
    writer.run_many(_SERIES, names)
    writer.run_many(_POINT, points)


def forget(writer: Writer, product: str) -> None:
    """Drop the series of a product that never published, whose name another one takes."""
    writer.run(
        "DELETE FROM points WHERE series IN (SELECT series FROM series WHERE product = ?)",
        (product,),
    )
    writer.run("DELETE FROM series WHERE product = ?", (product,))


def anomaly_found(writer: Writer, entry: Entry, fact: AnomalyFound) -> None:
    """Keep what was not to be expected."""
    lower, expected, upper = (*fact.bounds, None, None, None)[:3]
    writer.run(
        "INSERT INTO anomalies (product, port, column_name, segment, name, at, build, value, lower,"
        " expected, upper, kind, severity, score, explanation, detector, found_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            fact.product,
            fact.port,
            str(fact.series.get("column") or ""),
            str(fact.series.get("segment") or ""),
            str(fact.series.get("metric") or ""),
            fact.at,
            fact.build,
            fact.value,
            lower,
            expected,
            upper,
            fact.kind,
            fact.severity,
            fact.score,
            fact.explanation,
            fact.detector,
            entry.at,
        ),
    )


def _time_of(writer: Writer, entry: Entry, build: str) -> str:
    rows = writer.rows("SELECT as_of, started_at FROM builds WHERE build = ?", (build,))
    return str(rows[0][0] or rows[0][1]) if rows else entry.at


def _parts(metric: "list[Json] | tuple[Json, ...] | object") -> tuple[str, str, Value, str, str]:
    """Return column, name, number, segment and time; the last two may be left out."""
    assert isinstance(metric, list | tuple)
    column, name, value, segment, at = (*metric, "", "")[:5]
    number = value if isinstance(value, int | float) else None
    return str(column), str(name), number, str(segment or ""), str(at or "")
