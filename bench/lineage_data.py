"""Small tables for one query, made so that the query gives rows.

What: each column's values come from the literals that the query compares it with (and their
neighbours); columns that are compared with each other share their values; keys are few, so that joins
meet. A part of the rows holds only values that pass. Seeded; more seeds and sizes are tried until the
query gives rows. Why: at a small scale factor most queries give none, and then nothing can be seen.
"""

import datetime
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlglot
from sqlglot import exp

Schema = Mapping[str, Mapping[str, str]]
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Like)
QUERIES = (exp.Query,)
KEYS = ("_sk", "key", "_number")
DIMENSION_ROWS = 12
FACTS = ("sales", "returns", "lineitem", "orders", "partsupp", "inventory")


@dataclass(slots=True)
class Domain:
    """Values of one column: those that pass a comparison, and all."""

    wanted: list[Any] = field(default_factory=list)
    other: list[Any] = field(default_factory=list)


class Domains:
    """What the columns of one query are compared with. Columns are told apart by name alone."""

    def __init__(self, sql: str, schema: Schema, connection: Any) -> None:
        self.types = {c: t for table in schema.values() for c, t in table.items()}
        self._connection = connection
        self._parents: dict[str, str] = {}
        self._domains: dict[str, Domain] = {}
        self._days: list[datetime.date] = []
        tree = sqlglot.parse_one(sql, dialect="duckdb")
        found = [node for node in tree.walk() if isinstance(node, COMPARISONS)]
        for node in found:
            names = self._names(node)
            for name in names[1:] if isinstance(node, exp.EQ) else ():
                if self._is_like(names[0], name):
                    self._join(names[0], name)
        for node in found:
            for name in self._names(node):
                self._take(name, node)
                self._shift(name, node)

    def _join(self, one: str, other: str) -> None:
        root, joined = self.root(one), self.root(other)
        if root != joined:
            self._parents[joined] = root

    def root(self, name: str) -> str:
        while name in self._parents:
            name = self._parents[name]
        return name

    def of(self, name: str) -> Domain:
        """Return the values of a column."""
        domain = self._domains.get(self.root(name), Domain())
        kind = self.types[name]
        default = _default(kind, name)
        if kind == "DATE":
            default = [*default, *self._days]  # days are compared with each other, too
        return Domain(domain.wanted or default, [*domain.other, *domain.wanted, *default])

    def _is_like(self, one: str, other: str) -> bool:
        return (self.types[one] == "VARCHAR") == (self.types[other] == "VARCHAR")

    def _names(self, node: exp.Expression) -> list[str]:
        columns = node.find_all(exp.Column)
        return [c.name.lower() for c in columns if c.name.lower() in self.types]

    def _take(self, name: str, node: exp.Expression) -> None:
        domain = self._domains.setdefault(self.root(name), Domain())
        for literal in self._constants(node):
            for index, value in enumerate(self._converted(literal, name)):
                is_wanted = index == _passing(node)
                (domain.wanted if is_wanted else domain.other).append(value)

    def _shift(self, name: str, node: exp.Expression) -> None:
        """`week = other.week - 53` needs values that lie so far apart."""
        for sum_ in node.find_all(exp.Add, exp.Sub):
            distance = sum_.expression
            if isinstance(distance, exp.Literal) and distance.name.isdigit():
                far = int(distance.name)
                if far > 1 and "INT" in self.types[name] and sum_.find(exp.Column):
                    domain = self._domains.setdefault(self.root(name), Domain())
                    domain.wanted += [1, 2, 1 + far, 2 + far]

    def _constants(self, node: exp.Expression) -> Iterator[str]:
        for part in node.iter_expressions():
            if not part.find(exp.Column, exp.Query, exp.Star):
                try:
                    row = self._connection.execute(f"SELECT {part.sql('duckdb')}").fetchall()[0]
                except Exception:  # not a value by itself
                    continue
                yield str(row[0])

    def _converted(self, literal: str, name: str) -> list[Any]:
        """Return the value itself, one above, one below, as far as the type has them."""
        kind = self.types[name]
        try:
            if kind == "DATE":
                day = datetime.date.fromisoformat(literal[:10])
                one = datetime.timedelta(days=1)
                self._days += [day, day + one, day - one]
                return [day, day + one, day - one]
            if kind == "VARCHAR":
                return [literal.replace("%", "").replace("_", " ")]
            number = Decimal(literal)
        except (ValueError, InvalidOperation):
            return []
        if "INT" in kind:
            return [int(number), int(number) + 1, int(number) - 1]
        return [number, number + 1, number - 1]


def _passing(node: exp.Expression) -> int:
    """Which of a literal, one above and one below passes the comparison."""
    if isinstance(node, exp.GT | exp.NEQ):
        return 1
    return 2 if isinstance(node, exp.LT) else 0


def _default(kind: str, name: str) -> list[Any]:
    if kind == "DATE":
        return [datetime.date(1998, month, 1) for month in (1, 3, 8)]
    if kind == "VARCHAR":
        return ["ab", "cd", "ef"]
    if "INT" in kind:
        return list(range(1, DIMENSION_ROWS + 1)) if name.endswith(KEYS) else [1, 2, 3, 40]
    if kind.startswith("DECIMAL"):
        return [Decimal("1"), Decimal("2.5"), Decimal("40"), Decimal("700")]
    return [None]


def make_tables(
    domains: Domains, schema: Schema, names: set[str], *, seed: int, facts: int
) -> dict[str, dict[str, list[Any]]]:
    """Return the columns of each table of a query."""
    rng = random.Random(seed)
    return {name: _make_table(domains, schema[name], name, facts, rng) for name in sorted(names)}


def _make_table(
    domains: Domains, columns: Mapping[str, str], name: str, facts: int, rng: random.Random
) -> dict[str, list[Any]]:
    is_fact = name.endswith(FACTS) or name in FACTS
    rows = facts if is_fact and name != "orders" else DIMENSION_ROWS
    good = [row < rows * 0.6 for row in range(rows)]
    table = {}
    for position, column in enumerate(columns):
        domain = domains.of(column)
        is_key = (position == 0 and not is_fact) or column == "o_orderkey"
        if is_key and "INT" in columns[column]:
            table[column] = list(range(1, rows + 1))
        elif column.endswith(KEYS) and "INT" in columns[column] and not domain.wanted:
            table[column] = [_key(is_good, rng) for is_good in good]
        else:
            table[column] = [
                rng.choice(domain.wanted if is_good else domain.other) for is_good in good
            ]
    return table


def _key(is_good: bool, rng: random.Random) -> int:
    return rng.randint(1, 7 if is_good else DIMENSION_ROWS)
