"""The governed query against raw DuckDB: the 22 queries of TPC-H, scale 1, over the same Parquet files.

The rows are made by DuckDB's own generator, in the environment of the peer `tpc`. Each query is run by all
in turn, each in a process of its own, so that a busy machine hits all alike:

- raw       plain DuckDB in a process of its own, `read_parquet` views, the same threads and memory
- whole     the governed query of somebody who may see all
- untouched the same, with masks on columns that no query names
- filtered  a row filter on `lineitem` and `orders` that keeps nearly all rows
- masked    keyed and display masks on columns that the queries do touch (names, comments, addresses)

    python bench/governed_query.py            # makes the rows first; minutes
    python bench/governed_query.py --rounds 3 --scale 0.1
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from measure import DATA, RESULTS
from peers import get_peer, install

from meshwright.adapters.duckdb.pool import DuckDBQueryPool
from meshwright.model.access import Mask
from meshwright.model.table import Column
from meshwright.spi.query_pool import Limits, View

REPOSITORY = Path(__file__).resolve().parents[1]
QUERIES = REPOSITORY / "tests" / "corpus" / "legitimate" / "tpch.sql"
TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")
LIMITS = Limits(seconds=300, memory=4 * 1024**3, threads=2)
KEYS = {"token-domain": b"k" * 32}
UNTOUCHED = {
    "lineitem": "l_comment", "orders": "o_clerk", "part": "p_comment", "partsupp": "ps_comment",
    "nation": "n_comment", "region": "r_comment",
}  # fmt: skip
TOUCHED = {
    "customer": {"c_name": "token-domain", "c_phone": "show-last-4", "c_address": "mask-alphanum"},
    "supplier": {"s_name": "token-domain", "s_phone": "mask-alphanum", "s_address": "show-first-4"},
}
FILTERS = {"lineitem": "l_quantity < 50", "orders": "o_totalprice > 1000"}
GENERATE = """
import duckdb, duckdb_extension_tpch, pathlib, sys
folder = pathlib.Path(sys.argv[1])
found = next(pathlib.Path(duckdb_extension_tpch.__file__).parent.rglob("tpch.duckdb_extension"))
c = duckdb.connect(config={"allow_unsigned_extensions": "true"})
c.execute(f"LOAD '{found}'")
c.execute(f"CALL dbgen(sf = {float(sys.argv[2])})")
for table in sys.argv[3:]:
    c.execute(f"COPY {table} TO '{folder}/{table}.parquet' (FORMAT parquet, COMPRESSION zstd)")
"""
Run = Callable[[str], pa.Table]


def make_rows(scale: float) -> Path:
    """Return the folder of the eight tables; make them where they are not there yet."""
    folder = DATA / f"tpch-{scale:g}"
    if not all((folder / f"{table}.parquet").exists() for table in TABLES):
        folder.mkdir(parents=True, exist_ok=True)
        peer = get_peer("tpc")
        install(peer)
        command = [peer.python, "-c", GENERATE, folder, str(scale), *TABLES]
        subprocess.run([str(part) for part in command], check=True)
    return folder


def queries() -> dict[str, str]:
    """Return the queries by number."""
    blocks = QUERIES.read_text(encoding="utf-8").split("---- TPC-H ")[1:]
    return {number: sql for number, _, sql in (block.partition("\n") for block in blocks)}


def views(folder: Path, **limits: dict[str, Any]) -> list[View]:
    """Return the views of one contestant; `limits` are table -> what a view takes."""
    made = []
    with duckdb.connect() as connection:
        for table in TABLES:
            path = folder / f"{table}.parquet"
            rows = connection.execute(f"DESCRIBE FROM '{path}'").fetchall()
            columns = tuple(Column(str(row[0]), str(row[1])) for row in rows)
            more = {name: of[table] for name, of in limits.items() if table in of}
            made.append(View(f"tpch.market.{table}", (path,), columns, keys=KEYS, **more))
    return made


class Raw:
    """Plain DuckDB, in a process of its own, which answers with how many rows there were."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve-raw", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, sql: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(sql) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


def serve_raw(folder: Path) -> None:
    """Answer queries, one JSON text a line, with numbers of rows."""
    connection = duckdb.connect(
        config={"threads": LIMITS.threads, "memory_limit": f"{LIMITS.memory}B"}
    )
    connection.execute("ATTACH ':memory:' AS tpch; CREATE SCHEMA tpch.market")
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    for table in TABLES:
        source = f"read_parquet('{folder}/{table}.parquet')"
        connection.execute(f"CREATE VIEW tpch.market.{table} AS SELECT * FROM {source}")
    for line in sys.stdin:
        rows = connection.sql(json.loads(line)).to_arrow_reader().read_all().num_rows
        print(rows, flush=True)


