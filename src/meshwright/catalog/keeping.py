"""The index of words in the state store: an owner's documents are put, replaced and taken away whole.

What must stay true: an owner and its documents change in one transaction, which also gives the index another
generation; emptied, it is made again from nothing.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import time

from meshwright.catalog.documents import Place
from meshwright.spi.state_store import Reader, Value, Writer

SHIFT = 20  # of a place's number in the id of a document
MOST_DOCUMENTS = 1 << SHIFT
TABLES = (
    "search_owners", "search_places", "search_documents", "search_health", "search_badges", "search_changes",
    "search_state", "search_words", "search_vocabulary",
)  # fmt: skip
_EMPTIED = TABLES[:6]
EVERY = "*"  # an owner that stands for all
_Row = tuple[Value, ...]
FORM = "3"  # changes when what is kept of a product does: the index is then made anew


def read_state(reader: Reader) -> dict[str, str]:
    """Return what the index says of itself."""
    return {str(k): str(v) for k, v in reader.rows("SELECT name, value FROM search_state")}


def read_marks(reader: Reader) -> dict[str, str]:
    """Return what of it says whether anything changed."""
    rows = reader.rows(
        "SELECT name, value FROM search_state"
        " WHERE name IN ('files', 'served', 'said', 'form', 'fares')"
    )
    return {str(name): str(value) for name, value in rows}


def read_generation(reader: Reader) -> int:
    """Return which generation of the index this is."""
    rows = reader.rows("SELECT value FROM search_state WHERE name = 'generation'")
    return int(str(rows[0][0])) if rows else 0


def write_state(writer: Writer, **said: str) -> None:
    """Say something of the index."""
    writer.run_many("INSERT OR REPLACE INTO search_state (name, value) VALUES (?, ?)", said.items())


def renew(writer: Writer, owners: Iterable[str]) -> None:
    """Give the index another generation, in which these owners' documents changed or went: whoever keeps
    something of them in memory reads it again.
    """
    generation = (read_generation(writer) or int(time())) + 1  # none comes again, whatever is lost
    write_state(writer, generation=str(generation))
    writer.run_many(
        "INSERT OR REPLACE INTO search_changes (owner, generation) VALUES (?, ?)",
        [(owner, generation) for owner in owners],
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an owner. `mark`: of its files; `served`: the version whose columns are in it."""

    owner: str
    domain: str
    mark: str
    served: int | None
    places: Sequence[Place]


def put(
    writer: Writer, owner: str, domain: str, mark: str, served: int | None, places: Sequence[Place]
) -> None:
    """Put an owner's documents in the place of those that it had."""
    put_all(writer, [Kept(owner, domain, mark, served, places)])


def put_all(writer: Writer, all_kept: Sequence[Kept]) -> None:
    """Put owners' documents in the place of those that they had: few statements, however many there are."""
    take_away(writer, [kept.owner for kept in all_kept])
    number = int(str(writer.rows("SELECT coalesce(max(place), 0) FROM search_places")[0][0]))
    owners, places, documents, fares = list[_Row](), list[_Row](), list[_Row](), list[_Row]()
    for kept in all_kept:
        owners.append((kept.owner, kept.domain, kept.mark, kept.served))
        for place in kept.places:
            number += 1
            places.append(_place_row(number, kept.owner, place))
            documents += _document_rows(number, place)
        if kept.domain:  # how its ports fare is looked at next
            fares.append((kept.owner, kept.owner))
    writer.run_many("INSERT INTO search_owners VALUES (?, ?, ?, ?)", owners)
    writer.run_many("INSERT INTO search_places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", places)
    writer.run_many("INSERT INTO search_documents VALUES (?, ?, ?, ?, ?, ?, ?)", documents)
    writer.run_many(
        "INSERT INTO search_words (rowid, name, description, more) VALUES (?, ?, ?, ?)",
        [(row[0], *row[4:]) for row in documents],
    )
    writer.run_many("INSERT INTO search_health VALUES (?, ?, 'unknown', '', 0)", fares)


def look_again(writer: Writer) -> None:
    """Have how every product fares, and whether it is certified, looked at anew."""
    writer.run("UPDATE search_health SET due = 0")


def put_health(
    writer: Writer,
    products: Iterable[str],
    rows: Iterable[Sequence[Value]],
    certified: Iterable[str] = (),
) -> None:
    """Say how the ports of some products fare: (address, product, health, freshness, due), and which of
    the products are certified.
    """
    names = list(products)
    writer.run_many("DELETE FROM search_health WHERE product = ?", [(name,) for name in names])
    writer.run_many("DELETE FROM search_badges WHERE product = ?", [(name,) for name in names])
    writer.run_many("INSERT OR REPLACE INTO search_health VALUES (?, ?, ?, ?, ?)", rows)
    writer.run_many("INSERT INTO search_badges VALUES (?)", [(name,) for name in certified])
    renew(writer, names)


def take_away(writer: Writer, owners: Iterable[str]) -> None:
    """Take owners' documents away."""
    for owner in owners:
        if not writer.rows("SELECT 1 FROM search_owners WHERE owner = ?", (owner,)):
            continue
        rows = writer.rows("SELECT place FROM search_places WHERE owner = ?", (owner,))
        for (place,) in rows:
            first = int(str(place)) << SHIFT
            span = (first, first + MOST_DOCUMENTS - 1)
            writer.run(
                "INSERT INTO search_words (search_words, rowid, name, description, more)"
                " SELECT 'delete', id, name, description, more FROM search_documents"
                " WHERE id BETWEEN ? AND ?",
                span,
            )
            writer.run("DELETE FROM search_documents WHERE id BETWEEN ? AND ?", span)
        writer.run("DELETE FROM search_places WHERE owner = ?", (owner,))
        writer.run("DELETE FROM search_owners WHERE owner = ?", (owner,))
        writer.run("DELETE FROM search_health WHERE product = ?", (owner,))
        writer.run("DELETE FROM search_badges WHERE product = ?", (owner,))


def erase(writer: Writer) -> None:
    """Empty the index; it is made again at the next search."""
    writer.run("INSERT INTO search_words (search_words) VALUES ('delete-all')")
    for table in _EMPTIED:
        writer.run(f"DELETE FROM {table}")
    writer.run("DELETE FROM search_state WHERE name <> 'generation'")
    renew(writer, [EVERY])


def _place_row(number: int, owner: str, place: Place) -> _Row:
    return (
        number, owner, place.kind, place.address, place.domain, _texts(place.owners),
        _texts(place.tags), place.classification, int(place.is_deprecated),
        len(place.documents),
    )  # fmt: skip


def _document_rows(number: int, place: Place) -> list[_Row]:
    first = number << SHIFT
    return [
        (first | n, d.address, d.title, d.text, d.name, d.description, d.more)
        for n, d in enumerate(place.documents)
    ]


@lru_cache(maxsize=4096)
def _texts(texts: tuple[str, ...]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)
