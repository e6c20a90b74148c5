"""What happened to products: contracts, builds, versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.model.facts.fact import Fact
from meshwright.model.json_value import Json


@dataclass(frozen=True, slots=True)
class ContractPublished(Fact):
    """A port promised something new; `document` is the contract as JSON."""

    product: str
    port: str
    contract_id: str
    version: str
    digest: str
    document: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class BuildStarted(Fact):
    """A build began. `as_of` is the business time it pretends, or ''; `read_bytes` the size of its inputs.

    `run` is what the builds of one `mesh run` share.
    """

    build: str
    product: str
    code: str
    as_of: str = ""
    reasons: Sequence[str] = ()
    read_bytes: int = 0
    run: str = ""


@dataclass(frozen=True, slots=True)
class PortAudited(Fact):
    """A staged port was judged. `checks` are outcomes as mappings; `metrics` are (column, name, number)."""

    build: str
    product: str
    port: str
    rows: int
    rejected: bool
    checks: Sequence[Mapping[str, Json]]
    metrics: Sequence[Sequence[Json]]
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class BuildFailed(Fact):
    """A build ended by an error; its message stays in the build's side files."""

    build: str
    product: str
    error: str  # the error's code
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class BuildRejected(Fact):
    """A build's audit found what its contract forbids; what was served stays served.

    `pending` is the `VersionPublished` that `mesh accept` would record: its files are kept.
    """

    build: str
    product: str
    failed_checks: Sequence[str]  # `port:check-id`
    served: int | None
    pending: Mapping[str, Json]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class VersionPublished(Fact):
    """A build's ports became what readers see, all at once.

    `ports` maps a port to {location, data_version, contract, contract_version, code, columns: [[name,
    type]], rows, bytes, added: [{path, rows, bytes, interval, statistics}], removed: [path],
    quarantined, done: [[from, to]]}. `inputs` are {input, address, stamp, version}. `base` is the
    version that `added` and `removed` are relative to.
    """

    build: str
    product: str
    version: int
    semver: str
    code: str
    ports: Mapping[str, Mapping[str, Json]]
    inputs: Sequence[Mapping[str, Json]]
    base: int | None = None
    as_of: str = ""
    title: str = ""
    owners: Sequence[str] = ()
    waiver: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RejectionAccepted(Fact):
    """A named owner took responsibility for a rejected build until `expires` (ISO date)."""

    waiver: str
    build: str
    product: str
    owner: str
    reason: str
    expires: str
    checks: Sequence[str]  # `port:check-id`


@dataclass(frozen=True, slots=True)
class VersionRolledBack(Fact):
    """The product's pointer moved to an older version; `code` is not built again until it changes."""

    product: str
    from_version: int
    to_version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VersionVacuumed(Fact):
    """A version's files that no kept version names were removed."""

    product: str
    version: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ProductRenamed(Fact):
    """A product got another name or another domain; its old address still finds it."""

    product: str
    formerly: str


@dataclass(frozen=True, slots=True)
class ProductRetired(Fact):
    """A product will end; it is served until `until` (ISO date)."""

    product: str
    until: str
    reason: str = ""
    consumers: Sequence[str] = ()
