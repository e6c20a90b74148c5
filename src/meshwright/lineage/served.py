"""The lineage of a version as one value, as it is kept."""

from meshwright.lineage.reading import is_traced, product_edges, product_inputs
from meshwright.model.lineage import Dataset, Edge, ProductLineage, SelectLineage
from meshwright.spi.state_store import Reader


def product_lineage(reader: Reader, product: str, version: int) -> ProductLineage | None:
    """Return what the columns of a version are made of; None where it was never traced.

    Edges name what they read as data sets are named, but the product's own models by their names alone.
    """
    if not is_traced(reader, product, version):
        return None
    prefix = f"{product}."
    edges: dict[str, list[Edge]] = {}
    for link in product_edges(reader, product, version):
        edge = Edge(
            link.column,
            link.source.removeprefix(prefix),
            link.source_column,
            link.kind,
            link.how,
            link.is_masked,
            link.reveals,
        )
        edges.setdefault(link.dataset.removeprefix(prefix), []).append(edge)
    return ProductLineage(
        product,
        {model: SelectLineage((), tuple(found)) for model, found in edges.items()},
        {
            read.input: Dataset(read.dataset, read.kind, read.columns)
            for read in product_inputs(reader, product, version)
        },
    )
