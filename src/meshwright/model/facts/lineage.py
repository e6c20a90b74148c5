"""What columns are made of, here and in tools outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.model.facts.fact import Fact
from meshwright.model.json_value import Json


@dataclass(frozen=True, slots=True)
class LineageTraced(Fact):
    """What the columns of a product's models are made of, from this version on until the next such fact.

    `datasets` maps each input port to {name, kind: port | source, columns}. `models` maps a model to
    {columns: [name], edges: [[output, input, column, kind, how, marks]]}, where `input` is an input port or
    another model, and `marks` holds `m` (masked) and `r` (reveals). `digest` is of both, so that what did not
    change is not said again.
    """

    build: str
    product: str
    version: int
    datasets: Mapping[str, Mapping[str, Json]]
    models: Mapping[str, Mapping[str, Json]]
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ExternalRunSeen(Fact):
    """A tool outside of this mesh told what it read and wrote.

    `job` and datasets are `namespace` and `name` joined by a `/`, as OpenLineage names them. `edges` are
    [output dataset, column, input dataset, column, kind, how, marks]; `columns` maps a
    dataset to its own.
    """

    job: str
    run: str
    state: str
    at: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    edges: Sequence[Sequence[str]] = ()
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    producer: str = ""
    digest: str = ""
