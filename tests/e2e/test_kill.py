"""Killing a run at any moment loses nothing published and leaves nothing half published."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import meshwright
from meshwright.app.mesh import Mesh
from tests.meshes import write_mesh

HERE = Path(__file__).parent
SCRIPT = HERE / "kill_at.py"
RANDOM_MOMENTS = 50
MODEL = "select n.v as version, r.i as id from numbers n, (select unnest(range(2000)) as i) r"


def versioned_mesh(folder: Path) -> Path:
    """Write a mesh of one product with two ports that carry the input's number in every row."""
    write_mesh(
        folder,
        {"d": {"p": {"inputs": {"numbers": "v\n1\n"}, "ports": {"a": MODEL, "b": MODEL}}}},
    )
    return folder


def set_number(folder: Path, number: int) -> None:
    (folder / "silos" / "d.p.numbers.csv").write_text(f"v\n{number}\n")


def run(mesh: Mesh) -> list[str]:
    return [result.status for result in mesh.run()]


def read_number(mesh: Mesh) -> int:
    """Read both ports; each is whole and both are of one version."""
    rows = mesh.query(
        "select 'a', version, count(*) from d.p.a group by all"
        " union all select 'b', version, count(*) from d.p.b group by all"
    ).rows()
    assert sorted((port, count) for port, _, count in rows) == [("a", 2000), ("b", 2000)]
    versions = {version for _, version, _ in rows}
    assert len(versions) == 1, f"the ports are of different versions: {versions}"
    return int(versions.pop())


def orphans(mesh: Mesh, folder: Path) -> list[str]:
    """Return Parquet files in port folders that no version names, and builds that seem to run."""
    with mesh.wiring.store.read() as reader:
        named = {str(row[0]) for row in reader.rows("SELECT path FROM port_files")}
        running = reader.rows("SELECT build FROM builds WHERE status = 'running'")
    found = [
        path.name
        for port in ("a", "b")
        for path in (folder / ".mesh/data/d/p" / port).glob("*.parquet")
        if path.name not in named
    ]
    return found + [str(row[0]) for row in running]


def check_survives(folder: Path, was: int, now: int) -> None:
    """After a kill: one whole version is read; the next run succeeds, cleans up, and is seen by others.

    The mesh is opened twice, not for each question: an opening starts processes for its queries.
    """
    with meshwright.open(folder) as mesh:
        assert read_number(mesh) in (was, now)
        assert set(run(mesh)) <= {"published", "up_to_date"}
    with meshwright.open(folder) as mesh:
        assert read_number(mesh) == now
        assert orphans(mesh, folder) == []
        for port in ("a", "b"):
            assert len(mesh.wiring.table_store.files(folder / ".mesh/data/d/p" / port)) == 1
        assert mesh.ledger_verify()["problems"] == []


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mesh whose first version is published, and whose input has changed since."""
    folder = versioned_mesh(tmp_path_factory.mktemp("published"))
    with meshwright.open(folder) as mesh:
        assert run(mesh) == ["published"]
    set_number(folder, 2)
    return folder


def copy_of(published: Path, tmp_path: Path, name: str) -> Path:
    return Path(shutil.copytree(published, tmp_path / name))


@pytest.mark.slow
def test_killed_at_every_call_that_changes_state(published: Path, tmp_path: Path) -> None:
    """There is no call between which a reader sees a mix, or after which the next run fails."""
    counted = subprocess.run(
        [sys.executable, SCRIPT, copy_of(published, tmp_path, "count"), "0"],
        capture_output=True,
        text=True,
        check=True,
    )
    calls, status = counted.stdout.split()
    assert status == "published"
    assert int(calls) > 40

    def kill(number: int) -> None:
        folder = copy_of(published, tmp_path, f"at-{number}")
        done = subprocess.run(
            [sys.executable, SCRIPT, folder, str(number)], capture_output=True, text=True
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        check_survives(folder, 1, 2)
        shutil.rmtree(folder)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(kill, range(1, int(calls))))


@pytest.mark.slow
def test_killed_at_random_moments(published: Path, tmp_path: Path) -> None:
    """Fifty runs, each killed at a moment that nobody chose."""
    seed = int(os.environ.get("KILL_SEED", "20130208"))
    moments = random.Random(seed)
    folder = copy_of(published, tmp_path, "random")
    started = time.monotonic()
    subprocess.run([sys.executable, SCRIPT, copy_of(published, tmp_path, "timed"), "0"], check=True)
    whole = time.monotonic() - started
    was = 1
    for now in range(2, 2 + RANDOM_MOMENTS):
        set_number(folder, now)
        process = subprocess.Popen([sys.executable, SCRIPT, folder, "0"], stdout=subprocess.DEVNULL)
        try:
            process.wait(timeout=moments.uniform(0.1, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        check_survives(folder, was, now)
        was = now
