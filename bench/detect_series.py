"""Real series of the demo's data: row counts, null rates and ages, by day and by hour.

What: the flights and the weather of 2013 that ship with the demo, counted as the mesh counts its
ports: rows, the share of missing `dep_time` (a flight that was cancelled), the share of missing
measurements of the weather, the age of the newest departure, in all and by origin or carrier.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from meshwright.model.series import Point, Series, Unit

DATA = Path(__file__).resolve().parents[1] / "src" / "meshwright" / "app" / "demo" / "data"
ZONE = "America/New_York"
BUSY = 20  # rows a day below which a segment is too thin to say anything of


@dataclass(frozen=True, slots=True)
class Named:
    """A series, how often its points come (`daily`, `hourly`), and what it is of."""

    name: str
    cadence: str
    series: Series


_FLIGHTS = f"""
SELECT *, make_date(year, month, day) AS date, dep_time IS NULL AS cancelled,
  make_timestamp(year, month, day, hour, 0, 0) AS clock
FROM '{DATA / "flights.parquet"}'"""
_WEATHER = f"""
SELECT *, make_date(year, month, day) AS date, make_timestamp(year, month, day, hour, 0, 0) AS clock
FROM '{DATA / "weather.parquet"}'"""


def daily() -> list[Named]:
    """Return the daily series: a point a day at noon UTC, none where a segment had no row."""
    found: list[Named] = []
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'; SET threads = 2")
        for by in ("''", "origin", "carrier"):
            counts = f"SELECT date, {by} AS segment, count(*), avg(cancelled::INT)"
            sql = f"{counts} FROM ({_FLIGHTS}) GROUP BY ALL"
            found += _pairs(engine, sql, by, ("rows", "null rate of dep_time"))
        missing = "avg((pressure IS NULL)::INT)"
        sql = f"SELECT date, origin, count(*), {missing} FROM ({_WEATHER}) GROUP BY ALL"
        found += _pairs(engine, sql, "weather origin", ("rows", "null rate of pressure"))
        found += _ages(engine, "daily")
    return found


def hourly() -> list[Named]:
    """Return the hourly series; an hour without rows counts 0 rows and has no null rate."""
    found: list[Named] = []
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'; SET threads = 2")
        for by in ("''", "origin"):
            rows = engine.sql(
                f"SELECT clock, {by} AS segment, count(*), avg(cancelled::INT) "
                f"FROM ({_FLIGHTS}) GROUP BY ALL ORDER BY ALL"
            ).fetchall()
            found += _filled(rows, by)
        found += _ages(engine, "hourly")
    return found


def _pairs(
    engine: duckdb.DuckDBPyConnection, sql: str, by: str, metrics: tuple[str, str]
) -> Iterator[Named]:
    rows = engine.sql(f"{sql} ORDER BY ALL").fetchall()
    for segment in sorted({row[1] for row in rows}):
        mine = [row for row in rows if row[1] == segment]
        if sum(row[2] for row in mine) / 365 < BUSY:
            continue
        of = f"{by}={segment}".replace("''=", "all")
        units: tuple[Unit, Unit] = ("count", "share")
        for place, (metric, unit) in enumerate(zip(metrics, units, strict=True), start=2):
            points = tuple(Point(_noon(row[0]), float(row[place])) for row in mine)
            yield Named(f"daily {metric} of {of}", "daily", Series(metric, unit, points))


def _filled(rows: list[tuple[datetime, str, int, float]], by: str) -> Iterator[Named]:
    for segment in sorted({row[1] for row in rows}):
        mine = {row[0]: row for row in rows if row[1] == segment}
        clocks = [datetime(2013, 1, 1) + timedelta(hours=hour) for hour in range(365 * 24)]
        counts = tuple(Point(_utc(at), float(mine[at][2]) if at in mine else 0.0) for at in clocks)
        rates = tuple(Point(_utc(at), mine[at][3] if at in mine else None) for at in clocks)
        of = f"{by}={segment}".replace("''=", "all")
        yield Named(f"hourly rows of {of}", "hourly", Series("rows", "count", counts))
        metric = "null rate of dep_time"
        yield Named(f"hourly {metric} of {of}", "hourly", Series(metric, "share", rates))


def _ages(engine: duckdb.DuckDBPyConnection, cadence: str) -> Iterator[Named]:
    """Yield how old the newest departure is, looked at each hour, or each day at 4 in the morning."""
    left = engine.sql(
        "SELECT origin, clock - INTERVAL 1 HOUR * hour + INTERVAL 1 MINUTE * (60 * hour + minute "
        f"+ dep_delay) AS departed FROM ({_FLIGHTS}) WHERE NOT cancelled ORDER BY ALL"
    ).fetchall()
    step = timedelta(hours=1) if cadence == "hourly" else timedelta(days=1)
    for origin in sorted({row[0] for row in left}):
        times = [row[1] for row in left if row[0] == origin]
        looks, place, points = datetime(2013, 1, 2, 4), 0, []
        while looks < datetime(2014, 1, 1):
            while place < len(times) and times[place] <= looks:
                place += 1
            points.append(Point(_utc(looks), (looks - times[place - 1]).total_seconds()))
            looks += step
        yield Named(
            f"{cadence} age of departures of {origin}",
            cadence,
            Series("age", "seconds", tuple(points)),
        )


def _noon(date: datetime) -> datetime:
    return datetime(date.year, date.month, date.day, 12, tzinfo=UTC)


def _utc(clock: datetime) -> datetime:
    # The hours of the data are those of New York's clocks; read as UTC, each day has 24 of them.
    return clock.replace(tzinfo=UTC)
