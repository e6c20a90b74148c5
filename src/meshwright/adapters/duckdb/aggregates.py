"""Queries over a port that answers with aggregates only: what they may be, and the least size of a group.

What must stay true: whatever comes out is a key that at least so many rows share, or an aggregate of at least
so many values; no part of the text can pick one row out inside a group (`FILTER`, `CASE` in an aggregate).
Several queries whose groups differ by one row still tell of that row: nothing here prevents it.
"""

import json
from collections.abc import Iterator, Mapping

import duckdb

from meshwright.adapters.duckdb import gate
from meshwright.adapters.duckdb.allowed_functions import GROUP_AGGREGATES, GROUP_KEYS
from meshwright.adapters.duckdb.naming import qualified
from meshwright.errors import DeniedError, InternalError

Node = Mapping[str, object]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AROUND = _set("+ - * / // % round floor ceil ceiling abs")
_LIKE = _set("~~ !~~ ~~* !~~* starts_with ends_with contains prefix suffix")
_TESTS = _set("OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_NOT COMPARE_IN COMPARE_NOT_IN")
_MODIFIERS = frozenset({"ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER"})
_COUNTS = frozenset({"count", "count_star", "approx_count_distinct"})
_REST = ("qualify", "sample")


def grouped(cursor: duckdb.DuckDBPyConnection, sql: str, port: str, least: int) -> str:
    """Return the query with its small groups left out; raise `DeniedError` for all but plain aggregates."""
    _, statement = gate.parsed(cursor, sql)
    aggregated = _checked(statement, port, least)
    having = [f"count(*) >= {least}"]
    having += [f"count({qualified(column)}) >= {least}" for column in sorted(aggregated)]
    _, model = gate.parsed(cursor, f"SELECT 1 FROM t HAVING {' AND '.join(having)}")
    node, added = _node_of(statement), _node_of(model)["having"]
    own = node.get("having")
    node["having"] = (
        {"class": "CONJUNCTION", "type": "CONJUNCTION_AND", "children": [own, added]}
        if own
        else added
    )
    return _text(cursor, statement, port, least)


def _checked(statement: object, port: str, least: int) -> set[tuple[str, ...]]:
    """Return the columns that are aggregated, of a query that is allowed."""
    check = _Check(port, least)
    check.query(_node_of(statement))
    return check.aggregated


def _text(cursor: duckdb.DuckDBPyConnection, statement: object, port: str, least: int) -> str:
    tree = json.dumps({"error": False, "statements": [statement]})
    ((sql,),) = cursor.execute("SELECT json_deserialize_sql(?::JSON)", [tree]).fetchall()
    _, again = gate.parsed(cursor, str(sql))  # what runs is judged, not what it was made of
    _checked(again, port, least)
    if "having" not in _node_of(again):
        raise InternalError("engine-statement", "the least size of a group was lost")
    return str(sql)


def _node_of(statement: object) -> dict[str, object]:
    node = statement.get("node") if isinstance(statement, dict) else None
    return node if isinstance(node, dict) else {}


