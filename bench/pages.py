"""Read the pages of a served mesh of 10,000 products and 200,000 columns, twenty readers at once.

What is measured: first the CPU time of the server for each request of one reader alone, which is what a page
costs whatever else the machine does; then the time within the server, from the request to its answer, while
twenty readers, each signed in, ask for one page after the other: first each looks at a page for a second,
which is less than people do, then without a pause, which keeps all twenty in line all the time; and how large
the page is, compressed. Each address is asked for once before, and each page has its own round, so that a
slow one does not hide in the mean; then all of them mixed. The mesh is that of `rules_mesh.py`, its ledger
that of a built one with its lineage (`lineage_record.py`): there are no rows, so what samples rows is not
measured.

Why it is fair: readers are threads of another process on the same machine, so a busy machine makes every
figure worse and none better; the time is the server's own (`Server-Timing`), with a reader's wait for a turn.

    python bench/pages.py
    python bench/pages.py --products 1000 --readers 5 --seconds 3
"""

import argparse
import gzip
import http.client
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import measure

ALONE = 60  # requests of one reader
LOOKS = 1.0  # seconds that a reader looks at a page, on average


@dataclass
class Round:
    """What came of one page: milliseconds of each request, and its size."""

    times: list[float] = field(default_factory=list)
    bytes: int = 0
    zipped: int = 0
    failures: list[str] = field(default_factory=list)


def main() -> None:
    """Measure and write the results."""
    said = argparse.ArgumentParser()
    said.add_argument("--products", type=int, default=10_000)
    said.add_argument("--readers", type=int, default=20)
    said.add_argument("--seconds", type=float, default=6.0)
    said.add_argument("--only", default="", help="Pages whose name holds this.")
    options = said.parse_args()
    root = made(options.products)
    with served(root, options.readers) as (port, cookies):
        found: dict[str, object] = {}
        pages = {
            name: paths
            for name, paths in pages_of(options.products).items()
            if options.only in name
        }
        for name, paths in pages.items():
            for path in paths:
                once(port, path, cookies[0])  # what is made for the first reader
            cpu = alone(port, paths, cookies[0])
            found[name] = told(name, cpu, *both(port, paths, options, cookies))
        mixed = [path for paths in pages.values() for path in paths]
        cpu = alone(port, mixed, cookies[0])
        found["all of them"] = told("all of them", cpu, *both(port, mixed, options, cookies))
        found["memory_mib"] = memory(port)
    if not options.only:
        measure.write_results(
            "pages", {"products": options.products, "readers": options.readers, "pages": found}
        )


def made(products: int) -> Path:
    """Return the mesh, generated once."""
    root = measure.DATA / f"pages-{products}"
    if not (root / ".mesh" / "state.db").exists():
        print(f"generating {products:,} products", file=sys.stderr)
        measure.run(
            measure.script("rules_mesh.py", root, "--products", str(products)), measure.BENCH
        )
        measure.run(measure.script("lineage_record.py", root), root)
    return root


def pages_of(products: int) -> dict[str, list[str]]:
    """Return the addresses of each kind of page: several, where there are several of a kind."""
    rng = random.Random(7)
    addresses = []
    for _ in range(40):
        number = rng.randrange(products)
        addresses.append(f"domain_{number // 25:03}.product_{number:05}")
    domains = sorted({address.partition(".")[0] for address in addresses})
    return {
        "home": ["/"],
        "search": [f"/search?q={word}" for word in ("product", "c07", "column", "00042", "prodcut", "wide")],
        "products": ["/products"],
        "product": [f"/products/{address}" for address in addresses],
        "schema": [f"/products/{address}.wide?view=schema" for address in addresses],
        "domain": [f"/domains/{domain}" for domain in domains],
        "lineage": [f"/lineage/{address}.wide" for address in addresses],
        "incidents": ["/incidents"],
        "monitors": ["/monitors"],
        "builds": ["/builds"],
        "access": ["/access"],
        "governance": ["/governance"],
        "terms": ["/terms"],
        "console": ["/console"],
        "api: products": ["/api/v1/products?limit=100"],
        "api: product": [f"/api/v1/products/{address}" for address in addresses],
        "api: lineage": [f"/api/v1/lineage/{address}.wide" for address in addresses],
        "api: search": ["/api/v1/search?q=product", "/api/v1/search?q=c07"],
        "api: builds": ["/api/v1/builds?limit=100"],
        "api: domains": ["/api/v1/domains?limit=100"],
        "api: incidents": ["/api/v1/incidents"],
        "api: catalog": ["/api/v1/catalog?limit=20"],
    }  # fmt: skip


