"""Two that run one mesh at once, and one that is stopped in the middle."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import meshwright
from tests.e2e.shell import interrupted, mesh, process, start
from tests.integration.shop import rows, state
from tests.meshes import files_of, home_of, set_model, set_silo, write_mesh

HOLDER = """
import sys, meshwright
from meshwright.app.run import LOCK, holder
with meshwright.open('.') as mesh:
    sys.argv = ['mesh', 'run', '--force']
    with mesh.wiring.store.hold(LOCK, holder(mesh.wiring), 0.0):
        print('held', flush=True)
        sys.stdin.readline()
"""
SLOW = "select count(*) as n from range(200000000000) a, range(1000) b, raw"


def hold(folder: Path) -> "subprocess.Popen[str]":
    """Hold the mesh in another process until it is told to let go."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


def let_go(other: "subprocess.Popen[str]") -> None:
    other.communicate("\n", timeout=30)


def test_a_second_run_says_who_holds_the_mesh(shop: Path) -> None:
    set_silo(shop, "insight.lonely.raw", "x\n2\n")
    other = hold(shop)
    try:
        ended = mesh(shop, "run")
        assert ended.code == 3
        assert "held-elsewhere" in ended.err
        assert "mesh run --force" in ended.err
        assert str(other.pid) in ended.err
        error = mesh(shop, "run", "--json").json["error"]
        assert (error["kind"], error["retryable"]) == ("external", True)
        assert mesh(shop, "query", "from insight.lonely.lonely", "--json").json["rows"] == [[1]]
        assert mesh(shop, "plan").code == 0
        assert mesh(shop, "history", "insight.lonely").code == 0
    finally:
        let_go(other)
    assert mesh(shop, "run").code == 0


def test_a_second_run_waits_as_long_as_it_is_told(shop: Path) -> None:
    set_silo(shop, "insight.lonely.raw", "x\n2\n")
    other = hold(shop)
    try:
        waiting = start(shop, "run", "--wait", "60")
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(1)
    finally:
        let_go(other)
    assert waiting.wait(60) == 0
    for stream in (waiting.stdout, waiting.stderr):
        assert stream is not None
        stream.close()
    assert rows(shop, "from insight.lonely.lonely") == [(2,)]


def test_a_run_with_nothing_to_do_needs_no_hold(shop: Path) -> None:
    other = hold(shop)
    try:
        assert mesh(shop, "run").code == 0
    finally:
        let_go(other)


def test_many_runs_at_once_publish_once(shop: Path) -> None:
    """They wait for each other, and those that come second find nothing to do."""
    set_silo(shop, "sales.orders.raw", "id,customer,amount\n1,1,1\n")
    running = [start(shop, "run", "--wait", "60") for _ in range(3)]
    for one in running:
        _, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
        assert b"Traceback" not in err
    with meshwright.open(shop) as opened:
        assert [line.version for line in opened.history("sales.orders")] == [2, 1]
        assert opened.ledger_verify()["problems"] == []


def wait_for_build(folder: Path, product: str, run: "subprocess.Popen[bytes]") -> None:
    """Wait until the ledger says that a build of the product has begun."""
    deadline = time.monotonic() + 60
    sql = f"SELECT 1 FROM builds WHERE product = '{product}' AND status = 'running'"
    while time.monotonic() < deadline and run.poll() is None:
        with state(folder, sql) as found:
            if found:
                return
    run.kill()
    raise AssertionError(run.communicate())


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_what_is_published_whole(shop: Path, number: int) -> None:
    """The build ends as failed, its files go, and the next run succeeds."""
    before = files_of(shop, "insight.lonely.lonely")
    set_model(shop, "insight.lonely", "lonely", SLOW)
    set_silo(shop, "sales.customers.people", "id,name\n1,zoe\n")
    running = start(shop, "run", "insight.lonely")
    wait_for_build(shop, "insight.lonely", running)
    started = time.monotonic()
    err = interrupted(running, number)
    assert time.monotonic() - started < 20
    if number == signal.SIGINT:
        assert running.returncode == 130
        assert b"interrupted" in err
    assert b"Traceback" not in err
    assert rows(shop, "from insight.lonely.lonely") == [(1,)]
    set_model(shop, "insight.lonely", "lonely", "select x + 1 as x from raw")
    assert mesh(shop, "run").code == 0
    assert rows(shop, "from insight.lonely.lonely") == [(2,)]
    after = files_of(shop, "insight.lonely.lonely")
    assert len(after) == len(before) + 1
    with state(shop, "SELECT count(*) FROM builds WHERE status = 'running'") as running_builds:
        assert running_builds == [(0,)]


@pytest.mark.slow
def test_an_interruption_while_many_products_build(tmp_path: Path) -> None:
    """Those that are done stay published."""
    slow = {"inputs": {"raw": "x\n1\n"}, "ports": {"slow": SLOW}}
    quick = {"inputs": {"raw": "x\n1\n"}, "ports": {"quick": "select x from raw"}}
    folder = write_mesh(
        tmp_path / "mesh", {"d": {"a_quick": quick, "b_slow": slow, "c_slow": slow}}
    )
    running = start(folder, "run", "--workers", "2")
    wait_for_build(folder, "d.c_slow", running)
    interrupted(running, signal.SIGINT)
    assert running.returncode == 130
    assert rows(folder, "from d.a_quick.quick") == [(1,)]
    for product in ("b_slow", "c_slow"):
        (home_of(folder, f"d.{product}") / "models" / "slow.sql").write_text("select x from raw\n")
    ended = process(folder, "run", "--json")
    assert ended.code == 0
    assert {b["product"]: b["status"] for b in ended.json["builds"]} == {
        "d.a_quick": "up_to_date",
        "d.b_slow": "published",
        "d.c_slow": "published",
    }
