"""The processes of a pool: whom they serve, what they may, and that none outlives its parent."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from meshwright.adapters.duckdb.pool import DuckDBQueryPool
from meshwright.spi.query_pool import Limits

LIMITS = Limits(seconds=20, memory=300 * 2**20, threads=1)
PARENT = """
import sys, time
from meshwright.adapters.duckdb.pool import DuckDBQueryPool
from meshwright.spi.query_pool import Limits
pool = DuckDBQueryPool()
held = pool.run("person:ada", pool.gate("SELECT i FROM range(100000000) t(i)"), [], Limits())
print(*[process.pid for process in pool._keeper._all], flush=True)
sql = "SELECT count(*) FROM range(10000000000) a(i), range(1000) b(j) WHERE a.i * b.j % 7 = 3"
pool.run("person:ada", pool.gate(sql), [], Limits(seconds=60))
"""


@pytest.fixture
def pool() -> Iterator[DuckDBQueryPool]:
    made = DuckDBQueryPool(processes=3, standby=0)
    yield made
    made.close()


def ask(pool: DuckDBQueryPool, who: str) -> int:
    """Run a query and return the process that it ran in."""
    running = pool.run(who, pool.gate("SELECT 1"), [], LIMITS)
    assert pa.table(running).num_rows == 1
    running.close()
    (process,) = [one for one in pool._keeper._idle if one.who == who]
    return process.pid


def test_a_process_serves_one_principal_alone(pool: DuckDBQueryPool) -> None:
    ada, bob = ask(pool, "person:ada"), ask(pool, "person:bob")
    assert ada != bob
    assert (ask(pool, "person:ada"), ask(pool, "person:bob")) == (ada, bob)


def test_those_idle_longest_make_room(pool: DuckDBQueryPool) -> None:
    first = ask(pool, "person:a")
    for who in ("person:b", "person:c", "person:d"):
        ask(pool, who)
    assert not is_alive(first)
    assert len(pool._keeper._idle) == 3


def test_what_nobody_uses_ends() -> None:
    pool = DuckDBQueryPool(standby=0, idle_seconds=0.1)
    process = ask(pool, "person:ada")
    assert wait_until(lambda: not is_alive(process))
    pool.close()


def test_a_killed_process_is_an_error_and_the_next_query_runs(pool: DuckDBQueryPool) -> None:
    killed = ask(pool, "person:ada")
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(killed))
    running = pool.run("person:ada", pool.gate("SELECT 2"), [], LIMITS)
    assert pa.table(running).num_rows == 1
    running.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own limits are asked for")
def test_a_process_has_given_up_what_it_does_not_need(pool: DuckDBQueryPool) -> None:
    process = ask(pool, "person:ada")
    limits = Path(f"/proc/{process}/limits").read_text()
    for name in ("Max file size", "Max core file size"):
        (line,) = [line for line in limits.splitlines() if line.startswith(name)]
        assert line.removeprefix(name).split()[:2] == ["0", "0"]
    status = Path(f"/proc/{process}/status").read_text()
    assert "NoNewPrivs:\t1" in status
    assert os.readlink(f"/proc/{process}/cwd") == "/"
    assert not Path(f"/proc/{process}/environ").read_bytes().strip(b"\0")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_process_outlives_its_parent(how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    with parent, parent.stdout:
        processes = [int(word) for word in parent.stdout.readline().split()]
        assert processes
        assert all(is_alive(process) for process in processes)
        parent.send_signal(how)
        parent.wait(timeout=20)
        assert wait_until(lambda: not any(is_alive(process) for process in processes))


def is_alive(process: int) -> bool:
    """Say whether any thread of it still runs: the first may be dead while another holds its files open."""
    try:
        states = [thread.read_text() for thread in Path(f"/proc/{process}/task").glob("*/stat")]
    except OSError:
        return False
    return any(state.rsplit(")", 1)[1].split()[0] not in "ZX" for state in states)


def wait_until(condition: object, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_a_server_with_many_open_files_asks_on() -> None:
    """As with a thousand connections: descriptors above 1023 are none that `select` takes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    made = DuckDBQueryPool(processes=3, standby=0)
    try:
        assert ask(made, "person:ada") == ask(made, "person:ada")
    finally:
        made.close()
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
