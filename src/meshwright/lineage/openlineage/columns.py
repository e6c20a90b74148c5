"""Column lineage of one product as OpenLineage has it: from output ports straight to what the job read.

Models between them, and ports that read each other, are walked through. What a path does to a value is the
most that any of its steps does: one INDIRECT step makes it INDIRECT, an aggregation outweighs a
transformation, a hash anywhere masks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from meshwright.lineage.openlineage.facets import Facet, facet
from meshwright.lineage.openlineage.names import Names
from meshwright.lineage.reading import EVERY, Link
from meshwright.model.json_value import Json
from meshwright.model.lineage import (
    AGGREGATION,
    DIRECT,
    IDENTITY,
    INDIRECT,
    TRANSFORMATION,
    UNKNOWN,
)

_WEIGHT = {IDENTITY: 0, TRANSFORMATION: 1, AGGREGATION: 2}


class Way(NamedTuple):
    """How a value comes from one column of one data set that the product read."""

    source: str
    column: str
    kind: str
    how: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Flattened:
    """What each column of a port is made of, and what decides on all of its rows."""

    fields: Mapping[str, tuple[Way, ...]]
    dataset: tuple[Way, ...]


def flatten(product: str, edges: Iterable[Link], port: str) -> Flattened:
    """Return the lineage of a port (address) over what lies outside of its product."""
    walk = _Walk(product, edges)
    columns = [column for column in walk.columns(port) if column not in (EVERY, "")]
    fields = {column: tuple(sorted(walk.ways(port, column))) for column in columns}
    return Flattened(fields, tuple(sorted(walk.of_all(port))))


def column_lineage(flat: Flattened, names: Names) -> Facet | None:
    """Return the facet, or None where nothing is known. A way of unknown kind has no transformation."""
    fields: dict[str, Json] = {}
    for column, ways in flat.fields.items():
        inputs = _inputs(ways, names)
        if inputs:
            fields[column] = {"inputFields": inputs}
    whole = _inputs(flat.dataset, names)
    if not fields and not whole:
        return None
    body: dict[str, Json] = {"fields": fields}
    if whole:
        body["dataset"] = whole
    return facet("ColumnLineageDatasetFacet", body)


class _Walk:
    def __init__(self, product: str, edges: Iterable[Link]) -> None:
        self._start = f"{product}."
        self._edges: dict[str, list[Link]] = {}
        for edge in edges:
            self._edges.setdefault(edge.dataset, []).append(edge)
        self._known: dict[tuple[str, str], frozenset[Way]] = {}

    def columns(self, dataset: str) -> list[str]:
        return list(dict.fromkeys(edge.column for edge in self._edges.get(dataset, ())))

    def ways(self, dataset: str, column: str) -> frozenset[Way]:
        """Return how one column is made; a model that reads itself ends here."""
        key = (dataset, column)
        if key not in self._known:
            self._known[key] = frozenset()
            self._known[key] = frozenset(
                way
                for edge in self._edges.get(dataset, ())
                if edge.column == column
                for way in self._of(edge)
            )
        return self._known[key]

    def of_all(self, port: str) -> frozenset[Way]:
        """Return what decides on the rows of a port: its own filters and joins, and those of all below."""
        found: set[Way] = set()
        for dataset in self._below(port):
            found |= {
                way._replace(kind=INDIRECT if way.kind == DIRECT else way.kind)
                for way in self.ways(dataset, EVERY)
            }
        return frozenset(found)

    def _below(self, port: str) -> list[str]:
        found, waiting = [port], [port]
        while waiting:
            for edge in self._edges.get(waiting.pop(), ()):
                if self._is_own(edge.source) and edge.source not in found:
                    found.append(edge.source)
                    waiting.append(edge.source)
        return found

    def _of(self, edge: Link) -> Iterable[Way]:
        step = Way(edge.source, edge.source_column, edge.kind, edge.how, edge.is_masked)
        if not edge.source:
            return ()
        if not self._is_own(edge.source):
            return (step,)
        columns = [edge.source_column] if edge.source_column else self.columns(edge.source)
        return (
            _joined(step, way)
            for column in columns
            if column != EVERY
            for way in self.ways(edge.source, column)
        )

    def _is_own(self, dataset: str) -> bool:
        return dataset.startswith(self._start) and dataset in self._edges


def _joined(step: Way, way: Way) -> Way:
    """Return the way that a step takes to the start of another one."""
    masked = step.is_masked or way.is_masked
    if UNKNOWN in (step.kind, way.kind):
        return Way(way.source, way.column, UNKNOWN, "", masked)
    if INDIRECT in (step.kind, way.kind):
        how = step.how if step.kind == INDIRECT else way.how
        return Way(way.source, way.column, INDIRECT, how, masked)
    how = max(step.how, way.how, key=lambda each: _WEIGHT.get(each, 1))
    return Way(way.source, way.column, DIRECT, how, masked)


def _inputs(ways: Iterable[Way], names: Names) -> list[Json]:
    """Return input fields, each column once with all that is done to it."""
    done: dict[tuple[str, str, str], list[Json]] = {}
    for way in ways:
        if not way.column or way.column == EVERY:
            continue  # which column is not known: that the data set was read, the event's inputs say
        named = names.outside(way.source)
        steps = done.setdefault((named.namespace, named.name, way.column), [])
        if way.kind != UNKNOWN:
            step: dict[str, Json] = {"type": way.kind, "masking": way.is_masked}
            if way.how:
                step["subtype"] = way.how
            steps.append(step)
    return [_field(*key, steps) for key, steps in sorted(done.items())]


def _field(namespace: str, name: str, column: str, steps: list[Json]) -> Json:
    field: dict[str, Json] = {"namespace": namespace, "name": name, "field": column}
    if steps:
        field["transformations"] = steps
    return field
