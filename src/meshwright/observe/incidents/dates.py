"""The business dates that an incident is about. A fact names one, so two facts tell of a span of days."""

from collections.abc import Iterable, Sequence

from meshwright.model.facts import IncidentJoined
from meshwright.model.signal import Signal
from meshwright.observe.incidents.incidents import Incident


def dates_of(signals: Iterable[Signal]) -> list[str]:
    """Return the business dates of signals, the earliest first."""
    return sorted({signal.business_date[:10] for signal in signals if signal.business_date})


def other_end(incident: Incident, dates: Sequence[str], told: str) -> list[IncidentJoined]:
    """Return what lets an incident reach the end of `dates` that was not told, where it does not yet."""
    if not incident.is_dated or not dates:
        return []
    first, last = incident.first.isoformat(), incident.last.isoformat()
    return [
        IncidentJoined(
            incident=incident.id,
            product=str(incident.product),
            signals=[],
            explanation=f"it reaches {day}",
            severity=incident.severity,
            address=str(incident.product),
            business_date=day,
        )
        for day in sorted({dates[0], dates[-1]} - {told})
        if not first <= day <= last
    ]
