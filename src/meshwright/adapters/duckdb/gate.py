"""The gate before the engine: every SQL text from outside is judged by DuckDB's own parser.

What must stay true: a text passes only if that parser reads it as exactly one SELECT, built of the kinds of
node listed here, from names that the session was given, and without functions that reach outside the query
or tell about the engine. A kind of node or a table function that is not listed is refused: `COPY`, `INSERT`,
`UPDATE` and `DELETE` hide in common table expressions of what the parser itself calls a SELECT.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import duckdb

from meshwright.adapters.duckdb.faults import translate
from meshwright.errors import ModelError, did_you_mean

NODES = frozenset(
    {
        "SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE",
        "BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT", "SHOW_REF",
        "DISTINCT_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "ORDER_MODIFIER",
        "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
    }
)  # fmt: skip
EXPRESSIONS = frozenset(
    {
        "BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT",
        "DEFAULT", "FUNCTION", "LAMBDA", "LAMBDA_REF", "OPERATOR", "PARAMETER", "POSITIONAL_REFERENCE",
        "STAR", "SUBQUERY", "TYPE", "WINDOW",
    }
)  # fmt: skip
TABLE_FUNCTIONS = frozenset(
    {"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"}
)
FORBIDDEN_FUNCTIONS = frozenset(
    {
        "current_setting", "getvariable", "getenv", "current_query", "current_query_id",
        "current_connection_id", "current_transaction_id", "txid_current", "in_search_path",
        "nextval", "currval", "setval", "setseed", "sleep_ms", "write_log", "stats", "vector_type",
        "json_serialize_sql", "json_deserialize_sql", "json_serialize_plan",
        "json_execute_serialized_sql", "parse_duckdb_log_message", "get_block_size", "format_type",
        "pg_get_viewdef", "pg_get_constraintdef", "pg_sleep", "version", "query", "query_table",
    }
)  # fmt: skip
MOST_DEFINITIONS = 1000
_WRITES = re.compile(r"\b(?:copy|insert|update|delete|merge)\b|[\ud800-\udfff]", re.IGNORECASE)
FORBIDDEN_PREFIXES = ("pg_", "__internal", "duckdb_", "pragma_", "read_", "write_")
_SELECT_ONLY = "a model is one SELECT; inputs and other models are named in FROM"
_SERIALIZE = (
    "SELECT json_serialize_sql(?::VARCHAR, "
    "skip_empty := true, skip_default := true, skip_null := true)"
)
_FORBIDDEN_QUERIES = {
    "COPY_QUERY_NODE": "COPY",
    "INSERT_QUERY_NODE": "INSERT",
    "UPDATE_QUERY_NODE": "UPDATE",
    "DELETE_QUERY_NODE": "DELETE",
    "MERGE_QUERY_NODE": "MERGE",
}


@dataclass(frozen=True, slots=True)
class Passed:
    """A text that is one allowed SELECT. `sql` may stand inside parentheses on lines of its own.

    `tables` are the names it reads that it does not define itself, each as lower-cased parts, and where
    each stands in the text.
    """

    sql: str
    tables: Mapping[tuple[str, ...], int]


def passed(cursor: duckdb.DuckDBPyConnection, sql: str) -> Passed:
    """Return the text as one that may run, or raise `ModelError`."""
    known = _remembered(sql)
    if known.verdict is None:
        known.verdict = _judge(cursor, sql)
    return known.verdict


def only_reads(sql: str) -> bool:
    """Say whether no word that could write stands anywhere in the text, quoted or not."""
    return _WRITES.search(sql) is None


def require_known(judged: Passed, known: Collection[tuple[str, ...]]) -> None:
    """Raise `ModelError` (`sql-unknown-table`) when the text reads a name the session was not given."""
    for name, position in judged.tables.items():
        if name not in known:
            _refuse_table(judged.sql, name, position, known)


class _Memory:
    verdict: Passed | None = None


@lru_cache(maxsize=512)
def _remembered(sql: str) -> _Memory:  # noqa: ARG001
    return _Memory()


def parsed(cursor: duckdb.DuckDBPyConnection, sql: str) -> tuple[str, object]:
    """Return a text without its end, and the parser's tree of its one SELECT; nothing is judged yet."""
    text = _without_end(sql)
    tree = _parse(cursor, text)
    statements = tree.get("statements")
    statements = statements if isinstance(statements, list) else []
    if len(statements) != 1:
        what = "is empty" if not statements else f"holds {len(statements)} statements"
        raise ModelError("model-not-select", f"the SQL {what}", hint=_SELECT_ONLY)
    return text, statements[0]


