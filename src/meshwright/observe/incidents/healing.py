"""When an incident is over: everything that was noticed is well again. Read from the state, never remembered.

A check or an error is over when a later build of its product is published; an anomaly when the next two
points of its series are as expected; lateness and a burnt objective when whoever measures them says so.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from meshwright.model.address import Address
from meshwright.model.facts import IncidentResolved
from meshwright.model.series import aware
from meshwright.model.signal import ANOMALY, BUILD, CHECK, LATE, noticed_at
from meshwright.observe.incidents.incidents import place_of
from meshwright.spi.state_store import Reader

HEALTHY_POINTS = 2  # one good point after a bad one may be luck
_PUBLISHED = ("published", "accepted")
_ABOUT_BUILDS = {CHECK, BUILD}


@dataclass(slots=True)
class Healing:
    """What is known of a product's health. `healthy` are keys or kinds of signals that are well again.

    A caller that names check and build alone speaks while a build is published, before its points are
    judged: nothing is concluded of anomalies then.
    """

    reader: Reader
    product: Address
    healthy: Collection[str] = ()
    build: str = ""
    _builds: dict[str, tuple[str, str]] = field(default_factory=dict)

    def resolutions(self, touched: Collection[str] = ()) -> list[IncidentResolved]:
        """Return the end of every incident with a signal of the product that is well altogether.

        `touched` are incidents of which something bad was said just now.
        """
        return [
            IncidentResolved(incident, product, self.build, self._note(kinds))
            for incident, product, signals in self._concerned()
            if incident not in touched
            and all(self._is_well(key, last, about) for key, last, about in signals)
            for kinds in [{key.partition("|")[0] for key, _, _ in signals}]
        ]

    def _concerned(self) -> Iterable[tuple[str, str, list[tuple[str, str, str]]]]:
        """Yield the open incidents of the product, or with a signal of it, with all their signals."""
        rows = self.reader.rows(
            "SELECT incident, product, kind, last_at, last_date FROM incidents"
            " WHERE state IN ('open', 'acknowledged') AND (product = ? OR EXISTS (SELECT 1"
            " FROM incident_signals s WHERE s.incident = incidents.incident AND s.product = ?))"
            " ORDER BY opened_at, incident",
            (str(self.product), str(self.product)),
        )
        for incident, product, kind, last_at, last_date in rows:
            signals = self.reader.rows(
                "SELECT signal, last_at FROM incident_signals WHERE incident = ? ORDER BY signal",
                (incident,),
            ) or [(f"{kind!s}|{product!s}||", last_at)]
            noticed = [(str(key), str(at), str(last_date)) for key, at in signals]
            yield str(incident), str(product), noticed

    def _is_well(self, key: str, last_at: str, last_date: str) -> bool:
        kind = key.partition("|")[0]
        is_ours = noticed_at(key) == str(self.product)
        if kind == ANOMALY:
            is_judged = not self.healthy or not _ABOUT_BUILDS.issuperset(self.healthy)
            return is_judged and self._is_as_expected(key, last_date)
        if key in self.healthy or (is_ours and kind in self.healthy):
            return True
        if kind in _ABOUT_BUILDS or kind == LATE:
            status, ended_at = self._last_build(noticed_at(key))
            return status in _PUBLISHED and ended_at >= last_at
        return False

    def _last_build(self, product: str) -> tuple[str, str]:
        if product not in self._builds:
            rows = self.reader.rows(
                "SELECT status, ended_at FROM builds WHERE product = ? AND ended_at <> ''"
                " ORDER BY started_at DESC, build DESC LIMIT 1",
                (product,),
            )
            self._builds[product] = (str(rows[0][0]), str(rows[0][1])) if rows else ("", "")
        return self._builds[product]

    def _is_as_expected(self, key: str, last_date: str) -> bool:
        """Say whether enough points came after the last one that was anomalous."""
        kind, metric, segment = _parts(key)
        _, address = place_of(key)
        if kind != ANOMALY or address is None:
            return False
        name = (str(address.product_address), address.port, address.column, segment, metric)
        rows = self.reader.rows(
            "SELECT max(at) FROM anomalies WHERE product = ? AND port = ? AND column_name = ?"
            " AND segment = ? AND name = ?",
            name,
        )
        last = _moment(str(rows[0][0])) if rows[0][0] else _end_of(last_date)
        points = self.reader.rows(
            "SELECT DISTINCT p.at FROM points p JOIN series s ON s.series = p.series"
            " WHERE s.product = ? AND s.port = ? AND s.column_name = ? AND s.segment = ? AND s.name = ?"
            " AND p.at >= ? ORDER BY p.at DESC LIMIT ?",
            (*name, last.date().isoformat(), HEALTHY_POINTS + 2),
        )
        return sum(_moment(str(row[0])) > last for row in points) >= HEALTHY_POINTS

    def _note(self, kinds: set[str]) -> str:
        if kinds <= _ABOUT_BUILDS:
            return (
                f"build {self.build} was published" if self.build else "nothing is wrong any more"
            )
        if kinds == {ANOMALY}:
            return f"the last {HEALTHY_POINTS} points are as expected"
        return "everything is well again"


def _parts(key: str) -> tuple[str, str, str]:
    kind, _, metric, segment = (*key.split("|", 3), "", "", "")[:4]
    return kind, metric, segment


def _moment(text: str) -> datetime:
    return aware(datetime.fromisoformat(text))


def _end_of(day: str) -> datetime:
    return (
        aware(datetime.combine(date.fromisoformat(day), time.max)) if day else _moment("0001-01-01")
    )
