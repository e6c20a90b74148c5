"""Incidents in the real tables, kept in memory: signals in, facts recorded, what is known read back."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import count

from meshwright.ledger.ledger import Ledger
from meshwright.ledger.replay import differences
from meshwright.model.address import Address
from meshwright.model.facts import Fact
from meshwright.model.signal import Signal
from meshwright.observe.incidents.grouping import About, group
from meshwright.observe.incidents.healing import Healing
from meshwright.observe.incidents.incidents import Incident, open_incidents, recent_incidents
from meshwright.spi.state_store import Row, Value

# orders.lines and orders.totals are read by report, which board reads; board reads stock as well.
READS: Mapping[str, Sequence[str]] = {
    "sales.report": ("sales.orders.lines",),
    "sales.returns": ("sales.orders.totals",),
    "sales.board": ("sales.report.daily", "sales.stock.levels"),
}
PORTS = (
    "sales.orders.lines",
    "sales.orders.totals",
    "sales.report.daily",
    "sales.returns.all",
    "sales.board.kpis",
    "sales.stock.levels",
)


def reads(product: Address) -> Collection[Address]:
    """Return the ports that a product of the little mesh reads."""
    return [Address.parse(port) for port in READS.get(str(product), ())]


def anomaly(port: str, metric: str = "rows", on: str = "", **more: object) -> Signal:
    """Return an anomaly of a port."""
    words = f"{metric} of {port} is odd"
    return Signal("anomaly", Address.parse(port), words, metric=metric, business_date=on, **more)  # type: ignore[arg-type]


def check(port: str, name: str = "primaryKey", **more: object) -> Signal:
    """Return a failed check of a port."""
    said = {"severity": "high", "metric": name, **more}
    return Signal("check", Address.parse(port), f"`{port}` fails `{name}`", **said)  # type: ignore[arg-type]


class MemoryStore:
    """The tables of a state store, without a disk: properties are tried on thousands of them."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        folder = files("meshwright.adapters.sqlite") / "migrations"
        for script in sorted(folder.iterdir(), key=lambda file: file.name):
            if script.name.endswith(".sql"):
                self._connection.executescript(script.read_text("utf-8"))

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        self._connection.execute(sql, values)

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        self._connection.executemany(sql, rows)

    @contextmanager
    def write(self) -> Iterator["MemoryStore"]:
        yield self

    read = write

    def close(self) -> None:
        self._connection.close()


@dataclass
class Board:
    """A state store, a ledger with a clock of its own, and what raises signals in it."""

    clock: datetime = datetime(2026, 3, 2, 8, tzinfo=UTC)
    store: MemoryStore = field(default_factory=MemoryStore)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.store, "person:maria", lambda: self.clock)

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.clock += timedelta(**by)

    def record(self, *facts: Fact) -> None:
        """Record facts."""
        self.ledger.append(self.store, facts)
        self.later(seconds=1)

    def known(self, signals: Iterable[Signal]) -> list[Incident]:
        """Return the open incidents, and those that the signals might reopen."""
        today = self.clock.date()
        days = [datetime.fromisoformat(s.business_date).date() for s in signals if s.business_date]
        first, last = min([today, *days]), max([today, *days])
        products = sorted({signal.address.product_address for signal in signals})
        with self.store.read() as reader:
            recent = [r for p in products for r in recent_incidents(reader, p, first, last)]
            return [*open_incidents(reader), *recent]

    def decide(self, *signals: Signal) -> list[Fact]:
        """Return what signals mean now."""
        with self.store.read() as reader:
            number = int(str(reader.rows("SELECT count(*) FROM incidents")[0][0]))
        return group(
            signals,
            self.known(signals),
            reads,
            today=self.clock.date(),
            new_ids=(f"inc-{n}" for n in count(number + 1)),
            describe=lambda product, strongest: About("maria", (f"{product}.below",), ("a guess",)),
        )

    def notice(self, *signals: Signal) -> list[Fact]:
        """Raise signals and record what they mean."""
        facts = self.decide(*signals)
        if facts:
            self.record(*facts)
        return facts

    def heal(self, product: str, *healthy: str, build: str = "") -> list[str]:
        """Resolve what is well again; return the incidents."""
        with self.store.write() as writer:
            facts = Healing(writer, Address.parse(product), healthy, build).resolutions()
            self.ledger.append(writer, facts)
        self.later(seconds=1)
        return [fact.incident for fact in facts]

    def open(self) -> list[Incident]:
        """Return the open incidents."""
        with self.store.read() as reader:
            return open_incidents(reader)

    def states(self) -> dict[str, str]:
        """Return the state of each incident."""
        with self.store.read() as reader:
            rows = reader.rows("SELECT incident, state FROM incidents ORDER BY opened_at, incident")
        return {str(incident): str(state) for incident, state in rows}

    def is_replayed(self) -> bool:
        """Say whether the ledger alone gives the same tables."""
        scratch = MemoryStore()
        try:
            with self.store.read() as reader:
                return not differences(reader, scratch)
        finally:
            scratch.close()

    def close(self) -> None:
        """Close the store."""
        self.store.close()
