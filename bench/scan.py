"""Judge one foreign file of 5 M rows and 20 columns by 22 usual checks, and profile it, whole processes.

What is compared:
- the hand-written plan (`scan_handwritten.py`), fixed beforehand;
- the command `mesh scan`, meshwright's room `audit` alone (`audit_meshwright.py`), and `datacontract test`,
  on the same ODCS contract;
- Soda 4 on its own contract language, Pandera on Polars, Great Expectations on pandas;
- a second race: meshwright's full profile of every column against DuckDB's SUMMARIZE. What meshwright
  takes from a sample (quantiles, histogram, top values) its profile says with the number of rows sampled.
Why it is fair: each contestant is one whole process from start to verdicts, from its own environment, on the
same file, in turn within each run, with a warm file cache and telemetry off for all; each must find exactly
the rows at fault that were sown, and a wrong count is printed as such.

    python bench/scan.py                             5 M rows, 3 runs
    python bench/scan.py --small --runs 1            smoke test
    python bench/scan.py --only handwritten,mesh-scan
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import measure
from audit import audit_with_datacontract, audit_with_meshwright
from audit_verdicts import Verdicts, from_meshwright, judge
from peers import get_peer
from scan_data import ROWS, SMALL_ROWS

CHECKS = 22


def check_by_script(
    parquet: Path, contract: Path, *, name: str, peer: str = ""
) -> tuple[measure.Sample, Verdicts]:
    """Run a script that knows the checks by heart, under its peer's interpreter or ours."""
    command: list[str | Path] = [*measure.script(name, parquet)]
    if peer:
        command[0] = get_peer(peer).python
    sample = measure.run(command, contract.parent)
    return sample, json.loads(sample.output[sample.output.index("{") :])


def scan_with_mesh(parquet: Path, contract: Path) -> tuple[measure.Sample, Verdicts]:
    """Run `mesh scan` as one types it; it ends with 1, for the rows at fault are found."""
    command = [sys.executable, "-m", "meshwright.cli.main", "scan", parquet, "--contract", contract]
    sample = measure.run([*command, "--profile", "none", "--json"], contract.parent, accept=(1,))
    return sample, from_meshwright(json.loads(sample.output)["checks"])


Contestant = Callable[[Path, Path], tuple[measure.Sample, Verdicts]]
CONTESTANTS: dict[str, Contestant] = {
    "handwritten": partial(check_by_script, name="scan_handwritten.py"),
    "mesh-scan": scan_with_mesh,
    "meshwright": audit_with_meshwright,
    "soda": partial(check_by_script, name="scan_soda.py", peer="soda"),
    "pandera": partial(check_by_script, name="scan_pandera.py", peer="pandera"),
    "datacontract": audit_with_datacontract,
    "gx": partial(check_by_script, name="scan_gx.py", peer="gx"),
}


def summarize(folder: Path) -> measure.Sample:
    """Run DuckDB's SUMMARIZE."""
    return measure.run(measure.script("scan_summarize.py", folder / "visits.parquet"), folder)


def profile_with_meshwright(folder: Path) -> measure.Sample:
    """Profile the file by a contract that names its columns and promises nothing of them."""
    files = folder / "visits.parquet", folder / "bare.odcs.yaml"
    return measure.run(measure.script("audit_meshwright.py", *files, "--profile", "full"), folder)


PROFILERS: dict[str, Callable[[Path], measure.Sample]] = {
    "summarize": summarize,
    "meshwright-profile": profile_with_meshwright,
}


def prepare(rows: int) -> Path:
    """Return the folder of the visits file and its contracts, made once for each size."""
    folder = measure.DATA / f"scan-{rows}"
    if not (folder / "bare.odcs.yaml").exists():
        print(f"writing {rows:,} visits", file=sys.stderr)
        measure.run(measure.script("scan_data.py", folder, "--rows", str(rows)), measure.BENCH)
    return folder


def race(folder: Path, names: Iterable[str], runs: int) -> dict[str, list[measure.Sample]]:
    """Run the contestants in turn; report each verdict that is not the sown one, once."""
    data, contract = folder / "visits.parquet", folder / "visits.odcs.yaml"
    expected = json.loads((folder / "expected.json").read_text())
    samples: dict[str, list[measure.Sample]] = {name: [] for name in names}
    for turn in range(runs):
        for name in samples:
            if name in PROFILERS:
                samples[name].append(PROFILERS[name](folder))
                continue
            sample, verdicts = CONTESTANTS[name](data, contract)
            samples[name].append(sample)
            if turn == 0:
                wrong = judge(verdicts, expected)
                if len(verdicts) != CHECKS:
                    wrong.append(f"gave {len(verdicts)} of {CHECKS} verdicts")
                print(f"{name}: {'; '.join(wrong) or 'every verdict is right'}", file=sys.stderr)
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    everyone = [*CONTESTANTS, *PROFILERS]
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--small", action="store_true", help=f"{SMALL_ROWS:,} rows")
    parser.add_argument("--only", help=f"some of {','.join(everyone)}")
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else everyone
    rows = SMALL_ROWS if arguments.small else arguments.rows
    samples = race(prepare(rows), names, arguments.runs)
    summaries = {name: measure.summarise(taken) for name, taken in samples.items()}
    for group, reference in ((CONTESTANTS, "handwritten"), (PROFILERS, "summarize")):
        taken = {name: row for name, row in summaries.items() if name in group}
        if taken:
            print(measure.table(taken, reference=reference))
    content = {"rows": rows, "checks": CHECKS, "scan": summaries}
    written = measure.write_results("scan-small" if arguments.small else "scan", content)
    print(f"written: {written.relative_to(measure.BENCH)}")


if __name__ == "__main__":
    main()
