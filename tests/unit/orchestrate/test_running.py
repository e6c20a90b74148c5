"""Work runs in dependency order, in parallel, and stops cleanly."""

import os
import signal
import threading
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.orchestrate.dag import cycle, levels
from meshwright.orchestrate.running import Event, Outcome, Stop, run_graph

DIAMOND: Mapping[str, tuple[str, ...]] = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}


def statuses(outcomes: Mapping[str, Outcome[str, object]]) -> dict[str, str]:
    return {node: outcome.status for node, outcome in outcomes.items()}


def refuse(names: set[str]) -> object:
    def work(node: str) -> str:
        if node in names:
            raise ValueError(node)
        return node.upper()

    return work


def test_everything_runs_after_what_it_depends_on() -> None:
    order: list[str] = []
    outcomes = run_graph(list(DIAMOND), DIAMOND, order.append, workers=1)
    assert order == ["a", "b", "c", "d"]
    assert set(statuses(outcomes).values()) == {"done"}


def test_the_longest_path_starts_first_then_names_decide() -> None:
    depends_on = {"z2": ["z1"], "z3": ["z2"], "b": [], "a": [], "z1": []}
    order: list[str] = []
    run_graph(list(depends_on), depends_on, order.append)
    assert order == ["z1", "z2", "a", "b", "z3"]


def test_independent_nodes_run_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=10)
    outcomes = run_graph(["x", "y", "z"], {}, lambda node: together.wait(), workers=3)
    assert sorted(outcome.result or 0 for outcome in outcomes.values()) == [0, 1, 2]


def test_never_more_than_the_workers_run_at_once() -> None:
    running, most = 0, 0

    def watch(event: Event[str, object]) -> None:
        nonlocal most
        most = max(most, event.running)

    nodes = [str(number) for number in range(20)]
    run_graph(nodes, {}, lambda node: node, workers=3, on_event=watch)
    assert most == 3
    assert running == 0


def test_a_failure_stops_only_what_depends_on_it() -> None:
    depends_on = {**DIAMOND, "x": ("d",), "free": ()}
    outcomes = run_graph(list(depends_on), depends_on, refuse({"b"}))  # type: ignore[arg-type]
    assert statuses(outcomes) == {
        "a": "done",
        "b": "failed",
        "c": "done",
        "d": "skipped",
        "x": "skipped",
        "free": "done",
    }
    assert str(outcomes["b"].error) == "b"
    assert outcomes["x"].cause == "b"


def test_a_result_that_is_not_good_stops_dependents_too() -> None:
    outcomes = run_graph(list(DIAMOND), DIAMOND, str.upper, is_good=lambda result: result != "A")
    assert statuses(outcomes) == {"a": "done", "b": "skipped", "c": "skipped", "d": "skipped"}
    assert outcomes["a"].result == "A"


def test_edges_to_nodes_that_do_not_run_are_no_hindrance() -> None:
    assert statuses(run_graph(["d"], DIAMOND, str.upper)) == {"d": "done"}


def test_nothing_to_run_is_nothing() -> None:
    assert run_graph([], {}, str) == {}


def test_events_tell_every_start_and_end_in_the_callers_thread() -> None:
    seen: list[tuple[str, str]] = []

    def watch(event: Event[str, str]) -> None:
        assert threading.current_thread() is threading.main_thread()
        seen.append((event.node, event.outcome.status if event.outcome else "started"))

    run_graph(list(DIAMOND), DIAMOND, refuse({"b", "c"}), on_event=watch)  # type: ignore[arg-type]
    assert seen == [
        ("a", "started"),
        ("a", "done"),
        ("b", "started"),
        ("b", "failed"),
        ("d", "skipped"),
        ("c", "started"),
        ("c", "failed"),
    ]


