"""What is found by words: a document for each product, port, column, term and domain.

Documents of the same facets share a place, so that counting facets costs what there is of places.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from meshwright.catalog.spoken import NOTHING, Spoken
from meshwright.catalog.words import joined, spelled, tokens
from meshwright.model.contract import ContractColumn
from meshwright.model.glossary import Term
from meshwright.model.mesh import Domain
from meshwright.model.product import OutputPort, Product

PRODUCT, PORT, COLUMN, TERM, DOMAIN = KINDS = ("product", "port", "column", "term", "domain")
_OVER = ("deprecated", "retired")
MOST_TEXT = 400  # letters of a description that are shown


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found. `name`, `description` and `more` are words as search compares them."""

    address: str
    title: str
    text: str
    name: str
    description: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Documents that no facet tells apart. `address`: what fares as they do, a product or port."""

    kind: str
    address: str
    domain: str = ""
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    classification: str = ""
    is_deprecated: bool = False
    documents: tuple[Document, ...] = field(default=(), compare=False)


def product_places(
    product: Product,
    owners: tuple[str, ...],
    served: Mapping[str, Sequence[str]],
    said: Spoken = NOTHING,
) -> list[Place]:
    """Return the places of a product.

    `served`: the columns of each port that readers see now; `said`: what people say where no descriptor does.
    """
    address, domain = str(product.address), product.address.domain
    is_over = product.status in _OVER
    text = said.text(address, product.description)
    product = replace(product, tags=(*product.tags, *said.tags(address)))
    ports = [
        _port(product, port, owners, served.get(port.name, ()), said) for port in product.outputs
    ]
    inside = [word for places in ports for word in spelled(places[0].address.rpartition(".")[2])]
    columns = [d.name for places in ports for place in places[1:] for d in place.documents]
    document = Document(
        address,
        product.title,
        shortened(text),
        joined([*spelled(address.partition(".")[2]), *tokens(product.title)]),
        joined(tokens(text)),
        joined(
            [
                *tokens(domain),
                *_all(product.tags),
                *_all(said.terms(address)),
                *_all(owners),
                *inside,
                *" ".join(columns).split(),
            ]
        ),
    )
    whole = Place(PRODUCT, address, domain, owners, product.tags, "", is_over, (document,))
    return [whole, *(place for places in ports for place in places)]


def unread_places(
    address: str, owners: tuple[str, ...], served: Mapping[str, Sequence[str]]
) -> list[Place]:
    """Return the places of a product whose files cannot be read: its names, and what is served."""
    domain, _, name = address.partition(".")
    places = [Place(PRODUCT, address, domain, owners, documents=(_named(address, spelled(name)),))]
    for port, columns in served.items():
        of_port = f"{address}.{port}"
        named = [_named(f"{of_port}.{column}", spelled(column)) for column in columns]
        places.append(
            Place(PORT, of_port, domain, owners, documents=(_named(of_port, spelled(port)),))
        )
        places.append(Place(COLUMN, of_port, domain, owners, documents=tuple(named)))
    return places


def term_places(terms: Iterable[Term]) -> list[Place]:
    """Return the places of business terms."""
    return [
        Place(
            TERM,
            term.name,
            term.domain,
            (term.owner,) if term.owner else (),
            documents=(
                Document(
                    term.name,
                    term.title,
                    shortened(term.definition),
                    joined([*spelled(term.name), *tokens(term.title), *_all(term.synonyms)]),
                    joined(tokens(term.definition)),
                ),
            ),
        )
        for term in terms
    ]


def domain_places(domains: Iterable[Domain]) -> list[Place]:
    """Return the places of domains."""
    return [
        Place(
            DOMAIN,
            domain.name,
            domain.name,
            domain.owners,
            documents=(
                Document(
                    domain.name,
                    domain.title,
                    shortened(domain.description),
                    joined([*spelled(domain.name), *tokens(domain.title), *tokens(domain.team)]),
                    joined(tokens(domain.description)),
                ),
            ),
        )
        for domain in domains
    ]


def shortened(text: str) -> str:
    """Return what is shown of a description: one line, not too long."""
    if not text:
        return ""
    line = " ".join(text.split())
    return line if len(line) <= MOST_TEXT else f"{line[: MOST_TEXT - 1]}…"


def _port(
    product: Product,
    port: OutputPort,
    owners: tuple[str, ...],
    served: Sequence[str],
    said: Spoken,
) -> list[Place]:
    address, domain = f"{product.address}.{port.name}", product.address.domain
    contract = port.contract
    described = contract.object_for(port.name) if contract else None
    promised = {column.name: column for column in described.columns} if described else {}
    names = list(dict.fromkeys((*promised, *served)))
    columns = [
        said.of(promised.get(name, ContractColumn(name)), f"{address}.{name}") for name in names
    ]
    written = port.description or (described.description if described else "")
    text = said.text(address, written)
    tags = tuple(
        dict.fromkeys(
            [
                *product.tags,
                *(contract.tags if contract else ()),
                *(described.tags if described else ()),
                *said.tags(address),
            ]
        )
    )
    is_over = product.status in _OVER or bool(contract and contract.is_deprecated)
    about = [word for column in columns for word in _about(column)]
    document = Document(
        address,
        contract.name if contract else "",
        shortened(text),
        joined(spelled(port.name)),
        joined(tokens(text)),
        joined(
            [
                *spelled(str(product.address)),
                *tokens(product.title),
                *_all(tags),
                *_all(said.terms(address)),
                *_all(owners),
                *(word for name in names for word in spelled(name)),
                *about,
            ]
        ),
    )
    level = str((described.custom.get("classification") if described else "") or "")
    whole = Place(PORT, address, domain, owners, tags, level, is_over, (document,))
    return [whole, *_columns(whole, columns)]


def _columns(port: Place, columns: Sequence[ContractColumn]) -> Iterator[Place]:
    alike: dict[tuple[str, tuple[str, ...]], list[Document]] = {}
    for column in columns:
        document = Document(
            f"{port.address}.{column.name}",
            column.business_name,
            shortened(column.description),
            joined([*spelled(column.name), *tokens(column.business_name)]),
            joined(tokens(column.description)),
            joined(_about(column)),
        )
        alike.setdefault((column.classification, column.tags), []).append(document)
    for (level, tags), documents in alike.items():
        yield Place(
            COLUMN,
            port.address,
            port.domain,
            port.owners,
            tuple(dict.fromkeys([*port.tags, *tags])),
            level,
            port.is_deprecated,
            tuple(documents),
        )


def _about(column: ContractColumn) -> list[str]:
    return [*_all(column.tags), *_all(column.terms), *tokens(column.semantic_type)]


def _all(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in spelled(text)]


def _named(address: str, words: Sequence[str]) -> Document:
    return Document(address, "", "", joined(words), "")
