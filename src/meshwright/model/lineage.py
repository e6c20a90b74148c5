"""Column lineage: what each column of a SELECT is made of, in the words of OpenLineage.

A DIRECT edge: the output's value comes from the input column's. An INDIRECT one: the input decides which rows
or which value there are. An edge whose `output` is `EVERY` holds for every output column (a filter, a join).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

DIRECT, INDIRECT, UNKNOWN = "DIRECT", "INDIRECT", "UNKNOWN"
IDENTITY, TRANSFORMATION, AGGREGATION = "IDENTITY", "TRANSFORMATION", "AGGREGATION"
FILTER, JOIN, GROUP_BY, SORT, WINDOW, CONDITIONAL = (
    "FILTER", "JOIN", "GROUP_BY", "SORT", "WINDOW", "CONDITIONAL",
)  # fmt: skip
EVERY = "*"


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One output column depends on one column of one table that the SELECT reads.

    `table` is named as the SELECT names it, lower-cased where unquoted. A `kind` of UNKNOWN says that what
    the output is made of cannot be known (`table` and `column` say what is known of it, or are empty).
    """

    output: str
    table: str
    column: str
    kind: str = DIRECT
    how: str = IDENTITY
    is_masked: bool = False  # hashed: the value cannot be read back
    reveals: bool = True  # who sees the output learns something of the input's values


@dataclass(frozen=True, slots=True)
class SelectLineage:
    """All edges of one SELECT. `columns` are its output names in order; empty where they cannot be known."""

    columns: tuple[str, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a product reads under an input's name. `name` is an address (kind `port`) or, of a `source`, its
    kind and place (`files:silos/a.csv`, `sqlite:silos/fleet.db#planes`). `columns`: None where not known.
    """

    name: str
    kind: str
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ProductLineage:
    """What the columns of a product are made of: by model, over its inputs by name."""

    product: str
    models: Mapping[str, SelectLineage]
    inputs: Mapping[str, Dataset] = field(default_factory=dict)
