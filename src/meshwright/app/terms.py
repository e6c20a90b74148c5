"""Terms: what business words mean, which columns carry them, and which others look as if they did."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from meshwright.app.order import load_briefs, reads_of
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.errors import UsageError, did_you_mean
from meshwright.lineage.same import Spot, same_values
from meshwright.model.glossary import Term, fold
from meshwright.model.problem import Place, Problem
from meshwright.model.product import Product
from meshwright.orchestrate.selection import select
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class TermPage:
    """A term with the columns that carry it, as addresses."""

    term: Term
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermSuggestion:
    """A column that may carry a term, and why; `is_same` says that lineage shows it holds the same values."""

    column: str
    term: str
    reason: str
    is_same: bool


def term_links(product: Product) -> list[list[str | int]]:
    """Return what of a product's contracts names a term: [port, column, term, file, line]."""
    return [
        [port.name, column.name, term, port.contract.file, column.line]
        for port in product.outputs
        if port.contract and (described := port.contract.object_for(port.name))
        for column in described.columns
        for term in column.terms
    ]


def list_terms(wiring: Wiring, words: str = "") -> tuple[TermPage, ...]:
    """Return the terms whose name, synonyms or definition hold all words, best first."""
    carried = _carried(wiring)
    pages = [
        TermPage(term, tuple(carried.get(name, ())))
        for name, term in wiring.workspace.terms.items()
    ]
    ranked = [(rank, page) for page in pages if (rank := _rank(page.term, words)) is not None]
    return tuple(page for _, page in sorted(ranked, key=lambda one: (one[0], one[1].term.name)))


def show_term(wiring: Wiring, name: str) -> TermPage:
    """Return one term, by its name or another word for it; raise `UsageError` (`term-unknown`)."""
    terms = wiring.workspace.terms
    found = terms.get(name) or next((t for t in terms.values() if fold(name) in t.words), None)
    if found is None:
        hint = did_you_mean(name, terms) if terms else "write glossary.yaml: docs/how-to/terms.md"
        raise UsageError("term-unknown", f"there is no term `{name}`", hint=hint)
    return TermPage(found, tuple(_carried(wiring).get(found.name, ())))


def suggest_terms(wiring: Wiring, expressions: Sequence[str] = ()) -> tuple[TermSuggestion, ...]:
    """Return columns that carry no term and may: they hold the values of one that does, or its name."""
    terms = wiring.workspace.terms
    briefs = load_briefs(wiring)
    chosen = select(expressions, briefs, reads_of(briefs), formerly=wiring.workspace.former_names)
    carried = {column: term for term, columns in _carried(wiring).items() for column in columns}
    with wiring.store.read() as reader:
        named = {_spot(column): term for column, term in carried.items() if term in terms}
        reached = same_values(_identities(reader), named)
        columns = [c for c in _columns(reader) if c.dataset.rpartition(".")[0] in set(chosen)]
    words = {word: term.name for term in terms.values() for word in term.words if word}
    found = []
    for spot in columns:
        address = f"{spot.dataset}.{spot.column}"
        if address in carried:
            continue
        if spot in reached:
            origin = reached[spot]
            why = f"holds the values of {origin.dataset}.{origin.column}"
            found.append(TermSuggestion(address, named[origin], why, True))
        elif fold(spot.column) in words:
            term = words[fold(spot.column)]
            found.append(TermSuggestion(address, term, "is named like it", False))
    return tuple(found)


def term_problems(wiring: Wiring) -> list[Problem]:
    """Return the links of contracts to terms that are not there."""
    terms = wiring.workspace.terms
    return [
        Problem(
            "term-unknown",
            f"`{term}` is no term of this mesh",
            Place(file, line),
            did_you_mean(term, terms) if terms else "define it in glossary.yaml",
            f"schema.{column}.authoritativeDefinitions",
            "warning",
        )
        for card in wiring.workspace.cards.values()
        for _, column, term, file, line in _links(card)
        if term not in terms
    ]


def _carried(wiring: Wiring) -> dict[str, list[str]]:
    """Return the columns that carry each term, as addresses."""
    found: dict[str, list[str]] = {}
    for address, card in sorted(wiring.workspace.cards.items()):
        for port, column, term, _, _ in _links(card):
            found.setdefault(term, []).append(f"{address}.{port}.{column}")
    return found


def _links(card: Card) -> Iterable[tuple[str, str, str, str, int]]:
    return card.extra.get("terms") or ()


def _rank(term: Term, words: str) -> int | None:
    """Say how well a term answers: its name, then another word for it, then its definition."""
    wanted = fold(words).split()
    places = (
        fold(term.name),
        " ".join(term.words),
        f"{' '.join(term.words)} {fold(term.definition)}",
    )
    for rank, text in enumerate(places):
        if all(word in text for word in wanted):
            return rank
    return None


def _spot(address: str) -> Spot:
    dataset, _, column = address.rpartition(".")
    return Spot(dataset, column)


def _identities(reader: Reader) -> Iterator[tuple[Spot, Spot]]:
    rows = reader.rows(
        "SELECT dataset, column_name, source, source_column FROM lineage_edges"
        " WHERE last_version IS NULL AND how = 'IDENTITY' AND masked = 0"
    )
    for dataset, column, source, source_column in rows:
        yield Spot(str(dataset), str(column)), Spot(str(source), str(source_column))


def _columns(reader: Reader) -> list[Spot]:
    """Return every column of every served port."""
    rows = reader.rows(
        "SELECT v.product, v.port, v.columns FROM version_ports v JOIN products p"
        " ON p.product = v.product AND p.served = v.version ORDER BY v.product, v.port"
    )
    return [
        Spot(f"{product!s}.{port!s}", name)
        for product, port, columns in rows
        for name, _ in json.loads(str(columns))
    ]
