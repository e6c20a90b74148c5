"""Lineage as the state store keeps it: one row an edge while it held, read as it was at a version.

Every function reads one snapshot of the projections and nothing else.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from meshwright.model.address import is_name
from meshwright.spi.state_store import Reader, Row, Value

# Given a product's name, returns the version whose lineage counts; None where it has none.
Versions = Callable[[str], int | None]

EVERY = "*"  # of an edge's output: it holds for every column
WHOLE = ""  # of a column: which one is not known, so any
_EDGE = "dataset, column_name, source, source_column, kind, how, masked, reveals"
_HELD = "first_version <= ? AND (last_version IS NULL OR last_version >= ?)"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A column of a data set depends on a column of another one. `by` is the product, or the job outside.

    `dataset` and `source` are a port's address, `domain.product.model`, a source's name (`files:…`) or an
    external `namespace/name`; a source that is empty is unknown.
    """

    dataset: str
    column: str
    source: str
    source_column: str
    kind: str
    how: str
    is_masked: bool = False
    reveals: bool = True
    by: str = ""


@dataclass(frozen=True, slots=True)
class InputRead:
    """What a version of a product read under an input's name; `columns` is None where they are not known."""

    input: str
    dataset: str
    kind: str  # port | source
    columns: tuple[str, ...] | None


def product_of(dataset: str) -> str:
    """Return the product that a port or model belongs to; empty for a source or an external data set."""
    parts = dataset.split(".")
    is_inside = len(parts) == 3 and "/" not in dataset and all(map(is_name, parts[:2]))
    return ".".join(parts[:2]) if is_inside else ""


def present_names(reader: Reader) -> Callable[[str], str]:
    """Return what gives the address of a port the name that its product has now."""
    now = {str(old): str(new) for old, new in reader.rows("SELECT formerly, product FROM aliases")}

    def present(address: str) -> str:
        product, _, port = address.rpartition(".")
        return f"{now[product]}.{port}" if product in now else address

    return present


def served(reader: Reader) -> Versions:
    """Return what says of each product which version readers see now."""
    known: dict[str, int | None] = {}

    def version(product: str) -> int | None:
        if product not in known:
            rows = reader.rows("SELECT served FROM products WHERE product = ?", (product,))
            known[product] = _number(rows[0][0]) if rows else None
        return known[product]

    return version


def served_among(reader: Reader, products: Iterable[str]) -> frozenset[str]:
    """Return which of some products have a version that readers see."""
    rows = reader.rows(
        "SELECT product FROM products WHERE served IS NOT NULL"
        " AND product IN (SELECT value FROM json_each(?))",
        (json.dumps(list(products)),),
    )
    return frozenset(str(row[0]) for row in rows)


def is_traced(reader: Reader, product: str, version: int) -> bool:
    """Say whether the lineage of a version is known: of those published before it was kept, it is not."""
    rows = reader.rows(
        "SELECT 1 FROM lineage_traces WHERE product = ? AND version <= ? LIMIT 1",
        (product, version),
    )
    return bool(rows)


def product_edges(reader: Reader, product: str, version: int) -> tuple[Link, ...]:
    """Return every edge of a version of a product."""
    rows = reader.rows(
        f"SELECT {_EDGE}, product FROM lineage_edges WHERE product = ? AND {_HELD}",
        (product, version, version),
    )
    return _links(rows)


def product_inputs(reader: Reader, product: str, version: int) -> tuple[InputRead, ...]:
    """Return what a version of a product read."""
    rows = reader.rows(
        f"SELECT input, dataset, kind, columns FROM lineage_datasets WHERE product = ? AND {_HELD}"
        " ORDER BY input",
        (product, version, version),
    )
    return tuple(
        InputRead(
            str(name),
            str(dataset),
            str(kind),
            None if columns is None else tuple(json.loads(str(columns))),
        )
        for name, dataset, kind, columns in rows
    )


