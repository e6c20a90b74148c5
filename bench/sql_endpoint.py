"""The SQL endpoint: a million rows to psql, beside PostgreSQL itself; then many sessions at once.

Why PostgreSQL: psql's own time counts in every figure, and only the same client on the same rows, a moment
before and after, says how much of it is the client's. Without a PostgreSQL its lines are missing.

    python bench/sql_endpoint.py [--rows N] [--sessions N] [--seconds N]
"""

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measure import write_results

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

RUNS = 3
MODEL = (
    "select i::BIGINT id, 'name ' || (i % 1000) as name, (i * 0.37)::DOUBLE amount, "
    "date '2020-01-01' + (i % 1500)::INTEGER as day from range({rows}) t(i)"
)
POSTGRES = (
    "create table big as select i::bigint id, 'name ' || (i % 1000) as name, (i * 0.37)::float8 amount, "
    "date '2020-01-01' + (i % 1500)::int as day from generate_series(0, {rows} - 1) t(i)"
)
SMALL = (
    "select count(*) from bench.rows.small",
    "select id, name from bench.rows.small where id = {n}",
    "select name, count(*) n, sum(amount) total from bench.rows.small group by name order by n desc limit 10",
    "select * from bench.rows.small order by id limit 20 offset {n}",
    "select 1",
    "select nspname from pg_catalog.pg_namespace",
)


def main() -> None:
    """Measure and write the results."""
    said = argparse.ArgumentParser()
    said.add_argument("--rows", type=int, default=1_000_000)
    said.add_argument("--sessions", type=int, default=200)
    said.add_argument("--seconds", type=float, default=60.0)
    options = said.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="sql-") as name,
        _endpoint(Path(name), options.rows) as dsn,
    ):
        found = {"rows": _stream(dsn, options.rows)}
        found["sessions"] = _sessions(dsn, options.sessions, options.seconds)
    write_results("sql_endpoint", found)


@contextmanager
def _endpoint(folder: Path, rows: int) -> Iterator[str]:
    """Serve a mesh with the rows, in a process of its own."""
    code = "import sys; sys.path[:0] = sys.argv[1:3]; import sql_endpoint; sql_endpoint.serve(*sys.argv[3:])"
    here = Path(__file__).resolve()
    command = [
        sys.executable,
        "-c",
        code,
        str(here.parent),
        str(here.parent.parent),
        str(folder),
        str(rows),
    ]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    os.environ["SQL_SERVER_PID"] = str(child.pid)
    dsn = ""
    while not dsn.startswith("host="):
        dsn = child.stdout.readline().strip()
        if child.poll() is not None:
            raise SystemExit("the server did not start")
    try:
        yield dsn
    finally:
        child.stdin.close()
        child.wait(30)


def serve(folder: str, rows: str) -> None:
    """Make the mesh and serve it until stdin ends."""
    from tests.e2e.shell import mesh
    from tests.meshes import write_mesh, write_text
    from tests.sql_mesh import ADA, OPEN, served

    port = {"big": MODEL.format(rows=rows), "small": MODEL.format(rows=2000)}
    root = write_mesh(Path(folder) / "mesh", {"bench": {"rows": {"ports": port}}})
    for words in (["run"], ["user", "add", ADA]):
        assert mesh(root, *words).code == 0
    write_text(root / "domains/bench/policies/access.yaml", OPEN.format(who=ADA, domain="bench"))
    with served(root) as running:
        print(running.dsn.replace("dbname=test", "dbname=bench"), flush=True)
        sys.stdin.read()


def _stream(dsn: str, rows: int) -> dict[str, object]:
    cases = {
        "meshwright, SELECT": (dsn, "select * from bench.rows.big"),
        "meshwright, COPY": (dsn, "copy (select * from bench.rows.big) to stdout"),
    }
    with _postgres(rows) as peer:
        if peer:
            cases["postgresql, SELECT"] = (peer, "select * from big")
            cases["postgresql, COPY"] = (peer, "copy (select * from big) to stdout")
        walls: dict[str, list[float]] = {name: [] for name in cases}
        clients: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(RUNS):
            for name, (where, sql) in cases.items():
                wall, cpu = _psql(where, sql)
                walls[name].append(wall)
                clients[name].append(cpu)
    found = {}
    for name in cases:
        wall = min(walls[name])
        found[name] = {
            "rows_per_second": round(rows / wall),
            "psql_cpu": round(min(clients[name]), 3),
        }
        print(
            f"{name}: {rows / wall:,.0f} rows/s, {wall:.2f} s, psql itself {min(clients[name]):.2f} s"
        )
    return found


def _psql(dsn: str, sql: str) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(["psql", dsn, "-X", "-A", "-t", "-q", "-o", os.devnull, "-c", sql], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def _postgres(rows: int) -> Iterator[str]:
    """Run a PostgreSQL with the same rows, where one is installed; it will not run as root."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(places[-1]) if places else shutil.which("initdb")
    if not found or os.name != "posix":
        yield ""
        return
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    bin_folder, data = Path(found).parent, home / "data"

    def run(*words: str) -> None:
        command = [str(bin_folder / words[0]), *words[1:]]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run("initdb", "-D", str(data), "-A", "trust", "-U", "bench")
    options = f"-k {home} -c listen_addresses=127.0.0.1 -p 55439"
    run("pg_ctl", "-D", str(data), "-l", str(home / "log"), "-o", options, "-w", "start")
    dsn = "host=127.0.0.1 port=55439 user=bench dbname=postgres"
    try:
        _psql(dsn, POSTGRES.format(rows=rows))
        yield dsn
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def _sessions(dsn: str, sessions: int, seconds: float) -> dict[str, object]:
    """Let many sessions ask small things at once; a failure of any is told."""
    import psycopg

    ended, failures, took = threading.Event(), Counter[str](), list[float]()
    lock, memory = threading.Lock(), [_memory()]

    def ask(number: int) -> None:
        dice = random.Random(number)
        try:
            with psycopg.connect(dsn, autocommit=True) as connection:
                ready.wait(120)
                while not ended.is_set():
                    sql = dice.choice(SMALL).format(n=dice.randrange(1900))
                    started = time.perf_counter()
                    connection.execute(sql).fetchall()
                    with lock:
                        took.append(time.perf_counter() - started)
        except Exception as error:
            with lock:
                failures[f"{type(error).__name__}: {str(error)[:80]}"] += 1

    ready = threading.Barrier(sessions + 1)
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(sessions)]
    for place in range(0, sessions, 10):
        for thread in threads[place : place + 10]:
            thread.start()
        time.sleep(0.2)
    ready.wait(120)
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        time.sleep(1)
        memory.append(_memory())
    ended.set()
    for thread in threads:
        thread.join(60)
    took.sort()
    found: dict[str, object] = {
        "sessions": sessions, "seconds": seconds, "queries": len(took), "failures": dict(failures),
        "median_ms": round(statistics.median(took) * 1000, 1),
        "p99_ms": round(took[len(took) * 99 // 100] * 1000, 1),
        "server_mib_before": memory[0], "server_mib_most": max(memory), "server_mib_after": memory[-1],
    }  # fmt: skip
    print(found)
    return found


def _memory() -> float:
    """Return the memory of the server's process, in MiB."""
    text = Path(f"/proc/{os.environ['SQL_SERVER_PID']}/status").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("VmRSS")]
    return round(int(line.split()[1]) / 1024, 1)


if __name__ == "__main__":
    main()
