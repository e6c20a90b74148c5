"""A seeded DAG of SQL models over three source files, as every contestant of the build bench gets.

What: layers of models, each with one to three parents, of four kinds that real projects consist
of (filter, derive, join, roll up); each has a unique key `id` and four to eight more columns. The
source files hold 100,000 rows each. What must stay true: one seed gives one DAG, and the SQL of
a model is the same for every contestant but for the names of its parents.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

SOURCES = ("orders", "payments", "returns")
SOURCE_ROWS = 100_000
CUSTOMERS = 20_000
STATUSES = ("new", "paid", "sent", "done", "void")
CODE_PATTERN = "^[A-Z]{3}-[0-9]{6}$"
LAYERS = 10
EDITED = "1.05"
OPTIONAL = ("day", "score", "weight")

TYPES = {
    "id": "BIGINT",
    "customer_id": "BIGINT",
    "status": "VARCHAR",
    "code": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "quantity": "BIGINT",
    "day": "DATE",
    "score": "DOUBLE",
    "weight": "DOUBLE",
    "members": "BIGINT",
}


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its parents (models or sources), its columns, and its SQL with `<<parent>>`."""

    name: str
    layer: int
    parents: tuple[str, ...]
    columns: tuple[str, ...]
    template: str

    @property
    def is_rollup(self) -> bool:
        return "customer_id" not in self.columns

    def sql(self, relation: Callable[[str], str]) -> str:
        """Return the SELECT, with each parent written as `relation` says."""
        text = self.template
        for parent in self.parents:
            text = text.replace(f"<<{parent}>>", relation(parent))
        return text


