"""What a text is about: the catalog, or ports; which names stand where; what its parameters are.

This guards nothing. A text that it reads wrongly meets the gate of whoever runs it.
"""

import re
from collections.abc import Iterator, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from meshwright.adapters.postgres_catalog.names import (
    FUNCTIONS,
    INFORMATION,
    PG,
    VISIBLE,
    catalog_tables,
)
from meshwright.spi.sql_catalog import SqlReading, TableName

LONGEST = 256 << 10  # of a text that is read: longer ones are no tool's question about the catalog
_ODD_ARRAYS = re.compile(r'::(?:pg_catalog\.)?(?:oid|regtype|name|"char")\[\]', re.IGNORECASE)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike)


def parse(sql: str) -> exp.Expr | None:
    """Return the tree of one statement in PostgreSQL's dialect, or in DuckDB's; None where it has none."""
    if len(sql) > LONGEST:
        return None
    for dialect in ("postgres", "duckdb"):
        try:
            found = sqlglot.parse(_plain(sql), read=dialect)
        except (SqlglotError, RecursionError, ValueError):
            continue
        trees = [tree for tree in found if tree is not None]
        if len(trees) == 1 and isinstance(trees[0], exp.Query):
            return trees[0]
    return None


def _plain(sql: str) -> str:
    """Write casts to arrays of odd types in another way of the same length: they do not parse."""
    return _ODD_ARRAYS.sub(lambda found: "::text[]".rjust(len(found[0])), sql)


def read(sql: str) -> SqlReading:
    """Return what a text is about."""
    tree = parse(sql)
    if tree is None:
        return SqlReading()
    try:
        return _read(tree)
    except RecursionError:
        return SqlReading()


def _read(tree: exp.Expr) -> SqlReading:
    defined = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    own, other = 0, []
    for table in tree.find_all(exp.Table):
        if is_catalog_table(table):
            own += 1
            continue
        name = _table_name(table)
        if name is not None and not (len(name.parts) == 1 and name.parts[0].lower() in defined):
            other.append(name)
    calls = any(
        name in FUNCTIONS or name in VISIBLE for name in called(tree) if name not in _SHARED
    )
    is_ping = not own and not other and _is_constant(tree)
    return SqlReading(
        is_catalog=not other and (own > 0 or calls or is_ping),
        is_mixed=own > 0 and bool(other),
        tables=tuple(other),
        qualifiers=tuple(_qualifiers(tree)),
        settings=tuple(_settings(tree)),
        parameters=dict(_cast_parameters(tree)),
        compared=dict(_compared_parameters(tree)),
    )


_SHARED = frozenset(("array_position", "array_length", "cardinality", "current_query", "user"))


def is_catalog_table(table: exp.Table) -> bool:
    """Say whether a table is the catalog's, or a function there."""
    schema = table.text("db").lower()
    if schema in (PG, INFORMATION):
        return True
    name = table.name.lower()
    if isinstance(table.this, exp.Func):
        return isinstance(table.this, exp.Anonymous) and name.startswith("pg_")
    return not schema and name in catalog_tables()


def called(tree: exp.Expr) -> Iterator[str]:
    """Yield the names of the functions that are called, in lower case."""
    for function in tree.find_all(exp.Func):
        if isinstance(function, exp.Anonymous):
            yield function.name.lower()
        else:
            yield _NAMES.get(type(function), function.sql_name().lower())
    for column in tree.find_all(exp.Column):
        if not column.table and not column.this.args.get("quoted") and column.name.lower() in _BARE:
            yield column.name.lower()


_NAMES = {
    exp.CurrentVersion: "version",
    exp.CurrentSchema: "current_schema",
    exp.CurrentSchemas: "current_schemas",
    exp.CurrentUser: "current_user",
    exp.SessionUser: "session_user",
    exp.CurrentCatalog: "current_catalog",
}
_BARE = frozenset(("current_user", "session_user", "current_role", "current_catalog", "user"))


def _table_name(table: exp.Table) -> TableName | None:
    parts = [part for part in table.parts if isinstance(part, exp.Identifier)]
    return _named(parts) if len(parts) == len(table.parts) else None


def _qualifiers(tree: exp.Expr) -> Iterator[TableName]:
    for column in tree.find_all(exp.Column):
        if column.args.get("db"):
            found = _named([p for p in column.parts[:-1] if isinstance(p, exp.Identifier)])
            if found is not None:
                yield found


def _named(parts: Sequence[exp.Identifier]) -> TableName | None:
    if not parts or not all("start" in part.meta for part in parts):
        return None
    names = tuple(part.name if part.quoted else part.name.lower() for part in parts)
    return TableName(names, parts[0].meta["start"], parts[-1].meta["end"] + 1)


def _is_constant(tree: exp.Expr) -> bool:
    """Say whether a text gives literals alone: what pools of connections ask to see that one is alive."""
    if not isinstance(tree, exp.Select) or set(tree.args) - {"expressions", "kind", "where"} - {
        key for key, value in tree.args.items() if not value
    }:
        return False
    allowed = (exp.Literal, exp.Alias, exp.Identifier, exp.Select, exp.Null, exp.Boolean)
    return tree.args.get("where") is None and all(isinstance(node, allowed) for node in tree.walk())


def _settings(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    for function in tree.find_all(exp.Anonymous):
        values = function.expressions
        if function.name.lower() == "set_config" and len(values) >= 2:
            name, value = (part.unnest() for part in values[:2])
            if isinstance(name, exp.Literal) and isinstance(value, exp.Literal):
                yield name.name, value.name


def parameter_number(node: exp.Expr | None) -> int:
    """Return the number of `$n`; 0 for anything else."""
    node = node.unnest() if node is not None else None
    if isinstance(node, exp.Parameter) and node.name.isdigit():
        return int(node.name)
    return 0


def _cast_parameters(tree: exp.Expr) -> Iterator[tuple[int, str]]:
    for cast in tree.find_all(exp.Cast):
        number = parameter_number(cast.this)
        if number:
            yield number, cast.to.sql(dialect="duckdb")
    for limit in tree.find_all(exp.Limit, exp.Offset):
        number = parameter_number(limit.expression)
        if number:
            yield number, "BIGINT"


def _compared_parameters(tree: exp.Expr) -> Iterator[tuple[int, str]]:
    for pair in tree.find_all(*_COMPARISONS):
        for one, other in ((pair.this, pair.expression), (pair.expression, pair.this)):
            number = parameter_number(one)
            if number and isinstance(other, exp.Column):
                yield number, other.name
    for between in tree.find_all(exp.Between):
        if isinstance(between.this, exp.Column):
            for side in ("low", "high"):
                if number := parameter_number(between.args.get(side)):
                    yield number, between.this.name
    for inside in tree.find_all(exp.In):
        if isinstance(inside.this, exp.Column):
            for value in inside.expressions:
                if number := parameter_number(value):
                    yield number, inside.this.name
