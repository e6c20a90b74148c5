"""What is kept of the lineage that holds now: the edges of the versions that are served."""

from collections.abc import Iterator
from dataclasses import dataclass

from meshwright.model.lineage import UNKNOWN, Dataset, Edge, ProductLineage, SelectLineage
from meshwright.spi.state_store import Reader

_HOLDS = "e.first_version <= ? AND (e.last_version IS NULL OR e.last_version >= ?)"
_SERVED = (
    "JOIN products p ON p.product = e.product AND e.first_version <= p.served"
    " AND (e.last_version IS NULL OR e.last_version >= p.served)"
)


@dataclass(frozen=True, slots=True)
class Use:
    """A column of a model that depends on a column of what it reads."""

    product: str
    dataset: str
    column: str
    source: str
    source_column: str
    kind: str
    how: str


def stored_lineage(reader: Reader, product: str, version: int) -> ProductLineage | None:
    """Return what a version's columns are made of; None where it was never traced.

    Tables are named as datasets: a port's address, `domain.product.model`, or a source's name.
    """
    datasets = reader.rows(
        f"SELECT dataset, kind FROM lineage_datasets e WHERE product = ? AND {_HOLDS}",
        (product, version, version),
    )
    rows = reader.rows(
        "SELECT dataset, column_name, source, source_column, kind, how, masked, reveals"
        f" FROM lineage_edges e WHERE product = ? AND {_HOLDS}",
        (product, version, version),
    )
    if not rows and not datasets:
        return None
    edges: dict[str, list[Edge]] = {}
    prefix = f"{product}."
    for dataset, column, source, source_column, kind, how, masked, reveals in rows:
        edge = Edge(
            str(column),
            str(source).removeprefix(prefix),
            str(source_column),
            str(kind),
            str(how),
            bool(masked),
            bool(reveals),
        )
        edges.setdefault(str(dataset).removeprefix(prefix), []).append(edge)
    return ProductLineage(
        product,
        {model: SelectLineage((), tuple(found)) for model, found in edges.items()},
        {str(name): Dataset(str(name), str(kind)) for name, kind in datasets},
    )


def is_traced(reader: Reader, product: str) -> bool:
    """Say whether it is known what the columns of a product's served version are made of."""
    return bool(
        reader.rows(
            f"SELECT 1 FROM lineage_datasets e {_SERVED} WHERE e.product = ?"
            f" UNION ALL SELECT 1 FROM lineage_edges e {_SERVED} WHERE e.product = ? LIMIT 1",
            (product, product),
        )
    )


def uses_of(reader: Reader, dataset: str, column: str) -> Iterator[Use]:
    """Yield what depends on a column of a dataset, itself or by an edge of the whole dataset."""
    rows = reader.rows(
        "SELECT e.product, e.dataset, e.column_name, e.source, e.source_column, e.kind, e.how"
        f" FROM lineage_edges e {_SERVED}"
        " WHERE e.source = ? AND (lower(e.source_column) = ? OR e.source_column IN ('', '*')"
        " OR ? = '')"
        " ORDER BY e.dataset, e.column_name",
        (dataset, column.lower(), column),
    )
    yield from (Use(*map(str, row)) for row in rows)


def unknown_uses(reader: Reader, product: str) -> Iterator[Use]:
    """Yield columns of a product of which not even the table is known that they are made of."""
    rows = reader.rows(
        "SELECT e.product, e.dataset, e.column_name, e.source, e.source_column, e.kind, e.how"
        f" FROM lineage_edges e {_SERVED} WHERE e.product = ? AND e.kind = '{UNKNOWN}'"
        " AND e.source = ''",
        (product,),
    )
    yield from (Use(*map(str, row)) for row in rows)
