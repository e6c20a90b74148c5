"""What the page of a domain shows: its team, its products, its rules, its trouble, how mature it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meshwright.app.catalog.board import Board, BoardProduct
from meshwright.app.catalog.broken import Trouble, open_troubles
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.score import score_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, UsageError, did_you_mean
from meshwright.govern.scores import Score, domain_means
from meshwright.model.access import AccessPolicy
from meshwright.model.address import Address
from meshwright.model.mesh import Domain

MOST_SCORED = 100  # products whose scores are worked out for a scorecard


@dataclass(frozen=True, slots=True)
class DomainPage:
    """All of a domain that somebody may know of. `reads` and `readers` are other domains."""

    name: str
    domain: Domain | None
    products: tuple[BoardProduct, ...]
    policies: tuple[AccessPolicy, ...]
    troubles: tuple[Trouble, ...]
    trouble_count: int
    reads: tuple[str, ...]
    readers: tuple[str, ...]

    @property
    def owners(self) -> tuple[str, ...]:
        """Return who owns the domain."""
        return self.domain.owners if self.domain else ()

    def counts(self) -> Mapping[str, int]:
        """Return how many products fare how."""
        found: dict[str, int] = {}
        for product in self.products:
            found[product.health] = found.get(product.health, 0) + 1
        return found


@dataclass(frozen=True, slots=True)
class Scorecard:
    """How mature a domain is. `means`: aspect -> share; `left_out`: products that have no score here."""

    means: Mapping[str, float]
    scores: tuple[Score, ...]
    left_out: int

    @property
    def certified(self) -> int:
        """Return how many products are certified."""
        return sum(score.is_certified for score in self.scores)


def show_domain(wiring: Wiring, board: Board, knowing: Knowing, name: str) -> DomainPage:
    """Return a domain; raise `UsageError` (`domain-unknown`)."""
    domain = wiring.workspace.domains.get(name) if knowing.of_domain(name) else None
    products = _products(board, knowing, name)
    if domain is None and not products:
        hint = did_you_mean(name, filter(knowing.of_domain, wiring.workspace.domains))
        raise UsageError("domain-unknown", f"there is no domain `{name[:80]}`", hint=hint)
    troubles, count = open_troubles(wiring, knowing, name)
    own = wiring.workspace.access(name) if domain else None
    return DomainPage(
        name,
        domain,
        products,
        own.policies if own else (),
        troubles,
        count,
        _others(name, knowing, (read for one in products for read in one.reads)),
        _others(
            name, knowing, (to for one in products for to in board.readers.get(one.address, ()))
        ),
    )


def score_domain(wiring: Wiring, board: Board, knowing: Knowing, name: str) -> Scorecard:
    """Return how mature a domain is, worked out once for a board."""
    products = _products(board, knowing, name)
    key = ("scorecard", name, frozenset(knowing.hidden))
    return board.once(key, lambda: _scorecard(wiring, name, products))


def _products(board: Board, knowing: Knowing, name: str) -> tuple[BoardProduct, ...]:
    return tuple(one for one in board.domains.get(name, ()) if one.address not in knowing.hidden)


def _others(name: str, knowing: Knowing, addresses: Iterable[str]) -> tuple[str, ...]:
    known = {one for one in addresses if knowing.of(one)}
    return tuple(sorted({one.partition(".")[0] for one in known} - {name}))


def _scorecard(wiring: Wiring, name: str, products: Sequence[BoardProduct]) -> Scorecard:
    found: list[Score] = []
    for one in products[:MOST_SCORED]:
        try:
            product = wiring.workspace.product(Address.parse(one.address))
        except MeshwrightError:  # its files have errors: `mesh check` tells
            continue
        found.append(score_of(wiring, product, one.health))
    return Scorecard(domain_means(found).get(name, {}), tuple(found), len(products) - len(found))
