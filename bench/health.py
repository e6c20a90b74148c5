"""Health with one million metric points: do `mesh health` and a single series answer at once?

What is measured, each as a whole process (interpreter, imports, answer printed): `mesh health` as a table
and as JSON, `mesh health` of one product, `mesh cost`, and reading one whole series from the state.
`mesh --version` is the floor: what starting the command costs. The state is that of 100 products that were
built daily for 100 days.
The goal: under 0.2 s for health and for one series.

    python bench/health.py --runs 5
    python bench/health.py --small --runs 1        20,000 points
"""

import argparse
import json
import sys
from pathlib import Path

import measure

PRODUCTS = 100
ONE_SERIES = """
import meshwright
with meshwright.open('.') as mesh, mesh.wiring.store.read() as reader:
    print(len(reader.rows(
        "SELECT p.at, p.value FROM series s JOIN points p ON p.series = s.series WHERE s.product = ?"
        " AND s.port = ? AND s.column_name = '' AND s.segment = '' AND s.name = 'rows' ORDER BY p.at",
        ({product!r}, {port!r}))))
"""


def generate(points: int) -> Path:
    """Return a mesh with its state, made once for each size."""
    root = measure.DATA / f"health-{points}"
    mesh = root / "mesh"
    if not (root / "filled").exists():
        print(f"generating {points:,} points", file=sys.stderr)
        layout = measure.script("scale_mesh.py", root, "--products", str(PRODUCTS))
        measure.run(layout, measure.BENCH)
        state = measure.script("health_state.py", mesh, "--points", str(points))
        print(measure.run(state, measure.BENCH).output.strip(), file=sys.stderr)
        (root / "filled").touch()
    return mesh


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="20,000 points")
    arguments = parser.parse_args()
    points = 20_000 if arguments.small else 1_000_000
    mesh = generate(points)
    command = measure.mesh_command()
    first = json.loads(measure.run([command, "health", "--json"], mesh, accept=(0, 1)).output)
    port = first["products"][0]["ports"][0]["address"]
    product, _, name = port.rpartition(".")
    commands: dict[str, list[str | Path]] = {
        "mesh --version": [command, "--version"],
        "mesh health": [command, "health"],
        "mesh health --json": [command, "health", "--json"],
        f"mesh health {product}": [command, "health", product],
        "mesh cost": [command, "cost"],
        "one series": [sys.executable, "-c", ONE_SERIES.format(product=product, port=name)],
    }
    samples: dict[str, list[measure.Sample]] = {}
    for _ in range(arguments.runs):
        for what, line in commands.items():
            samples.setdefault(what, []).append(measure.run(line, mesh, accept=(0, 1)))
    rows = {what: measure.summarise(taken) for what, taken in samples.items()}
    print(measure.table(rows, "mesh --version"))
    results = measure.write_results(
        "health-small" if arguments.small else "health", {"points": points, "rows": rows}
    )
    print(f"\nwritten: {results.relative_to(measure.BENCH)}")


if __name__ == "__main__":
    main()