class _Check:
    """One look at a query, part by part; `aggregated` are the columns whose values go into sums."""

    def __init__(self, port: str, least: int) -> None:
        self.aggregated: set[tuple[str, ...]] = set()
        self._port = port
        self._least = least

    def query(self, node: Node) -> None:
        """Judge the whole SELECT."""
        table = node.get("from_table")
        is_port = isinstance(table, dict) and table.get("type") == "BASE_TABLE"
        if (
            not is_port
            or node.get("type") != "SELECT_NODE"
            or _dict(node.get("cte_map")).get("map")
        ):
            raise self._refusal("it reads more than that one port, or not it alone")
        if "sample" in _dict(table) or any(name in node for name in _REST):
            raise self._refusal("it samples or qualifies rows")
        if len(_list_of(node.get("group_sets"))) > 1:
            raise self._refusal("it groups in several ways at once")
        outputs = _list(node.get("select_list"))
        for output in outputs:
            self.output(output)
        keys = _list(node.get("group_expressions"))
        for key in keys:
            self.key(key)
        if node.get("where_clause"):
            self.condition(_dict(node["where_clause"]))
        if node.get("having"):
            self.choice(_dict(node["having"]))
        for modifier in _list(node.get("modifiers")):
            self._modifier(modifier)
        if not keys and not any(_is_aggregate(part) for one in outputs for part in _parts(one)):
            raise self._refusal("it gives single rows")

    def output(self, node: Node) -> None:
        """Judge what is shown of a group: its key as it is, or figures."""
        if _is_aggregate(node) or _function(node) in _AROUND or node.get("class") == "CAST":
            self.figure(node)
        else:
            self.key(node)

    def figure(self, node: Node) -> None:
        """Judge what is computed of aggregates and constants; a key in it could fail on a value."""
        if _is_aggregate(node):
            self._aggregate(node, _function(node))
        elif _function(node) in _AROUND or node.get("class") == "CAST":
            for child in _children(node):
                self.figure(child)
        elif not _is_constant(node):
            raise self._refusal("it computes with what is no aggregate")

    def choice(self, node: Node) -> None:
        """Judge what chooses groups: comparisons of what may be shown."""
        if (
            node.get("class") in ("CONJUNCTION", "COMPARISON", "BETWEEN")
            or node.get("type") in _TESTS
        ):
            for child in _children(node):
                self.choice(child)
        else:
            self.output(node)

    def key(self, node: Node) -> None:
        """Judge what is computed of a row to group by: it cannot fail on a value."""
        if node.get("class") == "COLUMN_REF" or _is_constant(node):
            return
        if node.get("class") == "CASE":
            for check in _list(node.get("case_checks")):
                self.condition(_dict(check.get("when_expr")))
                self.key(_dict(check.get("then_expr")))
            self.key(_dict(node.get("else_expr")))
        elif _function(node) in GROUP_KEYS or node.get("type") == "OPERATOR_COALESCE":
            for child in _children(node):
                self.key(child)
        else:
            raise self._refusal(
                "a part of it is neither a key, which is a column or a plain part of one, nor an aggregate"
            )

    def condition(self, node: Node) -> None:
        """Judge what chooses rows: comparisons of columns with constants, and their like."""
        kind, what = node.get("class"), node.get("type")
        if kind == "CONJUNCTION" or what == "OPERATOR_NOT":
            for child in _children(node):
                self.condition(child)
        elif kind in ("COMPARISON", "BETWEEN") or what in _TESTS or _function(node) in _LIKE:
            for child in _children(node):
                self.key(child)
        else:
            self.key(node)

    def _aggregate(self, node: Node, name: str) -> None:
        orders = _list(_dict(node.get("order_bys")).get("orders"))
        if node.get("filter") or orders or (node.get("distinct") and name != "count"):
            raise self._refusal(f"`{name}` chooses among the rows of a group")
        arguments = list(_children(node))
        if len(arguments) > 1 or any(child.get("class") != "COLUMN_REF" for child in arguments):
            raise self._refusal(f"`{name}` is of something else than a column")
        if name not in _COUNTS:
            self.aggregated.update(
                tuple(str(part) for part in _list_of(child["column_names"])) for child in arguments
            )

    def _modifier(self, node: Node) -> None:
        if node.get("type") not in _MODIFIERS or node.get("distinct_on_targets"):
            raise self._refusal("it orders or cuts its rows in a way of its own")
        for order in _list(node.get("orders")):
            expression = _dict(order.get("expression"))
            if expression.get("class") != "STAR":  # ORDER BY ALL
                self.output(expression)
        for name in ("limit", "offset"):
            if node.get(name) and not _is_constant(_dict(node[name])):
                raise self._refusal("its LIMIT is not a number")

    def _refusal(self, why: str) -> DeniedError:
        return DeniedError(
            "aggregates-only",
            f"`{self._port}` answers with aggregates over at least {self._least} rows only, and this"
            f" query is no such one: {why}",
            hint=f"SELECT key, count(*), avg(column) FROM {self._port} WHERE … GROUP BY key",
        )


def _is_aggregate(node: Node) -> bool:
    return node.get("class") == "FUNCTION" and _function(node) in GROUP_AGGREGATES


def _is_constant(node: Node) -> bool:
    kinds = ("COLUMN_REF", "STAR", "SUBQUERY", "WINDOW", "POSITIONAL_REFERENCE")
    return bool(node) and all(part.get("class") not in kinds for part in _parts(node))


def _function(node: Node) -> str:
    return gate.path_of(node)[-1].lower() if node.get("class") == "FUNCTION" else ""


def _parts(node: object) -> Iterator[Node]:
    """Give a node and all below it."""
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from _parts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _parts(value)


def _children(node: Node) -> Iterator[Node]:
    """Give the expressions right below one; what is of another make is given as it is, to be refused."""
    for key, value in node.items():
        if key in ("order_bys", "type_expr", "qualified_name", "literal"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                yield _dict(item.get("expression", item))


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _list_of(value: object) -> list[object]:
    return value if isinstance(value, list) else []
