"""From what happened to a port to how it is: one pure function, so that every face tells the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cached_property
from math import inf

from meshwright.model.address import Address
from meshwright.model.health import (
    BROKEN,
    DEGRADED,
    HEALTHY,
    UNKNOWN,
    Burning,
    Downtime,
    Level,
    PortHealth,
)
from meshwright.observe.detectors.habit import Cadence
from meshwright.observe.service import budget
from meshwright.observe.service.budget import Budget, Move
from meshwright.observe.service.durations import duration
from meshwright.observe.service.objectives import EXPIRING, Objective, Promises
from meshwright.observe.service.stretches import Stretch
from meshwright.observe.service.troubles import GRAVE, Trouble, downtime_of
from meshwright.observe.watched.publications import Record

_NOW = (*EXPIRING, "latency", "completeness", "errorrate")  # a promise about what is served now
_ENDS = ("endofsupport", "endoflife")


@dataclass(frozen=True)
class Evidence:
    """All that is known of one port. `first` is the first version that has it.

    `reach` says how far the data of a version reaches, `bad_shares` what share of its rows an objective
    counts as bad, by the objective's name and version. `ends` is when a retired product ends.
    """

    address: Address
    title: str
    owners: tuple[str, ...]
    promises: Promises
    record: Record
    first: int = 0
    trend: tuple[float | None, ...] = ()
    troubles: tuple[Trouble, ...] = ()  # of the whole product
    reach: Mapping[int, float] = field(default_factory=dict)
    bad_shares: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    ends: float | None = None
    is_pretended: bool = False

    @property
    def is_plain(self) -> bool:
        """Say whether nothing but the product's versions counts, and how each of them ended for the port."""
        return not self.reach and not self.bad_shares


def judge_port(evidence: Evidence, now: float, zone: tzinfo) -> PortHealth:
    """Return the health of a port at a moment."""
    return _Judge(evidence, now, zone).health()


