"""The gate before a query of a person: stricter than the one before a model, judged by the same parser.

What must stay true: only one SELECT passes, of kinds of node, table functions and functions that are listed;
what the text names in FROM is reported, so that the caller can look up whether it is granted. Which columns
can be touched is told only where every one stands in the text by its name.
"""

from collections.abc import Mapping

import duckdb

from meshwright.adapters.duckdb import gate
from meshwright.adapters.duckdb.allowed_functions import FUNCTIONS
from meshwright.errors import ModelError
from meshwright.spi.query_pool import Gated

MOST_BYTES = 256 * 1024
_PORTS = "read ports by their names in FROM: `domain.product.port`"
_ONE_SELECT = "a query is one SELECT over ports: `domain.product.port`"


def gated(cursor: duckdb.DuckDBPyConnection, sql: str) -> Gated:
    """Return a text that may run, and what it names; raise `ModelError` for any other."""
    if len(sql) > MOST_BYTES:
        raise ModelError(
            "query-too-long",
            f"the SQL has {len(sql)} characters, {MOST_BYTES} at most are read",
            hint="give values as parameters, or join a table of them",
        )
    try:
        text, statement = gate.parsed(cursor, sql)
        walk = QueryWalk(text)
        tables = frozenset(".".join(parts) for parts in walk.tables_of(statement))
    except ModelError as error:
        if error.code == "model-not-select":
            message = error.message.replace("model", "query")
            raise ModelError("query-not-select", message, hint=_ONE_SELECT) from error
        raise
    columns = frozenset(walk.columns) if walk.names_every_column else None
    return Gated(text, tables, columns, _parameters(statement))


class QueryWalk(gate.Walk):
    """One pass over the tree: refuses what is not listed, and collects the columns that it names."""

    hint = _PORTS

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.columns: set[str] = set()
        self._relations: set[str] = set()
        self._ends: set[str] = set()
        self._is_open = False

    @property
    def names_every_column(self) -> bool:
        """Say whether no column is reached but by its name; a relation's name stands for a whole row."""
        return not self._is_open and self._relations.isdisjoint(self._ends)

    def judge_kind(self, node: Mapping[str, object], kind: str) -> None:
        """Look for what reaches columns without naming them, then judge the kind."""
        self._relations.add(str(node.get("alias", "")).lower())
        if kind == "BASE_TABLE":
            self._relations.add(gate.path_of(node)[-1].lower())
        if "at_clause" in node:
            raise self.forbidden(node, "AT (…)")
        hides_names = kind in ("PIVOT", "SHOW_REF") or "column_name_alias" in node
        if hides_names or node.get("ref_type") == "NATURAL":
            self._is_open = True
        self._add(node.get("using_columns"))

    def judge_expression(self, node: Mapping[str, object]) -> None:
        """Judge one expression; a function must be listed."""
        super().judge_expression(node)
        kind = node["class"]
        if kind in ("STAR", "POSITIONAL_REFERENCE"):
            self._is_open = True
        elif kind == "COLUMN_REF":
            names = node.get("column_names")
            self._add(names)
            if isinstance(names, list) and names:
                self._ends.add(str(names[-1]).lower())
        elif kind in ("FUNCTION", "WINDOW"):
            before = gate.path_of(node)[:-1]  # `column.function()`
            self._add(before)
            self._ends.update(part.lower() for part in before[-1:])

    def judge_function(self, node: Mapping[str, object], name: str) -> None:
        """Refuse a function that is not listed."""
        if name not in FUNCTIONS and name not in gate.TABLE_FUNCTIONS:
            raise self.forbidden(node, f"{name}(…)")

    def _add(self, names: object) -> None:
        if isinstance(names, list):
            self.columns.update(str(name).lower() for name in names)


def _parameters(statement: object) -> int:
    """Return how many values a text wants: `?`, or `$1` to the last without a gap."""
    named = statement.get("named_param_map") if isinstance(statement, dict) else None
    keys = {str(entry.get("key")) for entry in named} if isinstance(named, list) else set()
    if keys != {str(number) for number in range(1, len(keys) + 1)}:
        raise ModelError(
            "sql-parameters", "parameters are not `?`, or `$1`, `$2`… without a gap", hint="use `?`"
        )
    return len(keys)