def versions_read(reader: Reader, product: str, version: int) -> Mapping[str, int]:
    """Return which version of each foreign port a version of a product was made of, by address."""
    rows = reader.rows(
        "SELECT address, source_version FROM version_inputs"
        " WHERE product = ? AND version = ? AND source_version IS NOT NULL",
        (product, version),
    )
    return {str(address): int(str(number)) for address, number in rows}


def readers_of(reader: Reader, dataset: str, at: Versions) -> tuple[str, ...]:
    """Return the products of which the version that counts reads a data set."""
    rows = reader.rows(
        "SELECT product, first_version, last_version FROM lineage_datasets WHERE dataset = ?"
        " UNION SELECT product, first_version, last_version FROM lineage_edges WHERE source = ?",
        (dataset, dataset),
    )
    return tuple(sorted({str(row[0]) for row in rows if _holds(row[1], row[2], at(str(row[0])))}))


def served_readers(reader: Reader, dataset: str, most: int) -> tuple[str, ...]:
    """Return products of which the version that readers see has a data set as an input, `most` at most."""
    rows = reader.rows(
        "SELECT DISTINCT d.product FROM lineage_datasets d JOIN products p ON p.product = d.product"
        " WHERE d.dataset = ? AND d.first_version <= p.served"
        " AND (d.last_version IS NULL OR d.last_version >= p.served) LIMIT ?",
        (dataset, most),
    )
    return tuple(str(row[0]) for row in rows)


def links_outside(reader: Reader, dataset: str, *, up: bool) -> tuple[Link, ...]:
    """Return what tools outside made a data set of (`up`), or of it."""
    end = "dataset" if up else "source"
    return _links(
        reader.rows(f"SELECT {_EDGE}, job FROM external_edges WHERE {end} = ?", (dataset,))
    )


def dataset_edges_up(
    reader: Reader, dataset: str, column: str = WHOLE, at: Versions | None = None
) -> tuple[Link, ...]:
    """Return what a data set's column (or any of its columns) is made of, one step up.

    `at` says which version of a product counts; without it, the one that is served.
    """
    product = product_of(dataset)
    found = links_outside(reader, dataset, up=True)
    version = (at or served(reader))(product) if product else None
    if version is not None:
        found += _links(
            reader.rows(
                f"SELECT {_EDGE}, product FROM lineage_edges"
                f" WHERE dataset = ? AND product = ? AND {_HELD}",
                (dataset, product, version, version),
            )
        )
    return tuple(sorted(link for link in found if _is_of(link.column, column)))


def dataset_edges_down(
    reader: Reader, dataset: str, column: str = WHOLE, at: Versions | None = None
) -> tuple[Link, ...]:
    """Return what is made of a data set's column (or of any of its columns), one step down."""
    version_of = at or served(reader)
    rows = reader.rows(
        f"SELECT {_EDGE}, product, first_version, last_version FROM lineage_edges WHERE source = ?",
        (dataset,),
    )
    held = [row[:-2] for row in rows if _holds(row[-2], row[-1], version_of(str(row[-3])))]
    found = _links(held) + links_outside(reader, dataset, up=False)
    return tuple(sorted(link for link in found if _is_of(link.source_column, column)))


def _is_of(said: str, asked: str) -> bool:
    return asked == WHOLE or said in (asked, EVERY, WHOLE)


def _holds(first: Value, last: Value, version: int | None) -> bool:
    if version is None or int(str(first)) > version:
        return False
    return last is None or int(str(last)) >= version


def _links(rows: Iterable[Row]) -> tuple[Link, ...]:
    return tuple(_link(*row) for row in rows)


def _link(*row: Value) -> Link:
    dataset, column, source, source_column, kind, how, masked, reveals, by = map(_text, row)
    return Link(
        dataset, column, source, source_column, kind, how, masked != "0", reveals != "0", by
    )


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _number(value: Value) -> int | None:
    return None if value is None else int(str(value))
