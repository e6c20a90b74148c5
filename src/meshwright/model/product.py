"""A data product: its ports (ODPS), how it is built (`build.yaml`), its models and model tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from meshwright.model.address import Address
from meshwright.model.contract import Contract
from meshwright.model.exact import most_rows
from meshwright.model.monitoring import UNWATCHED, Monitoring


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where an external input port's rows come from. `base` is the folder relative paths start at."""

    kind: str  # the name of a source adapter: files, sqlite, …
    base: Path
    paths: tuple[str, ...] = ()
    format: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)  # name -> SQL type, when declared


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many rows of an input may fail to parse: a number, or a share between 0 and 1."""

    rows: int = 0
    share: float = 0.0

    def allows(self, rejected: int, read: int) -> bool:
        """Say whether `rejected` rows, beside `read` good ones, are within the tolerance."""
        return rejected <= max(self.rows, most_rows(self.share, rejected + read))


@dataclass(frozen=True, slots=True)
class InputPort:
    """What a product reads: a foreign port, or an external source (exactly one of the two)."""

    name: str
    port: Address | None = None
    source: SourceSpec | None = None
    tolerance: Tolerance = Tolerance()
    version: str = ""
    contract_id: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Materialisation:
    """How a port's rows replace the last version's: all of them, or those of business intervals."""

    kind: str = "full"  # full | append
    interval: str = ""  # hour | day | week | month
    column: str = ""  # the date or timestamp column that says which interval a row is in
    start: str = ""  # ISO date or timestamp: the first interval
    end: str = ""  # ISO date or timestamp, optional: no interval begins at or after it


@dataclass(frozen=True, slots=True)
class OutputPort:
    """What a product publishes."""

    name: str
    contract: Contract | None = None
    materialisation: Materialisation = Materialisation()
    monitoring: Monitoring = UNWATCHED
    version: str = ""
    contract_id: str = ""
    description: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Parameter:
    """A typed value that models use as `$name`. `type`: integer number string boolean date timestamp."""

    name: str
    type: str
    value: object


@dataclass(frozen=True, slots=True)
class Model:
    """One SQL file. Its name is a port's, or it is an intermediate model."""

    name: str
    file: str  # relative to the mesh
    sql: str


@dataclass(frozen=True, slots=True)
class ModelTest:
    """Given rows and expected rows for one model."""

    name: str
    model: str
    given: Mapping[str, tuple[Mapping[str, object], ...]]
    expected: tuple[Mapping[str, object], ...]
    parameters: Mapping[str, object] = field(default_factory=dict)
    is_ordered: bool = False
    is_exact: bool = False
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Product:
    """The unit of ownership, build, version and rollback. `folder` is relative to the mesh."""

    address: Address
    id: str
    version: str
    folder: str
    title: str = ""
    description: str = ""
    status: str = "active"
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    inputs: tuple[InputPort, ...] = ()
    outputs: tuple[OutputPort, ...] = ()
    models: tuple[Model, ...] = ()
    tests: tuple[ModelTest, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    schedule: str = ""
    engine: str = ""
    timezone: str = "UTC"  # the mesh's: where its days end
    formerly: tuple[Address, ...] = ()

    def output(self, name: str) -> OutputPort | None:
        """Return the output port of that name, or None."""
        return next((port for port in self.outputs if port.name == name), None)
