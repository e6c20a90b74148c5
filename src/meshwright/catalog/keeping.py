"""The index of words in the state store: an owner's documents are put, replaced and taken away whole.

What must stay true: an owner and its documents change in one transaction, which also gives the index another
generation; emptied, it is made again from nothing.
"""

import json
from collections.abc import Iterable, Sequence

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
FORM = "2"  # changes when what is kept of a product does: the index is then made anew


def read_state(reader: Reader) -> dict[str, str]:
    """Return what the index says of itself."""
    return {str(k): str(v) for k, v in reader.rows("SELECT name, value FROM search_state")}


def write_state(writer: Writer, **said: str) -> None:
    """Say something of the index."""
    writer.run_many("INSERT OR REPLACE INTO search_state (name, value) VALUES (?, ?)", said.items())


def renew(writer: Writer, owners: Iterable[str]) -> None:
    """Give the index another generation, in which these owners' documents changed or went: whoever keeps
    something of them in memory reads it again.
    """
    generation = int(read_state(writer).get("generation", "0")) + 1
    write_state(writer, generation=str(generation))
    writer.run_many(
        "INSERT OR REPLACE INTO search_changes (owner, generation) VALUES (?, ?)",
        [(owner, generation) for owner in owners],
    )


def put(
    writer: Writer, owner: str, domain: str, mark: str, served: int | None, places: Sequence[Place]
) -> None:
    """Put an owner's documents in the place of those that it had."""
    take_away(writer, [owner])
    writer.run("INSERT INTO search_owners VALUES (?, ?, ?, ?)", (owner, domain, mark, served))
    number = int(str(writer.rows("SELECT coalesce(max(place), 0) FROM search_places")[0][0]))
    for place in places:
        number += 1
        _put_place(writer, number, owner, place)
    if domain:  # how its ports fare is looked at next
        writer.run("INSERT INTO search_health VALUES (?, ?, 'unknown', '', 0)", (owner, owner))


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
    """Take an owner's documents away."""
    for owner in owners:
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


def _put_place(writer: Writer, number: int, owner: str, place: Place) -> None:
    writer.run(
        "INSERT INTO search_places (place, owner, kind, address, domain, owners, tags, classification,"
        " deprecated, documents) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number, owner, place.kind, place.address, place.domain, _texts(place.owners),
            _texts(place.tags), place.classification, int(place.is_deprecated),
            len(place.documents),
        ),
    )  # fmt: skip
    rows = [
        (number << SHIFT | n, d.address, d.title, d.text, d.name, d.description, d.more)
        for n, d in enumerate(place.documents)
    ]
    writer.run_many("INSERT INTO search_documents VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    writer.run_many(
        "INSERT INTO search_words (rowid, name, description, more) VALUES (?, ?, ?, ?)",
        [(row[0], *row[4:]) for row in rows],
    )


def _texts(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)
