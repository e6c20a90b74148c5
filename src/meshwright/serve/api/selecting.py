"""The SELECT behind `/rows`: names are quoted, and a condition is one condition over one port.

The governed query judges this text like any other; what is held here is that a condition can only thin out
the rows of the port that the address names.
"""

from dataclasses import dataclass

from meshwright.app.query import read_sql
from meshwright.app.wiring import Wiring
from meshwright.errors import ModelError, UsageError
from meshwright.model.address import Address

MOST_OF_CONDITION = 4000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows and columns of a port are asked for."""

    address: str
    columns: tuple[str, ...] = ()
    where: str = ""
    version: int | None = None
    limit: int | None = None
    offset: int = 0


def select_sql(wiring: Wiring, wanted: Wanted) -> str:
    """Return the SELECT; raise `UsageError` (`condition-invalid`) for a condition that is more than one."""
    plain = read_sql(wanted.address, wanted.version)
    if wanted.columns and Address.parse(wanted.address).column:
        raise UsageError(
            "columns-twice", "the address names a column already", hint="leave out `columns`"
        )
    if wanted.columns:
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in wanted.columns)
        plain = f"SELECT {names}{plain[plain.index(' FROM ') :]}"
    if wanted.where:
        plain = f"{plain} WHERE (\n{_condition(wiring, plain, wanted.where)}\n)"
    if wanted.limit is not None:
        plain = f"{plain} LIMIT {wanted.limit}"
    return f"{plain} OFFSET {wanted.offset}" if wanted.offset else plain


def _condition(wiring: Wiring, plain: str, where: str) -> str:
    """Return a condition that closes no bracket of ours and names no other table."""
    if len(where) > MOST_OF_CONDITION:
        raise UsageError(
            "condition-invalid", f"a condition has at most {MOST_OF_CONDITION} letters"
        )
    tables = wiring.pool.gate(plain).tables
    for text in (
        f"{plain} WHERE (\n{where}\n)",
        f"SELECT (\n{where}\n) IS NULL{plain[plain.index(' FROM ') :]}",
    ):
        try:
            found = wiring.pool.gate(text).tables
        except ModelError as error:
            raise UsageError(
                "condition-invalid", f"`where` is not one condition: {error.message}"
            ) from error
        if found != tables:
            raise UsageError("condition-invalid", "`where` names another table than the port's")
    return where
