"""One incident for one cause: what signals mean for the incidents that are known. Values in, facts out.

What must stay true: the order of signals within a batch makes no difference; noticing the same again
changes nothing; below an open incident that explains a signal no other one is opened.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from meshwright.model.address import Address
from meshwright.model.facts import (
    Fact,
    IncidentJoined,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from meshwright.model.signal import Signal, worst
from meshwright.observe.incidents.clusters import Cluster, clusters, day_of, is_present
from meshwright.observe.incidents.dates import dates_of, other_end
from meshwright.observe.incidents.downstream import Reach, Reads
from meshwright.observe.incidents.incidents import RESOLVED, WINDOW, Incident, rank
from meshwright.observe.incidents.wording import by_strength, cause_of, explanation_of, place_of_all

NEXT_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the product of an incident, beyond its signals."""

    owner: str = ""
    impact: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


Describe = Callable[[Address, Sequence[Signal]], About]  # asked only of what opens or gets worse


def group(
    signals: Iterable[Signal],
    known: Sequence[Incident],
    reads: Reads,
    *,
    today: date,
    new_ids: Iterator[str],
    describe: Describe,
) -> list[Fact]:
    """Return what signals mean, given the open incidents of the mesh and the products' recent ones."""
    by_product: dict[Address, list[Signal]] = {}
    for signal in signals:
        by_product.setdefault(signal.address.product_address, []).append(signal)
    grouping = _Grouping(Reach(reads), today, new_ids, describe, {one.id: one for one in known})
    for product in grouping.reach.upstream_first(by_product):
        opened: set[str] = set()
        for cluster in clusters(by_product[product], today):
            opened |= grouping.place(product, cluster, opened)
    return grouping.facts


