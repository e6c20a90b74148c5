"""OpenLineage, as `openlineage` in mesh.yaml says: under which names, and where events of builds go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.model.json_value import Json


@dataclass(frozen=True, slots=True)
class LineageSinkSpec:
    """One place that hears of every build. `name` is what its progress is remembered under.

    `options` are the transport's own, in which secrets are references; `has_sql` tells the models' text too.
    """

    name: str
    transport: str
    options: Mapping[str, Json] = field(default_factory=dict)
    has_sql: bool = False


@dataclass(frozen=True, slots=True)
class OpenLineage:
    """`namespace` is that of the mesh's jobs and ports. `aliases` maps what other tools call a data set of
    this mesh (`<namespace>/<name>`) to its name here.
    """

    namespace: str = ""
    sinks: tuple[LineageSinkSpec, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)


UNTOLD = OpenLineage()  # nobody hears of builds
