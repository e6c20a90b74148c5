"""Column lineage of one product as OpenLineage has it: from output ports straight to what the job read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from meshwright.lineage.flattening import flattened
from meshwright.lineage.openlineage.facets import Facet, facet
from meshwright.lineage.openlineage.names import Names
from meshwright.lineage.reading import EVERY, WHOLE, Link
from meshwright.model.json_value import Json
from meshwright.model.lineage import INDIRECT, UNKNOWN


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
    """Return the lineage of a port (address) over what lies outside of its product.

    Models, and other ports of the product that it reads, are walked through.
    """
    links = tuple(edges)
    made = {link.dataset for link in links if link.dataset.startswith(f"{product}.")}
    found: dict[str, set[Way]] = {}
    for link in flattened(links, (port,)):
        if link.dataset == port and link.source and link.source not in made:
            way = Way(link.source, link.source_column, link.kind, link.how, link.is_masked)
            found.setdefault(link.column, set()).add(way)
    whole = {
        way._replace(kind=way.kind if way.kind == UNKNOWN else INDIRECT)
        for way in found.pop(EVERY, ())
    }
    found.pop(WHOLE, None)
    fields = {column: tuple(sorted(ways)) for column, ways in sorted(found.items())}
    return Flattened(fields, tuple(sorted(whole)))


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
