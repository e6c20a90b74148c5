"""How soon `mesh serve` answers, and how much memory it holds after a hundred requests.

What is measured: from the start of the process to the first answer of `/health`, in seconds and in seconds of
CPU; then a hundred requests (pages and API), and its resident memory, all doors open. The mesh is the one
named, or the demo that `mesh demo` lays out and builds.

Why it is fair: no peer is compared. Wall time is that of this machine as it is; the seconds of CPU say what a
quiet one would need at least.

    python bench/serve.py --mesh FOLDER [--runs 3]
"""

import argparse
import http.client
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import measure

PATHS = ("/", "/products", "/search?q=flights", "/incidents", "/api/v1/products", "/api/v1/health")
REQUESTS = 100


def main() -> None:
    """Measure and write the results."""
    said = argparse.ArgumentParser()
    said.add_argument("--mesh", type=Path, help="A built mesh; none: the demo, made anew.")
    said.add_argument("--runs", type=int, default=3)
    options = said.parse_args()
    with tempfile.TemporaryDirectory(prefix="serve-") as name:
        root = options.mesh or _demo(Path(name) / "demo")
        runs = [_run(root) for _ in range(options.runs)]
    found = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    print(", ".join(f"{key} {value:.2f}" for key, value in found.items()))
    measure.write_results("serve", {"runs": options.runs, "median": found})


def _demo(root: Path) -> Path:
    measure.run([measure.mesh_command(), "demo", root], root.parent)
    return root


def _run(root: Path) -> dict[str, float]:
    began = time.monotonic()
    command = [measure.mesh_command(), "serve", "--port", "0"]
    server = subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        port = int(server.stderr.readline().split("127.0.0.1:")[1].split()[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        assert _ask(connection, "/health", "") in (200, 503)
        ready, cpu = time.monotonic() - began, _cpu(server.pid)
        print(f"answered after {ready:.2f} s, {cpu:.2f} s of CPU")
        connection.close()  # it would be hung up on while `mesh open` starts
        cookie = _signed_in(root, connection, port)
        for number in range(REQUESTS):
            assert _ask(connection, PATHS[number % len(PATHS)], cookie) == 200
        return {"ready_seconds": ready, "ready_cpu_seconds": cpu, "memory_mib": _memory(server.pid)}
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _signed_in(root: Path, connection: http.client.HTTPConnection, port: int) -> str:
    ask = [measure.mesh_command(), "open", "--print"]
    said = subprocess.run(ask, cwd=root, capture_output=True, text=True, check=True)
    connection.request("GET", said.stdout.strip().split(f":{port}", 1)[1])
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("Set-Cookie", "").split(";")[0]


def _ask(connection: http.client.HTTPConnection, path: str, cookie: str) -> int:
    token = cookie.partition("=")[2]
    headers = (
        {"Authorization": f"Bearer {token}"} if path.startswith("/api") else {"Cookie": cookie}
    )
    connection.request("GET", path, headers=headers if cookie else {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
