"""The facets that events of builds carry, in the versions of OpenLineage 1.54."""

from collections.abc import Iterable, Mapping, Sequence

from meshwright.model.json_value import Json

PRODUCER = "https://github.com/meshwright/meshwright"
SPEC = "https://openlineage.io/spec"
RUN_EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
VERSIONS = {
    "ColumnLineageDatasetFacet": "1-2-0",
    "DataQualityAssertionsDatasetFacet": "1-1-0",
    "DataQualityMetricsInputDatasetFacet": "1-0-3",
    "DatasetVersionDatasetFacet": "1-0-1",
    "DocumentationDatasetFacet": "1-1-0",
    "DocumentationJobFacet": "1-1-0",
    "JobTypeJobFacet": "2-0-4",
    "NominalTimeRunFacet": "1-0-1",
    "OutputStatisticsOutputDatasetFacet": "1-0-2",
    "OwnershipDatasetFacet": "1-0-1",
    "OwnershipJobFacet": "1-0-1",
    "ProcessingEngineRunFacet": "1-1-1",
    "SQLJobFacet": "1-1-0",
    "SchemaDatasetFacet": "1-2-0",
    "StorageDatasetFacet": "1-0-1",
    "SymlinksDatasetFacet": "1-0-1",
}
# Ours, for what no standard facet says; its schema is docs/reference/openlineage/MeshwrightBuildRunFacet.json
BUILD_FACET = (
    f"{PRODUCER}/blob/main/docs/reference/openlineage/MeshwrightBuildRunFacet.json"
    "#/$defs/MeshwrightBuildRunFacet"
)
Facet = dict[str, Json]
Facets = dict[str, Json]


def facet(name: str, body: Mapping[str, Json], schema: str = "") -> Facet:
    """Return a facet of the standard, or one with a schema of its own."""
    url = schema or f"{SPEC}/facets/{VERSIONS[name]}/{name}.json#/$defs/{name}"
    return {"_producer": PRODUCER, "_schemaURL": url, **body}


def schema(columns: Sequence[tuple[str, str]], told: Mapping[str, str]) -> Facet:
    """Return columns as (name, type), with what the contract tells of each; a type may be ''."""
    fields: list[Json] = []
    for position, (name, kind) in enumerate(columns, 1):
        field: dict[str, Json] = {"name": name, "ordinal_position": position}
        if kind:
            field["type"] = kind
        if told.get(name):
            field["description"] = told[name]
        fields.append(field)
    return facet("SchemaDatasetFacet", {"fields": fields})


def owners(name: str, people: Iterable[str]) -> Facet:
    """Return who owns a job or a data set."""
    return facet(name, {"owners": [{"name": each, "type": "OWNER"} for each in people]})


def given(**facets: Facet | None) -> Facets:
    """Return the facets that have something to say."""
    return {name: body for name, body in facets.items() if body is not None}
