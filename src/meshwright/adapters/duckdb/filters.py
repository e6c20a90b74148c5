"""Row filters: what a condition may be that stands in a policy or a grant."""

from collections.abc import Mapping

import duckdb

from meshwright.adapters.duckdb import gate
from meshwright.adapters.duckdb.allowed_functions import FILTERS
from meshwright.errors import ModelError

_HINT = "one condition over the port's columns, as `country = 'SE' AND amount < 100`"
_ONLY = frozenset({"type", "cte_map", "select_list", "from_table", "aggregate_handling"})


def require_condition(cursor: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Raise `ModelError` (`filter-invalid`) where a text is more or less than one expression.

    It is read both bare and in parentheses: `a) OR (b` is no expression by itself, and a text that needs
    what stands around it could change what stands there.
    """
    for text in (f"SELECT\n{condition}\n", f"SELECT (\n{condition}\n)"):
        try:
            whole, statement = gate.parsed(cursor, text)
            _FilterWalk(whole).tables_of(statement)
        except ModelError as error:
            raise _invalid(condition, str(error.message)) from error
        if not _is_one_expression(statement):
            raise _invalid(condition, "it is not one expression")


def _is_one_expression(statement: object) -> bool:
    node = statement.get("node") if isinstance(statement, dict) else None
    if not isinstance(node, dict) or set(node) - _ONLY:
        return False
    chosen = node.get("select_list")
    plain = isinstance(chosen, list) and len(chosen) == 1 and not chosen[0].get("alias")
    return plain and node["from_table"] == {"type": "EMPTY"} and not node["cte_map"]


def _invalid(condition: str, why: str) -> ModelError:
    return ModelError("filter-invalid", f"the row filter `{condition}` is wrong: {why}", hint=_HINT)


def require_boolean(condition: str, kind: str) -> None:
    """Raise `ModelError` where a filter's type is not BOOLEAN."""
    if kind != "BOOLEAN":
        raise _invalid(condition, f"it is {kind}, not a condition")


class _FilterWalk(gate.Walk):
    """Refuses what reads another row: subqueries, aggregates, windows, stars, parameters."""

    hint = _HINT
    _NOT_OF_A_ROW = ("SUBQUERY", "WINDOW", "STAR", "PARAMETER", "POSITIONAL_REFERENCE", "DEFAULT")

    def judge_expression(self, node: Mapping[str, object]) -> None:
        """Judge one expression."""
        if node["class"] in self._NOT_OF_A_ROW:
            raise self.forbidden(node, str(node["class"]).lower())
        super().judge_expression(node)

    def judge_function(self, node: Mapping[str, object], name: str) -> None:
        """Refuse a function that is not of one row."""
        if name not in FILTERS:
            raise self.forbidden(node, f"{name}(…)")
