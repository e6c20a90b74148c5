"""Build 200 SQL models in a DAG: meshwright against dbt, SQLMesh and the limit.

What is compared, each as a whole process (interpreter, imports, reading the project, building):
- meshwright, `mesh run`, in two layouts: one product of 200 ports, and 40 products of 5;
- dbt-core with dbt-duckdb, `dbt run`; where something is unchanged also with
  `--select state:modified+`, which is how dbt users avoid building everything;
- SQLMesh, `sqlmesh plan --auto-apply`;
- the limit: the same 200 `CREATE TABLE AS` in one DuckDB connection, each its own transaction
  (`limit`) or all in one (`limit-atomic`, which is what a product's build promises).
In three situations: first build (no state, no cache), nothing changed, one leaf changed.

Why it is fair: the SELECTs are the same text and read the same Parquet files; every run starts
from a fresh copy of the project; the contestants run in turn within each run; what they built is
compared table by table (rows and sums). By default dbt and SQLMesh run WITHOUT tests, while
meshwright audits every port by its contract (a key and 8 checks) and commits a version: the
headline comparison favours the peers. `--tests` gives them the same checks (`dbt build`, audits).
dbt gets 2 threads; SQLMesh runs DuckDB models one at a time by its own rule.

    python bench/build.py --runs 3
    python bench/build.py --runs 1 --small --only limit,dbt
"""

import argparse
import csv
import io
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import measure
from peers import PEERS, get_peer

Command = list[str | Path]
SITUATIONS = ("first build", "nothing changed", "one leaf changed")


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to build: its project, its command in each situation, and what it then holds."""

    project: str
    commands: Callable[[], dict[str, Command]]
    figures: Callable[[Path, Sequence[str]], dict[str, list[str]]]


def dbt_commands(*, state: bool = False, tests: bool = False) -> dict[str, Command]:
    command: Command = [
        get_peer("dbt").executable,
        "build" if tests else "run",
        "--profiles-dir",
        ".",
    ]
    later = [*command, "--select", "state:modified+", "--state", "state"] if state else command
    return {situation: later if number else command for number, situation in enumerate(SITUATIONS)}


def sqlmesh_commands() -> dict[str, Command]:
    command: Command = [get_peer("sqlmesh").executable, "plan", "--auto-apply", "--no-prompts"]
    return dict.fromkeys(SITUATIONS, command)


def meshwright_commands() -> dict[str, Command]:
    return {situation: [measure.mesh_command(), "run"] for situation in SITUATIONS}


def limit_commands(*options: str) -> dict[str, Command]:
    return {SITUATIONS[0]: [*measure.script("limit.py", "."), *options]}


def database_figures(python: Path, schema: str) -> Callable[..., dict[str, list[str]]]:
    def figures(project: Path, tables: Sequence[str]) -> dict[str, list[str]]:
        script = measure.BENCH / "fingerprint.py"
        command: Command = [python, script, "warehouse.duckdb", schema, *tables]
        sample = measure.run(command, project)
        return dict(json.loads(sample.output))

    return figures


def mesh_figures(project: Path, tables: Sequence[str]) -> dict[str, list[str]]:
    """Ask for the figures through `mesh query`, as any reader would."""
    addresses = {
        path.stem: f"{path.parts[-4]}.{path.parts[-3]}.{path.stem}"
        for path in project.glob("domains/*/*/models/*.sql")
    }
    query = " UNION ALL ".join(
        f"SELECT '{table}', count(*), sum(id), sum(amount), sum(quantity) FROM {addresses[table]}"
        for table in tables
    )
    command: Command = [measure.mesh_command(), "query", query, "--format", "csv"]
    rows = list(csv.reader(io.StringIO(measure.run(command, project).output)))
    return {row[0]: row[1:] for row in rows[1:]}


def contestants(*, tests: bool) -> dict[str, Contestant]:
    here = Path(sys.executable)
    dbt = database_figures(PEERS["dbt"].python, "bench")
    return {
        "limit": Contestant("limit", limit_commands, database_figures(here, "main")),
        "limit-atomic": Contestant(
            "limit", lambda: limit_commands("--atomic"), database_figures(here, "main")
        ),
        "meshwright-one": Contestant("mesh-one", meshwright_commands, mesh_figures),
        "meshwright-many": Contestant("mesh-many", meshwright_commands, mesh_figures),
        "dbt": Contestant("dbt", lambda: dbt_commands(tests=tests), dbt),
        "dbt-state": Contestant("dbt", lambda: dbt_commands(state=True, tests=tests), dbt),
        "sqlmesh": Contestant(
            "sqlmesh", sqlmesh_commands, database_figures(PEERS["sqlmesh"].python, "bench")
        ),
    }


class Workshop:
    """The generated projects of one size, and fresh copies of them to build in."""

    def __init__(self, models: int, rows: int, *, tests: bool) -> None:
        self.root = measure.DATA / f"build-{models}{'-tests' if tests else ''}"
        if not (self.root / "manifest.json").exists():
            print(f"generating {models} models", file=sys.stderr)
            options = ["--models", str(models), "--rows", str(rows), *(["--tests"] * tests)]
            measure.run(measure.script("generate_models.py", self.root, *options), measure.BENCH)
        self.manifest = json.loads((self.root / "manifest.json").read_text())

    def fresh_copy(self, project: str, name: str) -> Path:
        """Return a copy of a project as deep below the sources as the pristine one."""
        work = self.root / "work" / name
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.root / "pristine" / project, work)
        return work

    def edit_leaf(self, project: str, work: Path) -> None:
        path = work / self.manifest["leaf_files"][project]
        text = path.read_text()
        edited = text.replace(self.manifest["edited"], self.manifest["edited"] + "1")
        if edited == text:
            raise ValueError(f"nothing to edit in {path.name}")
        path.write_text(edited)

    def models_to_compare(self) -> list[str]:
        """Return every tenth model and the leaf: enough to see a difference run down the DAG."""
        names = self.manifest["models"]
        return [*dict.fromkeys([*names[::10], self.manifest["leaf"]])]


def build(
    workshop: Workshop, name: str, contestant: Contestant
) -> tuple[dict[str, measure.Sample], dict[str, list[str]]]:
    """Take one contestant through its situations; return the samples and the first figures."""
    work = workshop.fresh_copy(contestant.project, name)
    samples: dict[str, measure.Sample] = {}
    figures: dict[str, list[str]] = {}
    for situation, command in contestant.commands().items():
        if situation == "one leaf changed":
            workshop.edit_leaf(contestant.project, work)
        samples[situation] = sample = measure.run(command, work)
        print(f"{name}, {situation}: {sample.wall:.2f} s", file=sys.stderr)
        if situation == SITUATIONS[0]:
            figures = contestant.figures(work, workshop.models_to_compare())
            keep_state(work)
    return samples, figures


def keep_state(work: Path) -> None:
    """Keep dbt's manifest of the first build, which `state:modified+` compares with."""
    manifest = work / "target" / "manifest.json"
    if manifest.exists():
        (work / "state").mkdir()
        shutil.copy(manifest, work / "state")


