"""When a product is usually published, learned from when it was: also where nobody promised anything."""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from meshwright.observe.detectors.arrivals import Arrivals
from meshwright.observe.detectors.habit import Cadence

BURST = 60.0  # publications this close together are one arrival
REMEMBERED = 200
NEEDED = 7  # arrivals before anything is called late


def learn_cadence(arrived: Iterable[float], zone: tzinfo) -> Cadence:
    """Learn from the times of publications, in the order in which they happened."""
    arrivals = Arrivals("normal")
    last, seen = float("-inf"), 0
    for at in list(arrived)[-REMEMBERED:]:
        if at - last < BURST:
            last = max(last, at)
            continue
        moment = datetime.fromtimestamp(at, UTC)
        arrivals.arrive(moment, moment.astimezone(zone))
        last, seen = at, seen + 1
    due = arrivals.due()
    return Cadence(seen, arrivals.usual, due.timestamp() if due else None)
