"""What watching a build reads: however many series are suspicious, and however long the past is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from meshwright.adapters.sqlite.state_store import SQLiteStateStore
from meshwright.app.watch import watch
from meshwright.ledger.ledger import Ledger
from meshwright.model.address import Address
from meshwright.model.facts import BuildStarted, PortAudited
from meshwright.model.product import OutputPort, Product
from meshwright.spi import plugins
from meshwright.spi.state_store import Reader, Row, Value

PRODUCT = Product(Address("shop", "sales"), "sales", "1.0.0", "", outputs=(OutputPort("orders"),))
COLUMNS = 12


class CountingStore:
    """A state store whose readers keep the queries and count the rows."""

    def __init__(self, store: SQLiteStateStore) -> None:
        self._store = store
        self.queries: list[str] = []
        self.count = 0

    @contextmanager
    def read(self) -> Iterator[Reader]:
        with self._store.read() as self._reader:
            yield self

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        found = self._reader.rows(sql, values)
        self.queries.append(sql)
        self.count += len(found)
        return found


def recorded(store: SQLiteStateStore, days: int) -> PortAudited:
    """Record usual days, and return the audit of one on which every series jumps."""
    ledger = Ledger(store, "test")
    for number in range(days + 1):
        factor = 9 if number == days else 1
        metrics: list[list[Any]] = [["", "rows", (1000.0 + number % 5) * factor]]
        metrics += [[f"c{n}", "mean", (10 + number % 7) * factor] for n in range(COLUMNS)]
        build, day = f"b{number:04d}", (date(2023, 1, 1) + timedelta(days=number)).isoformat()
        last = PortAudited(build, "shop.sales", "orders", 1000, False, [], metrics)
        ledger.record([BuildStarted(build, "shop.sales", "code", as_of=day), last])
    return last


def reads(folder: Path, days: int) -> CountingStore:
    folder.mkdir()
    store = SQLiteStateStore(folder)
    store.prepare()
    audit, counting = recorded(store, days), CountingStore(store)
    wiring: Any = SimpleNamespace(
        store=counting,
        mesh=SimpleNamespace(timezone="UTC"),
        detector=lambda name, options: plugins.load("detectors", name)(options),
    )
    watched = watch(wiring, PRODUCT, audit.build, [audit], {})
    store.close()
    assert len(watched.facts) > COLUMNS // 2
    return counting


def test_suspicious_series_cost_their_newest_points_alone(tmp_path: Path) -> None:
    short, long = reads(tmp_path / "short", 210), reads(tmp_path / "long", 420)
    for one in (short, long):
        assert sum("status IN" in sql for sql in one.queries) == 1
        assert sum("SELECT series, column_name" in sql for sql in one.queries) == 1
    assert short.count == long.count