def race(
    workshop: Workshop, chosen: dict[str, Contestant], runs: int
) -> dict[str, dict[str, list[measure.Sample]]]:
    """Run the contestants in turn; refuse to report when they built different tables."""
    samples: dict[str, dict[str, list[measure.Sample]]] = {s: {} for s in SITUATIONS}
    reference: dict[str, list[str]] = {}
    for _ in range(runs):
        for name, contestant in chosen.items():
            taken, figures = build(workshop, name, contestant)
            for situation, sample in taken.items():
                samples[situation].setdefault(name, []).append(sample)
            reference = reference or figures
            differing = [table for table in reference if figures.get(table) != reference[table]]
            if differing:
                raise measure.ContestantError(f"{name} built other tables: {differing[:5]}")
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="20 models over 2,000 rows")
    parser.add_argument("--tests", action="store_true", help="dbt and SQLMesh run the checks too")
    parser.add_argument("--only", help="contestants, or the beginnings of their names, by comma")
    arguments = parser.parse_args()
    every = contestants(tests=arguments.tests)
    wanted = tuple(arguments.only.split(",")) if arguments.only else tuple(every)
    chosen = {name: contestant for name, contestant in every.items() if name.startswith(wanted)}
    if not chosen:
        parser.error(f"there are {', '.join(every)}")
    models, rows = (20, 2_000) if arguments.small else (200, 100_000)
    samples = race(Workshop(models, rows, tests=arguments.tests), chosen, arguments.runs)
    report(samples, models, tests=arguments.tests, small=arguments.small)


def report(
    samples: dict[str, dict[str, list[measure.Sample]]], models: int, *, tests: bool, small: bool
) -> None:
    """Print a table for each situation and write the figures."""
    summaries = {
        situation: {name: measure.summarise(taken) for name, taken in by_name.items()}
        for situation, by_name in samples.items()
    }
    for situation, rows in summaries.items():
        reference = next((n for n in ("limit", "meshwright-one", *rows) if n in rows), None)
        print(f"\n{situation} (ratio to {reference})\n{measure.table(rows, reference)}")
    name = f"build{'-tests' if tests else ''}{'-small' if small else ''}"
    path = measure.write_results(name, {"models": models, "peers_run_tests": tests, **summaries})
    print(f"\nwritten: {path.relative_to(measure.BENCH)}")


if __name__ == "__main__":
    main()
