"""Judges of OpenLineage events: the official schemas, offline, and the classes of the official client."""

import importlib
import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema_rs

STANDARD = Path(__file__).parent / "standards" / "openlineage"
OURS = Path(__file__).parent.parent / "docs" / "reference" / "openlineage"
CORE = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
# Of the schemas as openlineage.io publishes them.
DIGESTS = {
    "OpenLineage": "69f68bee00b9beac88a87059c0102410e7bb05f3f43c46d02a0409831eceb0d2",
    "SchemaDatasetFacet": "50236a779aa64baa0bad0055391838bd22fcb36ce667c41d60ada80915e899b6",
    "DocumentationDatasetFacet": "bad5c041d679e73b2faea43506860428f48d80710ad1354a2d2393475143285f",
    "DocumentationJobFacet": "b5823685c20c712d9ee1e3b310ad6ca426be7b46db60acd9f23248811af3c8d4",
    "OwnershipDatasetFacet": "9a18a508746627eff18fa84ca1694e1a9f2d556ac0052dbdb6970d8a35f75231",
    "OwnershipJobFacet": "c54ae771b1183efbe007a778eb5bf05e9e3f39f3d48f22a4beceea00950abdad",
}
# Facet -> (module of the client, class); of the whole of a class all fields must be known to it.
CLASSES = {
    "columnLineage": ("column_lineage_dataset", "ColumnLineageDatasetFacet"),
    "dataQualityAssertions": (
        "data_quality_assertions_dataset",
        "DataQualityAssertionsDatasetFacet",
    ),
    "dataQualityMetrics": (
        "data_quality_metrics_input_dataset",
        "DataQualityMetricsInputDatasetFacet",
    ),
    "version": ("dataset_version_dataset", "DatasetVersionDatasetFacet"),
    "jobType": ("job_type_job", "JobTypeJobFacet"),
    "nominalTime": ("nominal_time_run", "NominalTimeRunFacet"),
    "outputStatistics": ("output_statistics_output_dataset", "OutputStatisticsOutputDatasetFacet"),
    "processing_engine": ("processing_engine_run", "ProcessingEngineRunFacet"),
    "sql": ("sql_job", "SQLJobFacet"),
    "schema": ("schema_dataset", "SchemaDatasetFacet"),
    "storage": ("storage_dataset", "StorageDatasetFacet"),
    "symlinks": ("symlinks_dataset", "SymlinksDatasetFacet"),
}
PER_OWNER = {
    "documentation": ("documentation", "DocumentationDatasetFacet", "DocumentationJobFacet"),
    "ownership": ("ownership", "OwnershipDatasetFacet", "OwnershipJobFacet"),
}


def digest(name: str) -> str:
    """Return the digest of a schema that is kept here."""
    folder = STANDARD if name == "OpenLineage" else STANDARD / "facets"
    return sha256((folder / f"{name}.json").read_bytes()).hexdigest()


def assert_standard(event: dict[str, Any]) -> None:
    """Hold an event against the core schema, each facet against its own, and all by the client's classes."""
    assert core_errors(event) == []
    assert event["schemaURL"] == f"{CORE}#/$defs/RunEvent"
    for owner, name, facet in facets_of(event):
        url = str(facet["_schemaURL"])
        assert url.partition("#")[0] in _schemas(), f"no schema of {name}"
        assert [error.message for error in _validator(url).iter_errors(facet)] == [], name
        if name != "meshwright_build":
            _assert_client_reads(owner, name, facet)


def core_errors(event: dict[str, Any]) -> list[str]:
    """Return what the core schema finds in an event."""
    return [error.message for error in _validator(CORE).iter_errors(event)]


def facets_of(event: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (owner, name, facet) of every facet of an event."""
    parts = [("run", event["run"].get("facets")), ("job", event["job"].get("facets"))]
    for side in ("inputs", "outputs"):
        for dataset in event[side]:
            parts.append(("dataset", dataset.get("facets")))
            parts.append(("dataset", dataset.get(f"{side[:-1]}Facets")))
    for owner, facets in parts:
        for name, facet in (facets or {}).items():
            yield owner, name, facet


def _assert_client_reads(owner: str, name: str, facet: dict[str, Any]) -> None:
    """Let the client's class take the facet: it knows every key, and cites the same schema."""
    if name in PER_OWNER:
        stem, of_dataset, of_job = PER_OWNER[name]
        module, cls = (f"{stem}_{owner}", of_job if owner == "job" else of_dataset)
    else:
        module, cls = CLASSES[name]
    read = getattr(importlib.import_module(f"openlineage.client.generated.{module}"), cls)
    said = {key: value for key, value in facet.items() if not key.startswith("_")}
    assert read(**said, producer=facet["_producer"])._get_schema() == facet["_schemaURL"]


@cache
def _schemas() -> dict[str, Any]:
    files = [STANDARD / "OpenLineage.json", *(STANDARD / "facets").glob("*.json"), *OURS.glob("*")]
    documents = [json.loads(file.read_text()) for file in files]
    return {document["$id"]: document for document in documents}


@cache
def _validator(url: str) -> jsonschema_rs.Validator:
    def retrieve(uri: str) -> Any:
        return _schemas()[uri.partition("#")[0]]

    return jsonschema_rs.Draft202012Validator(
        {"$ref": url}, retriever=retrieve, validate_formats=True
    )
