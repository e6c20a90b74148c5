"""PostgreSQL's questions about its catalog as DuckDB's SQL over the tables here.

What must stay true: the text that is run is written anew from a tree whose every function is one of a list; a
function that is not on it is refused.
"""

from collections.abc import Mapping

from sqlglot import exp

from meshwright.adapters.postgres_catalog.names import (
    FUNCTIONS,
    HARMLESS,
    HOME,
    PG,
    TYPES,
    VISIBLE,
    catalog_tables,
)
from meshwright.adapters.postgres_catalog.reading import called, parse
from meshwright.errors import ModelError

_OIDS = frozenset(("regclass", "regtype", "regnamespace"))
_ROOTS = (exp.Select, exp.SetOperation, exp.Subquery)


def translate(sql: str, settings: Mapping[str, str]) -> str:
    """Return the text for DuckDB; raise `ModelError` (`sql-forbidden`, `sql-syntax`…)."""
    tree = parse(sql)
    if tree is None or not isinstance(tree, _ROOTS):
        raise ModelError("sql-syntax", "the question about the catalog does not parse")
    _require_known(tree)
    _name_columns(tree)
    for node in reversed(list(tree.walk())):  # what is inside is done before what holds it
        made = _translated(node, settings)
        if made is not node:
            node.replace(made)
    return str(tree.sql(dialect="duckdb"))


def _name_columns(tree: exp.Expr) -> None:
    """Give columns without a name the one that PostgreSQL gives them."""
    select = tree
    while not isinstance(select, exp.Select):
        select = select.this
        if not isinstance(select, exp.Query):
            return
    for place, column in enumerate(select.expressions):
        is_bare = isinstance(column, exp.Column) and _is_bare(column)
        if column.is_star or (isinstance(column, exp.Alias | exp.Column) and not is_bare):
            continue
        name = _own_name(column)
        select.expressions[place].replace(exp.alias_(column.copy(), name, quoted=True))


def _own_name(column: exp.Expr) -> str:
    column = column.unnest()
    match column:
        case exp.Dot():
            return _own_name(column.expression)
        case exp.Cast():
            inner = _own_name(column.this)
            return inner if inner != "?column?" else _type_name(column.to)
        case exp.Anonymous() | exp.Column() | exp.Identifier():
            return column.name.lower()
        case exp.Case():
            return "case"
        case exp.Subquery() if isinstance(column.this, exp.Select) and column.this.expressions:
            first = column.this.expressions[0]
            return first.alias or _own_name(first)
        case exp.Array():
            return "array"
        case exp.Func() if not isinstance(column, exp.Connector):
            return next(called(column), "?column?")
    return "?column?"


def _require_known(tree: exp.Expr) -> None:
    for name in called(tree):
        if name not in FUNCTIONS and name not in HARMLESS and name not in VISIBLE:
            raise ModelError(
                "sql-unknown-function", f"the function `{name}` does not exist over the catalog"
            )
    for table in tree.find_all(exp.Table):
        schema, name = table.text("db").lower(), table.name.lower()
        if not isinstance(table.this, exp.Func) and schema in HOME and not _exists(schema, name):
            raise ModelError("sql-unknown-table", f"`{schema}.{name}` does not exist")


def _exists(schema: str, name: str) -> bool:
    from meshwright.adapters.postgres_catalog.names import system_tables

    return (schema, name) in system_tables()


def _translated(node: exp.Expr, settings: Mapping[str, str]) -> exp.Expr:
    match node:
        case exp.Table():
            return _table(node)
        case exp.Dot():
            return _dot(node)
        case exp.DataType() if node.this == exp.DType.USERDEFINED and _is_element(node):
            name = _type_name(node)
            return exp.DataType.build(TYPES.get(name, name), dialect="postgres")
        case exp.Unnest():
            _name_rows(node)
        case exp.Column() if node.name.lower() == "tableoid":
            return exp.Literal.number(0)
        case exp.Collate():
            made: exp.Expr = node.this
            return made
        case exp.Operator():
            return _operator(node)
        case exp.Cast():
            return _cast(node)
        case exp.CurrentVersion():
            return exp.func("version")
        case exp.CurrentSchema():
            return exp.Literal.string(settings.get("current_schema", "public"))
        case exp.CurrentSchemas():
            return _schemas(node, settings)
        case exp.CurrentUser() | exp.SessionUser():
            return exp.Anonymous(this="pg_session_user")
        case exp.CurrentCatalog():
            return exp.Anonymous(this="current_database")
        case exp.Column() if _is_bare(node):
            return _bare(node.name.lower())
        case exp.Column() if node.text("db").lower() == PG:
            node.set("db", exp.to_identifier(HOME[PG]))
        case exp.Anonymous() if node.name.lower() == "current_setting":
            return _setting(node, settings)
        case exp.Anonymous() if node.name.lower() == "set_config":
            return node.expressions[1] if len(node.expressions) > 1 else exp.null()
    return node