def _judge(cursor: duckdb.DuckDBPyConnection, sql: str) -> Passed:
    text, statement = parsed(cursor, sql)
    return Passed(text, Walk(text).tables_of(statement))


def _without_end(sql: str) -> str:
    """Cut the text at its first semicolon, when only comments and semicolons follow it."""
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        raise ModelError("sql-syntax", "the SQL is not valid Unicode") from error
    if "\0" in sql:
        raise ModelError("sql-syntax", "the SQL holds a NUL character")
    if ";" not in sql:
        return sql
    raw = sql.encode()
    tokens = duckdb.tokenize(sql)
    for index, (start, kind) in enumerate(tokens):
        if kind == duckdb.token_type.operator and raw[start : start + 1] == b";":
            rest = tokens[index + 1 :]
            if all(k == duckdb.token_type.comment or raw[s : s + 1] == b";" for s, k in rest):
                return raw[:start].decode()
            return sql
    return sql


def _parse(cursor: duckdb.DuckDBPyConnection, text: str) -> dict[str, object]:
    try:
        ((serialized,),) = cursor.execute(_SERIALIZE, [text]).fetchall()
        tree: dict[str, object] = json.loads(serialized)
    except duckdb.Error as error:
        raise translate(error) from error
    except RecursionError as error:
        raise ModelError("sql-syntax", "the SQL is nested too deeply") from error
    if tree.get("error", True):
        raise _parse_error(text, tree)
    return tree


def _parse_error(text: str, tree: Mapping[str, object]) -> ModelError:
    message = str(tree.get("error_message", "the SQL does not parse")).split("\n", 1)[0]
    if message.startswith("Only SELECT"):
        return ModelError(
            "model-not-select",
            "the SQL is not one SELECT that says its columns",
            hint=f"{_SELECT_ONLY}; a PIVOT lists its values: `PIVOT t ON a IN ('x', 'y') USING …`",
        )
    if "CTE body must be" in message:
        return ModelError("model-not-select", "a WITH holds something else than a SELECT")
    place = _place(text, int(str(tree.get("position") or -1)))
    return ModelError("sql-syntax", message[:1].lower() + message[1:], place=place)


def _place(text: str, position: int) -> str:
    if position < 0:
        return ""
    lines = text.encode()[:position].count(b"\n")
    return f"line {lines + 1}"


