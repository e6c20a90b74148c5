"""Publish every product of a mesh in its ledger, with its lineage: a built mesh without rows.

What `scale_record.py` publishes, and the lineage that a build would have traced of the same models.

    python bench/lineage_record.py FOLDER_OF_THE_MESH
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import scale_record

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.app.origins import trace_product
from meshwright.app.product_graph import graph_of
from meshwright.model.facts import LineageTraced
from meshwright.publish.lineage import lineage_fact
from meshwright.transform.reading import read_models

BATCH = 500


def record(folder: Path) -> None:
    """Publish every product in the ledger, with what its columns are made of."""
    scale_record.record(folder)
    trace(folder)


def trace(folder: Path) -> None:
    """Say of every published product what its columns are made of."""
    with meshwright.open(folder) as mesh:
        facts = list(_traced(mesh))
        for start in range(0, len(facts), BATCH):
            with mesh.wiring.store.write() as writer:
                mesh.wiring.ledger.append(writer, facts[start : start + BATCH])


def _traced(mesh: Mesh) -> Iterator[LineageTraced]:
    with mesh.wiring.store.read() as reader:
        for address in sorted(graph_of(mesh.wiring).cards):
            product = mesh.wiring.workspace.product(address)
            graph, _ = read_models(product, mesh.wiring.reader)
            assert graph is not None
            lineage = trace_product(mesh.wiring, reader, product, graph)
            yield lineage_fact(f"build-of-{address}", 1, lineage)


if __name__ == "__main__":
    record(Path(sys.argv[1]))
