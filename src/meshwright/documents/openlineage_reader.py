"""Read `openlineage` of mesh.yaml into `OpenLineage`: one sink or several, defaults filled in."""

from collections.abc import Iterator, Mapping

from meshwright.model.json_value import Json
from meshwright.model.openlineage import LineageSinkSpec, OpenLineage

OWN = ("transport", "name", "sql", "options")  # keys of a sink that are no options of its transport
OF_TRANSPORT = ("path", "url", "endpoint", "auth", "timeout")


def read_openlineage(said: Json | None, named: Json | None, mesh: str) -> OpenLineage:
    """Return what is said of OpenLineage; both are free of errors.

    `said` gives the sinks; `named` gives the names, which hold in every environment.
    """
    names = named if isinstance(named, Mapping) else {}
    aliases = names.get("aliases")
    return OpenLineage(
        namespace=str(names.get("namespace") or mesh),
        sinks=tuple(_sink(raw) for _, raw in sinks_of(said)),
        aliases={key: str(value) for key, value in aliases.items()}
        if isinstance(aliases, Mapping)
        else {},
    )


def sinks_of(said: Json | None) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Json]]]:
    """Yield each sink with its place under `openlineage`: a list, `sinks`, or the mapping itself."""
    if isinstance(said, Mapping):
        if "transport" in said:
            yield (), said
        for place, raw in sinks_of(said.get("sinks")):
            yield ("sinks", *place), raw
    elif isinstance(said, list):
        for index, raw in enumerate(said):
            if isinstance(raw, Mapping):
                yield (index,), raw


def sink_name(raw: Mapping[str, Json]) -> str:
    """Return what a sink's progress is remembered under."""
    return str(raw.get("name") or raw.get("transport"))


def _sink(raw: Mapping[str, Json]) -> LineageSinkSpec:
    options = raw.get("options")
    return LineageSinkSpec(
        name=sink_name(raw),
        transport=str(raw.get("transport")),
        options={
            **(options if isinstance(options, Mapping) else {}),
            **{key: raw[key] for key in OF_TRANSPORT if key in raw},
        },
        has_sql=raw.get("sql") is True,
    )
