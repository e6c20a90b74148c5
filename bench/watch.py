"""What watching a build costs: 20 columns, a year of days, the newest point of every series judged.

    python bench/watch.py

CPU time of one thread, in a state store on disk; the first build pays for importing the detector.
"""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import thread_time
from types import SimpleNamespace
from typing import Any

from meshwright.adapters.sqlite.state_store import SQLiteStateStore
from meshwright.app.watch import watch
from meshwright.ledger.ledger import Ledger
from meshwright.model.address import Address
from meshwright.model.facts import BuildStarted, Fact, PortAudited
from meshwright.model.product import OutputPort, Product
from meshwright.spi import plugins

DAYS, COLUMNS, JUDGED = 365, 20, 30
PRODUCT = Product(Address("shop", "sales"), "sales", "1.0.0", "", outputs=(OutputPort("orders"),))
SHAPES = ("distinct", "mean", "deviation", "psi", "js", "new_values")


def main() -> None:
    """Fill a ledger with a year, then judge each of the last days by what lies before it."""
    with tempfile.TemporaryDirectory() as folder:
        store = SQLiteStateStore(Path(folder))
        store.prepare()
        ledger = Ledger(store, "bench")
        random = Random(7)
        audits = [audit(number, random) for number in range(DAYS)]
        for number, one in enumerate(audits):
            facts: list[Fact] = [
                BuildStarted(one.build, one.product, "code", as_of=day(number)), one,
            ]  # fmt: skip
            ledger.record(facts)
        wiring: Any = SimpleNamespace(
            store=store,
            mesh=SimpleNamespace(timezone="Europe/Zurich"),
            detector=lambda name, options: plugins.load("detectors", name)(options),
        )
        spent, signals = [], 0
        for one in audits[-JUDGED:]:
            began = thread_time()
            signals += len(watch(wiring, PRODUCT, one.build, [one], {}).signals)
            spent.append(1000 * (thread_time() - began))
        store.close()
    ordered = sorted(spent)
    print(f"{len(audits[-1].metrics)} series of {DAYS} points; {JUDGED} builds, {signals} signals")
    print(
        f"first {spent[0]:.0f} ms, median {ordered[JUDGED // 2]:.0f} ms, most {ordered[-1]:.0f} ms"
    )


def audit(number: int, random: Random) -> PortAudited:
    """Return a usual day's measurements."""
    weekend = (date(2024, 1, 1) + timedelta(days=number)).weekday() > 4
    rows = (600 if weekend else 1000) + random.gauss(0, 20)
    metrics: list[list[Any]] = [["", "rows", rows], ["", "bytes", rows * 90]]
    metrics.append(["", "data_age", 86400 + random.gauss(0, 900)])
    for column in range(COLUMNS):
        name = f"c{column}"
        share = max(0.0, random.gauss(0.03, 0.006)) if column % 3 else 0.0
        metrics += [[name, "nulls", share * rows], [name, "null_share", share]]
        metrics += [[name, shape, abs(random.gauss(1.0, 0.1))] for shape in SHAPES]
    return PortAudited(f"b{number:04d}", "shop.sales", "orders", round(rows), False, [], metrics)


def day(number: int) -> str:
    """Return the business date of a build."""
    return (date(2024, 1, 1) + timedelta(days=number)).isoformat()


if __name__ == "__main__":
    main()
