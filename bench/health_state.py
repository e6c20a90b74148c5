"""Fill the state of a generated mesh as a hundred days of daily builds would leave it.

What: for each product of a mesh made by `scale_mesh.py`, a version a day, its builds and checks, and metric
series of every port with a point a day, until there are as many points as asked for; some days late, some
builds rejected, with an incident each. Every contract promises a version a day. What must stay true: the same
arguments give the same state (but for the day it ends on: today), through the same tables and indexes that
the ledger's projections fill; only the facts themselves are left out.

    python bench/health_state.py MESH --points 1000000
"""

import argparse
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.spi.state_store import Writer

DAYS = 100
LEVELS = """
slaProperties:
- {property: frequency, value: 1, unit: d}
- {property: availability, value: 99, unit: '%'}
"""
METRICS = ("nulls", "null_share", "distinct", "mean", "deviation", "psi", "js", "new_share")


def promise(folder: Path) -> None:
    """Let every contract promise a version a day."""
    for path in folder.glob("domains/*/*/contracts/*.odcs.yaml"):
        text = path.read_text()
        if "slaProperties" not in text:
            path.write_text(text + LEVELS)


def fill(mesh: Mesh, wanted: int) -> tuple[int, int]:
    """Fill the projections; return the numbers of series and of points."""
    cards = mesh.wiring.workspace.cards
    ports = [(str(address), port.name) for address, card in cards.items() for port in card.outputs]
    width = max(1, round(wanted / DAYS / len(ports)))
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    days = [end - timedelta(days=DAYS - 1 - number, hours=1) for number in range(DAYS)]
    rng = random.Random(7)
    with mesh.wiring.store.write() as writer:
        for address in cards:
            _product(writer, str(address), days, rng)
        writer.run_many(
            "INSERT INTO version_ports (product, version, port, data_version, contract,"
            " contract_version, code, columns, rows, bytes) VALUES (?, ?, ?, ?, '', '', '', ?, 50, 2048)",
            (
                (product, number, port, number, '[["id","BIGINT"],["day","DATE"]]')
                for product, port in ports
                for number in range(1, DAYS + 1)
            ),
        )
        writer.run_many(
            "INSERT INTO series (series, product, port, column_name, segment, name)"
            " VALUES (?, ?, ?, ?, '', ?)",
            _series(ports, width),
        )
        stamps = [day.isoformat(timespec="microseconds") for day in days]
        writer.run_many(
            "INSERT INTO points (series, at, build, value) VALUES (?, ?, ?, ?)",
            (
                (series, at, f"b{number}", rng.gauss(1000, 30))
                for series in range(1, len(ports) * width + 1)
                for number, at in enumerate(stamps)
            ),
        )
    return len(ports) * width, len(ports) * width * DAYS


def _series(ports: list[tuple[str, str]], width: int) -> Iterator[tuple[int, str, str, str, str]]:
    number = 0
    for product, port in ports:
        for place in range(width):
            number += 1
            column = f"column_{(place - 1) // len(METRICS)}" if place else ""
            name = METRICS[(place - 1) % len(METRICS)] if place else "rows"
            yield number, product, port, column, name


def _product(writer: Writer, product: str, days: list[datetime], rng: random.Random) -> None:
    writer.run(
        "INSERT OR REPLACE INTO products (product, served, latest) VALUES (?, ?, ?)",
        (product, DAYS, DAYS),
    )
    for number, day in enumerate(days, start=1):
        at = (day + timedelta(minutes=rng.randrange(30))).isoformat(timespec="microseconds")
        build = f"{product}-{number}"
        writer.run(
            "INSERT INTO versions (product, version, build, semver, code, published_at, actor, seq)"
            " VALUES (?, ?, ?, '1.0.0', '', ?, 'bench', ?)",
            (product, number, build, at, number),
        )
        writer.run(
            "INSERT INTO builds (build, product, status, started_at, ended_at, version, seconds)"
            " VALUES (?, ?, 'published', ?, ?, ?, 2.0)",
            (build, product, at, at, number),
        )
        if rng.random() < 0.02:
            _incident(writer, product, f"{build}-bad", at, number == DAYS)


def _incident(writer: Writer, product: str, build: str, at: str, is_open: bool) -> None:
    writer.run(
        "INSERT INTO builds (build, product, status, started_at, ended_at)"
        " VALUES (?, ?, 'rejected', ?, ?)",
        (build, product, at, at),
    )
    writer.run(
        "INSERT INTO incidents (incident, product, cause, build, opened_at, state, resolved_at, address)"
        " VALUES (?, ?, 'build-rejected', ?, ?, ?, ?, ?)",
        (f"i-{build}", product, build, at, "open" if is_open else "resolved",
         "" if is_open else at, product),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mesh", type=Path)
    parser.add_argument("--points", type=int, default=1_000_000)
    arguments = parser.parse_args()
    promise(arguments.mesh)
    with meshwright.open(arguments.mesh) as mesh:
        series, points = fill(mesh, arguments.points)
    print(f"{series:,} series, {points:,} points")


if __name__ == "__main__":
    main()
