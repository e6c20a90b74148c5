"""What raising signals costs in a mesh with a long history: `python bench/incidents.py [INCIDENTS]`.

Half of the resolved incidents are of one product, and every one has the same signal: the worst case for each
index. Prints the processor time of one call of `raise_signals`, the ledger included, as the median of many.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import meshwright
from meshwright.app.incidents import raise_signals
from meshwright.app.mesh import Mesh
from meshwright.model.address import Address
from meshwright.model.facts import Fact, IncidentOpened, IncidentResolved
from meshwright.model.signal import Signal

PRODUCTS = 50
OPEN = 100
TIMES = 30


def main(incidents: int) -> None:
    """Fill a mesh with history and print what each kind of call costs, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        _lay_out(Path(folder))
        with meshwright.open(folder) as mesh:
            _fill(mesh, incidents)
            print(json.dumps({"incidents": incidents, **_measure(mesh)}, indent=2))


def _lay_out(folder: Path) -> None:
    (folder / "mesh.yaml").write_text("name: bench\ndomains: [sales]\n")
    home = folder / "sales"
    home.mkdir()
    (home / "domain.yaml").write_text("name: sales\nteam: {owners: [sales@example.com]}\n")


def _fill(mesh: Mesh, incidents: int) -> None:
    facts: list[Fact] = []
    start = date(1990, 1, 1)
    for number in range(1, incidents + 1):
        busy = number % 2 == 0
        product = "sales.p0" if busy else f"sales.p{number % PRODUCTS}"
        day = (start + timedelta(days=number)).isoformat()
        name = f"inc-{number}"
        words = "`orders` fails `primaryKey` in 2 of 4 rows; and so on for a while"
        key = f"check|{product}.orders|primaryKey|"
        facts.append(
            IncidentOpened(
                name,
                product,
                "build-rejected: orders:primaryKey",
                "maria",
                "",
                f"{product}.orders",
                "check",
                "high",
                day if number % 3 else "",
                words,
                [key, f"{key}2", f"{key}3"],
                [f"sales.q{n}.all" for n in range(20)],
                ["input `raw` changed since version 1"],
            )
        )
        if number > OPEN:
            facts.append(IncidentResolved(name, product))
    mesh.wiring.ledger.record(facts)


def _measure(mesh: Mesh) -> dict[str, float]:
    calls: dict[str, Callable[[int], Sequence[Signal]]] = {
        "known": lambda n: [_signal("p0", "primaryKey")],
        "joins": lambda n: [_signal("p0", f"new-{n}")],
        "opens": lambda n: [_signal(f"fresh{n}", "primaryKey")],
        "old date": lambda n: [_signal(f"fresh{n}", "rows", "anomaly", "2003-05-06")],
        "heals": lambda n: [],
    }
    found = {}
    for name, signals in calls.items():
        cpu, wall = [], []
        for n in range(TIMES):
            raised = signals(n)
            product = raised[0].address if raised else Address("sales", "p0")
            begun, clock = process_time(), perf_counter()
            raise_signals(
                mesh.wiring, None, product, raised, healthy=["check"] if not raised else ()
            )
            cpu.append((process_time() - begun) * 1000)
            wall.append((perf_counter() - clock) * 1000)
        found[f"{name} cpu ms"] = round(median(cpu), 2)
        found[f"{name} wall ms"] = round(median(wall), 2)
    return found


def _signal(product: str, metric: str, kind: str = "check", day: str = "") -> Signal:
    address = Address("sales", product, "orders")
    return Signal(kind, address, "words", "high", metric, business_date=day)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
