"""Which products read which, and what waits for what: told by the briefs alone."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from meshwright.app.cards import Brief
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.orchestrate.dag import endless
from meshwright.orchestrate.selection import select

Briefs = Mapping[str, Brief | None]


def load_briefs(wiring: Wiring) -> Briefs:
    """Return the brief of every product, by address; None where it may not be built for its files' errors.

    Products that wait for each other are among these, and what waits for them: so the others have an order.
    """
    names = wiring.workspace.former_names or None
    briefs: dict[str, Brief | None] = {
        address: None if brief is None else _brief(brief, names)
        for address, brief in wiring.workspace.briefs().items()
    }
    codes = {problem.code for problem in wiring.workspace.problems()}
    if "product-cycle" in codes:
        briefs |= dict.fromkeys(endless(reads_of(briefs)))
    if "address-duplicate" in codes:
        briefs |= dict.fromkeys(_contested(wiring))
    return briefs


def _brief(said: Sequence[Any], former_names: Mapping[str, str] | None) -> Brief:
    brief = Brief(*said)
    return brief._replace(former_names=former_names) if former_names else brief


def _contested(wiring: Wiring) -> set[str]:
    """Return the addresses that two products claim, one perhaps as its earlier name, and who claims them."""
    cards = wiring.workspace.cards
    claimed = {
        str(name)
        for address, card in cards.items()
        for old in card.formerly
        if old in cards
        for name in (address, old)
    }
    files = {
        problem.place.file.rpartition("/")[0]
        for problem in wiring.workspace.problems()
        if problem.code == "address-duplicate"
    }
    return claimed | {str(address) for address, card in cards.items() if card.folder in files}


def reads_of(briefs: Briefs) -> dict[str, list[str]]:
    """Return the products that each product reads."""
    return {
        product: sorted(brief.reads & briefs.keys()) if brief else []
        for product, brief in briefs.items()
    }


def order_of(briefs: Briefs, reads: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Return what each product waits for: what it reads, and what its contracts refer to.

    A reference that would close a circle is left out: it only orders, so that a first audit finds its keys.
    """
    edges = {product: list(needed) for product, needed in reads.items()}
    for product, brief in briefs.items():
        for other in sorted(brief.targets) if brief else ():
            if (
                other in briefs
                and other not in edges[product]
                and not _reaches(edges, other, product)
            ):
                edges[product].append(other)
    return edges


def chosen_of(wiring: Wiring, selection: tuple[str, ...]) -> tuple[Address, ...]:
    """Return the products that a selection means, those that others rest on first."""
    briefs, formerly = load_briefs(wiring), wiring.workspace.former_names
    return tuple(map(Address.parse, select(selection, briefs, reads_of(briefs), formerly=formerly)))


def _reaches(edges: Mapping[str, Collection[str]], start: str, goal: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        for other in edges.get(node, ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False
