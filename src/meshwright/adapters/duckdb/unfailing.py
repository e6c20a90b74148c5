"""What an aggregates-only query computes of single rows, so that it cannot fail on one of them.

Whether a query fails tells of a row as an answer would: `CASE WHEN id = 7 AND … THEN <what fails> END`. So
what is computed of rows is tried, a failure being NULL; and what chooses groups looks at those alone that are
large enough. Types alone do not help: a text beside a number is converted where nobody wrote so.
"""

import json

import duckdb

from meshwright.adapters.duckdb import gate

Tree = dict[str, object]
_PLAIN = ("COLUMN_REF", "CONSTANT", "PARAMETER", "STAR")  # what cannot fail


class Unfailing:
    """Rewrites parts of one query's tree; the parser itself makes what stands around them."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def condition(self, node: Tree) -> Tree:
        """Return a condition on rows that is NULL where it fails."""
        tried = self._model("TRY(CAST(x AS BOOLEAN))")
        _first(tried)["child"] = node
        return tried

    def key(self, node: Tree, *, is_shown: bool = False) -> Tree:
        """Return a key that is NULL where it fails; one that is shown keeps its name."""
        if node.get("class") in _PLAIN:
            return node
        tried = self._model("TRY(x)")
        tried["children"] = [{name: value for name, value in node.items() if name != "alias"}]
        alias = node.get("alias") or (self._name(node) if is_shown else "")
        return {**tried, "alias": alias} if alias else tried

    def choice(self, node: Tree | None, large: str) -> Tree:
        """Return a choice of groups that looks at none but the `large` ones."""
        if node is None:
            return self._model(large)
        guarded = self._model(f"CASE WHEN {large} THEN x ELSE false END")
        checks = guarded["case_checks"]
        assert isinstance(checks, list)
        checks[0]["then_expr"] = node
        return guarded

    def _name(self, node: Tree) -> str:
        """Return what the engine calls a column that is computed so."""
        _, statement = gate.parsed(self._cursor, "SELECT 1")
        _node(statement)["select_list"] = [node]
        return written(self._cursor, statement).removeprefix("SELECT ")

    def _model(self, text: str) -> Tree:
        _, statement = gate.parsed(self._cursor, f"SELECT {text}")
        chosen = _node(statement)["select_list"]
        assert isinstance(chosen, list)
        found: Tree = chosen[0]
        return found


def written(cursor: duckdb.DuckDBPyConnection, statement: object) -> str:
    """Return a tree as text."""
    tree = json.dumps({"error": False, "statements": [statement]})
    ((sql,),) = cursor.execute("SELECT json_deserialize_sql(?::JSON)", [tree]).fetchall()
    return str(sql)


def _node(statement: object) -> Tree:
    assert isinstance(statement, dict)
    found: Tree = statement["node"]
    return found


def _first(node: Tree) -> Tree:
    children = node["children"]
    assert isinstance(children, list)
    found: Tree = children[0]
    return found
