"""The tracer against the engine itself: what changes when an input column does must have been named."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping

import duckdb
import pytest

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.model.lineage import EVERY, UNKNOWN, Edge, SelectLineage
from meshwright.testing.sql_lineage import LINEAGE, LINEAGE_TABLES

READER = SqlglotReader()
VALUES = {
    "INTEGER": ("1", "2", "3", "NULL"),
    "VARCHAR": ("'x'", "'y'", "'q1'", "'z'", "NULL"),
    "INTEGER[]": ("[1, 2]", "[3]", "[]", "[2, 2, 1]"),
    "STRUCT(x INTEGER, y INTEGER)": ("{'x': 1, 'y': 2}", "{'x': 2, 'y': 2}", "{'x': 1, 'y': 3}"),
}
TYPES = {
    "t": dict(zip("abcls", ("INTEGER", "INTEGER", *list(VALUES)[1:]), strict=True)),
    "u": {"a": "INTEGER", "d": "INTEGER"},
}
Rows = dict[str, dict[str, list[str]]]


def runnable() -> Iterator[str]:
    for sql, expected in LINEAGE:
        if "unknown" not in expected and "x." not in sql and "from x" not in sql:
            yield sql
    yield "select s.x as x from t order by s.y limit 2"
    yield "select a, sum(b) over (order by c, a rows 1 preceding) as w from t qualify w > 2"
    yield "select (select sum(d) from u where u.a = t.a) as total, c from t where l[1] = 2"
    yield "with q as (select a, max(b) as b from t group by a) from q left join u using (a)"
    yield "select c, count(*) filter (where a in (select a from u)) as n from t group by c"
    yield "select t.a from t left join (select a from u where d > 1) v on t.a = v.a where v.a is null"
    yield "select * from (select a from t union select d from u) except select 1"
    yield "select a + b as k from t group by k having count(*) > 1 order by k desc limit 1"


def fill(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, list[str]]
) -> None:
    rows = zip(*columns.values(), strict=True)
    body = ", ".join(f"({', '.join(row)})" for row in rows)
    names = ", ".join(f"{name} {TYPES[table][name]}" for name in columns)
    connection.execute(f"CREATE OR REPLACE TABLE {table} ({names})").fetchall()
    connection.execute(f"INSERT INTO {table} VALUES {body}").fetchall()


def bags(connection: duckdb.DuckDBPyConnection, sql: str, width: int) -> list[Counter[str]]:
    rows = connection.execute(sql).fetchall()
    return [Counter(repr(row[i]) for row in rows) for i in range(width)]


def named(lineage: SelectLineage, table: str, column: str) -> set[str]:
    """Return the outputs that the edges say depend on a column."""
    found: set[str] = set()
    for edge in lineage.edges:
        if edge.table == table and edge.column == column:
            found |= {*lineage.columns} if edge.output == EVERY else {edge.output}
    return found


@pytest.mark.parametrize("sql", [*runnable()])
def test_every_output_that_changes_with_an_input_is_named(sql: str) -> None:
    rng = random.Random(7)
    lineage = READER.trace(sql, LINEAGE_TABLES)
    with duckdb.connect(
        config={"threads": "1", "scalar_subquery_error_on_multiple_rows": "false"}
    ) as connection:
        tables: Rows = {
            table: {name: rng.choices(VALUES[kind], k=8) for name, kind in types.items()}
            for table, types in TYPES.items()
        }
        for table, columns in tables.items():
            fill(connection, table, columns)
        described = connection.execute(f"SELECT * FROM ({sql})")
        assert lineage.columns == tuple(name for name, *_ in described.description)
        described.fetchall()
        before = bags(connection, sql, len(lineage.columns))
        for table, columns in tables.items():
            for column in columns:
                kind = TYPES[table][column]
                for _ in range(3):
                    fill(connection, table, {**columns, column: rng.choices(VALUES[kind], k=8)})
                    after = bags(connection, sql, len(lineage.columns))
                    changed = {
                        name
                        for name, one, other in zip(lineage.columns, before, after, strict=True)
                        if one != other
                    }
                    assert changed <= named(lineage, table, column), f"{table}.{column}"
            fill(connection, table, columns)


def test_a_condition_below_another_keeps_what_it_reveals() -> None:
    """The rows of `q` all have that e-mail, and so have those of whoever reads `q`."""
    sql = (
        "with q as (select id from people where email = 'a@b.c') select n from t join q using (id)"
    )
    edges = READER.trace(sql, {"people": ["id", "email"], "t": ["id", "n"]}).edges
    assert Edge(EVERY, "people", "email", "INDIRECT", "FILTER", False, True) in edges


def test_a_count_of_what_a_condition_decides_still_reveals_the_condition() -> None:
    sql = "with q as (select case when email like '%@x.y' then 1 end as hit from t)"
    sql += " select count(hit) n from q"
    edges = READER.trace(sql, {"t": ["email"]}).edges
    assert edges == (Edge("n", "t", "email", "INDIRECT", "CONDITIONAL", False, True),)


def test_names_are_found_whatever_their_case_and_given_as_the_table_has_them() -> None:
    edges = READER.trace(
        'select ORDERID as id from "Some Table"', {"Some Table": ["OrderId"]}
    ).edges
    assert edges == (Edge("id", "Some Table", "OrderId"),)


def test_a_table_of_another_schema_is_told_apart() -> None:
    sql = "select other.t.a, t.b from other.t join u as t on t.k = other.t.k"
    edges = READER.trace(sql, {"other.t": ["a", "k"], "u": ["b", "k"]}).edges
    assert {(e.output, e.table, e.column) for e in edges if e.output != EVERY} == {
        ("a", "other.t", "a"),
        ("b", "u", "b"),
    }


def test_what_nests_too_deeply_is_unknown_by_table() -> None:
    sql = f"select {' + '.join(['a'] * 3000)} as z from t"
    assert READER.trace(sql, LINEAGE_TABLES) == SelectLineage((), (Edge(EVERY, "t", "", UNKNOWN),))


def test_a_long_chain_of_unions_is_followed() -> None:
    sql = " union all ".join(
        f"select {'a' if n % 2 else 'd'} as k from {'tu'[n % 2 == 0]}" for n in range(400)
    )
    lineage = READER.trace(sql, LINEAGE_TABLES)
    assert {(e.table, e.column) for e in lineage.edges} == {("t", "a"), ("u", "d")}


def test_an_unread_cte_says_nothing() -> None:
    sql = "with q as (select missing from nowhere) select a from t"
    assert READER.trace(sql, {"t": ["a"], "nowhere": None}).edges == (Edge("a", "t", "a"),)


def test_a_recursive_cte_is_followed_through_every_column_that_hands_on_to_the_next() -> None:
    names = [f"k{n}" for n in range(30)]
    sql = f"with recursive r({', '.join(names)}) as (select a{', 1' * 29} from t"
    sql += f" union all select 0, {', '.join(names[:-1])} from r) select k29 from r"
    assert {(e.table, e.column) for e in READER.trace(sql, LINEAGE_TABLES).edges} == {("t", "a")}
