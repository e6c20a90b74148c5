"""The past of a port: read back from the newest point, one point a time, at a cost that no history raises."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from meshwright.adapters.sqlite.state_store import SQLiteStateStore
from meshwright.ledger.ledger import Ledger
from meshwright.model.address import Address
from meshwright.model.facts import BuildFailed, BuildStarted, PortAudited
from meshwright.observe.watched.history import PortHistory, Recorded, SeriesName
from meshwright.spi.state_store import Reader, Row, Value

PORT = Address("shop", "sales", "orders")
ROWS, MEAN = SeriesName("", "", "rows"), SeriesName("a", "", "mean")


class Counting:
    """A reader that counts the queries of each table and the rows that they return."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.queries: list[str] = []
        self.count = 0

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        found = self.reader.rows(sql, values)
        self.queries.append(sql)
        self.count += len(found)
        return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStateStore]:
    made = SQLiteStateStore(tmp_path)
    made.prepare()
    yield made
    made.close()


def day(number: int) -> str:
    return (date(2024, 1, 1) + timedelta(days=number)).isoformat()


def record(store: SQLiteStateStore, days: int) -> None:
    """Record days, each fourth of them built twice and each fifth last by a build that failed."""
    ledger = Ledger(store, "test")
    for number in range(days):
        for again in range(1 + (number % 4 == 0) + (number % 5 == 0)):
            build = f"b{number:04d}-{again}"
            value = number + again / 10
            metrics: list[list[Any]] = [["", "rows", value], ["a", "mean", -value]]
            ledger.record([BuildStarted(build, "shop.sales", "code", as_of=day(number))])
            ledger.record([PortAudited(build, "shop.sales", "orders", 1, False, [], metrics)])
            if number % 5 == 0 and again:
                ledger.record([BuildFailed(build, "shop.sales", "model-failed")])


def record_usual(store: SQLiteStateStore, days: int) -> None:
    """Record days that were built well, once."""
    ledger = Ledger(store, "test")
    for number in range(days):
        build = f"b{days}-{number:04d}"
        metrics: list[list[Any]] = [["", "rows", 1.0 * number], ["a", "mean", 2.0]]
        ledger.record([BuildStarted(build, "shop.sales", "code", as_of=day(number))])
        ledger.record([PortAudited(build, "shop.sales", "orders", 1, False, [], metrics)])


def test_the_newest_points_are_the_end_of_all_points(store: SQLiteStateStore) -> None:
    record(store, 60)
    with store.read() as reader:
        history = PortHistory(reader, PORT)
        every = history.all()
        assert len(every[ROWS].times) == 60
        for name in (ROWS, MEAN):
            for before, most in ((day(60), 20), (day(31), 7), (day(30), 1), (day(3), 20)):
                past = every[name].before(before)
                wanted = Recorded(past.times[-most:], past.values[-most:])
                assert history.newest(name, before, most) == wanted
        assert history.newest(ROWS, day(0), 5) == Recorded()
        assert history.newest(SeriesName("z", "", "mean"), day(60), 5) == Recorded()


def test_many_series_read_names_and_unseen_builds_once_and_no_older_points(
    store: SQLiteStateStore,
) -> None:
    counts = []
    for days in (30, 120):
        record_usual(store, days)
        with store.read() as reader:
            counting = Counting(reader)
            history = PortHistory(counting, PORT)
            for name in (ROWS, MEAN) * 10:
                assert len(history.newest(name, day(days), 10).times) == 10
        assert sum("FROM builds" in sql for sql in counting.queries) == 1
        assert sum("FROM series" in sql for sql in counting.queries) == 1
        counts.append(counting.count)
    assert counts[0] == counts[1] == 20 * 10 + 2