class Governed:
    """The pool, as a principal of its own for each set of views."""

    def __init__(self, pool: DuckDBQueryPool, who: str, seen: list[View]) -> None:
        self._pool, self._who, self._views = pool, who, {view.name: view for view in seen}

    def __call__(self, sql: str) -> int:
        gated = self._pool.gate(sql)
        used = [self._views[name] for name in sorted(gated.tables)]
        running = self._pool.run(self._who, gated, used, LIMITS)
        rows = pa.table(running).num_rows
        running.close()
        return rows


def spent() -> float:
    """Return the processor time of this process and of all that it started, in seconds."""
    own = time.process_time()
    listed = Path("/proc/self/task").glob("*/children")
    return own + sum(_spent(child) for path in listed for child in path.read_text().split())


def _spent(process: str) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def taken(ask: Callable[[str], int], sql: str) -> tuple[float, float, int]:
    """Return the wall and processor seconds of a query, and how many rows it gives."""
    cpu, wall = spent(), time.perf_counter()
    rows = ask(sql)
    return time.perf_counter() - wall, spent() - cpu, rows


def contestants(folder: Path, pool: DuckDBQueryPool) -> dict[str, Callable[[str], int]]:
    """Return who answers, by name; masks that last are computed before, as at a port's first query."""
    untouched = {t: {column: Mask("token-domain")} for t, column in UNTOUCHED.items()}
    touched = {t: {c: Mask(kind) for c, kind in masks.items()} for t, masks in TOUCHED.items()}
    masked = views(folder, masks=touched)
    ready = [
        _with_edition(pool, view, folder / "masked") if view.masks else view for view in masked
    ]
    return {
        "raw": Raw(folder),
        "whole": Governed(pool, "person:whole", views(folder)),
        "untouched": Governed(pool, "person:untouched", views(folder, masks=untouched)),
        "filtered": Governed(
            pool, "person:filtered", views(folder, filters={t: (f,) for t, f in FILTERS.items()})
        ),
        "masked": Governed(pool, "person:masked", ready),
    }


def _with_edition(pool: DuckDBQueryPool, view: View, folder: Path) -> View:
    from dataclasses import replace

    folder.mkdir(exist_ok=True)
    keyed = frozenset(name for name, mask in view.masks.items() if mask.kind == "token-domain")
    return replace(view, masked_files=pool.make_masked(view, folder), masked_columns=keyed)


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """Run every query by everybody, in turn; the least time of the rounds counts."""
    pool = DuckDBQueryPool(processes=8)
    asked = contestants(folder, pool)
    wall: dict[str, dict[str, float]] = {name: {} for name in asked}
    cpu: dict[str, dict[str, float]] = {name: {} for name in asked}
    rows: dict[str, dict[str, int]] = {name: {} for name in asked}
    try:
        for turn in range(rounds + 1):  # the first one warms
            for number, sql in queries().items():
                for name, ask in asked.items():
                    took, used, rows[name][number] = taken(ask, sql)
                    if turn:
                        wall[name][number] = min(took, wall[name].get(number, took))
                        cpu[name][number] = min(used, cpu[name].get(number, used))
        small = {name: small_query(asked[name]) for name in ("raw", "whole", "masked")}
    finally:
        pool.close()
        asked["raw"].close()  # type: ignore[attr-defined]
    assert rows["raw"] == rows["whole"] == rows["untouched"]
    return {
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "wall_ratios": ratios(wall),
        "cpu_ratios": ratios(cpu),
        "small_query_ms": small,
    }


def small_query(ask: Callable[[str], int]) -> dict[str, float]:
    """Return median and least of a warm query that reads 25 rows and gives 5, in milliseconds."""
    sql = "SELECT n_name FROM tpch.market.nation WHERE n_regionkey = 3"
    times = [taken(ask, sql)[0] * 1000 for _ in range(110)][10:]
    return {"median": round(statistics.median(times), 2), "least": round(min(times), 2)}


def ratios(best: dict[str, dict[str, float]]) -> dict[str, dict[str, Any]]:
    """Return of each contestant the total and the worst query against raw."""
    raw, found = best["raw"], {}
    for name, times in best.items():
        by_query = {number: times[number] / max(raw[number], 0.01) for number in raw}
        worst = max(by_query, key=lambda number: by_query[number])
        found[name] = {
            "total": round(sum(times.values()) / sum(raw.values()), 3),
            "worst": round(by_query[worst], 2),
            "worst_query": int(worst),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve-raw", type=Path)
    arguments = parser.parse_args()
    if arguments.serve_raw:
        serve_raw(arguments.serve_raw)
        return
    found = measure(make_rows(arguments.scale), arguments.rounds)
    found |= {"scale": arguments.scale, "rounds": arguments.rounds, "cores": os.cpu_count()}
    found["duckdb"] = duckdb.__version__
    print(
        json.dumps(
            {name: found[name] for name in ("wall_ratios", "cpu_ratios", "small_query_ms")},
            indent=2,
        )
    )
    (RESULTS / "governed_query.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
