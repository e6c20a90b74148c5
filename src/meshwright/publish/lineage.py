"""The lineage of a version as a fact, said only where it is not what was said last."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from meshwright.model.facts import Json, LineageTraced
from meshwright.model.lineage import Edge, ProductLineage, SelectLineage
from meshwright.spi.state_store import Reader

MASKED, REVEALS = "m", "r"


def lineage_fact(build: str, version: int, lineage: ProductLineage) -> LineageTraced:
    """Return the fact that a version's columns are made of this."""
    datasets: dict[str, dict[str, Json]] = {
        name: {
            "name": read.name,
            "kind": read.kind,
            "columns": None if read.columns is None else list(read.columns),
        }
        for name, read in lineage.inputs.items()
    }
    models = {name: _model(traced) for name, traced in lineage.models.items()}
    text = json.dumps([datasets, models], sort_keys=True, separators=(",", ":"))
    return LineageTraced(
        build=build,
        product=lineage.product,
        version=version,
        datasets=datasets,
        models=models,
        digest=sha256(text.encode()).hexdigest()[:32],
    )


def new_lineage(reader: Reader, fact: LineageTraced | None) -> list[LineageTraced]:
    """Return the fact, unless it is what already holds of its product's newest version."""
    if fact is None:
        return []
    rows = reader.rows(
        "SELECT digest FROM lineage_traces WHERE product = ? ORDER BY version DESC LIMIT 1",
        (fact.product,),
    )
    return [] if rows and rows[0][0] == fact.digest else [fact]


def _model(traced: SelectLineage) -> Mapping[str, Json]:
    edges: Sequence[Json] = [_edge(edge) for edge in sorted(set(traced.edges))]
    return {"columns": list(traced.columns), "edges": edges}


def _edge(edge: Edge) -> list[Json]:
    marks = (MASKED if edge.is_masked else "") + (REVEALS if edge.reveals else "")
    return [edge.output, edge.table, edge.column, edge.kind, edge.how, marks]
