"""What a build tells others: one OpenLineage RunEvent at its start, and one at its end.

What must stay true: no value of the data is in an event (no minimum, no maximum, no literal of a check), and
the same facts give the same events, run ids included, however often they are told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from meshwright.lineage.openlineage import facets
from meshwright.lineage.openlineage.columns import Flattened, column_lineage
from meshwright.lineage.openlineage.facets import PRODUCER, RUN_EVENT, Facet, Facets, facet, given
from meshwright.lineage.openlineage.names import Names
from meshwright.model.json_value import Json

START, COMPLETE, FAIL, ABORT = "START", "COMPLETE", "FAIL", "ABORT"
# Given `as_of` as it was asked for, returns the span of business time that it means.
Nominal = Callable[[str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class InputTold:
    """What a build read. `metrics` are (column, metric) -> number, of a port as it was audited."""

    dataset: str
    columns: tuple[tuple[str, str], ...] = ()
    version: str = ""
    metrics: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one promise."""

    id: str
    column: str
    severity: str
    is_kept: bool
    failed_rows: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """How much a build added to a port."""

    rows: int
    bytes: int
    files: int


@dataclass(frozen=True, slots=True)
class OutputTold:
    """A port as a build left it. `version` is '' where it was not published."""

    dataset: str
    columns: tuple[tuple[str, str], ...]
    version: str = ""
    description: str = ""
    told: Mapping[str, str] = field(default_factory=dict)  # column -> description
    checks: tuple[Check, ...] = ()
    written: Written | None = None
    folder: str = ""
    lineage: Flattened | None = None


@dataclass(frozen=True, slots=True)
class BuildTold:
    """One moment of a build. `build` goes into our own facet: what no standard facet says."""

    state: str
    at: str
    run: str  # what the run's id is derived from
    product: str
    build: Mapping[str, Json]
    title: str = ""
    owners: tuple[str, ...] = ()
    as_of: str = ""
    inputs: tuple[InputTold, ...] = ()
    outputs: tuple[OutputTold, ...] = ()
    sql: str = ""


def run_id(namespace: str, run: str) -> str:
    """Return the id of a run: the same for the same build of the same mesh, wherever it is told."""
    return str(uuid5(NAMESPACE_URL, f"{PRODUCER}/runs/{namespace}/{run}"))


def event_of(told: BuildTold, names: Names, version: str, nominal: Nominal) -> dict[str, Json]:
    """Return the RunEvent; `version` is Meshwright's."""
    return {
        "eventType": told.state,
        "eventTime": told.at,
        "producer": PRODUCER,
        "schemaURL": RUN_EVENT,
        "run": {
            "runId": run_id(names.namespace, told.run),
            "facets": _run_facets(told, version, nominal),
        },
        "job": {
            "namespace": names.namespace,
            "name": told.product,
            "facets": _job_facets(told),
        },
        "inputs": [_input(one, names) for one in told.inputs],
        "outputs": [_output(one, told, names) for one in told.outputs],
    }


def _run_facets(told: BuildTold, version: str, nominal: Nominal) -> Facets:
    engine = {"name": "Meshwright", "version": version, "openlineageAdapterVersion": version}
    time: Facet | None = None
    if told.as_of:
        start, end = nominal(told.as_of)
        time = facet("NominalTimeRunFacet", {"nominalStartTime": start, "nominalEndTime": end})
    return given(
        processing_engine=facet("ProcessingEngineRunFacet", engine),
        nominalTime=time,
        meshwright_build=facet("", told.build, facets.BUILD_FACET),
    )


def _job_facets(told: BuildTold) -> Facets:
    kind = {"processingType": "BATCH", "integration": "MESHWRIGHT", "jobType": "PRODUCT"}
    sql = {"query": told.sql, "dialect": "duckdb"}
    return given(
        jobType=facet("JobTypeJobFacet", kind),
        documentation=_described("DocumentationJobFacet", told.title),
        ownership=facets.owners("OwnershipJobFacet", told.owners) if told.owners else None,
        sql=facet("SQLJobFacet", sql) if told.sql else None,
    )


def _input(one: InputTold, names: Names) -> Json:
    named = names.outside(one.dataset)
    metrics = _metrics(one)
    return {
        "namespace": named.namespace,
        "name": named.name,
        "facets": given(
            schema=facets.schema(one.columns, {}) if one.columns else None,
            version=_version(one.version),
        ),
        "inputFacets": given(dataQualityMetrics=metrics),
    }


def _metrics(one: InputTold) -> Facet | None:
    """Return counts, never a value: what a minimum or a quantile would be."""
    if not one.metrics:
        return None
    columns: dict[str, dict[str, Json]] = {}
    for (column, name), value in one.metrics.items():
        key = {"nulls": "nullCount", "distinct": "distinctCount"}.get(name)
        if column and key:
            columns.setdefault(column, {})[key] = int(value)
    whole = {"rowCount": "rows", "bytes": "bytes"}
    counts: dict[str, Json] = {
        key: int(one.metrics["", name]) for key, name in whole.items() if ("", name) in one.metrics
    }
    return facet("DataQualityMetricsInputDatasetFacet", {**counts, "columnMetrics": columns})


def _output(one: OutputTold, told: BuildTold, names: Names) -> Json:
    named = names.outside(one.dataset)
    written = one.written
    return {
        "namespace": named.namespace,
        "name": named.name,
        "facets": given(
            schema=facets.schema(one.columns, one.told) if one.columns else None,
            version=_version(one.version),
            documentation=_described("DocumentationDatasetFacet", one.description),
            ownership=facets.owners("OwnershipDatasetFacet", told.owners) if told.owners else None,
            storage=facet(
                "StorageDatasetFacet", {"storageLayer": "delta", "fileFormat": "parquet"}
            ),
            symlinks=_table(one.folder) if one.folder else None,
            columnLineage=column_lineage(one.lineage, names) if one.lineage else None,
            dataQualityAssertions=_assertions(one.checks) if one.checks else None,
        ),
        "outputFacets": given(
            outputStatistics=None
            if written is None
            else facet(
                "OutputStatisticsOutputDatasetFacet",
                {"rowCount": written.rows, "size": written.bytes, "fileCount": written.files},
            )
        ),
    }


def _assertions(checks: tuple[Check, ...]) -> Facet:
    """Return what was promised and whether it is kept: by name, without the limits that it names."""
    said: list[Json] = []
    for check in checks:
        one: dict[str, Json] = {
            "assertion": check.id,
            "success": check.is_kept,
            "severity": "error" if check.severity == "error" else "warn",
        }
        if check.column:
            one["column"] = check.column
        if check.failed_rows is not None:
            one["failures"] = check.failed_rows
        said.append(one)
    return facet("DataQualityAssertionsDatasetFacet", {"assertions": said})


def _version(version: str) -> Facet | None:
    return facet("DatasetVersionDatasetFacet", {"datasetVersion": version}) if version else None


def _described(name: str, text: str) -> Facet | None:
    return facet(name, {"description": text}) if text else None


def _table(folder: str) -> Facet:
    """Return the folder of a port's table as one more name of it, for tools that read it there."""
    return facet(
        "SymlinksDatasetFacet",
        {"identifiers": [{"namespace": "file", "name": folder, "type": "LOCATION"}]},
    )
