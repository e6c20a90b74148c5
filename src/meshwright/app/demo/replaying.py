"""The demo lived through: a year of flights, day by day, as if each day had just ended.

Every product is built as of the first day; then only the one that grows by the day; at the end all of them
again, over the whole year. So the series of its metrics are real, and so are the incidents.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from meshwright.app.demo.lay_out import lay_out
from meshwright.app.mesh import open_mesh
from meshwright.errors import UsageError
from meshwright.model.plan import BuildResult

REPLAYED = "operations.flights"
FIRST, LAST = date(2013, 1, 1), date(2013, 12, 31)


@dataclass(frozen=True, slots=True)
class Replay:
    """What happened: how the days ended (`published`: 364…), and how every product ended after the last."""

    first: date
    last: date
    days: Mapping[str, int]
    results: tuple[BuildResult, ...]
    next_steps: tuple[tuple[str, str], ...]


def run_replay(
    folder: str,
    *,
    say: Callable[[str], None],
    on_day: Callable[[date], None] = lambda day: None,
    until: date = LAST,
) -> Replay:
    """Lay the demo out in a new folder and live through its year, up to `until`.

    Raises `UsageError` (`demo-day-unknown`) for a day that is not of 2013.
    """
    if not FIRST < until <= LAST:
        raise UsageError(
            "demo-day-unknown",
            f"the demo has no {until}",
            hint=f"name a day after {FIRST}, {LAST} at the latest",
        )
    place = Path(folder)
    say(f"laying out a year of flights as real silos in {folder}")
    lay_out(place)
    with open_mesh(place) as mesh:
        mesh.access.apply()  # the grants of data products, which are in git
        say(f"building every product as of {FIRST}")
        mesh.run(as_of=FIRST.isoformat())
        say(f"living through {(until - FIRST).days} more days of {REPLAYED}")
        days = _live(mesh.run, until, on_day)
        say("building every product over all of it")
        results = mesh.run(as_of=until.isoformat())
    return Replay(FIRST, until, days, results, _next_steps(folder))


def _live(
    run: Callable[..., tuple[BuildResult, ...]], until: date, on_day: Callable[[date], None]
) -> Mapping[str, int]:
    ended: Counter[str] = Counter()
    for number in range(1, (until - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        (result,) = run(REPLAYED, as_of=day.isoformat())
        ended[result.status] += 1
        on_day(day)
    return ended


def _next_steps(folder: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"cd {folder}", "all commands work from any folder inside the mesh"),
        ("mesh incidents --all", "what was noticed in the year, worst days included"),
        ("mesh health", "how fresh and how valid each port is, and what is left of its budget"),
        (
            f"mesh monitors backtest {REPLAYED}.departures",
            "what would have alerted, and when",
        ),
        (f"mesh history {REPLAYED}", "a version a day, with the business time of each"),
    )
