"""The metadata of a mesh as tables: the one definition that rules, fixtures and the reference page follow.

What must stay true: names and types are stable; a table or column may be added, never renamed or dropped.
Every table but `clock` begins with `address` (what the row is about), `product` and `domain` ('' where it is
of none), so that tables join by them and what is of one product can be told.
"""

from dataclasses import dataclass

TEXT, NUMBER, REAL, FLAG = "VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN"
DAY, MOMENT, TEXTS = "DATE", "TIMESTAMP", "VARCHAR[]"
SCHEMA = "mesh"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type is that of DuckDB; moments are UTC."""

    name: str
    type: str
    about: str

    @property
    def default(self) -> object:
        """Return what a fixture that does not name the column has there."""
        return {TEXT: "", FLAG: False, TEXTS: []}.get(self.type)


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `kind` says of what the address is: domain, product, port, column, or '' (anything)."""

    name: str
    about: str
    kind: str
    columns: tuple[Column, ...]
    is_lived: bool = False  # told by the ledger; else by the files as they are on disk

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns in their order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        """Return a column, or None."""
        return next((column for column in self.columns if column.name == name), None)


def table(
    name: str, about: str, kind: str, columns: str, *, is_lived: bool = False, of: str = ""
) -> Table:
    """Return a table from lines `name TYPE about`; the three columns that all have come first."""
    lines = (line.split(None, 2) for line in columns.strip().splitlines())
    listed = [Column(name, _TYPES[short], about) for name, short, about in lines]
    first = (
        Column("address", TEXT, of or f"Address of the {kind}."),
        Column("product", TEXT, "Address of the product, `domain.product`."),
        Column("domain", TEXT, "Name of the domain."),
    )
    return Table(name, about, kind, (*first, *listed), is_lived)


_TYPES = {
    "text": TEXT, "number": NUMBER, "real": REAL, "flag": FLAG,
    "day": DAY, "moment": MOMENT, "texts": TEXTS,
}  # fmt: skip
