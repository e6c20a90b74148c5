"""Who depends on what, seen by trying: change one input column, run again, compare every output column.

What: the query runs over small tables that give it rows; then the values of one input column are
changed in several ways (shuffled, drawn anew, all missing, shifted), everything else stays, and the
bag of values of each output column is compared with the first run. Why it is fair: the engine itself tells;
an output that changes must be named by an edge, DIRECT or INDIRECT, or the edge was missed. It can't show
that an edge is superfluous: a dependency that no change happens to show is not witnessed.
"""

import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pyarrow as pa
from lineage_data import Domains, Schema, make_tables


def mentioned(sql: str, schema: Schema, names: set[str]) -> dict[str, dict[str, str]]:
    """Return the tables with the columns that the query names: no other one can matter to it."""
    lowered = sql.lower()
    return {
        name: {c: kind for c, kind in schema[name].items() if c in lowered} or dict(schema[name])
        for name in sorted(names)
    }


SIZES = (60, 200, 20)
SEEDS = 15
WANTED_ROWS = 2
LONGEST = 4.0  # seconds of one run; keys that meet too often make it longer
Tables = dict[str, dict[str, list[Any]]]
Bags = list[Counter[Any]]


class Trial:
    """One query over tables that give it rows, as far as they can be found."""

    def __init__(self, sql: str, schema: Schema, names: set[str]) -> None:
        self.sql, self.schema, self.names = sql, schema, names
        self.connection = duckdb.connect(
            config={"threads": "1", "scalar_subquery_error_on_multiple_rows": "false"}
        )
        self.domains = Domains(sql, schema, self.connection)
        self.tables: Tables = {}
        self.bags: Bags = []
        self.rows = 0
        self.titles: list[str] = []
        self._find_rows()

    def _find_rows(self) -> None:
        for seed in range(SEEDS):
            for facts in SIZES:
                tables = make_tables(self.domains, self.schema, self.names, seed=seed, facts=facts)
                for name, columns in tables.items():
                    self.fill(name, columns)
                try:
                    rows = self._run()
                except duckdb.InterruptException:
                    continue
                if len(rows) > self.rows or not self.tables:
                    self.tables, self.rows, self.bags = tables, len(rows), _bags(rows)
                if self.rows >= WANTED_ROWS:
                    return
        for name, columns in self.tables.items():
            self.fill(name, columns)

    def fill(self, name: str, columns: Mapping[str, list[Any]]) -> None:
        """Make one table anew."""
        types = self.schema[name]
        arrays = {c: [None if v is None else str(v) for v in vs] for c, vs in columns.items()}
        held = pa.table({c: pa.array(vs, pa.string()) for c, vs in arrays.items()})
        self.connection.register("held", held)
        casts = ", ".join(f'TRY_CAST("{c}" AS {types[c]}) AS "{c}"' for c in columns)
        self.connection.execute(
            f'CREATE OR REPLACE TABLE "{name}" AS SELECT {casts} FROM held'
        ).fetchall()

    def _run(self) -> list[tuple[Any, ...]]:
        timer = threading.Timer(LONGEST, self.connection.interrupt)
        timer.start()
        try:
            answer = self.connection.execute(self.sql)
            self.titles = [title for title, *_ in answer.description]
            return answer.fetchall()
        finally:
            timer.cancel()

    def changed_by(self, table: str, column: str, rng: random.Random) -> set[int]:
        """Return the positions of the outputs that change when one input column does."""
        changed: set[int] = set()
        for values in self._variants(table, column, rng):
            self.fill(table, {**self.tables[table], column: values})
            try:
                rows = self._run()
            except duckdb.Error:
                continue  # what was put in makes the query fail: it tells nothing
            bags = _bags(rows) or [Counter() for _ in self.bags]
            changed |= {i for i, (a, b) in enumerate(zip(self.bags, bags, strict=True)) if a != b}
            if len(changed) == len(self.bags):
                break
        self.fill(table, self.tables[table])
        return changed

    def _variants(self, table: str, column: str, rng: random.Random) -> Iterator[list[Any]]:
        values = self.tables[table][column]
        domain = self.domains.of(column)
        yield rng.sample(values, len(values))
        yield [rng.choice(domain.other) for _ in values]
        yield [rng.choice(domain.wanted) for _ in values]
        yield [rng.choice(domain.other) if rng.random() < 0.1 else value for value in values]
        yield [None] * len(values)
        if self.schema[table][column] != "VARCHAR":
            yield [_shifted(value) for value in values]
        else:
            yield [None if value is None else f"{value}z" for value in values]


def _shifted(value: Any) -> Any:
    if value is None:
        return None
    return value + 1 if isinstance(value, int) else _shifted_other(value)


def _shifted_other(value: Any) -> Any:
    import datetime

    is_day = isinstance(value, datetime.date)
    return value + datetime.timedelta(days=1) if is_day else value + 1


def _bags(rows: list[tuple[Any, ...]]) -> Bags:
    if not rows:
        return []
    return [Counter(map(repr, values)) for values in zip(*rows, strict=True)]
