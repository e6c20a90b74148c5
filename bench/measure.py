"""Measure whole processes: wall time, CPU time and peak memory, then medians and ratios.

Why a module: every bench measures the same way, so that figures can be compared. What must stay
true: this module and the harnesses import only the standard library, because Linux counts the
memory of the parent at the fork into the peak of the child; contestants run in turn within one run,
never one after the other's N runs, so that a busy machine hits all of them alike; bytecode is cached,
as it is wherever packages are installed, or compiling would be charged to whoever has more Python.

Peak memory is that of the largest single process of a contestant (`wait4`), children included.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import peers

BENCH = Path(__file__).resolve().parent
DATA = BENCH / ".data"
RESULTS = BENCH / "results"


class ContestantError(RuntimeError):
    """A measured process ended as it should not."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one process: seconds, mebibytes, and what it said."""

    wall: float
    cpu: float
    peak_mib: float
    exit_code: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The median of several samples, and how far they spread."""

    wall: float
    wall_min: float
    wall_max: float
    cpu: float
    peak_mib: float
    runs: int


def run(
    command: Sequence[str | Path],
    folder: Path,
    *,
    accept: Sequence[int] = (0,),
    environment: Mapping[str, str] | None = None,
) -> Sample:
    """Run one process to its end; raise `ContestantError` for an exit code not in `accept`."""
    variables = {**os.environ, **peers.TELEMETRY_OFF, **(environment or {})}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, env=variables, stdout=out, stderr=err
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output, errors = (_read(stream) for stream in (out, err))
    if process.returncode not in accept:
        tail = (output + errors)[-3000:]
        raise ContestantError(f"`{command[0]}` ended with {process.returncode}:\n{tail}")
    cpu = usage.ru_utime + usage.ru_stime
    return Sample(wall, cpu, usage.ru_maxrss / 1024, process.returncode, output, errors)


def _read(stream: Any) -> str:
    stream.seek(0)
    return str(stream.read().decode(errors="replace"))


def summarise(samples: Sequence[Sample]) -> Summary:
    walls = [sample.wall for sample in samples]
    return Summary(
        wall=statistics.median(walls),
        wall_min=min(walls),
        wall_max=max(walls),
        cpu=statistics.median(sample.cpu for sample in samples),
        peak_mib=statistics.median(sample.peak_mib for sample in samples),
        runs=len(samples),
    )


def table(rows: Mapping[str, Summary], reference: str | None = None) -> str:
    """Lay summaries out as a table, each with its ratio to the reference row."""
    width = max([4, *map(len, rows)])
    lines = [
        f"{'':{width}}  {'wall s':>8} {'min-max':>15} {'CPU s':>8} {'peak MiB':>9} {'ratio':>7}"
    ]
    base = rows.get(reference) if reference else None
    for name, row in rows.items():
        spread = f"{row.wall_min:.2f}-{row.wall_max:.2f}"
        ratio = f"{row.wall / base.wall:.2f}" if base else "-"
        lines.append(
            f"{name:{width}}  {row.wall:8.3f} {spread:>15} {row.cpu:8.2f} {row.peak_mib:9.0f} "
            f"{ratio:>7}"
        )
    return "\n".join(lines)


def environment() -> dict[str, Any]:
    """Return what a reader needs to judge the figures, and nothing that names the machine."""
    return {
        "python": sys.version.split()[0],
        "cores": os.cpu_count(),
        "load_at_end": [round(value, 2) for value in os.getloadavg()],
        "peers": {name: peer.versions() for name, peer in peers.PEERS.items()},
    }


def write_results(name: str, content: Mapping[str, Any]) -> Path:
    """Write a bench's figures into `bench/results/<name>.json`."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    document = {"environment": environment(), **content}
    path.write_text(json.dumps(document, indent=1, default=asdict) + "\n")
    return path


def script(name: str, *arguments: str | Path) -> list[str]:
    """Return the command that runs a bench script of ours under this interpreter."""
    return [sys.executable, str(BENCH / name), *map(str, arguments)]


def mesh_command() -> Path:
    """Return the `mesh` command beside this interpreter; exit with what to type if missing."""
    path = Path(sys.executable).with_name("mesh")
    if not path.exists():
        sys.exit("the command `mesh` is not installed beside this Python; run: pip install .")
    return path
