"""Judge the starter rules over a mesh of 10,000 products and 200,000 columns.

What is measured, each as a whole process that ends with its answer printed (`mesh policy list --json`):
- *cold*: the cache folder deleted before: every descriptor is read, the metadata are made, all is judged;
- *all judged*: the metadata are there, and what rules found is forgotten: every rule is judged anew;
- *one changed*: one contract was edited since, so that one domain's metadata are made again;
- *nothing changed*: all of it is known.
Why it is fair: no peer is compared; the files are those of `rules_mesh.py`, the ledger that of a built mesh
(`scale_record.py`), the rules those that `mesh policy add` writes. The edit is a new one each time.

    python bench/rules.py --runs 5
    python bench/rules.py --products 1000 --runs 3
"""

import argparse
import json
import sqlite3
import sys
from pathlib import Path

import measure

BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
FOUND = "rules-found"  # the section of the cache that holds what rules found


class RulesMesh:
    """The generated mesh, its ledger written once."""

    def __init__(self, products: int) -> None:
        self.root = measure.DATA / f"rules-{products}"
        self.columns = self.root / "columns"
        self.edits = 0
        if not self.columns.exists():
            print(f"generating {products:,} products", file=sys.stderr)
            self._make(products)

    def _make(self, products: int) -> None:
        command = measure.script("rules_mesh.py", self.root, "--products", str(products))
        made = measure.run(command, measure.BENCH)
        self._mesh("policy", "add")
        measure.run(measure.script("scale_record.py", self.root), self.root)
        self.columns.write_text(made.output)

    def _mesh(self, *arguments: str) -> measure.Sample:
        return measure.run([measure.mesh_command(), *arguments], self.root, environment=BYTECODE)

    def judge(self) -> measure.Sample:
        return self._mesh("policy", "list", "--json")

    def forget(self) -> None:
        """Forget all that was read and judged."""
        for path in sorted((self.root / ".mesh").glob("cache.db*")):
            path.unlink()
        for path in (self.root / ".mesh" / "metadata").glob("*"):
            path.unlink()

    def forget_verdicts(self) -> None:
        """Forget what rules found, and nothing else."""
        with sqlite3.connect(self.root / ".mesh" / "cache.db") as database:
            database.execute("DELETE FROM entries WHERE section = ?", (FOUND,))
        database.close()

    def edit(self) -> None:
        """Change the description of one column."""
        path = self._contract()
        lines = path.read_text().splitlines()
        self.edits += 1
        at = next(
            i for i, line in enumerate(lines) if line.strip().startswith("description: Column")
        )
        lines[at] = f"        description: Column edited {self.edits} times."
        path.write_text("\n".join(lines) + "\n")

    def _contract(self) -> Path:
        return self.root / "domains/domain_001/product_00030/contracts/wide.odcs.yaml"


def earlier() -> dict[str, object]:
    """Return what earlier runs measured: what a run leaves out stays as it was."""
    path = measure.RESULTS / "rules.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cold", type=int, default=1, help="how many cold runs")
    arguments = parser.parse_args()
    mesh = RulesMesh(arguments.products)
    samples: dict[str, list[measure.Sample]] = {}

    def take(name: str) -> None:
        sample = mesh.judge()
        samples.setdefault(name, []).append(sample)
        print(f"{name}: {sample.wall:.2f} s, {sample.cpu:.2f} s of CPU", file=sys.stderr)

    mesh.judge()
    for _ in range(arguments.runs):
        mesh.forget_verdicts()
        take("all judged")
        mesh.edit()
        take("one changed")
        take("nothing changed")
    for _ in range(arguments.cold):  # last: it takes longest
        mesh.forget()
        take("cold")
    answer = json.loads(samples["all judged"][-1].output)
    summaries = {name: measure.summarise(taken) for name, taken in samples.items()}
    counts = {
        "products": arguments.products,
        "columns": int(mesh.columns.read_text()),
        "rules": len(answer["rules"]),
        "violations": sum(rule["violations"] for rule in answer["rules"]),
    }
    print(f"\n{counts}\n{measure.table(summaries)}")
    path = measure.write_results("rules", {**earlier(), **counts, **summaries})
    print(f"\nwritten: {path.relative_to(measure.BENCH)}")


if __name__ == "__main__":
    main()
