"""A value within a row: a column, a field of a struct, an item of a list, as a SQL expression.

What is inside a list is judged with a lambda, so that every predicate is about a row: a row fails when
any of its items does.
"""

from dataclasses import dataclass, replace

from meshwright.audit.sqltext import identifier
from meshwright.model.types import SqlType


@dataclass(frozen=True, slots=True)
class Value:
    """`sql` is the expression; `lists` the enclosing lists with their lambda's variable, outermost first.

    `parent` is the expression that must not be NULL for the value to be missed; `column` the top-level
    column that all of it lies in.
    """

    path: str
    sql: str
    type: SqlType
    column: str
    parent: str = ""
    lists: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_column(cls, name: str, kind: SqlType) -> "Value":
        """Return the value of a top-level column."""
        return cls(name, identifier(name), kind, name)

    @property
    def is_column(self) -> bool:
        """Say whether this is a whole top-level column."""
        return self.path == self.column

    def field(self, name: str, kind: SqlType) -> "Value":
        """Return the value of a struct's field."""
        path = f"{self.path}.{name}"
        return replace(
            self, path=path, sql=f"{self.sql}.{identifier(name)}", type=kind, parent=self.sql
        )

    def item(self, kind: SqlType, suffix: str = "[]", listed: str = "") -> "Value":
        """Return the items of a list (or of the list that `listed` makes of this value)."""
        variable = f"mesh_item_{len(self.lists)}"
        return replace(
            self,
            path=self.path + suffix,
            sql=variable,
            type=kind,
            parent="",
            lists=(*self.lists, (listed or self.sql, variable)),
        )

    def row_predicate(self, predicate: str) -> str:
        """Lift a predicate of this value to one of its row."""
        lifted = predicate
        for values, variable in reversed(self.lists):
            lifted = f"len(list_filter({values}, lambda {variable}: {lifted})) > 0"
        return f"({lifted})" if self.lists else lifted

    @property
    def missing(self) -> str:
        """Return what is true when the value is NULL although what holds it is there."""
        absent = f"{self.sql} IS NULL"
        if self.parent:
            absent = f"({self.parent} IS NOT NULL AND {absent})"
        return self.row_predicate(absent)