def make_models(count: int, seed: int = 7) -> list[Model]:
    """Return the DAG in an order in which each model comes after its parents."""
    rng = random.Random(seed)
    layers: list[list[Model]] = [[] for _ in range(LAYERS)]
    for number in range(count):
        layer = min(number * LAYERS // count, LAYERS - 1)
        if layer == 0:
            model = _stage(rng, number)
        else:
            model = _inner(rng, number, layer, layers[:layer], last=number == count - 1)
        layers[layer].append(model)
    return [model for layer in layers for model in layer]


def find_leaf(models: Iterable[Model]) -> Model:
    """Return the model that the bench edits: nothing reads it, and it holds the edited number."""
    models = list(models)
    read = {parent for model in models for parent in model.parents}
    return next(m for m in reversed(models) if m.name not in read and EDITED in m.template)


def _stage(rng: random.Random, number: int) -> Model:
    """Read one slice of a source, as a staging model does."""
    source = SOURCES[number % len(SOURCES)]
    optional = _some_of(rng, OPTIONAL)
    columns = ("id", "customer_id", "status", "code", "amount", "quantity", *optional)
    modulus = rng.choice((17, 19, 23))
    where = f"customer_id % {modulus} = {rng.randrange(modulus)}"
    template = f"SELECT {', '.join(columns)}\nFROM <<{source}>>\nWHERE {where}"
    return Model(f"stg_{source}_{number:03}", 0, (source,), columns, template)


def _inner(
    rng: random.Random, number: int, layer: int, below: list[list[Model]], *, last: bool
) -> Model:
    """Make a model over models of lower layers, the next lower one preferred."""
    near, far = below[-1], [model for models in below for model in models]
    parent = rng.choice(near)
    kind = "derive" if last else rng.choice(("filter", "derive", "join", "join", "rollup"))
    if kind == "rollup" and parent.is_rollup:
        kind = "filter"
    if kind == "filter":
        return _filter(rng, number, layer, parent)
    if kind == "derive":
        return _derive(number, layer, parent)
    if kind == "rollup":
        return _rollup(number, layer, parent)
    others = rng.sample([m for m in far if m.name != parent.name], rng.choice((1, 1, 2)))
    return _join(number, layer, parent, others)


def _filter(rng: random.Random, number: int, layer: int, parent: Model) -> Model:
    dropped = rng.choice((None, "score", "weight"))
    columns = tuple(column for column in parent.columns if column != dropped)
    modulus = rng.choice((7, 11, 13))
    where = f"id % {modulus} <> {rng.randrange(modulus)} AND amount >= 0"
    template = f"SELECT {', '.join(columns)}\nFROM <<{parent.name}>>\nWHERE {where}"
    return Model(f"flt_{number:03}", layer, (parent.name,), columns, template)


def _derive(number: int, layer: int, parent: Model) -> Model:
    changed = {
        "amount": f"CAST(amount * {EDITED} AS DECIMAL(18, 2)) AS amount",
        "status": "CASE WHEN quantity = 0 THEN 'void' ELSE status END AS status",
        "code": "upper(code) AS code",
    }
    selected = ",\n  ".join(changed.get(column, column) for column in parent.columns)
    template = f"SELECT\n  {selected}\nFROM <<{parent.name}>>"
    return Model(f"drv_{number:03}", layer, (parent.name,), parent.columns, template)


def _join(number: int, layer: int, parent: Model, others: list[Model]) -> Model:
    """Add to each row of the parent what the others hold under the same key."""
    amount, quantity, joins = "a.amount", "a.quantity", ""
    for alias, other in zip("bc", others, strict=False):
        same_grain = other.is_rollup == parent.is_rollup
        key = "id" if same_grain or parent.is_rollup else "customer_id"
        rows = f"<<{other.name}>>"
        if not same_grain and parent.is_rollup:
            largest = "max(amount) AS amount, max(quantity) AS quantity"
            rows = f"(SELECT customer_id AS id, {largest} FROM {rows} GROUP BY customer_id)"
        joins += f"\nLEFT JOIN {rows} AS {alias} ON {alias}.id = a.{key}"
        amount += f" + coalesce({alias}.amount, 0)"
        quantity = f"greatest({quantity}, coalesce({alias}.quantity, 0))"
    changed = {
        "amount": f"CAST({amount} AS DECIMAL(18, 2)) AS amount",
        "quantity": f"{quantity} AS quantity",
    }
    selected = ",\n  ".join(changed.get(c, f"a.{c}") for c in parent.columns)
    template = f"SELECT\n  {selected}\nFROM <<{parent.name}>> AS a{joins}"
    parents = (parent.name, *(other.name for other in others))
    return Model(f"jnd_{number:03}", layer, parents, parent.columns, template)


def _rollup(number: int, layer: int, parent: Model) -> Model:
    day = ",\n  max(day) AS day" if "day" in parent.columns else ""
    columns = ("id", "status", "code", "amount", "quantity", "members", *(("day",) if day else ()))
    template = f"""SELECT
  customer_id AS id,
  CASE WHEN sum(amount) >= 1000 THEN 'done' WHEN count(*) > 3 THEN 'paid' ELSE 'new' END AS status,
  'CUS-' || lpad(CAST(customer_id AS VARCHAR), 6, '0') AS code,
  CAST(sum(amount) AS DECIMAL(18, 2)) AS amount,
  CAST(sum(quantity) AS BIGINT) AS quantity,
  count(*) AS members{day}
FROM <<{parent.name}>>
GROUP BY customer_id"""
    return Model(f"agg_{number:03}", layer, (parent.name,), columns, template)


def _some_of(rng: random.Random, names: tuple[str, ...]) -> tuple[str, ...]:
    chosen = rng.sample(names, rng.randint(0, len(names)))
    return tuple(name for name in names if name in chosen)


def write_sources(folder: Path, rows: int = SOURCE_ROWS, seed: int = 7) -> None:
    """Write the three source files as Parquet."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    for salt, source in enumerate(SOURCES):
        draw = f"hash(i * 97 + column_number + {salt * 31 + seed * 1_000_003}) % m"
        connection.execute(f"CREATE OR REPLACE MACRO r(i, column_number, m) AS ({draw})::BIGINT")
        connection.execute(
            f"COPY ({_source_sql(source, rows)}) TO '{folder / source}.parquet' (FORMAT parquet)"
        )


def _source_sql(source: str, rows: int) -> str:
    prefix = source[:3].upper()
    return f"""
SELECT
  i + 1 AS id,
  1 + r(i, 0, {CUSTOMERS}) AS customer_id,
  ({list(STATUSES)})[1 + r(i, 1, {len(STATUSES)})] AS status,
  '{prefix}-' || lpad((1 + r(i, 2, 999999))::VARCHAR, 6, '0') AS code,
  (r(i, 3, 50000) / 100)::DECIMAL(18, 2) AS amount,
  1 + r(i, 4, 20) AS quantity,
  DATE '2024-01-01' + r(i, 5, 366)::INTEGER AS day,
  r(i, 6, 10000) / 10000 AS score,
  0.1 + r(i, 7, 5000) / 100 AS weight
FROM range({rows}) AS numbers(i)"""
