"""What is told of one data set or column beside a graph: what it is, whose, how it fares, and how it is made.

What must stay true: the SQL of a model is for the product's owners; what it is made of is for all.
"""

import re
from dataclasses import dataclass

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.identity.verbs import may_see_rows
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.contract import ContractColumn
from meshwright.model.product import Model

_LINES = 3  # of SQL, before and after the one that makes a column


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a model's SQL, from `first` on; `line` is the one that makes the column (0: none does)."""

    file: str
    first: int
    lines: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class PortAbout:
    """One port or column. `column` is as the contract declares it; `sql`: None for who may not see it."""

    address: str
    title: str
    description: str
    column: ContractColumn | None
    columns: tuple[str, ...]
    sql: Excerpt | None


def about_port(wiring: Wiring, address: Address, knowing: Knowing) -> PortAbout:
    """Return what there is to say; raise `UsageError` (`product-unknown`, `port-unknown`)."""
    product = wiring.workspace.product(address)
    output = product.output(address.port)
    described = output.contract.object_for(address.port) if output and output.contract else None
    columns = described.columns if described else ()
    declared = next((one for one in columns if one.name == address.column), None)
    description = (output.description if output else "") or (
        described.description if described else ""
    )
    model = next((one for one in product.models if one.name == address.port), None)
    reads_known = all(one.port is None or knowing.of(one.port) for one in product.inputs)
    may_see = reads_known and may_see_rows(wiring, address.product_address)
    return PortAbout(
        str(address.at(None)),
        product.title or str(product.address),
        declared.description if declared else description,
        declared,
        tuple(column.name for column in columns),
        excerpt(model, address.column) if model is not None and may_see else None,
    )


def excerpt(model: Model, column: str) -> Excerpt:
    """Return the lines around the one that names a column last, which makes it; without a column, all."""
    lines = tuple(model.sql.splitlines())
    if not column:
        return Excerpt(model.file, 1, lines)
    line = line_of(model.sql, column)
    first = max(1, line - _LINES)
    return Excerpt(model.file, first, lines[first - 1 : line + _LINES], line)


def line_of(sql: str, column: str) -> int:
    """Return the line that gives a column its name by `AS`, else the last that names it; 0 for none."""
    name = re.escape(column)
    for pattern in (rf'\bas\s+"?{name}"?(?!\w)', rf"(?<!\w){name}(?!\w)"):
        named = re.compile(pattern, re.IGNORECASE)
        found = [
            number
            for number, text in enumerate(sql.splitlines(), 1)
            if named.search(text.partition("--")[0])
        ]
        if found:
            return found[-1]
    return 0