class Walk:
    """One pass over the parser's tree, with the names that WITH defines where they are visible."""

    hint = "read inputs and other models by their names in FROM"

    def __init__(self, text: str) -> None:
        self._text = text
        self._tables: dict[tuple[str, ...], int] = {}
        self._defined = 0
        self._open: list[tuple[object, frozenset[str]]] = []

    def tables_of(self, statement: object) -> dict[tuple[str, ...], int]:
        """Judge every node; return the names read from outside the text."""
        self._open = [(statement, frozenset())]
        while self._open:
            node, scope = self._open.pop()
            if isinstance(node, dict):
                self._judge(node, scope)
            elif isinstance(node, list):
                self._open.extend((item, scope) for item in node)
        return self._tables

    def _judge(self, node: dict[str, object], scope: frozenset[str]) -> None:
        kind = node.get("type")
        if "class" in node:
            self.judge_expression(node)
        elif isinstance(kind, str):
            self.judge_kind(node, kind)
            self._judge_kind(node, kind, scope)
        definitions = node.get("cte_map")
        if isinstance(definitions, dict) and definitions:
            scope = self._define(definitions, scope)
        for key, value in node.items():
            if key != "cte_map" and isinstance(value, dict | list):
                inner = _recurring(node, key)
                self._open.append((value, scope | inner if inner else scope))

    def _define(self, definitions: dict[str, object], scope: frozenset[str]) -> frozenset[str]:
        found = definitions.get("map")
        entries = found if isinstance(found, list) else []
        self._defined += len(entries)
        if (
            self._defined > MOST_DEFINITIONS
        ):  # each sees those before it: what is kept grows as a square
            raise ModelError("sql-syntax", f"the SQL has more than {MOST_DEFINITIONS} WITH parts")
        for entry in entries:
            self._open.append((entry.get("value"), scope))
            scope |= {str(entry.get("key", "")).lower()}
        return scope

    def judge_kind(self, node: Mapping[str, object], kind: str) -> None:
        """Look at a node that is no expression, before it is judged."""

    def _judge_kind(self, node: dict[str, object], kind: str, scope: frozenset[str]) -> None:
        if kind in _FORBIDDEN_QUERIES:
            raise ModelError(
                "model-not-select", f"a WITH holds {_FORBIDDEN_QUERIES[kind]}", hint=_SELECT_ONLY
            )
        if kind == "BASE_TABLE":
            self._judge_table(node, scope)
        elif kind == "TABLE_FUNCTION":
            self._judge_table_function(node)
        elif kind == "SHOW_REF" and node.get("show_type") not in ("DESCRIBE", "SUMMARY"):
            raise self.forbidden(node, "SHOW")
        elif kind not in NODES:
            raise self.forbidden(node, kind.removesuffix("_NODE"))

    def _judge_table(self, node: dict[str, object], scope: frozenset[str]) -> None:
        parts = tuple(part.lower() for part in path_of(node))
        if (len(parts) == 1 or parts[:-1] == ("recurring",)) and parts[-1] in scope:
            return
        self._tables.setdefault(parts, _position(node))

    def _judge_table_function(self, node: dict[str, object]) -> None:
        function = node.get("function")
        name = path_of(function)[-1].lower() if isinstance(function, dict) else ""
        if name not in TABLE_FUNCTIONS:
            raise self.forbidden(node, f"{name}(…)")

    def judge_expression(self, node: Mapping[str, object]) -> None:
        """Judge one expression."""
        if node["class"] not in EXPRESSIONS:
            raise self.forbidden(node, str(node["class"]))
        if node["class"] in ("FUNCTION", "WINDOW"):
            self.judge_function(node, path_of(node)[-1].lower())

    def judge_function(self, node: Mapping[str, object], name: str) -> None:
        """Refuse a function that reaches outside the query."""
        if name in FORBIDDEN_FUNCTIONS or name.startswith(FORBIDDEN_PREFIXES):
            raise self.forbidden(node, f"{name}(…)")

    def forbidden(self, node: Mapping[str, object], what: str) -> ModelError:
        """Return the refusal of a node."""
        return ModelError(
            "sql-forbidden",
            f"`{what}` may not be used here",
            place=_place(self._text, _position(node)),
            hint=self.hint,
        )


def _recurring(node: Mapping[str, object], part: str) -> frozenset[str]:
    """Return the name that a recursion gives itself, in the part that recurs: where it starts from, the
    same name means a table of the catalog."""
    if node.get("type") != "RECURSIVE_CTE_NODE" or part != "right":
        return frozenset()
    return frozenset({str(node.get("cte_name", "")).lower()})


def path_of(node: Mapping[str, object]) -> list[str]:
    """Return the parts of the name that a node carries."""
    qualified = node.get("qualified_name")
    path = qualified.get("path") if isinstance(qualified, dict) else None
    return [str(part) for part in path] if isinstance(path, list) and path else [""]


def _position(node: Mapping[str, object]) -> int:
    position = node.get("query_location", -1)
    return position if isinstance(position, int) else -1


def _refuse_table(
    text: str, name: tuple[str, ...], position: int, known: Collection[tuple[str, ...]]
) -> None:
    written = ".".join(name)
    looks_like_file = any(sign in written for sign in "/\\*:") or "." in name[-1]
    if looks_like_file:
        raise ModelError(
            "sql-forbidden",
            f"the file `{written}` may not be read here",
            place=_place(text, position),
            hint="declare it as an input port, and name that in FROM",
        )
    raise ModelError(
        "sql-unknown-table",
        f"nothing is named `{written}` here",
        place=_place(text, position),
        hint=did_you_mean(written, [".".join(parts) for parts in known]),
    )
