"""Take a dbt project: its models as jobs outside, their compiled SQL traced as our own models' is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from meshwright.app.lineage_events import names_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.lineage.openlineage.dbt import Made, Project, Relation, plain, read_project
from meshwright.lineage.openlineage.intake import MASKED, REVEALS, digest_of
from meshwright.lineage.openlineage.names import Named, Names
from meshwright.model.facts import ExternalRunSeen
from meshwright.model.lineage import UNKNOWN, Edge

NAMESPACE = "dbt"  # of its jobs, as dbt's own OpenLineage integration has it
PRODUCER = "https://github.com/dbt-labs/dbt-core"
SHOWN = 5


def take_dbt(
    wiring: Wiring, manifest: Path, data: bytes, catalog: bytes, namespace: str
) -> tuple[list[ExternalRunSeen], list[str]]:
    """Return the facts of a project, and notes on what could not be traced."""
    project = read_project(data, catalog, namespace)
    with wiring.store.read() as reader:
        names = names_of(wiring, reader)
    taker = _Taker(wiring, project, names, manifest.absolute().parent.parent)
    facts = [taker.fact(made) for made in project.made]
    return facts, taker.notes()


class _Taker:
    def __init__(self, wiring: Wiring, project: Project, names: Names, home: Path) -> None:
        self._reader = wiring.reader
        self._project = project
        self._names = names
        self._home = home  # where relative paths of the project start
        self._untraced: list[str] = []
        self._uncompiled: list[str] = []

    def fact(self, made: Made) -> ExternalRunSeen:
        """Return what a model reads and writes, by its columns where its SQL can be traced."""
        output = self._name(made.relation)
        inputs = {one.relation: self._name(one) for one in made.reads}
        edges = self._edges(made, output, inputs)
        known = (*made.reads, made.relation)
        columns = {self._name(one): list(one.columns) for one in known if one.columns}
        reads = list(inputs.values())
        return ExternalRunSeen(
            f"{NAMESPACE}/{made.job}", self._project.run, "COMPLETE", self._at(), reads,
            [output], edges, columns, PRODUCER, digest_of(reads, [output], edges, columns),
        )  # fmt: skip

    def notes(self) -> list[str]:
        """Say which models are known by their data sets only, and why."""
        found = []
        if self._untraced:
            dialect = self._project.adapter
            found.append(
                f"{_listed(self._untraced)} could not be traced to columns: SQL of `{dialect}` is"
                " read as DuckDB's"
            )
        if self._uncompiled:
            found.append(f"{_listed(self._uncompiled)} have no compiled SQL: run `dbt compile`")
        return found

    def _edges(self, made: Made, output: str, inputs: Mapping[str, str]) -> list[list[str]]:
        if not made.sql:
            if made.reads:
                self._uncompiled.append(made.job)
            return []
        columns = {one.relation: one.columns or None for one in made.reads}
        try:
            tables = {
                table: columns.get(plain(table)) for table in self._reader.read(made.sql).tables
            }
            traced = self._reader.trace(made.sql, tables)
        except MeshwrightError:
            self._untraced.append(made.job)
            return []
        return sorted(
            [output, edge.output, inputs[plain(edge.table)], edge.column, *_how(edge)]
            for edge in traced.edges
            if plain(edge.table) in inputs
        )

    def _name(self, relation: Relation) -> str:
        named = relation.named
        if named.namespace == "file":
            named = Named("file", str(self._home / named.name))
        return self._names.inside(named)

    def _at(self) -> str:
        moment = datetime.fromisoformat(self._project.at or datetime.now(UTC).isoformat())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="microseconds")


def _how(edge: Edge) -> tuple[str, str, str]:
    marks = (MASKED if edge.is_masked else "") + (REVEALS if edge.reveals else "")
    return edge.kind, "" if edge.kind == UNKNOWN else edge.how, marks


def _listed(jobs: list[str]) -> str:
    more = len(jobs) - SHOWN
    return ", ".join(f"`{job}`" for job in jobs[:SHOWN]) + (f" and {more} more" if more > 0 else "")
