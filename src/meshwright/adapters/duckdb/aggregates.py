"""Queries over a port that answers with aggregates only: what they may be, and the least size of a group.

What must stay true: whatever comes out is a key that at least so many rows share, or an aggregate of at least
so many values; no part of the text can pick one row out inside a group (`FILTER`, `CASE` in an aggregate).
Several queries whose groups differ by one row still tell of that row: nothing here prevents it.
"""

import duckdb

from meshwright.adapters.duckdb import gate
from meshwright.adapters.duckdb.allowed_functions import GROUP_AGGREGATES, GROUP_KEYS
from meshwright.adapters.duckdb.naming import qualified
from meshwright.adapters.duckdb.trees import (
    Node,
    children_of,
    function_of,
    items,
    mapping,
    mappings,
    parts_of,
)
from meshwright.adapters.duckdb.unfailing import Unfailing, written
from meshwright.errors import DeniedError, InternalError


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AROUND = _set("+ - * / // % round floor ceil ceiling abs")
_LIKE = _set("~~ !~~ ~~* !~~* starts_with ends_with contains prefix suffix")
_TESTS = _set("OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_NOT COMPARE_IN COMPARE_NOT_IN")
_OF_KEYS = _set("OPERATOR_COALESCE OPERATOR_TRY")
_OF_CONSTANTS = (
    GROUP_KEYS
    | _AROUND
    | _set(
        "now today current_date current_timestamp get_current_timestamp get_current_time trunc row list_value"
        " to_days to_weeks to_months to_quarters to_years to_hours to_minutes to_seconds date_add date_sub"
        " make_date make_timestamp"
    )
)
_MODIFIERS = frozenset({"ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER"})
_COUNTS = frozenset({"count", "count_star", "approx_count_distinct"})
_REST = ("qualify", "sample")


def grouped(cursor: duckdb.DuckDBPyConnection, sql: str, port: str, least: int) -> str:
    """Return the query with its small groups left out; raise `DeniedError` for all but plain aggregates."""
    _, statement = gate.parsed(cursor, sql)
    aggregated = _checked(statement, port, least)
    large = [f"count(*) >= {least}"]
    large += [f"count({qualified(column)}) >= {least}" for column in sorted(aggregated)]
    _make_unfailing(_node_of(statement), Unfailing(cursor), " AND ".join(large))
    return _text(cursor, statement, port, least)


def _make_unfailing(node: dict[str, object], made: Unfailing, large: str) -> None:
    """Let nothing fail on a single row, and nothing look at a group that is not large."""
    outputs = mappings(node.get("select_list"))
    node["select_list"] = [_tried(one, made, is_shown=True) for one in outputs]
    keys = mappings(node.get("group_expressions"))
    if keys:
        node["group_expressions"] = [made.key(key) for key in keys]
    if node.get("where_clause"):
        node["where_clause"] = made.condition(mapping(node["where_clause"]))
    node["having"] = made.choice(mapping(node.get("having")) or None, large)
    for modifier in mappings(node.get("modifiers")):
        for order in mappings(modifier.get("orders")):
            order["expression"] = _tried(mapping(order["expression"]), made)


def _tried(
    node: dict[str, object], made: Unfailing, *, is_shown: bool = False
) -> dict[str, object]:
    return node if _is_figure(node) else made.key(node, is_shown=is_shown)


def _checked(statement: object, port: str, least: int) -> set[tuple[str, ...]]:
    """Return the columns that are aggregated, of a query that is allowed."""
    check = _Check(port, least)
    check.query(_node_of(statement))
    return check.aggregated


def _text(cursor: duckdb.DuckDBPyConnection, statement: object, port: str, least: int) -> str:
    sql = written(cursor, statement)
    _, again = gate.parsed(cursor, sql)  # what runs is judged, not what it was made of
    _checked(again, port, least)
    if "having" not in _node_of(again):
        raise InternalError("engine-statement", "the least size of a group was lost")
    return sql


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
            or mapping(node.get("cte_map")).get("map")
        ):
            raise self._refusal("it reads more than that one port, or not it alone")
        if "sample" in mapping(table) or any(name in node for name in _REST):
            raise self._refusal("it samples or qualifies rows")
        if len(items(node.get("group_sets"))) > 1:
            raise self._refusal("it groups in several ways at once")
        outputs = mappings(node.get("select_list"))
        for output in outputs:
            self.output(output)
        keys = mappings(node.get("group_expressions"))
        for key in keys:
            self.key(key)
        if node.get("where_clause"):
            self.condition(mapping(node["where_clause"]))
        if node.get("having"):
            self.choice(mapping(node["having"]))
        for modifier in mappings(node.get("modifiers")):
            self._modifier(modifier)
        if not keys and not any(_is_aggregate(part) for one in outputs for part in parts_of(one)):
            raise self._refusal("it gives single rows")

    def output(self, node: Node) -> None:
        """Judge what is shown of a group: its key as it is, or figures."""
        if _is_figure(node):
            self.figure(node)
        else:
            self.key(node)

    def figure(self, node: Node) -> None:
        """Judge what is computed of aggregates and constants; a key in it could fail on a value."""
        if _is_aggregate(node):
            self._aggregate(node, function_of(node))
        elif function_of(node) in _AROUND or node.get("class") == "CAST":
            for child in children_of(node):
                self.figure(child)
        elif not _is_constant(node):
            raise self._refusal("it computes with what is no aggregate")

    def choice(self, node: Node) -> None:
        """Judge what chooses groups: comparisons of what may be shown."""
        if (
            node.get("class") in ("CONJUNCTION", "COMPARISON", "BETWEEN")
            or node.get("type") in _TESTS
        ):
            for child in children_of(node):
                self.choice(child)
        elif node.get("class") == "CASE":
            for check in mappings(node.get("case_checks")):
                self.choice(mapping(check.get("when_expr")))
                self.choice(mapping(check.get("then_expr")))
            self.choice(mapping(node.get("else_expr")))
        else:
            self.output(node)

    def key(self, node: Node) -> None:
        """Judge what is computed of a row to group by."""
        if node.get("class") == "COLUMN_REF" or _is_constant(node):
            return
        if node.get("class") == "CASE":
            for check in mappings(node.get("case_checks")):
                self.condition(mapping(check.get("when_expr")))
                self.key(mapping(check.get("then_expr")))
            self.key(mapping(node.get("else_expr")))
        elif function_of(node) in GROUP_KEYS or node.get("type") in _OF_KEYS:
            for child in children_of(node):
                self.key(child)
        else:
            raise self._refusal(
                "a part of it is neither a key, which is a column or a plain part of one, nor an aggregate"
            )

    def condition(self, node: Node) -> None:
        """Judge what chooses rows: comparisons of columns with constants, and their like."""
        kind, what = node.get("class"), node.get("type")
        if what == "OPERATOR_TRY" and mapping(mappings(node["children"])[0]).get("class") == "CAST":
            self.condition(mapping(mappings(node["children"])[0]["child"]))
        elif kind == "CONJUNCTION" or what == "OPERATOR_NOT":
            for child in children_of(node):
                self.condition(child)
        elif kind in ("COMPARISON", "BETWEEN") or what in _TESTS or function_of(node) in _LIKE:
            for child in children_of(node):
                self.key(child)
        else:
            self.key(node)

    def _aggregate(self, node: Node, name: str) -> None:
        orders = mappings(mapping(node.get("order_bys")).get("orders"))
        if node.get("filter") or orders or (node.get("distinct") and name != "count"):
            raise self._refusal(f"`{name}` chooses among the rows of a group")
        arguments = list(children_of(node))
        if len(arguments) > 1 or any(child.get("class") != "COLUMN_REF" for child in arguments):
            raise self._refusal(f"`{name}` is of something else than a column")
        if name not in _COUNTS:
            self.aggregated.update(
                tuple(str(part) for part in items(child["column_names"])) for child in arguments
            )

    def _modifier(self, node: Node) -> None:
        if node.get("type") not in _MODIFIERS or node.get("distinct_on_targets"):
            raise self._refusal("it orders or cuts its rows in a way of its own")
        for order in mappings(node.get("orders")):
            expression = mapping(order.get("expression"))
            if expression.get("class") != "STAR":  # ORDER BY ALL
                self.output(expression)
        for name in ("limit", "offset"):
            if node.get(name) and not _is_constant(mapping(node[name])):
                raise self._refusal("its LIMIT is not a number")

    def _refusal(self, why: str) -> DeniedError:
        return DeniedError(
            "aggregates-only",
            f"`{self._port}` answers with aggregates over at least {self._least} rows only, and this"
            f" query is no such one: {why}",
            hint=f"SELECT key, count(*), avg(column) FROM {self._port} WHERE … GROUP BY key",
        )


def _is_figure(node: Node) -> bool:
    is_around = function_of(node) in _AROUND or node.get("class") == "CAST"
    return _is_aggregate(node) or is_around


def _is_aggregate(node: Node) -> bool:
    return node.get("class") == "FUNCTION" and function_of(node) in GROUP_AGGREGATES


def _is_constant(node: Node) -> bool:
    kinds = ("COLUMN_REF", "STAR", "SUBQUERY", "WINDOW", "POSITIONAL_REFERENCE")
    return bool(node) and all(
        part.get("class") not in kinds
        and (part.get("class") != "FUNCTION" or function_of(part) in _OF_CONSTANTS)
        for part in parts_of(node)
    )