class Blocking:
    """Work that lasts until it is cancelled."""

    def __init__(self, then: object = None) -> None:
        self.cancelled = threading.Event()
        self.then = then

    def __call__(self, node: str) -> str:
        if callable(self.then):
            self.then()
        assert self.cancelled.wait(10)
        raise InterruptedError(node)

    def cancel(self, node: str) -> None:
        self.cancelled.set()


def test_a_stop_cancels_what_runs_and_starts_nothing_more() -> None:
    stop = Stop()
    work = Blocking(stop.set)
    outcomes = run_graph(list(DIAMOND), DIAMOND, work, cancel=work.cancel, stop=stop)
    assert statuses(outcomes) == dict.fromkeys(DIAMOND, "stopped")
    assert isinstance(outcomes["a"].error, InterruptedError)


def test_work_is_cancelled_again_until_it_has_ended() -> None:
    """The first cancel may come when there is nothing yet that it could interrupt."""
    stop = Stop()
    work = Blocking(stop.set)
    heard: list[str] = []

    def cancel(node: str) -> None:
        heard.append(node)
        if len(heard) == 3:
            work.cancel(node)

    outcomes = run_graph(["a"], {}, work, cancel=cancel, stop=stop)
    assert statuses(outcomes) == {"a": "stopped"}
    assert len(heard) >= 3


def test_a_stop_before_the_start_starts_nothing() -> None:
    stop = Stop()
    stop.set()
    outcomes = run_graph(["a"], {}, refuse({"a"}), stop=stop)  # type: ignore[arg-type]
    assert statuses(outcomes) == {"a": "stopped"}


@pytest.fixture
def heeds_interruptions() -> Iterator[None]:
    """Let Ctrl-C mean what it does at a terminal: a shell's `&` starts processes that ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_interruptions")
def test_ctrl_c_cancels_waits_and_is_raised_again() -> None:
    work = Blocking(lambda: os.kill(os.getpid(), signal.SIGINT))
    ended: list[str] = []

    def watch(event: Event[str, str]) -> None:
        if event.outcome:
            ended.append(f"{event.node} {event.outcome.status}")

    with pytest.raises(KeyboardInterrupt):
        run_graph(["a", "b"], {}, work, cancel=work.cancel, on_event=watch)
    assert ended == ["a stopped", "b stopped"]
    assert not [t for t in threading.enumerate() if t.name == "meshwright-work"]


def test_a_listener_that_fails_stops_the_run_and_is_heard() -> None:
    def watch(event: Event[str, str]) -> None:
        if event.outcome and event.outcome.status == "done":
            raise OSError("the terminal is gone")

    with pytest.raises(OSError, match="terminal"):
        run_graph(list(DIAMOND), DIAMOND, str.upper, on_event=watch)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 4),
    st.lists(st.sets(st.integers(0, 11)), max_size=12),
    st.sets(st.integers(0, 11)),
)
def test_any_graph_runs_whole_in_order_on_any_number_of_threads(
    workers: int, edges: list[set[int]], failing: set[int]
) -> None:
    depends_on = {node: {n for n in needed if n < node} for node, needed in enumerate(edges)}
    done: list[int] = []

    def work(node: int) -> None:
        assert depends_on[node] <= set(done)
        if node in failing:
            raise ValueError
        done.append(node)

    outcomes = run_graph(list(depends_on), depends_on, work, workers=workers)
    for node, outcome in outcomes.items():
        is_blocked = any(outcomes[n].status != "done" for n in depends_on[node])
        wanted = "skipped" if is_blocked else "failed" if node in failing else "done"
        assert outcome.status == wanted


def test_levels_hold_what_rests_only_on_levels_before() -> None:
    assert levels(DIAMOND, DIAMOND) == [["a"], ["b", "c"], ["d"]]


def test_a_cycle_is_given_as_a_path_from_its_first_name() -> None:
    assert cycle("abc", {"a": "b", "b": "c", "c": "a"}) == ("a", "b", "c", "a")
    assert cycle("a", {"a": "a"}) == ("a", "a")
    assert cycle(DIAMOND, DIAMOND) == ()
