"""Search the trail among many queries: by principal, port, refusal, and as an export of all of it.

Each row is of one process over one ledger; times are of the CPU. `lines` are those told. What must stay flat
as the trail grows: everything but the export, which must hold no more than a page.

    python bench/trail.py
    python bench/trail.py --queries 20000
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.app.trail.telling import TrailFilter, trail
from meshwright.model.facts import QueryRan
from meshwright.model.principal import Asker, Principal

BATCH = 10_000
PEOPLE = 1_000
PORTS = ("loyalty.members.profiles", "loyalty.members.tiers", "sales.orders.orders")
ONE = "person:p7@example.com"
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("newest 100", {"limit": 100}),
    ("newest 100 of a principal", {"principal": ONE, "limit": 100}),
    ("all of a principal", {"principal": ONE}),
    ("newest 100 of a port", {"address": PORTS[0], "limit": 100}),
    ("newest 100 of a product", {"address": "loyalty.members", "limit": 100}),
    ("newest 100 refused", {"is_refused": True, "limit": 100}),
    ("all grants", {"kinds": ("grant",)}),
    ("export of all", {}),
)


def main() -> None:
    """Fill a ledger, and search it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=200_000)
    queries = parser.parse_args().queries
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "mesh.yaml").write_text("name: bench\ndomains: [loyalty]\n")
        (home / "loyalty").mkdir()
        (home / "loyalty" / "domain.yaml").write_text("name: loyalty\n")
        with meshwright.open(home) as mesh:
            fill(mesh, queries)
            owner = mesh.wiring.asker()
            for name, how in ASKED:
                measure(mesh, name, owner, **how)
            person = Asker(Principal(ONE))
            measure(mesh, "own, of one who sees no more", person, limit=100)


def fill(mesh: Mesh, queries: int) -> None:
    """Record queries of a thousand people; one in fifty reads the first port, one in a hundred fails."""
    started = time.process_time()
    for first in range(0, queries, BATCH):
        mesh.wiring.ledger.record([query(n) for n in range(first, min(first + BATCH, queries))])
    spent = time.process_time() - started
    print(f"{queries:,} queries recorded, {1e6 * spent / queries:.0f} us each")


def query(number: int) -> QueryRan:
    """Return one query."""
    port = PORTS[0] if number % 50 == 0 else PORTS[1 + number % 2]
    return QueryRan(
        f"query-{number}", "0" * 64, [f"{port}@1"], 10, 0.01, "churn",
        "" if number % 100 else "access-denied", f"person:p{number % PEOPLE}@example.com", "", "sql",
        [], [f"{port}.email"], ["grant:g-1"],
    )  # fmt: skip


def measure(mesh: Mesh, name: str, asker: Asker, **how: Any) -> None:
    """Read what is asked for, and say what it took."""
    started, lines = time.process_time(), 0
    for _ in trail(mesh.wiring, asker, TrailFilter(**how)):
        lines += 1
    spent = 1000 * (time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:<30} {lines:>9,} lines {spent:>9.1f} ms   peak {peak} MB")


if __name__ == "__main__":
    main()