def _schemas(node: exp.CurrentSchemas, settings: Mapping[str, str]) -> exp.Expr:
    implicit = [PG] if node.this is None or node.this.sql().lower() == "true" else []
    names = [*implicit, settings.get("current_schema", "public")]
    return exp.Array(expressions=[exp.Literal.string(name) for name in names])


def _table(table: exp.Table) -> exp.Table:
    schema, name = table.text("db").lower(), table.name.lower()
    if isinstance(table.this, exp.Func):
        table.set("db", None)
        _name_rows(table)
    elif schema in HOME:
        table.set("db", exp.to_identifier(HOME[schema]))
        table.set("catalog", None)
    elif not schema and name in catalog_tables():
        table.set("db", exp.to_identifier(HOME[PG]))
    return table


def _name_rows(rows: exp.Expr) -> None:
    """Give the one column of a function in FROM its alias as a name, as PostgreSQL does."""
    alias = rows.args.get("alias")
    is_known = isinstance(rows.this, exp.Anonymous)  # macros name their own columns
    if isinstance(alias, exp.TableAlias) and alias.this and not alias.columns and not is_known:
        alias.set("columns", [exp.to_identifier(alias.this.name, quoted=True)])


def _dot(node: exp.Dot) -> exp.Expr:
    """Drop the schema before a function."""
    is_schema = isinstance(node.this, exp.Identifier) and node.this.name.lower() in HOME
    return node.expression if is_schema else node


def _operator(node: exp.Operator) -> exp.Expr:
    sign = str(node.args.get("operator", "")).rpartition(".")[2]
    left, right = node.this, node.expression
    if isinstance(right, exp.Collate):
        right = right.this
    matching = exp.Anonymous(this="regexp_matches", expressions=[left, right])
    match sign:
        case "~":
            return matching
        case "!~":
            return exp.Not(this=matching)
        case "~*":
            return exp.RegexpILike(this=left, expression=right)
        case "!~*":
            return exp.Not(this=exp.RegexpILike(this=left, expression=right))
        case "~~":
            return exp.Like(this=left, expression=right)
        case "=":
            return exp.EQ(this=left, expression=right)
        case "<>" | "!=":
            return exp.NEQ(this=left, expression=right)
    raise ModelError("sql-forbidden", f"the operator `{sign}` does not exist over the catalog")


def _cast(cast: exp.Cast) -> exp.Expr:
    name = _type_name(cast.to)
    if name in _OIDS:
        return _object_id(cast, name)
    is_array = cast.to.is_type(exp.DType.ARRAY) if isinstance(cast.to, exp.DataType) else False
    if isinstance(cast.to, exp.DataType) and cast.to.this == exp.DType.USERDEFINED:
        cast.set("to", exp.DataType.build(TYPES.get(name, name), dialect="postgres"))
    elif name in TYPES and not is_array:
        cast.set("to", exp.DataType.build(TYPES[name], dialect="duckdb"))
    return cast


def _object_id(cast: exp.Cast, name: str) -> exp.Expr:
    """Return the id that a name means; an id that becomes a text next is the name instead."""
    outer = cast.parent
    while isinstance(outer, exp.Paren):
        outer = outer.parent
    becomes_text = isinstance(outer, exp.Cast) and _type_name(outer.to) in (
        "text",
        "varchar",
        "name",
    )
    if becomes_text and not isinstance(cast.this.unnest(), exp.Literal):
        return exp.Anonymous(this=f"pg_name_of_{name}", expressions=[cast.this])
    return exp.Anonymous(this=f"pg_{name}", expressions=[cast.this])


def _is_element(kind: exp.DataType) -> bool:
    return isinstance(kind.parent, exp.DataType)


def _type_name(kind: exp.Expr) -> str:
    if isinstance(kind, exp.DataType) and kind.this == exp.DType.USERDEFINED:
        inner = kind.args.get("kind")
        text = inner.name if isinstance(inner, exp.Expr) else str(inner)
    elif isinstance(kind, exp.DataType):
        text = kind.sql()
    else:
        text = str(kind.this)
    return text.rpartition(".")[2].strip('"').lower()


_BARE = frozenset(("current_user", "session_user", "current_role", "user", "current_catalog"))


def _is_bare(node: exp.Column) -> bool:
    return not node.table and not node.this.args.get("quoted") and node.name.lower() in _BARE


def _bare(name: str) -> exp.Expr:
    made = "current_database" if name == "current_catalog" else "pg_session_user"
    return exp.Anonymous(this=made)


def _setting(node: exp.Anonymous, settings: Mapping[str, str]) -> exp.Expr:
    name = node.expressions[0].unnest() if node.expressions else None
    if not isinstance(name, exp.Literal):
        pairs = [exp.Literal.string(text) for pair in settings.items() for text in pair]
        known = exp.Map(
            keys=exp.Array(expressions=pairs[::2]), values=exp.Array(expressions=pairs[1::2])
        )
        return exp.Bracket(this=known, expressions=[node.expressions[0].copy()])
    found = settings.get(name.name.lower())
    if found is None and len(node.expressions) < 2:
        raise ModelError("sql-error", f"unrecognized configuration parameter `{name.name}`")
    return exp.null() if found is None else exp.Literal.string(found)
