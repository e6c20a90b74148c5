"""Lineage as documents for programs: our JSON, and the static event of OpenLineage."""

from datetime import UTC, datetime

from meshwright.app.lineage import Lineage
from meshwright.app.lineage_events import names_of
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.lineage.openlineage import facets
from meshwright.lineage.openlineage.columns import column_lineage, flatten
from meshwright.lineage.openlineage.facets import PRODUCER, SPEC, facet, given
from meshwright.lineage.reading import product_of
from meshwright.lineage.walking import ANY, Arrow, Place
from meshwright.model.json_value import Json

DATASET_EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/DatasetEvent"


def document_of(lineage: Lineage) -> dict[str, Json]:
    """Return a walk as JSON: data sets, nearest first, each with its columns on the way, and the edges."""
    walk = lineage.walk
    columns: dict[Place, set[str]] = {walk.start: {walk.column} if walk.column else set()}
    for arrow in walk.arrows:
        columns.setdefault(arrow.source, set()).add(arrow.link.source_column)
        columns.setdefault(arrow.target, set()).add(arrow.link.column)
    return {
        "address": lineage.address,
        "direction": walk.direction,
        "as_of": lineage.as_of,
        "datasets": [
            {
                "name": place.dataset,
                "version": place.version or None,
                "kind": lineage.kinds[place.dataset],
                "columns": sorted(found - {ANY, ""}),
            }
            for place, found in columns.items()
        ],
        "edges": [_edge(arrow) for arrow in walk.arrows],
    }


def dataset_event(wiring: Wiring, lineage: Lineage, now: datetime) -> dict[str, Json]:
    """Return a port with its columns' lineage as OpenLineage's static event, whatever the walk's depth."""
    start = lineage.walk.start
    product = product_of(start.dataset)
    if not product:
        raise UsageError(
            "lineage-not-of-a-port",
            f"`{start.dataset}` is not made here: its maker tells its lineage",
            hint="--format json",
        )
    with wiring.store.read() as reader:
        names = names_of(wiring, reader)
    own = [a.link for a in lineage.walk.arrows if product_of(a.link.dataset) == product]
    flat = flatten(product, own, start.dataset)
    named = names.outside(start.dataset)
    version = str(start.version) if start.version else ""
    return {
        "eventTime": now.astimezone(UTC).isoformat(),
        "producer": PRODUCER,
        "schemaURL": DATASET_EVENT,
        "dataset": {
            "namespace": named.namespace,
            "name": named.name,
            "facets": given(
                schema=facets.schema([(name, "") for name in lineage.columns], {}),
                version=facet("DatasetVersionDatasetFacet", {"datasetVersion": version})
                if version
                else None,
                columnLineage=column_lineage(flat, names),
            ),
        },
    }


def _edge(arrow: Arrow) -> dict[str, Json]:
    link = arrow.link
    return {
        "dataset": link.dataset,
        "column": link.column,
        "source": link.source,
        "source_column": link.source_column,
        "kind": link.kind,
        "how": link.how,
        "masked": link.is_masked,
        "reveals": link.reveals,
        "by": link.by,
        "depth": arrow.depth,
        "direct": arrow.is_direct,
    }
