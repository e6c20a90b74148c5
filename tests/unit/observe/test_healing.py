"""An incident is over when everything that was noticed is well again, as the state says."""

import pytest
from incident_board import Board, anomaly, check

from meshwright.model.address import Address
from meshwright.model.facts import (
    AnomalyFound,
    BuildFailed,
    BuildRejected,
    BuildStarted,
    PortAudited,
    VersionPublished,
)
from meshwright.model.signal import Signal

ORDERS = "sales.orders.lines"


def published(
    build: str, version: int, as_of: str = "", product: str = "sales.orders"
) -> VersionPublished:
    """Return the fact that a build was published."""
    return VersionPublished(build, product, version, "1.0.0", "code", {}, [], as_of=as_of)


def measured(board: Board, build: str, day: str, version: int) -> None:
    """Publish a build of a day with one point of the metric `rows`."""
    board.record(
        BuildStarted(build, "sales.orders", "code", day),
        PortAudited(build, "sales.orders", "lines", 1, False, [], [["", "rows", version]]),
        published(build, version, day),
    )


def odd(board: Board, build: str, day: str) -> None:
    """Find and notice an anomaly of the metric `rows`."""
    series = {"column": "", "segment": "", "metric": "rows"}
    board.record(
        AnomalyFound(
            "sales.orders", "lines", series, day, 1.0, [2, 3, 4], "drop", "high", 2.0, "few", build
        )
    )
    board.notice(anomaly(ORDERS, on=day, build=build))


def test_the_next_good_build_resolves_checks_and_errors(board: Board) -> None:
    board.record(BuildRejected("b1", "sales.orders", ["lines:primaryKey"], None, {}))
    board.notice(check(ORDERS, build="b1"))
    assert board.heal("sales.orders", "check", "build") == ["inc-1"]
    board.record(BuildFailed("b2", "sales.orders", "sql-error"))
    board.notice(check(ORDERS, build="b2"))
    board.record(published("b3", 1))
    assert board.heal("sales.orders", build="b3") == ["inc-1"]


def test_a_version_from_before_says_nothing_of_what_came_after(board: Board) -> None:
    """A source that cannot be read stops a build before it is recorded as one."""
    board.record(published("b1", 1))
    board.notice(Signal("build", Address("sales", "orders"), "no source", metric="source-missing"))
    assert board.heal("sales.orders") == []
    assert board.heal("sales.orders", "late") == []
    assert board.heal("sales.orders", "build|sales.orders|source-missing|") == ["inc-1"]


def test_an_anomaly_is_over_after_two_healthy_points(board: Board) -> None:
    measured(board, "b1", "2013-02-08", 1)
    odd(board, "b1", "2013-02-08")
    assert board.heal("sales.orders") == []
    measured(board, "b2", "2013-02-09", 2)
    assert board.heal("sales.orders") == []
    measured(board, "b3", "2013-02-10", 3)
    assert board.heal("sales.orders") == ["inc-1"]


def test_a_point_that_is_anomalous_again_is_not_healthy(board: Board) -> None:
    measured(board, "b1", "2013-02-08", 1)
    odd(board, "b1", "2013-02-08")
    measured(board, "b2", "2013-02-09", 2)
    measured(board, "b3", "2013-02-10", 3)
    odd(board, "b3", "2013-02-10")
    assert board.heal("sales.orders") == []
    measured(board, "b4", "2013-02-11", 4)
    measured(board, "b5", "2013-02-12", 5)
    assert board.heal("sales.orders") == ["inc-1"]


def test_while_a_build_is_published_its_points_are_not_judged_yet(board: Board) -> None:
    measured(board, "b1", "2013-02-08", 1)
    odd(board, "b1", "2013-02-08")
    measured(board, "b2", "2013-02-09", 2)
    measured(board, "b3", "2013-02-10", 3)
    assert board.heal("sales.orders", "check", "build") == []


@pytest.mark.parametrize("kind", ["late", "objective"])
def test_lateness_is_over_when_whoever_measures_it_says_so(board: Board, kind: str) -> None:
    board.notice(Signal(kind, Address.parse(ORDERS), "late", metric="age"))
    assert board.heal("sales.orders", "check") == []
    assert board.heal("sales.returns", kind) == []
    assert board.heal("sales.orders", kind) == ["inc-1"]


def test_what_was_noticed_below_is_part_of_the_incident(board: Board) -> None:
    """The product above is well first; the incident ends when the one below is."""
    board.notice(check(ORDERS))
    board.notice(check("sales.report.daily"))
    board.record(published("b1", 1))
    assert board.heal("sales.orders", "check", "build") == []
    board.record(published("b2", 1, product="sales.report"))
    assert board.heal("sales.report", "check", "build") == ["inc-1"]
    assert board.is_replayed()
