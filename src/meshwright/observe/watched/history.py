"""Read the series of a port: one query for all of them or for each one wanted.

A business time has one point, the newest build's.

Points of builds that were rejected or failed are no part of the past: nobody was served that data.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from meshwright.model.address import Address
from meshwright.model.series import Point, Series
from meshwright.observe.watched.metrics import unit_of, word_of
from meshwright.spi.state_store import Reader, Value


class SeriesName(NamedTuple):
    """A series within its port; `column` and `segment` may be empty."""

    column: str
    segment: str
    metric: str


@dataclass(slots=True)
class Recorded:
    """The points of one series, oldest first: when (ISO), and what."""

    times: list[str] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)

    def before(self, at: str) -> "Recorded":
        """Return the points that lie before a time."""
        end = len(self.times)
        while end and self.times[end - 1] >= at:
            end -= 1
        return Recorded(self.times[:end], self.values[:end])


class PortHistory:
    """The series of one port within one snapshot: names and unseen builds are read once.

    `unseen` are the builds that `unseen_builds` found, where they are known already.
    """

    def __init__(
        self, reader: Reader, port: Address, unseen: Collection[Value] | None = None
    ) -> None:
        self.port = port
        self._reader = reader
        self._unseen = unseen_builds(reader, port) if unseen is None else unseen

    @cached_property
    def _numbers(self) -> dict[SeriesName, Value]:
        rows = self._reader.rows(
            "SELECT series, column_name, segment, name FROM series WHERE product = ? AND port = ?",
            _names(self.port),
        )
        return {SeriesName(str(row[1]), str(row[2]), str(row[3])): row[0] for row in rows}

    def all(
        self, *, since: str = "", until: str = "", metrics: Sequence[str] = ()
    ) -> dict[SeriesName, Recorded]:
        """Return the series (of some metrics), with the points from a time on until another."""
        bounds = " AND p.at >= ?" + (" AND p.at <= ?" if until else "")
        if metrics:
            bounds += f" AND s.name IN ({', '.join('?' * len(metrics))})"
        rows = self._reader.rows(
            "SELECT s.series, p.at, p.value, p.build"
            " FROM series s JOIN points p ON p.series = s.series"
            f" WHERE s.product = ? AND s.port = ?{bounds} ORDER BY s.series, p.at, p.build",
            (*_names(self.port), since, *([until] if until else []), *metrics),
        )
        return self._sorted(rows)

    def newest(self, name: SeriesName, before: str, most: int) -> Recorded:
        """Return the newest points of one series before a time.

        It walks back along the primary key, so that it costs what it returns and not what is recorded.
        """
        series = self._numbers.get(name)
        times: list[str] = []
        values: list[float | None] = []
        place, is_over = (before, ""), series is None
        while not is_over and len(times) < most:
            rows = self._reader.rows(
                "SELECT at, build, value FROM points WHERE series = ? AND (at, build) < (?, ?)"
                " ORDER BY at DESC, build DESC LIMIT ?",
                (series, *place, most),
            )
            is_over = len(rows) < most
            for at, build, value in rows:
                if build not in self._unseen and (not times or times[-1] != at):
                    times.append(at)  # type: ignore[arg-type]
                    values.append(value)  # type: ignore[arg-type]
            place = (str(rows[-1][0]), str(rows[-1][1])) if rows else place
        return Recorded(times[:most][::-1], values[:most][::-1])

    def _sorted(self, rows: Sequence[tuple[Value, ...]]) -> dict[SeriesName, Recorded]:
        names = {number: name for name, number in self._numbers.items()}
        found: dict[SeriesName, Recorded] = {}
        last: Value = None
        times: list[str] = []
        values: list[float | None] = []
        for series, at, value, build in rows:
            if build in self._unseen:
                continue
            if series != last:
                last = series
                one = found[names[series]] = Recorded()
                times, values = one.times, one.values
            if times and times[-1] == at:
                values[-1] = value  # type: ignore[assignment]
                continue
            times.append(at)  # type: ignore[arg-type]
            values.append(value)  # type: ignore[arg-type]
        return found


def unseen_builds(reader: Reader, product: Address) -> set[Value]:
    """Return the builds of a product that nobody was served."""
    rows = reader.rows(
        "SELECT build FROM builds WHERE product = ? AND status IN ('rejected', 'failed')",
        (str(product.product_address),),
    )
    return {row[0] for row in rows}


def time_before(reader: Reader, port: Address, at: str, builds: int) -> str:
    """Return the business time of the build that was so many builds before a time; '' where none was."""
    rows = reader.rows(
        "SELECT p.at FROM series s JOIN points p ON p.series = s.series WHERE s.product = ?"
        " AND s.port = ? AND s.column_name = '' AND s.segment = '' AND s.name = 'rows' AND p.at < ?"
        " ORDER BY p.at DESC LIMIT 1 OFFSET ?",
        (*_names(port), at, builds),
    )
    return str(rows[0][0]) if rows else ""


def ports_of(reader: Reader, product: str = "") -> list[Address]:
    """Return the ports that have series, of one product or of all."""
    rows = reader.rows(
        "SELECT DISTINCT product, port FROM series" + (" WHERE product = ?" if product else ""),
        (product,) if product else (),
    )
    return sorted(Address.parse(".".join(map(str, row))) for row in rows)


def series_of(name: SeriesName, recorded: Recorded, zone: ZoneInfo) -> Series:
    """Return recorded points as the series that a detector judges."""
    points = [
        Point(moment_of(at, zone), value)
        for at, value in zip(recorded.times, recorded.values, strict=True)
    ]
    return Series(
        word_of(name.metric, name.column, name.segment), unit_of(name.metric), tuple(points)
    )


def moment_of(at: str, zone: ZoneInfo) -> datetime:
    """Return a recorded time; one without a zone is on the mesh's own clock."""
    moment = datetime.fromisoformat(at)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def day_of(at: str, zone: ZoneInfo) -> str:
    """Return the ISO date of a recorded time on the mesh's own clock."""
    return at if len(at) == 10 else moment_of(at, zone).astimezone(zone).date().isoformat()


def now_text() -> str:
    """Return the present as a recorded time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _names(port: Address) -> tuple[str, str]:
    return str(port.product_address), port.port
