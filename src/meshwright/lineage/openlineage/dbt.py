"""Read what dbt wrote of a project: `manifest.json` (any version from 4 on) and `catalog.json`.

A model, seed or snapshot is a job that writes its relation; a source is a data set. dbt does not say where
the warehouse is: the caller gives its namespace, so that the names are those of other tools' events.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshwright.errors import UsageError
from meshwright.lineage.openlineage.names import Named
from meshwright.model.json_value import Json

_MADE = ("model", "seed", "snapshot")
_HINT = "give the `target` folder of a dbt project, after `dbt compile` or `dbt docs generate`"
_QUOTES = str.maketrans("", "", "\"'`")
_PLAIN_PATH = re.compile(r"[^(){}*?\s]+\Z")
Raw = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view of a project, or a file that a source names. `relation` is its name in SQL."""

    named: Named
    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A relation that dbt makes: of what, by which SQL; '' where it was not compiled, or is a seed."""

    job: str
    relation: Relation
    reads: tuple[Relation, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Project:
    """What a manifest says, with the columns of the catalog. `made` is in no order."""

    name: str
    adapter: str
    at: str
    run: str
    made: tuple[Made, ...]


def read_project(manifest: bytes, catalog: bytes, namespace: str) -> Project:
    """Read a project; raise `UsageError` (`dbt-invalid`) for files that are none of dbt's."""
    document, columns = _document(manifest, "manifest"), _catalog(catalog)
    metadata = _mapping(document.get("metadata"))
    adapter = str(metadata.get("adapter_type") or "dbt")
    nodes = {
        **_mapping(document.get("nodes")),
        **_mapping(document.get("sources")),
    }
    reader = _Reader(nodes, columns, namespace or adapter)
    name = str(metadata.get("project_name") or metadata.get("project_id") or "dbt")
    return Project(
        name,
        adapter,
        str(metadata.get("generated_at") or ""),
        str(metadata.get("invocation_id") or metadata.get("generated_at") or ""),
        tuple(reader.made(name)),
    )


def plain(relation: str) -> str:
    """Return a table's name in SQL without quotes, in lower case: as far as names must agree here."""
    return relation.translate(_QUOTES).lower()


class _Reader:
    def __init__(self, nodes: Raw, columns: Mapping[str, tuple[str, ...]], namespace: str) -> None:
        self._nodes = nodes
        self._columns = columns
        self._namespace = namespace

    def made(self, project: str) -> Iterator[Made]:
        for identity in self._nodes:
            node = self._node(identity)
            if node.get("resource_type") in _MADE and not _is_ephemeral(node):
                relation = self._relation(identity)
                reads = {one.relation: one for one in self._reads(identity, set())}
                sql = str(node.get("compiled_code") or node.get("compiled_sql") or "")
                job = f"{node.get('package_name') or project}.{node.get('name')}"
                yield Made(job, relation, tuple(reads.values()), sql)

    def _reads(self, identity: str, seen: set[str]) -> Iterator[Relation]:
        """Yield what a node reads; an ephemeral model is none, what it reads is."""
        for other in _list(_mapping(self._node(identity).get("depends_on")).get("nodes")):
            if not isinstance(other, str) or other in seen or other not in self._nodes:
                continue
            seen.add(other)
            if _is_ephemeral(self._node(other)):
                yield from self._reads(other, seen)
            elif self._node(other).get("resource_type") in (*_MADE, "source"):
                yield self._relation(other)

    def _relation(self, identity: str) -> Relation:
        node = self._node(identity)
        table = node.get("alias") or node.get("identifier") or node.get("name")
        parts = [node.get("database"), node.get("schema"), table]
        name = ".".join(str(part) for part in parts if part)
        relation = plain(str(node.get("relation_name") or name))
        columns = self._columns.get(identity) or tuple(_mapping(node.get("columns")))
        path = _external_path(node)
        named = Named("file", path) if path else Named(self._namespace, name)
        return Relation(named, relation, columns)

    def _node(self, identity: str) -> Raw:
        return _mapping(self._nodes.get(identity))


def _external_path(node: Raw) -> str:
    """Return the file that a source of dbt-duckdb names, where it is one plain path."""
    for place in ("config", "meta", "source_meta"):
        said = _mapping(node.get(place))
        location = said.get("external_location") or _mapping(said.get("meta")).get(
            "external_location"
        )
        if isinstance(location, str):
            path = location.replace("{name}", str(node.get("name"))).strip("'")
            path = path.replace("{identifier}", str(node.get("identifier")))
            return path if _PLAIN_PATH.match(path) else ""
    return ""


def _is_ephemeral(node: Raw) -> bool:
    return _mapping(node.get("config")).get("materialized") == "ephemeral"


def _catalog(data: bytes) -> dict[str, tuple[str, ...]]:
    """Return the columns of each node as the warehouse has them, in their order."""
    if not data:
        return {}
    document = _document(data, "catalog")
    found = {}
    for part in ("nodes", "sources"):
        for identity, node in _mapping(document.get(part)).items():
            columns = [_mapping(one) for one in _mapping(_mapping(node).get("columns")).values()]
            columns.sort(key=lambda one: int(str(one.get("index") or 0)))
            found[identity] = tuple(str(one.get("name")) for one in columns)
    return found


def _document(data: bytes, what: str) -> Raw:
    try:
        document = json.loads(data)
        metadata = _mapping(document.get("metadata")) if isinstance(document, dict) else {}
        if f"/{what}/" in str(metadata.get("dbt_schema_version")):
            return _mapping(document)
    except (ValueError, RecursionError):
        pass
    raise UsageError("dbt-invalid", f"this is no {what}.json of dbt", hint=_HINT)


def _mapping(value: object) -> Raw:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []
