"""Column lineage of TPC-H and TPC-DS: is it right, and what does it cost?

What: the 22 and 99 queries with their schemas, as DuckDB's own extensions hold them.
- witnesses: on small tables that give a query rows, one input column is changed at a time; every output
  column that changes must be named by an edge (see lineage_perturb.py). Reported: missed edges, and the
  share of (output, input column) pairs of the edges that a change showed.
- key: the DIRECT edges of TPC-H against `lineage_key.txt`, which was reviewed by hand, in both directions.
- speed: CPU seconds of one process for all outputs of all queries: meshwright, `sqlglot.lineage` for
  each column, sqllineage; meshwright once more on sqlglot's compiled wheels. Contestants in turn.
- models: 10,000 generated models through the cache: cold, warm, one text changed.

    python bench/peers.py tpc sqllineage sqlglotc
    python bench/lineage.py --runs 3
    python bench/lineage.py --small          TPC-H and 200 models only
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import measure
import peers

QUERIES = measure.DATA / "lineage-queries.json"
KEY = measure.BENCH / "lineage_key.txt"
Benchmark = dict[str, Any]


def load_queries() -> dict[str, Benchmark]:
    """Return tables and queries of both benchmarks, fetched once."""
    if not QUERIES.exists():
        peer = peers.get_peer("tpc")
        script = measure.BENCH / "lineage_queries.py"
        sample = measure.run([peer.python, script], measure.BENCH)
        QUERIES.parent.mkdir(exist_ok=True)
        QUERIES.write_text(sample.output)
    loaded: dict[str, Benchmark] = json.loads(QUERIES.read_text())
    return loaded


def witness(benchmark: Benchmark) -> dict[str, Any]:
    """Change every input column of every query, and compare what changes with what the edges name."""
    from lineage_perturb import Trial, mentioned

    from meshwright.adapters.sqlglot import SqlglotReader

    reader = SqlglotReader()
    pairs = seen = 0
    missed, without_rows = [], []
    for number, sql in benchmark["queries"].items():
        schema = mentioned(sql, benchmark["tables"], set(reader.read(sql).tables))
        lineage = reader.trace(sql, {name: list(columns) for name, columns in schema.items()})
        trial = Trial(sql, schema, set(schema))
        if not trial.rows:
            without_rows.append(number)
            continue
        named = _named(lineage, trial.titles)
        rng = random.Random(number)
        for table, columns in schema.items():
            for column in columns:
                changed = trial.changed_by(table, column, rng)
                told = named[table, column]
                pairs, seen = pairs + len(told), seen + len(told & changed)
                missed += [f"{number}: {table}.{column}"] if changed - told else []
        print(f"  query {number}: {trial.rows} rows, {seen} of {pairs} seen", file=sys.stderr)
    return {
        "queries": len(benchmark["queries"]) - len(without_rows),
        "without_rows": without_rows,
        "pairs": pairs,
        "witnessed": seen,
        "missed": missed,
    }


def _named(lineage: Any, titles: list[str]) -> dict[tuple[str, str], set[int]]:
    """Return the positions of the outputs that depend on each column; `*` means all of them."""
    named: dict[tuple[str, str], set[int]] = defaultdict(set)
    for edge in lineage.edges:
        for position, title in enumerate(titles):
            if edge.output == "*" or edge.output.lower() == title.lower():
                named[edge.table, edge.column].add(position)
    return named


def check_key(benchmark: Benchmark) -> dict[str, Any]:
    """Compare the DIRECT edges with the key."""
    from meshwright.adapters.sqlglot import SqlglotReader

    reader = SqlglotReader()
    tables = {name: list(columns) for name, columns in benchmark["tables"].items()}
    found: set[tuple[str, str, str, str]] = set()
    for number, sql in benchmark["queries"].items():
        for edge in reader.trace(sql, tables).edges:
            if edge.kind == "DIRECT":
                source = f"{edge.table}.{edge.column}"
                found.add((number, edge.output, edge.how.lower(), source))
    wanted = read_key()
    return {
        "edges": len(wanted),
        "missed": sorted(wanted - found),
        "beyond": sorted(found - wanted),
    }


def read_key() -> set[tuple[str, str, str, str]]:
    """Return query, output, how and column of each edge of the key."""
    edges, number = set(), ""
    for line in KEY.read_text().splitlines():
        if line.startswith("query "):
            number = line.split()[1]
        elif line.startswith("  "):
            output, _, parts = line.strip().partition(":")
            for part in filter(None, parts.strip().split("; ")):
                how, _, columns = part.partition(" ")
                edges |= {(number, output, how, column) for column in columns.split(", ")}
    return edges


def race(which: str, runs: int) -> dict[str, Any]:
    """Trace all queries by each contestant in turn; return CPU seconds and outputs of each."""
    own = Path(sys.executable)
    compiled = peers.PEERS["sqlglotc"]
    contestants = {
        "meshwright": (own, "meshwright", None),
        "per-column": (own, "per-column", None),
        "sqllineage": (peers.get_peer("sqllineage").python, "sqllineage", None),
    }
    if compiled.is_installed():
        source = str(measure.BENCH.parent / "src")
        contestants["meshwright, sqlglot[c]"] = (compiled.python, "meshwright", source)
        contestants["per-column, sqlglot[c]"] = (compiled.python, "per-column", None)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _ in range(runs):
        for name, (python, contestant, path) in contestants.items():
            command = [python, measure.BENCH / "lineage_speed.py", contestant, QUERIES, which]
            environment = {"PYTHONPATH": path} if path else {}
            sample = measure.run(command, measure.BENCH, environment=environment)
            found[name].append(json.loads(sample.output))
    return {
        name: {
            "seconds": statistics.median(one["seconds"] for one in given),
            "outputs": given[0]["outputs"],
            "failed": given[0]["failed"],
        }
        for name, given in found.items()
    }


def trace_models(count: int) -> dict[str, Any]:
    """Trace generated models cold, warm and after one change, each in a process of its own."""
    folder = Path(tempfile.mkdtemp())
    try:
        steps = {"cold": (), "warm": (), "one changed": ("--changed",)}
        found = {}
        for name, extra in steps.items():
            command = measure.script("lineage_models.py", folder, str(count), *extra)
            sample = measure.run(command, measure.BENCH)
            found[name] = {**json.loads(sample.output), "cpu": sample.cpu, "peak": sample.peak_mib}
        return found
    finally:
        shutil.rmtree(folder)


def show(results: dict[str, Any]) -> None:
    for which, part in results["benchmarks"].items():
        seen = part["witnesses"]
        share = seen["witnessed"] / max(seen["pairs"], 1)
        print(f"\n{which}: {seen['queries']} queries with rows, none for {seen['without_rows']}")
        print(f"  missed edges {seen['missed']}; witnessed {share:.1%} of {seen['pairs']} pairs")
        base = part["speed"]["meshwright"]["seconds"]
        for name, row in part["speed"].items():
            failed = f", failed {row['failed']}" if row["failed"] else ""
            ratio = row["seconds"] / base
            print(
                f"  {name:24} {row['seconds']:8.2f} CPU s {ratio:7.1f} {row['outputs']} outputs{failed}"
            )
    key = results["key"]
    print(f"\nkey: {key['edges']} edges, missed {key['missed']}, beyond it {key['beyond']}")
    for name, row in results["models"].items():
        print(f"models, {name:12} {row['seconds']:7.2f} CPU s, {row['traced']} traced")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each contestant")
    parser.add_argument("--small", action="store_true", help="TPC-H and 200 models only")
    arguments = parser.parse_args()
    loaded = load_queries()
    count = 200 if arguments.small else 10_000
    names = ["tpch"] if arguments.small else ["tpch", "tpcds"]
    benchmarks = {
        name: {"speed": race(name, arguments.runs), "witnesses": witness(loaded[name])}
        for name in names
    }
    results = {
        "benchmarks": benchmarks,
        "key": check_key(loaded["tpch"]),
        "models": trace_models(count),
    }
    show(results)
    print(f"\nwritten to {measure.write_results('lineage', results)}")


if __name__ == "__main__":
    main()
