"""Trace a generated mesh of models through the cache: cold, warm, and after one change.

    python bench/lineage_models.py CACHE_FOLDER MODELS [--changed]

Each model is one of seven realistic SELECTs (cleaning, joining, aggregating, ranking, uniting, sessions,
a wide mart through CTEs) over up to three earlier models, whose output columns it is given. Prints JSON:
CPU seconds, how many models were really traced, how many edges there are. `--changed` changes the text
of one model in the middle, not its columns.
"""

import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.adapters.sqlite import SQLiteCache
from meshwright.model.lineage import SelectLineage
from meshwright.spi.sql_reader import SqlFacts
from meshwright.transform.cached_reader import CachedSqlReader

SOURCES = 40
COLUMNS = ("id", "parent_id", "kind", "amount", "quantity", "created_at", "email", "country")

TEMPLATES = (
    """select id, parent_id, lower(trim(kind)) as kind, amount::decimal(18, 2) as amount, quantity,
  created_at, md5(email) as email, coalesce(country, '{n}') as country
from {a} where id is not null and kind <> 'test{n}'""",
    """select o.*exclude (country), c.country
from {a} o left join {b} c on o.parent_id = c.id where c.kind in ('a', 'b{n}')""",
    """with daily as (
  select parent_id, date_trunc('day', created_at) as day, sum(amount * quantity) as amount,
    count(*) as quantity, min(email) as email, any_value(country) as country
  from {a} where created_at >= date '2020-01-01' group by all having count(*) > {n}
)
select row_number() over (order by d.day) as id, d.parent_id, p.kind, d.amount, d.quantity,
  d.day as created_at, d.email, d.country
from daily d join {b} p on p.id = d.parent_id""",
    """select id, parent_id, kind, amount,
  rank() over (partition by country order by amount desc) as quantity, created_at,
  email, case when amount > {n} then country else 'other' end as country
from {a} qualify row_number() over (partition by id order by created_at desc) = 1""",
    """select id, parent_id, kind, amount, quantity, created_at, email, country from {a} where amount > {n}
union all select id, parent_id, kind, -amount, quantity, created_at, email, country from {b}
union all select * from {c}""",
    """with marked as (
  select *, lag(created_at) over (partition by parent_id order by created_at) as before from {a}
), sessions as (
  select * exclude (before), sum(case when created_at - before > interval {n} minute then 1 else 0 end)
    over (partition by parent_id order by created_at) as session from marked
)
select max(id) as id, parent_id, min(kind) as kind, sum(amount) as amount, session as quantity,
  min(created_at) as created_at, arg_max(email, created_at) as email, max(country) as country
from sessions group by parent_id, session""",
    """with base as (select * from {a} where quantity > {n}),
totals as (select parent_id, sum(amount) as total, avg(amount) as mean from base group by parent_id),
best as (select distinct on (parent_id) parent_id, kind, email from base order by amount desc)
select b.id, b.parent_id, best.kind, b.amount / nullif(t.total, 0) as amount,
  b.quantity + coalesce(x.quantity, 0) as quantity, greatest(b.created_at, x.created_at) as created_at,
  best.email, (select max(country) from {c} z where z.id = b.id) as country
from base b join totals t using (parent_id) join best using (parent_id) left join {b} x on x.id = b.id
where exists (select 1 from {c} y where y.parent_id = b.parent_id and y.amount > t.mean)""",
)


class Counting:
    """The real reader, which counts what the cache could not answer."""

    dialect = "duckdb"

    def __init__(self) -> None:
        self.reader = SqlglotReader()
        self.traced = 0

    def read(self, sql: str) -> SqlFacts:
        return self.reader.read(sql)

    def trace(self, sql: str, tables: Mapping[str, Sequence[str] | None]) -> SelectLineage:
        self.traced += 1
        return self.reader.trace(sql, tables)

    def bind(self, sql: str, literals: Mapping[str, str]) -> str:
        return self.reader.bind(sql, literals)


def models(count: int) -> list[tuple[str, tuple[str, ...]]]:
    """Return each model's SQL with the names of what it reads: sources, or models before it."""
    rng = random.Random(count)
    made = []
    for number in range(count):
        known = [f"source{i}" for i in range(SOURCES)]
        known += [f"model{i}" for i in range(max(0, number - 200), number)]
        reads = tuple(rng.sample(known, 3))
        template = TEMPLATES[number % len(TEMPLATES)]
        used = tuple(
            name for name, key in zip(reads, "abc", strict=True) if f"{{{key}}}" in template
        )
        a, b, c = reads
        made.append((template.format(a=a, b=b, c=c, n=number), used))
    return made


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    work = models(count)
    if "--changed" in sys.argv:
        sql, reads = work[count // 2]
        work[count // 2] = (f"{sql} -- reviewed", reads)
    counting = Counting()
    cache = SQLiteCache(folder)
    columns: dict[str, tuple[str, ...]] = {f"source{i}": COLUMNS for i in range(SOURCES)}
    edges = 0
    start = time.process_time()
    with CachedSqlReader(lambda: counting, cache) as reader:
        for number, (sql, reads) in enumerate(work):
            lineage = reader.trace(sql, {name: columns[name] for name in reads})
            assert lineage.columns, sql
            columns[f"model{number}"] = lineage.columns
            edges += len(lineage.edges)
    seconds = time.process_time() - start
    cache.close()
    json.dump({"seconds": seconds, "traced": counting.traced, "edges": edges}, sys.stdout)


if __name__ == "__main__":
    main()