@contextmanager
def served(root: Path, readers: int) -> Iterator[tuple[int, list[str]]]:
    """Serve the mesh in a process of its own; give its port, and a session's cookie for each reader."""
    command = [measure.mesh_command(), "serve", "--port", "0", "--no-sql", "--no-flight"]
    server = subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        line = server.stderr.readline()
        port = int(line.split("127.0.0.1:")[1].split()[0])
        _pids[port] = server.pid
        threading.Thread(target=server.stderr.read, daemon=True).start()
        yield port, [sign_in(root, port) for _ in range(readers)]
    finally:
        server.terminate()
        server.wait(30)


_pids: dict[int, int] = {}


def sign_in(root: Path, port: int) -> str:
    """Return the cookie of a new session."""
    ask = [measure.mesh_command(), "open", "--print"]
    link = subprocess.run(ask, cwd=root, capture_output=True, text=True, check=True).stdout.strip()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", link.split(f":{port}", 1)[1])
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("Set-Cookie", "").split(";")[0]


def alone(port: int, paths: list[str], cookie: str) -> float:
    """Return the milliseconds of CPU that the server spends on a request of one reader."""
    one, connection = Round(), http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    began = cpu_seconds(port)
    for number in range(ALONE):
        _ask(connection, paths[number * 7 % len(paths)], cookie, one)
    return 1000 * (cpu_seconds(port) - began) / ALONE


def cpu_seconds(port: int) -> float:
    """Return the CPU time that the server has spent."""
    fields = Path(f"/proc/{_pids[port]}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(port: int) -> float:
    """Return the resident memory of the server, in MiB."""
    status = Path(f"/proc/{_pids[port]}/status").read_text()
    return round(int(status.split("VmRSS:")[1].split()[0]) / 1024, 1)


def once(port: int, path: str, cookie: str) -> None:
    """Ask once, so that what is made for the first reader is made."""
    one = Round()
    _ask(http.client.HTTPConnection("127.0.0.1", port, timeout=300), path, cookie, one)


def both(
    port: int, paths: list[str], options: argparse.Namespace, cookies: list[str]
) -> tuple[Round, Round]:
    """Let readers ask for some seconds, with and without looking at what they asked for."""
    looking = read(port, paths, options.seconds, cookies, LOOKS)
    return looking, read(port, paths, options.seconds, cookies, 0)


def read(port: int, paths: list[str], seconds: float, cookies: list[str], looks: float) -> Round:
    """Let readers ask for some seconds; each looks at a page for half to one and a half of `looks`."""
    found, until = Round(), time.monotonic() + seconds

    def reader(number: int) -> None:
        rng = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        time.sleep(looks * rng.random())
        while time.monotonic() < until:
            _ask(connection, rng.choice(paths), cookies[number], found)
            time.sleep(looks * (0.5 + rng.random()))

    threads = [threading.Thread(target=reader, args=(n,)) for n in range(len(cookies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _ask(connection: http.client.HTTPConnection, path: str, cookie: str, found: Round) -> None:
    token = cookie.partition("=")[2]
    headers = (
        {"Authorization": f"Bearer {token}"} if path.startswith("/api/") else {"Cookie": cookie}
    )
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        found.failures.append(f"{type(error).__name__} {path}")
        connection.close()
        return
    if answer.status != 200:
        found.failures.append(f"{answer.status} {path}")
        return
    found.times.append(float(answer.getheader("Server-Timing", "app;dur=0").partition("dur=")[2]))
    if len(body) > found.bytes:
        found.bytes, found.zipped = len(body), len(gzip.compress(body, 6))


def told(name: str, cpu: float, looking: Round, pressing: Round) -> dict[str, object]:
    """Print a line, and return the figures."""
    rounds = {"looking": looking, "pressing": pressing}
    failures = [*looking.failures, *pressing.failures]
    figures = {key: quantiles(one) for key, one in rounds.items()}
    middles = "  ".join(
        f"{key} {len(rounds[key].times):5} p50 {p50:7.1f} p95 {p95:7.1f}"
        for key, (p50, p95) in figures.items()
    )
    zipped = max(looking.zipped, pressing.zipped) / 1024
    failed = f"  {len(failures)} failed: {failures[0]}" if failures else ""
    print(f"{name:14} CPU {cpu:5.1f} ms  {middles} ms  {zipped:5.1f} KB gzip{failed}", flush=True)
    return {
        "cpu_ms": round(cpu, 1),
        **{
            f"{key}_{what}_ms": round(value, 1)
            for key, pair in figures.items()
            for what, value in zip(("p50", "p95"), pair, strict=True)
        },
        "kb_gzip": round(zipped, 1),
        "failures": len(failures),
    }


def quantiles(one: Round) -> tuple[float, float]:
    """Return the middle, and what 95 % are within, in milliseconds."""
    times = sorted(one.times) or [0.0]
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.95))]


if __name__ == "__main__":
    main()
