"""Rows that join a table must have its columns: new ones are cast where nothing can be lost, else refused."""

from collections.abc import Sequence

from meshwright.errors import DataError
from meshwright.model.table import Column

# What each type holds without loss.
WIDENS = {
    "SMALLINT": {"TINYINT"},
    "INTEGER": {"TINYINT", "SMALLINT"},
    "BIGINT": {"TINYINT", "SMALLINT", "INTEGER"},
    "FLOAT": {"TINYINT", "SMALLINT"},
    "DOUBLE": {"TINYINT", "SMALLINT", "INTEGER", "FLOAT"},
}


def as_before(
    columns: tuple[Column, ...], before: Sequence[Column], sql: str, model: str
) -> tuple[tuple[Column, ...], str]:
    """Return the columns and the SELECT of rows that join a table with the columns `before`.

    Raises `DataError` (`columns-changed`) when the new rows do not fit. Without `before`, all is as given.
    """
    if not before or [(c.name, c.type) for c in columns] == [(c.name, c.type) for c in before]:
        return columns, sql
    types = {column.name: column.type for column in columns}
    changed = [_difference(column, types.get(column.name)) for column in before]
    changed += [f"`{name}` is new" for name in types if name not in {c.name for c in before}]
    refused = [difference for difference in changed if difference]
    if refused:
        raise DataError(
            "columns-changed",
            f"new rows of `{model}` do not fit those that stay: {'; '.join(refused[:3])}",
            hint="cast it in the model, or make the whole port anew: mesh run PRODUCT --force",
        )
    cast = ", ".join(f"CAST({_name(c.name)} AS {c.type}) AS {_name(c.name)}" for c in before)
    return tuple(before), f"SELECT {cast} FROM (\n{sql.rstrip().rstrip(';')}\n) AS fresh_rows"


def _difference(old: Column, new: str | None) -> str:
    if new is None:
        return f"`{old.name}` is missing"
    if new == old.type or new in WIDENS.get(old.type, ()):
        return ""
    return f"`{old.name}` was {old.type} and is {new}"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