@dataclass(slots=True)
class _Grouping:
    """The incidents as the facts that are decided so far leave them."""

    reach: Reach
    today: date
    new_ids: Iterator[str]
    describe: Describe
    known: dict[str, Incident]
    facts: list[Fact] = field(default_factory=list)

    def place(self, product: Address, cluster: Cluster, siblings: set[str]) -> set[str]:
        """Join, reopen or open; return the incident that began here, if one did.

        `siblings` began with other days of the same batch: their causes are others.
        """
        host = self._host(product, cluster, siblings)
        if host is not None:
            self._join(host, cluster)
            return set()
        again = self._once_resolved(product, cluster)
        begun = self._reopen(again, cluster) if again else self._open(product, cluster)
        self._take_over(begun)
        return {begun.id}

    def _host(self, product: Address, cluster: Cluster, siblings: set[str]) -> Incident | None:
        """Return the open incident that explains a cluster: the same thing, the same product, one above."""
        found = [
            one
            for one in self.known.values()
            if one.is_open
            and one.id not in siblings
            and (
                one.product == product or one.signals & cluster.keys or self._is_above(one, product)
            )
            and (cluster.is_present or one.days_from(cluster.first, cluster.last) <= WINDOW)
        ]

        depths = {
            one: sum(self._is_above(other, one) for other in found)
            for one in {incident.product for incident in found}
        }

        def order(one: Incident) -> tuple[bool, bool, int, timedelta, str, str]:
            return (
                not one.signals & cluster.keys,
                one.product != product,
                depths[one.product],
                one.days_from(cluster.first, cluster.last),
                one.opened_at,
                one.id,
            )

        return min(found, key=order, default=None)

    def _is_above(self, incident: Incident, product: Address) -> bool:
        return self.reach.explains(incident, product)

    def _join(self, host: Incident, cluster: Cluster) -> None:
        news = [signal for signal in cluster.signals if self._is_news(host, signal)]
        if not news:
            return
        strongest, dates = by_strength(news), dates_of(news)
        severity = worst([signal.severity for signal in news])
        joined = IncidentJoined(
            incident=host.id,
            product=str(host.product),
            signals=sorted({signal.key for signal in news}),
            explanation=explanation_of(strongest),
            severity=severity,
            address=str(place_of_all(strongest)),
            build=strongest[0].build,
            business_date=dates[-1] if dates else "",
            cause=cause_of(strongest),
            hints=self._hints(host, severity, strongest),
        )
        self.facts += [joined, *other_end(host, dates, joined.business_date)]
        self._settle(self._remember(host, cluster, severity))

    def _hints(self, host: Incident, severity: str, strongest: Sequence[Signal]) -> list[str]:
        """Return hints where an incident gets worse by what its own product does."""
        is_own = strongest[0].address.product_address == host.product
        if not is_own or rank(severity) <= rank(host.severity):
            return []
        return list(self.describe(host.product, strongest).hints)

    def _is_news(self, host: Incident, signal: Signal) -> bool:
        """Say whether a signal is new to an incident, worse than it, or about another day."""
        if signal.key not in host.signals or rank(signal.severity) > rank(host.severity):
            return True
        day = day_of(signal, self.today)
        return host.is_dated and not is_present(signal) and not host.first <= day <= host.last

    def _once_resolved(self, product: Address, cluster: Cluster) -> Incident | None:
        """Return the resolved incident that is unhealthy again."""
        ports = {signal.address.port for signal in cluster.signals if not is_present(signal)}
        found = []
        for one in self.known.values():
            if one.is_open or one.product != product:
                continue
            days = one.days_from(cluster.first, cluster.last)
            is_same = bool(one.signals & cluster.keys) and days <= WINDOW
            is_next = bool(ports & (one.ports() or set())) and days <= NEXT_DAY
            if is_same or is_next:
                found.append((not is_same, days, _reversed(one.opened_at), one.id, one))
        return min(found, key=lambda item: item[:-1])[-1] if found else None

    def _reopen(self, incident: Incident, cluster: Cluster) -> Incident:
        strongest, dates = by_strength(cluster.signals), dates_of(cluster.signals)
        severity = worst([signal.severity for signal in strongest])
        said = {
            "incident": incident.id,
            "product": str(incident.product),
            "explanation": explanation_of(strongest),
            "signals": sorted(cluster.keys),
            "build": strongest[0].build,
            "business_date": dates[-1] if dates else "",
            "cause": cause_of(strongest),
            "hints": list(self.describe(incident.product, strongest).hints),
        }
        self.facts.append(IncidentReopened(**said))  # type: ignore[arg-type]
        self.facts += other_end(incident, dates, dates[-1] if dates else "")
        if rank(severity) > rank(incident.severity):
            address = str(place_of_all(strongest))
            self.facts.append(IncidentJoined(**said, severity=severity, address=address))  # type: ignore[arg-type]
        return self._remember(replace(incident, state="open"), cluster, severity)

    def _open(self, product: Address, cluster: Cluster) -> Incident:
        strongest, dates = by_strength(cluster.signals), dates_of(cluster.signals)
        about = self.describe(product, strongest)
        opened = IncidentOpened(
            incident=next(self.new_ids),
            product=str(product),
            cause=cause_of(strongest),
            owner=about.owner,
            build=strongest[0].build,
            address=str(place_of_all(strongest)),
            kind=strongest[0].kind,
            severity=worst([signal.severity for signal in strongest]),
            business_date=dates[0] if dates else "",
            explanation=explanation_of(strongest),
            signals=sorted(cluster.keys),
            impact=list(about.impact),
            hints=list(about.hints),
        )
        first = date.fromisoformat(dates[0]) if dates else self.today
        begun = Incident(
            opened.incident, product, opened.kind, "open", opened.severity, "~",  # after all known
            first, first, bool(dates), opened.explanation, cluster.keys,
        )  # fmt: skip
        self.facts += [opened, *other_end(begun, dates, opened.business_date)]
        return self._remember(begun, cluster, opened.severity)

    def _settle(self, grown: Incident) -> None:
        """Bring together what an incident of more days now reaches: those below it, and those above."""
        self._take_over(grown)
        above = [
            one for one in self.known.values() if one.is_open and self._is_above(one, grown.product)
        ]
        for one in sorted(above, key=lambda one: (one.opened_at, one.id)):
            if self.known[one.id].is_open:
                self._take_over(self.known[one.id])

    def _take_over(self, cause: Incident) -> None:
        """End the open incidents below that this one explains; what was noticed there belongs to it.

        Their days are its days then, so it may reach further ones.
        """
        while (one := self._explained(cause)) is not None:
            days = [one.first.isoformat(), one.last.isoformat()] if one.is_dated else []
            self.facts += [
                IncidentJoined(
                    incident=cause.id,
                    product=str(cause.product),
                    signals=sorted(one.signals),
                    explanation=f"explains {one.id} of `{one.product}`: {one.explanation}",
                    severity=one.severity,
                    address=str(one.product),
                ),
                *other_end(cause, days, ""),
                IncidentResolved(
                    one.id, str(one.product), note=f"`{cause.product}` explains it: see {cause.id}"
                ),
            ]
            self.known[one.id] = replace(one, state=RESOLVED)
            grows = cause.is_dated and one.is_dated
            cause = self.known[cause.id] = replace(
                cause,
                signals=cause.signals | one.signals,
                severity=worst([cause.severity, one.severity]),
                first=min(cause.first, one.first) if grows else cause.first,
                last=max(cause.last, one.last) if grows else cause.last,
            )

    def _explained(self, cause: Incident) -> Incident | None:
        """Return the first open incident below that is near enough in time to have this cause."""
        found = [
            one
            for one in self.known.values()
            if one.is_open
            and self._is_above(cause, one.product)
            and one.days_from(cause.first, cause.last) <= WINDOW
        ]
        return min(found, key=lambda one: (one.opened_at, one.id), default=None)

    def _remember(self, incident: Incident, cluster: Cluster, severity: str) -> Incident:
        days = [self.today]
        if incident.is_dated:
            days = [date.fromisoformat(text) for text in dates_of(cluster.signals)]
        after = replace(
            incident,
            signals=incident.signals | cluster.keys,
            severity=worst([incident.severity, severity]),
            first=min([incident.first, *days]) if incident.is_dated else incident.first,
            last=max([incident.last, *days]),
        )
        self.known[incident.id] = after
        return after


def _reversed(text: str) -> tuple[int, ...]:
    """Return a key that sorts later texts first."""
    return tuple(-ord(letter) for letter in text)
