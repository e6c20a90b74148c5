"""Publish every product of a mesh in its ledger, without computing a row: what a plan reads of a built mesh.

What: the same facts that a build publishes (`VersionPublished`: code, contracts, stamps of the inputs), in
the same ledger and projections, with descriptions of files in place of files. What must stay true: a plan of
the mesh finds everything up to date, as after `mesh run`; nothing else may be done with such a mesh, since
there are no rows to read. Why: a plan reads no data, and ten thousand builds take half an hour.

    python bench/scale_record.py FOLDER_OF_THE_MESH
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import meshwright
from meshwright.app.cards import Brief
from meshwright.app.order import load_briefs
from meshwright.app.wiring import Wiring
from meshwright.ingest.stamps import stamp_input
from meshwright.model.address import Address
from meshwright.model.facts import Json, VersionPublished

BATCH = 500
COLUMNS = (
    ("id", "BIGINT"),
    ("customer_id", "BIGINT"),
    ("status", "VARCHAR"),
    ("code", "VARCHAR"),
    ("amount", "DECIMAL(18,2)"),
    ("quantity", "BIGINT"),
    ("day", "DATE"),
    ("score", "DOUBLE"),
)


def record(folder: Path) -> int:
    """Publish the first version of every product; return how many there are."""
    with meshwright.open(folder) as mesh:
        wiring = mesh.wiring
        facts = list(_facts(wiring))
        for start in range(0, len(facts), BATCH):
            with wiring.store.write() as writer:
                wiring.ledger.append(writer, facts[start : start + BATCH])
    return len(facts)


def _facts(wiring: Wiring) -> Iterator[VersionPublished]:
    for product, brief in load_briefs(wiring).items():
        if brief is None:
            raise ValueError(f"{product} has errors: mesh check")
        yield VersionPublished(
            build=f"build-of-{product}",
            product=product,
            version=1,
            semver="1.0.0",
            code=brief.code,
            ports={port: _port(product, port, digest) for port, digest in brief.contracts.items()},
            inputs=list(_inputs(wiring, Address.parse(product), brief)),
        )


def _port(product: str, port: str, contract: str) -> dict[str, Json]:
    location = f"{product.replace('.', '/')}/{port}"
    file: dict[str, Json] = {"path": f"{port}.parquet", "rows": 50, "bytes": 4_000}
    return {
        "location": location,
        "data_version": 1,
        "contract": contract,
        "contract_version": "1.0.0",
        "code": contract,
        "columns": COLUMNS,
        "rows": 50,
        "bytes": 4_000,
        "added": [file],
    }


def _inputs(wiring: Wiring, product: Address, brief: Brief) -> Iterator[dict[str, Json]]:
    for name, port in brief.ports.items():
        yield {"input": name, "address": port, "stamp": "v1", "version": 1}
    if not brief.sources:
        return
    for given in wiring.workspace.card(product).inputs:
        if given.source is not None:
            stamp = stamp_input(wiring.source(given.source), Path("never-landed"), given.source)
            yield {"input": given.name, "address": "", "stamp": stamp, "version": None}


if __name__ == "__main__":
    print(f"{record(Path(sys.argv[1])):,} products recorded")
