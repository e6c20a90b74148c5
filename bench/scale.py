"""Check and plan meshes of 100, 1,000 and 10,000 products: does cost follow the change?

What is measured, each as a whole process (interpreter, imports, answer printed):
- `mesh check`;
- `mesh plan` with nothing changed since the last run;
- `mesh plan` with one model edited, which one other product or a few read;
each with a cold cache (`.mesh/cache.db` deleted just before) and a warm one. The mesh is built once
by `mesh run` beforehand (its time is reported too), so that "nothing changed" is true.
Why it is fair: no peer is compared; each size is the same generator with the same seed, so the
figures show how the cost grows. The operating system's file cache is warm in every case. The edit
is a new one each time, and is taken back afterwards.

    python bench/scale.py --runs 3
    python bench/scale.py --small --runs 1          100 products only
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


class GeneratedMesh:
    """One generated mesh, built or not, and the edit that the bench makes in it."""

    def __init__(self, products: int) -> None:
        self.root = measure.DATA / f"scale-{products}"
        self.mesh = self.root / "mesh"
        if not (self.root / "manifest.json").exists():
            print(f"generating {products:,} products", file=sys.stderr)
            command = measure.script("scale_mesh.py", self.root, "--products", str(products))
            measure.run(command, measure.BENCH)
        self.manifest: dict[str, Any] = json.loads((self.root / "manifest.json").read_text())
        self.edits = 0

    def run(self, *arguments: str) -> measure.Sample:
        return measure.run([measure.mesh_command(), *arguments], self.mesh)

    def build(self) -> measure.Sample | None:
        """Build the mesh; return None when an earlier run of the bench did."""
        done = self.root / "built"
        if done.exists():
            self.run("run")
            return None
        print("building the mesh", file=sys.stderr)
        sample = self.run("run")
        done.touch()
        return sample

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


def measure_mesh(mesh: GeneratedMesh, runs: int) -> Samples:
    """Run every command cold and warm, in turn."""
    samples: Samples = {}

    def take(name: str, *arguments: str, cold: bool = False) -> None:
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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sizes", help="numbers of products, by comma")
    parser.add_argument("--small", action="store_true", help="100 products only")
    parser.add_argument("--unbuilt", action="store_true", help="do not run the mesh first")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")] if arguments.sizes else SIZES
    results: dict[str, Any] = {}
    for size in (100,) if arguments.small else sizes:
        mesh = GeneratedMesh(size)
        built = None if arguments.unbuilt else mesh.build()
        samples = measure_mesh(mesh, arguments.runs)
        if built:
            samples["run, first"] = [built]
        summaries = {name: measure.summarise(taken) for name, taken in samples.items()}
        results[str(size)] = {**mesh.manifest, "built": not arguments.unbuilt, **summaries}
        print(f"\n{size:,} products, {mesh.manifest['ports']:,} ports\n{measure.table(summaries)}")
    path = measure.write_results("scale-small" if arguments.small else "scale", {"sizes": results})
    print(f"\nwritten: {path.relative_to(measure.BENCH)}")


if __name__ == "__main__":
    main()
