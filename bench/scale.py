"""Check and plan meshes of 100, 1,000 and 10,000 products: does cost follow the change?

What is measured, each as a whole process (interpreter, imports, answer printed):
- `mesh check`;
- `mesh plan` with nothing changed since the last run;
- `mesh plan` with one model edited, which one other product or a few read;
each with a cold cache (`.mesh/cache.db` deleted just before) and a warm one. The mesh is built once
by `mesh run` beforehand (its time is reported too), so that "nothing changed" is true; from
`--recorded-from` products on, its ledger is written without computing rows (see scale_record.py).
Why it is fair: no peer is compared; each size is the same generator with the same seed, so the
figures show how the cost grows. The operating system's file cache is warm in every case. The edit
is a new one each time, and is taken back afterwards. Bytecode is kept between processes, as it is in
an installed package. What a run does not measure stays in the results as it was.

    python bench/scale.py --runs 3
    python bench/scale.py --small --runs 1          100 products only
    python bench/scale.py --warm --recorded-from 10000
    python bench/scale.py --sizes 1000 --unbuilt    do not build first: everything is to be planned
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import measure

SIZES = (100, 1_000, 10_000)
STATE = ".mesh"
BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}


class GeneratedMesh:
    """One generated mesh, built or not, and the edit that the bench makes in it."""

    def __init__(self, products: int, *, is_recorded: bool = False) -> None:
        self.is_recorded = is_recorded
        self.root = measure.DATA / f"scale-{products}{'-recorded' if is_recorded else ''}"
        self.mesh = self.root / "mesh"
        if not (self.root / "manifest.json").exists():
            print(f"generating {products:,} products", file=sys.stderr)
            command = measure.script("scale_mesh.py", self.root, "--products", str(products))
            measure.run(command, measure.BENCH)
        self.manifest: dict[str, Any] = json.loads((self.root / "manifest.json").read_text())
        self.edits = 0

    def run(self, *arguments: str) -> measure.Sample:
        command = [measure.mesh_command(), *arguments]
        return measure.run(command, self.mesh, environment=BYTECODE)

    def build(self) -> measure.Sample | None:
        """Build the mesh; return None when an earlier run of the bench did."""
        done = self.root / "built"
        if done.exists():
            self.run("plan" if self.is_recorded else "run")
            return None
        print("building the mesh", file=sys.stderr)
        sample = self.run("run") if not self.is_recorded else self._record()
        done.touch()
        return sample

    def _record(self) -> None:
        measure.run(measure.script("scale_record.py", self.mesh), self.mesh)

    def forget_cache(self) -> None:
        for path in (self.mesh / STATE).glob("cache.db*"):
            path.unlink()

    @contextmanager
    def edited(self) -> Iterator[None]:
        """Edit one model for as long as the block runs, differently each time."""
        path = self.mesh / self.manifest["changed_file"]
        text = path.read_text()
        self.edits += 1
        edited = text.replace(self.manifest["edited"], f"{self.manifest['edited']}{self.edits}")
        if edited == text:
            raise ValueError(f"nothing to edit in {path.name}")
        path.write_text(edited)
        try:
            yield
        finally:
            path.write_text(text)


Samples = dict[str, list[measure.Sample]]


def measure_mesh(mesh: GeneratedMesh, runs: int, *, is_warm_only: bool = False) -> Samples:
    """Run every command cold and warm, in turn."""
    samples: Samples = {}

    def take(name: str, *arguments: str, cold: bool = False) -> None:
        if cold and is_warm_only:
            return
        if cold:
            mesh.forget_cache()
        sample = mesh.run(*arguments)
        samples.setdefault(name, []).append(sample)
        print(f"{name}: {sample.wall:.2f} s", file=sys.stderr)

    for _ in range(runs):
        take("check, cold", "check", cold=True)
        take("check, warm", "check")
        take("plan, nothing changed, cold", "plan", cold=True)
        take("plan, nothing changed, warm", "plan")
        with mesh.edited():
            take("plan, one changed, warm", "plan")
        with mesh.edited():
            take("plan, one changed, cold", "plan", cold=True)
        mesh.run("plan")
    return samples


def earlier(name: str) -> dict[str, Any]:
    """Return what earlier runs measured, by size."""
    path = measure.RESULTS / f"{name}.json"
    return dict(json.loads(path.read_text())["sizes"]) if path.exists() else {}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sizes", help="numbers of products, by comma")
    parser.add_argument("--small", action="store_true", help="100 products only")
    parser.add_argument("--warm", action="store_true", help="nothing with a cold cache")
    parser.add_argument("--recorded-from", type=int, metavar="PRODUCTS", default=sys.maxsize)
    parser.add_argument("--unbuilt", action="store_true", help="do not run the mesh first")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")] if arguments.sizes else SIZES
    name = "scale-small" if arguments.small else "scale"
    results = earlier(name)
    for size in (100,) if arguments.small else sizes:
        mesh = GeneratedMesh(size, is_recorded=size >= arguments.recorded_from)
        built = None if arguments.unbuilt else mesh.build()
        samples = measure_mesh(mesh, arguments.runs, is_warm_only=arguments.warm)
        if built:
            samples["run, first"] = [built]
        summaries = {name: measure.summarise(taken) for name, taken in samples.items()}
        state = "no" if arguments.unbuilt else "recorded" if mesh.is_recorded else "yes"
        found = {**mesh.manifest, "built": state, **summaries}
        results[str(size)] = {**results.get(str(size), {}), **found}
        print(f"\n{size:,} products, {mesh.manifest['ports']:,} ports\n{measure.table(summaries)}")
    path = measure.write_results(name, {"sizes": results})
    print(f"\nwritten: {path.relative_to(measure.BENCH)}")


if __name__ == "__main__":
    main()
