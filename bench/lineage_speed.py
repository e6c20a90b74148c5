"""Trace all queries of one benchmark by one contestant; print CPU seconds and outputs as JSON.

    python bench/lineage_speed.py CONTESTANT QUERIES BENCHMARK

Why it is fair: each contestant gets the same texts and the same schema, imports before the clock starts,
and is asked for every output column of every query. `per-column` is `sqlglot.lineage` as its
documentation shows it, once for each column; `sqllineage` traces a statement at once.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Benchmark = dict[str, Any]
Tracer = Callable[[str], int]


def meshwright(benchmark: Benchmark) -> Tracer:
    from meshwright.adapters.sqlglot import SqlglotReader

    reader = SqlglotReader()
    tables = {name: list(columns) for name, columns in benchmark["tables"].items()}
    reader.trace("select 1 as one", {})  # imports sqlglot
    return lambda sql: len(reader.trace(sql, tables).columns)


def per_column(benchmark: Benchmark) -> Tracer:
    import sqlglot
    from sqlglot.lineage import lineage

    def trace(sql: str) -> int:
        names = sqlglot.parse_one(sql, dialect="duckdb").named_selects
        traced = 0
        for name in names:
            try:
                lineage(name, sql, schema=benchmark["tables"], dialect="duckdb")
                traced += 1
            except Exception:  # an output that it does not find by its name
                continue
        return traced

    return trace


def sqllineage(benchmark: Benchmark) -> Tracer:
    from sqllineage.core.metadata.dummy import DummyMetaDataProvider
    from sqllineage.runner import LineageRunner

    known = {f"main.{name}": list(columns) for name, columns in benchmark["tables"].items()}
    provider = DummyMetaDataProvider(known)

    def trace(sql: str) -> int:
        text = f"INSERT INTO main.result {sql.rstrip().rstrip(';')}"
        runner = LineageRunner(text, dialect="duckdb", metadata_provider=provider, silent_mode=True)
        return len({path[-1] for path in runner.get_column_lineage()})

    return trace


CONTESTANTS = {"meshwright": meshwright, "per-column": per_column, "sqllineage": sqllineage}


def main() -> None:
    name, path, which = sys.argv[1:]
    benchmark = json.loads(Path(path).read_text())[which]
    trace = CONTESTANTS[name](benchmark)
    outputs, failed = 0, []
    start = time.process_time()
    for number, sql in benchmark["queries"].items():
        try:
            outputs += trace(sql)
        except Exception as error:
            failed.append(f"{number}: {type(error).__name__}")
    seconds = time.process_time() - start
    json.dump({"seconds": seconds, "outputs": outputs, "failed": failed}, sys.stdout)


if __name__ == "__main__":
    main()
