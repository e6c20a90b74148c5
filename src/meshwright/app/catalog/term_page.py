"""What the pages of terms show: each term, and the columns that carry it, as somebody may know them."""

from dataclasses import dataclass, replace

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.terms import TermPage, list_terms, show_term
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address


@dataclass(frozen=True, slots=True)
class Carrier:
    """A column that carries a term: where it is, what the contract says of it, how its product fares."""

    address: str
    port: str
    column: str
    title: str
    health: str


def known_terms(wiring: Wiring, board: Board, knowing: Knowing, words: str) -> tuple[TermPage, ...]:
    """Return the terms that words find, with the columns that somebody may know of."""
    pages: tuple[TermPage, ...] = board.once(("terms", words), lambda: list_terms(wiring, words))
    return tuple(_known(page, knowing) for page in pages if _may_know(knowing, page))


def known_term(wiring: Wiring, knowing: Knowing, name: str) -> TermPage:
    """Return one term; raise `UsageError` (`term-unknown`)."""
    page = show_term(wiring, name)
    if not _may_know(knowing, page):
        known = [
            one for one, term in wiring.workspace.terms.items() if knowing.of_domain(term.domain)
        ]
        raise UsageError(
            "term-unknown", f"there is no term `{name}`", hint=did_you_mean(name, known)
        )
    return _known(page, knowing)


def carriers_of(board: Board, page: TermPage) -> tuple[Carrier, ...]:
    """Return the columns of a term, each with its product."""
    found = []
    for text in page.columns:
        address = Address.parse(text)
        product = board.products.get(str(address.product_address))
        found.append(
            Carrier(
                text,
                str(address.port_address),
                address.column,
                product.name if product else str(address.product_address),
                product.health if product else "",
            )
        )
    return tuple(found)


def _may_know(knowing: Knowing, page: TermPage) -> bool:
    return not page.term.domain or knowing.of_domain(page.term.domain)


def _known(page: TermPage, knowing: Knowing) -> TermPage:
    return replace(page, columns=tuple(one for one in page.columns if knowing.of(one)))
