"""Observe: what nobody typed. Run what is due, notice what is late, tell who is to be told; again and again.

What must stay true: one loop a mesh; an error of one cycle ends that part of the cycle, never the loop; a
stop is heeded at once, and leaves nothing half done.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from meshwright.app.alerts import Told, deliver
from meshwright.app.events import OnEvent, RunEvent, ignore
from meshwright.app.run import holder, run, tell_hooks
from meshwright.app.scheduling import Due, find_due, remember
from meshwright.app.wiring import Wiring
from meshwright.errors import InternalError, MeshwrightError
from meshwright.model.address import Address
from meshwright.model.facts import Fact, RulesJudged
from meshwright.model.plan import BuildResult
from meshwright.model.signal import Signal

LOCK = "observe"
LONGEST_PAUSE = timedelta(minutes=10)
TELLING_SECONDS = 15.0


@dataclass(slots=True)
class Cycle:
    """What one round did. `problems` are (what, why) of parts that could not be done."""

    at: datetime
    builds: list[BuildResult] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)  # what the signals meant for the incidents
    told: list[Told] = field(default_factory=list)
    rules: list[RulesJudged] = field(
        default_factory=list
    )  # products of which rules say something else
    access: list[Fact] = field(default_factory=list)  # what time did to requests and grants
    problems: list[MeshwrightError] = field(default_factory=list)

    @property
    def is_eventful(self) -> bool:
        """Say whether there is anything to show of it."""
        done = (self.builds, self.facts, self.told, self.rules, self.access, self.problems)
        return any(done)


def observe_once(wiring: Wiring, on_event: OnEvent = ignore) -> Cycle:
    """Do one round; raise `UnreachableError` (`held-elsewhere`) while a loop does it already."""
    with wiring.store.hold(LOCK, holder(wiring), 0.0):
        return _cycle(wiring, on_event)


def observe(
    wiring: Wiring,
    every: timedelta,
    stop: Event,
    ended: Callable[[Cycle], None],
    on_event: OnEvent = ignore,
) -> None:
    """Do a round, `every` so often, until `stop` is set; after rounds that failed, ever less often."""
    failures = 0
    with wiring.store.hold(LOCK, holder(wiring), 0.0):
        while not stop.is_set():
            cycle = _cycle(wiring, on_event)
            ended(cycle)
            failures = failures + 1 if cycle.problems else 0
            stop.wait(pause(every, failures).total_seconds())


def pause(every: timedelta, failures: int) -> timedelta:
    """Return how long to wait for the next round after so many that failed in a row."""
    return max(every, min(every * (1 << min(failures, 16)), LONGEST_PAUSE))


def _cycle(wiring: Wiring, on_event: OnEvent) -> Cycle:
    cycle = Cycle(wiring.now())
    if not _try(wiring, cycle, wiring.look_again):
        return cycle  # while it is not known which products there are, nothing is concluded
    _try(wiring, cycle, lambda: cycle.builds.extend(_run_due(wiring, cycle.at, on_event)))
    _try(wiring, cycle, lambda: _notice(wiring, cycle))
    _try(wiring, cycle, lambda: cycle.rules.extend(_govern(wiring)))
    _try(wiring, cycle, lambda: cycle.access.extend(_tend_access(wiring, cycle.at)))
    _try(
        wiring,
        cycle,
        lambda: cycle.told.extend(deliver(wiring, wiring.now(), seconds=TELLING_SECONDS)),
    )
    _try(wiring, cycle, lambda: _tell_lineage(wiring, on_event))
    _try(wiring, cycle, lambda: tell_hooks(wiring, on_event))
    return cycle


def _tell_lineage(wiring: Wiring, on_event: OnEvent) -> None:
    """Send the events of builds; a sink that is away is a warning, and tried again in a later round."""
    if wiring.mesh.openlineage.sinks:
        from meshwright.app.openlineage import deliver as deliver_events
        from meshwright.app.openlineage import warnings_of

        for told in deliver_events(wiring, wiring.now(), seconds=TELLING_SECONDS):
            for text in warnings_of(told):
                on_event(RunEvent("warning", f"lineage sink {told.sink}", text))


def _try(wiring: Wiring, cycle: Cycle, part: Callable[[], object]) -> bool:
    """Do one part of a round, and say whether it went well; what went wrong is kept, to be shown."""
    try:
        part()
        return True
    except MeshwrightError as error:
        cycle.problems.append(wiring.secrets.hidden(error))
    except Exception as error:
        text = wiring.secrets.hide(f"{type(error).__name__}: {error}".splitlines()[0])
        cycle.problems.append(
            InternalError("internal", f"internal error: {text}", hint="mesh observe --once")
        )
    return False


def _run_due(wiring: Wiring, now: datetime, on_event: OnEvent) -> Iterable[BuildResult]:
    """Run what is due, with what follows it, in one run; what has run is not due again."""
    due = find_due(wiring, now)
    if not due:
        return ()
    for one in due:
        on_event(RunEvent("due", str(one.product), f"since {one.at:%Y-%m-%d %H:%M} UTC"))
    results = run(wiring, _selection(due), on_event=on_event, tell=False)
    remember(wiring, due)
    return [result for result in results if result.status != "up_to_date"]


def _govern(wiring: Wiring) -> list[RulesJudged]:
    """Judge the rules: time alone can break one."""
    from meshwright.app.policy.recording import record_rules

    return record_rules(wiring)


def _tend_access(wiring: Wiring, now: datetime) -> list[Fact]:
    """Escalate requests that nobody answers; say of grants whose time is over that they ended."""
    from meshwright.app.access.tending import tend_access

    return tend_access(wiring, now)


def _selection(due: Iterable[Due]) -> tuple[str, ...]:
    products = [product for one in due for product in (one.product, *one.followers)]
    return tuple(dict.fromkeys(str(product) for product in products))


def _notice(wiring: Wiring, cycle: Cycle) -> None:
    """Let what is late, and budgets that burn, become incidents; end those that are well again."""
    from meshwright.app.health import judge_lateness
    from meshwright.app.incidents import raise_signals

    lateness = judge_lateness(wiring, cycle.at)
    cycle.signals = list(lateness.signals)
    for product in _healed(wiring, lateness.well):
        product_address = Address.parse(product)
        cycle.facts += raise_signals(wiring, None, product_address, (), healthy=lateness.well)
    if cycle.signals:  # at once, so that the one furthest upstream is the cause
        first = cycle.signals[0].address.product_address
        cycle.facts += raise_signals(wiring, None, first, cycle.signals)


def _healed(wiring: Wiring, well: Collection[str]) -> list[str]:
    """Return the products of which something is well that an open incident still holds."""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT DISTINCT s.product, s.signal FROM incident_signals s"
            " JOIN incidents i ON i.incident = s.incident WHERE i.state IN ('open', 'acknowledged')"
        )
    return list(dict.fromkeys(str(product) for product, key in rows if key in well))
