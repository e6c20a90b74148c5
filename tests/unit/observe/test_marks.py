"""What is learnt from marks: each of the days that it was said of, and of no later ones."""

from zoneinfo import ZoneInfo

from incident_board import Board, anomaly

from meshwright.model.address import Address
from meshwright.model.facts import IncidentMarked, IncidentResolved
from meshwright.observe.watched.marks import marks_of

ORDERS = "sales.orders.lines"
UTC = ZoneInfo("UTC")


def marks(board: Board) -> list[tuple[str, str]]:
    """Return (verdict, first day) of the marks."""
    found = marks_of(board.store, Address("sales", "orders"), UTC)
    return [(mark.verdict, str(mark.span.start)[:10]) for mark in found]


def end(board: Board, verdict: str) -> None:
    board.record(
        IncidentMarked("inc-1", "sales.orders", verdict),
        IncidentResolved("inc-1", "sales.orders"),
    )


def test_days_that_open_an_incident_again_are_not_marked_with_those_before(board: Board) -> None:
    """A mark that the incident lost is still learnt from; the next one is about the next days."""
    board.notice(anomaly(ORDERS, on="2013-02-08"), anomaly(ORDERS, on="2013-02-09"))
    end(board, "expected")
    expected = [("expected", "2013-02-08"), ("expected", "2013-02-09")]
    assert marks(board) == expected
    board.notice(anomaly(ORDERS, on="2013-02-10"))
    assert marks(board) == expected
    end(board, "real")
    assert marks(board) == [*expected, ("real", "2013-02-10")]


def test_a_mark_is_about_earlier_days_that_have_none(board: Board) -> None:
    board.notice(anomaly(ORDERS, on="2013-02-08"))
    board.record(IncidentResolved("inc-1", "sales.orders"))
    board.notice(anomaly(ORDERS, on="2013-02-09"))
    assert marks(board) == []
    end(board, "expected")
    assert marks(board) == [("expected", "2013-02-08"), ("expected", "2013-02-09")]


def test_an_incident_of_no_date_is_marked_while_it_was_open(board: Board) -> None:
    board.notice(anomaly(ORDERS))
    board.later(hours=2)
    end(board, "expected")
    board.later(days=1)
    board.notice(anomaly(ORDERS))
    (mark,) = marks_of(board.store, Address("sales", "orders"), UTC)
    assert 7200 <= (mark.span.end - mark.span.start).total_seconds() < 7300
