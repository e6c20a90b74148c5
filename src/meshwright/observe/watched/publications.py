"""What readers saw when, read for many products in few queries: versions, rollbacks, failed builds.

`Clock` decides what time a version has: when it was published, or (for a moment that is only pretended)
the business time that its build pretended.
"""

import json
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from meshwright.observe.service.stretches import Stretch
from meshwright.spi.state_store import Reader, Row

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment that is judged. `business` returns the instant of an as-of text; None: as published."""

    now: float
    business: Callable[[str], float] | None = None

    def at(self, recorded: object, as_of: object) -> float:
        """Return when something happened, on this clock."""
        if self.business is not None and as_of:
            return self.business(str(as_of))
        return seconds_of(str(recorded))


class Version(NamedTuple):
    """One version as it was published."""

    version: int
    at: float
    build: str
    is_waived: bool
    is_pretended: bool
    waived: frozenset[str] = frozenset()  # the ports that failed their audit, where that is known

    def is_waived_for(self, port: str) -> bool:
        """Say whether an owner accepted a port though its audit failed."""
        return self.is_waived and (not self.waived or port in self.waived)


class Failure(NamedTuple):
    """A build that published nothing. `ports` failed their audit; none: an error stopped all of it."""

    at: float
    build: str
    ports: frozenset[str] = frozenset()

    def is_of(self, port: str) -> bool:
        """Say whether it kept a port from being good, and not only from being published."""
        return not self.ports or port in self.ports


@dataclass(slots=True)
class Record:
    """What happened to one product: versions in the order in which readers saw them, and what failed.

    `seen` are (when, version).
    """

    versions: dict[int, Version] = field(default_factory=dict)
    seen: list[tuple[float, int]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def remembered(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what several ports of the product share, made once for one moment."""
        if key not in self.memory:
            self.memory[key] = make()
        found: Made = self.memory[key]
        return found

    @property
    def served(self) -> int | None:
        """Return the version that readers see."""
        return self.seen[-1][1] if self.seen else None

    def troubled(self, port: str) -> tuple[frozenset[int], frozenset[str]]:
        """Return the versions and the failed builds in which this port was not good."""
        waived = self.remembered(
            "waived", lambda: tuple(one for one in self.versions.values() if one.is_waived)
        )
        return (
            frozenset(one.version for one in waived if one.is_waived_for(port)),
            frozenset(failure.build for failure in self.failed if failure.is_of(port)),
        )

    def gaps(self, port: str, ended: Callable[[str], float]) -> tuple[Stretch, ...]:
        """Return when a port's failed build was not yet made good: by a version, or as `ended` says of it."""
        starts = [version.at for version in self.versions.values()]
        return tuple(
            Stretch(one.at, min([ended(one.build), *(start for start in starts if start > one.at)]))
            for one in self.failed
            if one.is_of(port)
        )


def read_records(
    reader: Reader, clock: Clock, since: float, products: Collection[str] = ()
) -> dict[str, Record]:
    """Return what happened since a moment, and the version that was served before it, by product."""
    records: dict[str, Record] = {}
    entries: dict[str, list[tuple[int, float, int]]] = {}
    for row in _versions(reader, clock, since, products):
        product, number, seq, version = _version(row, clock)
        if version.at <= clock.now or clock.business is None:
            records.setdefault(product, Record()).versions[number] = version
            entries.setdefault(product, []).append((seq, version.at, number))
    for seq, at, product, to in _rollbacks(reader, records):
        if clock.business is None and to in records[product].versions:
            entries[product].append((seq, at, to))
    for product, found in entries.items():
        records[product].seen = [(at, version) for _, at, version in sorted(found)]
    for product, failure in _failures(reader, clock, since, products):
        if product in records and failure.at <= clock.now:
            records[product].failed.append(failure)
    return records


def seconds_of(text: str) -> float:
    """Return the seconds since 1970 of an ISO time; one without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.timestamp() if moment.tzinfo else moment.replace(tzinfo=UTC).timestamp()


def iso_of(seconds: float) -> str:
    """Return the ISO time of seconds since 1970, as the ledger writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def among(column: str, names: Collection[str]) -> tuple[str, list[str]]:
    """Return the SQL condition that a column is one of some names, and its values; all for none."""
    if not names:
        return "", []
    return f" AND {column} IN ({', '.join('?' * len(names))})", list(names)


_COLUMNS = (
    "v.product, v.version, v.seq, v.published_at, v.as_of, v.waiver, v.build,"
    " (SELECT w.checks FROM waivers w WHERE v.waiver <> '' AND w.waiver = v.waiver)"
)


def _versions(
    reader: Reader, clock: Clock, since: float, products: Collection[str]
) -> Iterable[Row]:
    only, names = among("v.product", products)
    if clock.business is not None:
        return reader.rows(f"SELECT {_COLUMNS} FROM versions v WHERE 1 = 1{only}", names)
    start = iso_of(since)
    within = reader.rows(
        f"SELECT {_COLUMNS} FROM versions v WHERE v.published_at >= ?{only}", (start, *names)
    )
    before = reader.rows(
        f"SELECT {_COLUMNS} FROM versions v JOIN (SELECT product, max(version) AS version"
        f" FROM versions v WHERE published_at < ?{only} GROUP BY product) b"
        " ON b.product = v.product AND b.version = v.version",
        (start, *names),
    )
    return [*before, *within]


def _version(row: Row, clock: Clock) -> tuple[str, int, int, Version]:
    product, number, seq, at, as_of, waiver, build, checks = row
    version = Version(
        int(number or 0),
        clock.at(at, as_of),
        str(build),
        bool(waiver),
        bool(as_of),
        _ports_of(checks),
    )
    return str(product), version.version, int(seq or 0), version


def _ports_of(checks: object) -> frozenset[str]:
    """Return the ports of checks that are named `port:check-id`."""
    names = json.loads(str(checks)) if checks else []
    return frozenset(str(name).partition(":")[0] for name in names)


def _rollbacks(reader: Reader, records: dict[str, Record]) -> Iterable[tuple[int, float, str, int]]:
    """Yield rollbacks; one to a version from before the window brings that version along."""
    rows = reader.rows(
        "SELECT seq, at, payload FROM facts WHERE kind = 'VersionRolledBack' ORDER BY seq"
    )
    known_as = reader.rows("SELECT formerly, product FROM aliases") if rows else []
    names = {str(formerly): str(product) for formerly, product in known_as}
    for seq, at, payload in rows:
        fact = json.loads(str(payload))
        product, to = str(fact["product"]), int(fact["to_version"])
        product = product if product in records else names.get(product, product)
        if product not in records:
            continue
        if to not in records[product].versions:
            known = reader.rows(
                f"SELECT {_COLUMNS} FROM versions v WHERE v.product = ? AND v.version = ?",
                (product, to),
            )
            for row in known:
                records[product].versions[to] = _version(row, Clock(0.0))[3]
        yield int(seq or 0), seconds_of(str(at)), product, to


def _failures(
    reader: Reader, clock: Clock, since: float, products: Collection[str]
) -> Iterable[tuple[str, Failure]]:
    only, names = among("product", products)
    rows = reader.rows(
        "SELECT product, ended_at, as_of, build, failed_checks FROM builds"
        f" WHERE status IN ('rejected', 'failed') AND error <> 'build-interrupted'{only}",
        names,
    )
    for product, ended, as_of, build, checks in rows:
        at = clock.at(ended, as_of)
        if at >= since:
            yield str(product), Failure(at, str(build), _ports_of(checks))
