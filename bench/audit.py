"""Audit one file of 10 M rows and 10 columns by one contract of 37 checks, whole processes.

What is compared:
- the hand-written plan (`audit_handwritten.py`), the fastest that was found, fixed beforehand;
- `datacontract test` of datacontract-cli, from its own environment, on the same contract;
- meshwright (`audit_meshwright.py`), on the same contract, with the checks alone as the others; two
  more rows say what a profile adds: `light` is what the checks' scans and the file give besides,
  `full` has quantiles, histograms and top values of every column too.
Why it is fair: each contestant is one whole process from start to verdicts (interpreter, imports,
reading the contract), on the same file, in turn within each run, with a warm file cache for all;
each must find exactly the rows at fault that were sown, and a wrong count is printed as such.
The contract declares exact physical types, without which datacontract-cli errs or stops (the second
table shows where, case by case). It checks presence of the columns besides, the hand-written plan
their types, meshwright both.

    python bench/audit.py                             10 M rows, 3 runs
    python bench/audit.py --small --runs 1            smoke test
    python bench/audit.py --only handwritten,datacontract --skip-cases
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import measure
from audit_verdicts import (
    CASE_NAMES,
    Verdicts,
    case_folder,
    from_datacontract,
    from_meshwright,
    judge,
)
from peers import get_peer

CHECKS = 37


def audit_handwritten(parquet_path: Path, contract_path: Path) -> tuple[measure.Sample, Verdicts]:
    """Run the hand-written plan, which knows its contract by heart."""
    command = measure.script("audit_handwritten.py", parquet_path)
    sample = measure.run(command, contract_path.parent)
    return sample, {name: int(count) for name, count in json.loads(sample.output).items()}


def audit_with_datacontract(
    parquet_path: Path, contract_path: Path
) -> tuple[measure.Sample, Verdicts]:
    """Run `datacontract test`; its contract names the file that lies beside it."""
    results = parquet_path.with_name("datacontract-results.json")
    results.unlink(missing_ok=True)
    command: list[str | Path] = [
        get_peer("datacontract").executable,
        "test",
        contract_path,
        "--output",
        results,
        "--output-format",
        "json",
    ]
    sample = measure.run(command, contract_path.parent, accept=(0, 1))
    if not results.exists():
        raise measure.ContestantError(sample.output + sample.errors)
    return sample, from_datacontract(json.loads(results.read_text()))


def audit_with_meshwright(
    parquet_path: Path, contract_path: Path, profile: str = "none"
) -> tuple[measure.Sample, Verdicts]:
    """Audit the file by the contract in one meshwright process."""
    command = measure.script(
        "audit_meshwright.py", parquet_path, contract_path, "--profile", profile
    )
    sample = measure.run(command, contract_path.parent)
    return sample, from_meshwright(json.loads(sample.output))


Contestant = Callable[[Path, Path], tuple[measure.Sample, Verdicts]]
CONTESTANTS: dict[str, Contestant] = {
    "handwritten": audit_handwritten,
    "meshwright": audit_with_meshwright,
    "meshwright-light": partial(audit_with_meshwright, profile="light"),
    "meshwright-full": partial(audit_with_meshwright, profile="full"),
    "datacontract": audit_with_datacontract,
}
# Who judges any contract, each once: a profile changes no verdict.
JUDGES = ("meshwright", "datacontract")


def prepare(rows: int) -> Path:
    """Return the folder of the orders file and its contract, made once for each size."""
    folder = measure.DATA / f"audit-{rows}"
    if not (folder / "orders.odcs.yaml").exists():
        print(f"writing {rows:,} orders", file=sys.stderr)
        measure.run(measure.script("audit_data.py", folder, "--rows", str(rows)), measure.BENCH)
    return folder


def race(folder: Path, names: Iterable[str], runs: int) -> dict[str, list[measure.Sample]]:
    """Run the contestants in turn; report each verdict that is not the sown one, once."""
    data, contract = folder / "orders.parquet", folder / "orders.odcs.yaml"
    expected = json.loads((folder / "expected.json").read_text())
    samples: dict[str, list[measure.Sample]] = {name: [] for name in names}
    for turn in range(runs):
        for name in samples:
            sample, verdicts = CONTESTANTS[name](data, contract)
            samples[name].append(sample)
            print(f"{name}: {sample.wall:.2f} s, {sample.peak_mib:.0f} MiB", file=sys.stderr)
            if turn == 0:
                report(name, judge(verdicts, expected), len(verdicts))
    return samples


def report(name: str, wrong: list[str], count: int) -> None:
    """Print how the verdicts compare with what was sown."""
    if count != CHECKS:
        wrong = [*wrong, f"gave {count} of {CHECKS} verdicts"]
    print(f"{name}: {'; '.join(wrong) or 'every verdict is right'}", file=sys.stderr)


def run_cases(names: Iterable[str]) -> list[dict[str, Any]]:
    """Run each small case; return the verdicts beside the right one."""
    root = measure.DATA / "audit-cases"
    measure.run(measure.script("audit_verdicts.py", root), measure.BENCH)
    rows = []
    for name in CASE_NAMES:
        folder = case_folder(root, name)
        about = json.loads((folder / "case.json").read_text())
        for contestant in names:
            about[contestant] = case_verdict(contestant, folder)
        rows.append(about)
    return rows


def case_verdict(contestant: str, folder: Path) -> str:
    """Return `keeps`, `breaks`, or why there is no verdict."""
    try:
        _, verdicts = CONTESTANTS[contestant](
            folder / "orders.parquet", folder / "orders.odcs.yaml"
        )
    except measure.ContestantError:
        return "no verdict"
    if not verdicts or None in verdicts.values():
        return "no verdict"
    return "breaks" if any(verdicts.values()) else "keeps"


def case_table(rows: list[dict[str, Any]], names: list[str]) -> str:
    """Lay the cases out, a wrong or missing verdict marked."""
    header = f"{'case':26} {'right':8}" + "".join(f" {name:15}" for name in names)
    lines = [header]
    for row in rows:
        wrong = {"keeps": "breaks", "breaks": "keeps"}[row["right"]]
        cells = "".join(
            f" {row[name] + (' (wrong)' if row[name] == wrong else ''):15}" for name in names
        )
        lines.append(f"{row['name']:26} {row['right']:8}{cells} {row['why']}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--small", action="store_true", help="100,000 rows")
    parser.add_argument("--only", help=f"some of {','.join(CONTESTANTS)}")
    parser.add_argument("--skip-cases", action="store_true", help="leave the small cases out")
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else list(CONTESTANTS)
    rows = 100_000 if arguments.small else arguments.rows
    samples = race(prepare(rows), names, arguments.runs)
    summaries = {name: measure.summarise(taken) for name, taken in samples.items()}
    print(measure.table(summaries, reference="handwritten"))
    cases: list[dict[str, Any]] = []
    judged = [name for name in names if name in JUDGES]
    if not arguments.skip_cases and judged:
        cases = run_cases(judged)
        print(case_table(cases, judged))
    content = {"rows": rows, "checks": CHECKS, "audit": summaries, "cases": cases}
    name = "audit-small" if arguments.small else "audit"
    print(f"written: {measure.write_results(name, content).relative_to(measure.BENCH)}")


if __name__ == "__main__":
    main()
