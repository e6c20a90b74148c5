"""The promise of an output port, read from ODCS (Bitol Open Data Contract Standard v3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.model.access_request import ContractRole
from meshwright.model.classification import is_open
from meshwright.model.glossary import term_of


@dataclass(frozen=True, slots=True)
class Threshold:
    """An ODCS operator and its operand: `mustBe`, `mustBeBetween`… with a number or two."""

    operator: str
    value: object


@dataclass(frozen=True, slots=True)
class QualityRule:
    """One entry of an ODCS `quality` list. `key` is stable: its id, its name, or its position."""

    key: str
    kind: str  # library | sql | custom | text
    metric: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)
    thresholds: tuple[Threshold, ...] = ()
    unit: str = "rows"
    severity: str = "error"
    query: str = ""
    name: str = ""
    description: str = ""
    dimension: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Relationship:
    """A foreign key: columns of this object to `table.column` references, in the same order.

    A reference is `object.column` within the contract, or `domain.product.port.column`, or
    `<contract-id-or-file>/schema/<object>/properties/<column>` as ODCS writes it.
    """

    columns: tuple[str, ...]
    references: tuple[str, ...]
    kind: str = "foreignKey"
    line: int = 0


@dataclass(frozen=True, slots=True)
class ContractColumn:
    """A promised column. `name` is its name in the data (`physicalName`, else `name`)."""

    name: str
    logical_type: str = ""
    physical_type: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    required: bool = False
    unique: bool = False
    key_position: int = 0  # 1.. within the primary key; 0: not part of it
    enum: tuple[object, ...] | None = None
    classification: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    business_name: str = ""
    semantic_type: str = ""
    definitions: tuple[str, ...] = ()  # URLs of `authoritativeDefinitions`
    quality: tuple[QualityRule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    properties: tuple["ContractColumn", ...] = ()  # of an object
    items: "ContractColumn | None" = None  # of an array
    map_key: "ContractColumn | None" = None
    map_value: "ContractColumn | None" = None
    custom: Mapping[str, object] = field(default_factory=dict)
    line: int = 0

    @property
    def terms(self) -> tuple[str, ...]:
        """Return the business terms that its definitions name."""
        return tuple(term for url in self.definitions if (term := term_of(url)))

    @property
    def is_classified(self) -> bool:
        """Say whether no literal value of this column may be kept in statistics or examples."""
        return not is_open(self.classification, self.tags)


@dataclass(frozen=True, slots=True)
class ContractObject:
    """One table that a contract promises."""

    name: str
    columns: tuple[ContractColumn, ...] = ()
    physical_name: str = ""
    description: str = ""
    granularity: str = ""
    quality: tuple[QualityRule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    tags: tuple[str, ...] = ()
    custom: Mapping[str, object] = field(default_factory=dict)
    line: int = 0

    @property
    def key(self) -> tuple[str, ...]:
        """Return the primary key's columns in their order; empty when there is none."""
        keyed = [c for c in self.columns if c.key_position]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.key_position))

    @property
    def classified(self) -> frozenset[str]:
        """Return the columns of which no value may be kept in statistics or examples."""
        return frozenset(c.name for c in self.columns if c.is_classified)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """One entry of `slaProperties`."""

    name: str
    value: object
    unit: str = ""
    element: str = ""
    description: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Failing rows go aside when at most this share (or number) of rows fails."""

    rows: int | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A whole contract. `digest` is of its meaning (comments and layout don't count)."""

    id: str
    version: str
    status: str
    api_version: str
    objects: tuple[ContractObject, ...]
    file: str = ""
    name: str = ""
    description: str = ""
    domain: str = ""
    data_product: str = ""
    service_levels: tuple[ServiceLevel, ...] = ()
    owners: tuple[str, ...] = ()
    roles: tuple[ContractRole, ...] = ()
    tags: tuple[str, ...] = ()
    quarantine: Quarantine | None = None
    replaces: str = ""
    end_of_life: str = ""
    is_deprecated: bool = False
    custom: Mapping[str, object] = field(default_factory=dict)
    digest: str = ""

    def object_for(self, port: str) -> ContractObject | None:
        """Return the object that describes `port`: the one of its name, or the only one."""
        for candidate in self.objects:
            if port in (candidate.name, candidate.physical_name):
                return candidate
        return self.objects[0] if len(self.objects) == 1 else None
