"""What is found of a change: columns, models, promises, queries, people. Values only."""

from dataclasses import asdict, dataclass
from typing import Any

from meshwright.model.plan import Affected
from meshwright.model.problem import Place

DROP, TYPE, RENAME, USE = "drop", "type", "rename", "use"
BREAKS, MAY, RESTS = "breaks", "may break", "rests on it"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like to do with a column or port: drop it, rename it, give it another type."""

    kind: str = USE
    to: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.to}" if self.to else self.kind


@dataclass(frozen=True, slots=True)
class HitColumn:
    """A column that is made with what changes. `how`: IDENTITY, AGGREGATION, FILTER…; `why` in words."""

    address: str
    by: str  # the product that makes it, or a job outside
    how: str
    verdict: str
    depth: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class HitModel:
    """A model whose SQL reads what changes."""

    product: str
    model: str
    reads: tuple[str, ...]  # columns, as addresses
    verdict: str
    place: Place


@dataclass(frozen=True, slots=True)
class HitPromise:
    """Something of a contract that names what changes, or promises what is made of it."""

    address: str
    what: str
    verdict: str
    place: Place


@dataclass(frozen=True, slots=True)
class HitQuery:
    """A query of the last thirty days that reads what changes. `sql` is without values; '' if not kept."""

    digest: str
    people: tuple[str, ...]
    times: int
    last: str
    reads: tuple[str, ...]
    verdict: str
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who wants to hear of changes of an address."""

    address: str
    notifier: str
    principal: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may read what changes, or what is made of it, and when they last did ('' for never)."""

    grant: str
    principal: str
    address: str
    purpose: str
    until: str
    last_used: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """All that a change would break. `products` are nearest first; `readers` asked within thirty days."""

    address: str
    wish: Wish
    columns: tuple[HitColumn, ...] = ()
    models: tuple[HitModel, ...] = ()
    products: tuple[Affected, ...] = ()
    contracts: tuple[HitPromise, ...] = ()
    queries: tuple[HitQuery, ...] = ()
    owners: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    grants: tuple[Holder, ...] = ()

    @property
    def breaks(self) -> bool:
        """Say whether something would break, or may: what is not known to hold is not promised to."""
        verdicts = {column.verdict for column in self.columns}
        verdicts |= {model.verdict for model in self.models}
        verdicts |= {promise.verdict for promise in self.contracts}
        verdicts |= {query.verdict for query in self.queries}
        return self.wish.kind != USE and not verdicts.isdisjoint((BREAKS, MAY))


def impact_shape(impact: Impact) -> dict[str, Any]:
    """Return the one JSON shape of what a change would break."""
    return {
        "address": impact.address,
        "change": str(impact.wish),
        "breaks": impact.breaks,
        "columns": [asdict(column) for column in impact.columns],
        "models": [_placed(asdict(model)) for model in impact.models],
        "products": [asdict(product) for product in impact.products],
        "contracts": [_placed(asdict(promise)) for promise in impact.contracts],
        "queries": [asdict(query) for query in impact.queries],
        "owners": list(impact.owners),
        "readers": list(impact.readers),
        "subscribers": [asdict(one) for one in impact.subscribers],
        "grants": [asdict(one) for one in impact.grants],
    }


def _placed(shape: dict[str, Any]) -> dict[str, Any]:
    place = shape.pop("place")
    return {**shape, "file": place["file"] or None, "line": place["line"] or None}