@dataclass(frozen=True)
class _Judge:
    evidence: Evidence
    now: float
    zone: tzinfo

    def health(self) -> PortHealth:
        evidence, counted = self.evidence, self.counted
        levels = tuple(self._level(objective) for objective in evidence.promises.enforced)
        status, reasons = self._status(levels)
        burn = counted.burning
        served = self.moves[-1] if self.moves else None
        return PortHealth(
            address=evidence.address,
            status=status,
            reasons=tuple(reasons),
            title=evidence.title,
            owners=evidence.owners,
            version=evidence.record.served if served else None,
            published=served.arrived if served else None,
            age=None if served is None else max(0.0, self.now - served.arrived),
            due=self.due,
            usual_gap=self.cadence.usual or None,
            arrivals=self.cadence.seen,
            target=evidence.promises.target,
            window=counted.window,
            since=counted.since,
            compliance=counted.compliance,
            budget_left=counted.left,
            burning=Burning(burn.factor, burn.long_rate, burn.long, burn.severity)
            if burn
            else None,
            levels=levels,
            not_enforced=tuple((o.name, o.reason) for o in evidence.promises.not_enforced),
            downtime=self.downtime,
            trend=evidence.trend,
        )

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Return what readers saw of this port, in order; a clock that ran ahead is held at now."""
        evidence = self.evidence
        if not evidence.is_plain:
            return self._moves()
        return evidence.record.remembered(("moves", evidence.first, self._troubled), self._moves)

    @cached_property
    def _troubled(self) -> tuple[frozenset[int], frozenset[str]]:
        return self.evidence.record.troubled(self.evidence.address.port)

    def _moves(self) -> tuple[Move, ...]:
        evidence, now = self.evidence, self.now
        versions, is_plain = evidence.record.versions, evidence.is_plain
        waived, _ = self._troubled
        found = []
        for at, number in evidence.record.seen:
            if number >= evidence.first > 0:
                version = versions[number]
                is_valid = number not in waived and (is_plain or self._has_good_rows(number))
                reach = None if is_plain else evidence.reach.get(number)
                found.append(Move(min(at, now), min(version.at, now), is_valid, reach))
        return budget.in_order(found)

    @cached_property
    def good(self) -> tuple[Stretch, ...]:
        """Return when the port was fresh and valid; the same for all ports that promise and did the same."""
        evidence = self.evidence
        if not evidence.is_plain:
            return self._good()
        key = ("good", evidence.first, evidence.promises.of(*EXPIRING), self._troubled)
        return evidence.record.remembered(key, self._good)

    def _good(self) -> tuple[Stretch, ...]:
        return budget.good_stretches(self.moves, self.evidence.promises, self.zone, self._gaps)

    @cached_property
    def counted(self) -> Budget:
        promises = self.evidence.promises
        began = self.moves[0].at if self.moves else None
        available = [objective.limit for objective in promises.of("generalavailability")]
        if available and (began is not None or self._is_due(available)):
            began = max(available)
        window = budget.window_of(promises, self.cadence.usual)
        return budget.measure(self.good, began, min(self.now, self._end), promises.target, window)

    @cached_property
    def cadence(self) -> Cadence:
        """Return the habit; nobody needs it where a promise says when the next version is due."""
        if self.evidence.promises.of(*EXPIRING):
            return Cadence(0)
        from meshwright.observe.detectors.cadence import (
            learn_cadence,  # slow to import, and seldom needed
        )

        versions = self.evidence.record.versions.values()
        is_real = self.evidence.is_pretended
        arrived = sorted(v.at for v in versions if is_real or not v.is_pretended)
        return learn_cadence(arrived, self.zone)

    @cached_property
    def due(self) -> float | None:
        """Return when a promise runs out; without one, when the next version is overdue by habit."""
        if not self.moves or self.now >= self._end:
            return None
        promised = budget.expiry_of(self.moves, self.evidence.promises, self.zone)
        return promised if promised is not None else self.cadence.due

    @cached_property
    def downtime(self) -> Downtime:
        return downtime_of(self._own_troubles, self.good, self.counted.since, self.now)

    @cached_property
    def _own_troubles(self) -> list[Trouble]:
        return [t for t in self.evidence.troubles if t.is_of(self.evidence.address)]

    @cached_property
    def _gaps(self) -> tuple[Stretch, ...]:
        ended = {
            trouble.build: trouble.resolved
            for trouble in self.evidence.troubles
            if trouble.build and trouble.resolved is not None
        }
        port = self.evidence.address.port
        return self.evidence.record.gaps(port, lambda build: ended.get(build, inf))

    @cached_property
    def _end(self) -> float:
        """Return the moment after which nothing is promised."""
        announced = [objective.limit for objective in self.evidence.promises.of(*_ENDS)]
        return min([*announced, self.evidence.ends if self.evidence.ends is not None else inf])

    def _is_due(self, available: list[float]) -> bool:
        return self.now >= max(available)

    def _has_good_rows(self, version: int) -> bool:
        shares = self.evidence.promises.of("completeness", "errorrate")
        return all(self._are_rows_good(objective, version) is not False for objective in shares)

    def _are_rows_good(self, objective: Objective, version: int | None) -> bool | None:
        bad = self.evidence.bad_shares.get(objective.name, {}).get(version or 0)
        if bad is None:
            return None
        allowed = 1 - objective.limit if objective.kind == "completeness" else objective.limit
        return bad <= allowed + 1e-12

    def _level(self, objective: Objective) -> Level:
        """Say whether an objective is met now, and what is the case."""
        is_met, actual = _LEVELS[objective.kind](self, objective)
        return Level(objective.name, objective.shown, is_met, actual, objective.kind in EXPIRING)

    def ageing(self, objective: Objective) -> tuple[bool | None, str]:
        ends = budget.expiry_of(
            self.moves, Promises((objective,), by_data=self._by_data), self.zone
        )
        if ends is None:
            return None, "nothing published yet"
        return self.now < ends, f"{duration(max(0.0, self.now - self.moves[-1].arrived))} old"

    def latency(self, objective: Objective) -> tuple[bool | None, str]:
        if not self.moves or self.moves[-1].happened is None:
            return None, "not measured yet"
        lag = self.moves[-1].arrived - self.moves[-1].happened
        return lag <= objective.limit, f"{duration(lag)} after its data"

    def rows(self, objective: Objective) -> tuple[bool | None, str]:
        served = self.evidence.record.served if self.moves else None
        is_good = self._are_rows_good(objective, served)
        if is_good is None:
            return None, "not measured yet"
        bad = self.evidence.bad_shares[objective.name][served or 0]
        return is_good, f"{1 - bad if objective.kind == 'completeness' else bad:.2%}"

    def availability(self, objective: Objective) -> tuple[bool | None, str]:
        share = self.counted.compliance
        return (None, "") if share is None else (share >= objective.limit, f"{share:.2%}")

    def begins(self, objective: Objective) -> tuple[bool | None, str]:
        if self.moves:
            return True, "published"
        return (None, "not yet") if self.now < objective.limit else (False, "nothing published")

    def ends(self, objective: Objective) -> tuple[bool | None, str]:
        left = objective.limit - self.now
        return True, f"in {duration(left)}" if left > 0 else "reached: nothing is counted since"

    def responding(self, objective: Objective) -> tuple[bool | None, str]:
        means = {
            "timetodetect": self.downtime.time_to_detect,
            "timetonotify": self.downtime.time_to_notify,
            "timetorepair": self.downtime.time_to_resolve,
        }
        mean = means[objective.kind]
        return (None, "no incident") if mean is None else (mean <= objective.limit, duration(mean))

    @property
    def _by_data(self) -> bool:
        return self.evidence.promises.by_data

    def _status(self, levels: tuple[Level, ...]) -> tuple[str, list[str]]:
        kinds = [objective.kind for objective in self.evidence.promises.enforced]
        missed = [
            (kind, f"{level.name} {level.promised} is not kept: {level.actual}")
            for kind, level in zip(kinds, levels, strict=True)
            if level.is_met is False
        ]
        is_open = [trouble for trouble in self._own_troubles if trouble.is_open]
        if self.now >= self._end:
            return UNKNOWN, ["its end was announced and is over"]
        broken = [text for kind, text in missed if kind in _NOW or kind == "generalavailability"]
        broken += [
            f"{t.severity} incident {t.incident}" for t in is_open if t.severity == GRAVE[-1]
        ]
        if not self.moves:
            broken += [f"nothing published; incident {t.incident}" for t in is_open]
            return (BROKEN, broken) if broken else (UNKNOWN, ["never published"])
        if broken:
            return BROKEN, list(dict.fromkeys(broken))
        degraded = [text for _, text in missed]
        degraded += [f"{t.severity} incident {t.incident}" for t in is_open]
        degraded += self._worries()
        return (DEGRADED, degraded) if degraded else (HEALTHY, [])

    def _worries(self) -> list[str]:
        """Return what will not stay well."""
        found = []
        if not self.moves[-1].is_valid:
            found.append("what is served did not pass its audit: an owner accepted it")
        if any(gap.start <= self.now < gap.end for gap in self._gaps):
            found.append("a build failed since what is served was published")
        left = self.counted.left
        if left is not None and left <= 0 and self.evidence.promises.enforced:
            found.append("the error budget is spent")
        elif self.counted.burning and self.evidence.promises.enforced:
            found.append("the error budget burns too fast")
        if not self.evidence.promises.of(*EXPIRING) and self.cadence.is_late(self.now):
            found.append("the next version is overdue by habit")
        return found


_LEVELS = {
    **dict.fromkeys(EXPIRING, _Judge.ageing),
    "latency": _Judge.latency,
    "completeness": _Judge.rows,
    "errorrate": _Judge.rows,
    "availability": _Judge.availability,
    "generalavailability": _Judge.begins,
    **dict.fromkeys(_ENDS, _Judge.ends),
    **dict.fromkeys(("timetodetect", "timetonotify", "timetorepair"), _Judge.responding),
}
