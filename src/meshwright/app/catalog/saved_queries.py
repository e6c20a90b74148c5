"""Queries that people keep, and share with others: a text, a title, what for.

What must stay true: a query is read by whoever keeps it and by those it is shared with, never by others; one
that is shared gives each reader their own rows, for it is run as theirs. None is made from facts: a query may
be deleted at any time, and goes with whoever keeps it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from meshwright.access.conditions import parse_purpose
from meshwright.app.access.sight import owns
from meshwright.app.catalog.knowing import Knowing, knowing_of
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, MeshwrightError, UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.principal import Principal
from meshwright.spi.state_store import Reader, Row, Writer

ANYBODY = "anybody"
MOST_OF_TITLE, MOST_OF_SQL, MOST_KEPT = 120, 64 * 1024, 500
_COLUMNS = "id, owner, title, sql, purpose, shared, reads, changed_at"


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A kept query. `shared` is '' (with nobody), `anybody`, `team:…` or a product; `reads` are its ports."""

    id: str
    owner: str
    title: str
    sql: str
    purpose: str = ""
    shared: str = ""
    reads: tuple[str, ...] = ()
    changed: str = ""


def save_query(
    wiring: Wiring, who: Principal, title: str, sql: str, *, purpose: str = "", id: str = ""
) -> SavedQuery:
    """Keep a query, or change one of theirs by its `id`; raise `UsageError` for nothing to keep."""
    title, sql = " ".join(title.split()), sql.strip()
    _require_fitting(title, sql)
    if purpose:
        parse_purpose(purpose)
    before = _own(wiring, who, id) if id else None
    reads = _reads(wiring, sql, must=bool(before and before.shared))
    now = wiring.now().isoformat()
    made = SavedQuery(
        id or f"q-{token_hex(6)}",
        who.name,
        title,
        sql,
        purpose,
        before.shared if before else "",
        reads,
        now,
    )
    with wiring.store.write() as writer:
        if before is None:
            _require_room(writer, who)
        writer.run(
            f"INSERT INTO saved_queries ({_COLUMNS}, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET title = excluded.title, sql = excluded.sql,"
            " purpose = excluded.purpose, reads = excluded.reads, changed_at = excluded.changed_at",
            [made.id, made.owner, title, sql, purpose, made.shared, json.dumps(reads), now, now],
        )
    return made


def share_query(wiring: Wiring, who: Principal, id: str, shared: str) -> SavedQuery:
    """Share one of theirs with `anybody`, a team or a product; with nobody any more by ''.

    Owners of a product may take off it what others share with it. What does not pass the gate is not shared.
    """
    found = find_query(wiring, who, id)
    if found.owner != who.name and (shared or not _is_on_theirs(wiring, who, found)):
        raise _not_theirs(who, found)
    if shared:
        _require_place(wiring, who, shared)
        _reads(wiring, found.sql, must=True)
    with wiring.store.write() as writer:
        writer.run("UPDATE saved_queries SET shared = ? WHERE id = ?", [shared, id])
    with wiring.store.read() as reader:
        return _query(reader.rows(f"SELECT {_COLUMNS} FROM saved_queries WHERE id = ?", [id])[0])


def delete_query(wiring: Wiring, who: Principal, id: str) -> None:
    """Delete one of theirs."""
    found = _own(wiring, who, id)
    with wiring.store.write() as writer:
        writer.run("DELETE FROM saved_queries WHERE id = ?", [found.id])


def find_query(wiring: Wiring, who: Principal, id: str) -> SavedQuery:
    """Return a query that somebody may read; raise `UsageError` (`query-unknown`) for any other."""
    with wiring.store.read() as reader:
        rows = reader.rows(f"SELECT {_COLUMNS} FROM saved_queries WHERE id = ?", [id])
    found = _query(rows[0]) if rows else None
    if found is None or not _is_told(found, who, knowing_of(wiring, who)):
        raise UsageError("query-unknown", "there is no such query, or it is not shared with you")
    return found


def list_queries(wiring: Wiring, who: Principal) -> tuple[SavedQuery, ...]:
    """Return the queries that somebody may read: their own, then what is shared, the newest first."""
    knowing = knowing_of(wiring, who)
    places = [ANYBODY, *sorted(who.teams)]
    marks = ", ".join("?" * len(places))
    with wiring.store.read() as reader:
        rows = reader.rows(
            f"SELECT {_COLUMNS} FROM saved_queries WHERE owner = ? OR shared IN ({marks})"
            " OR shared LIKE '%.%' ORDER BY changed_at DESC",
            [who.name, *places],
        )
    told = [found for found in map(_query, rows) if _is_told(found, who, knowing)]
    return tuple(sorted(told, key=lambda one: one.owner != who.name))


def query_examples(
    wiring: Wiring, who: Principal, address: Address | str, limit: int = 10
) -> tuple[SavedQuery, ...]:
    """Return shared queries that somebody may read and that read a product, or a port of it.

    Those that are shared with the product itself come first, then the newest.
    """
    wanted = Address.parse(address) if isinstance(address, str) else address
    product, name = str(wanted.product_address), str(wanted.at(None))
    found = [
        one
        for one in list_queries(wiring, who)
        if one.shared and any(f"{port}.".startswith(f"{name}.") for port in one.reads)
    ]
    return tuple(sorted(found, key=lambda one: one.shared != product))[:limit]


def forget_queries(writer: Writer, owner: str) -> None:
    """Delete what somebody kept who leaves the mesh."""
    writer.run("DELETE FROM saved_queries WHERE owner = ?", [owner])


def is_product(shared: str) -> bool:
    """Say whether a query is shared with a product, not with people."""
    return "." in shared and ":" not in shared


def _is_on_theirs(wiring: Wiring, who: Principal, query: SavedQuery) -> bool:
    return is_product(query.shared) and owns(wiring, who, Address.parse(query.shared))


def _is_told(query: SavedQuery, who: Principal, knowing: Knowing) -> bool:
    if query.owner == who.name:
        return True
    if not all(knowing.of(port) for port in query.reads):
        return False
    if is_product(query.shared):
        return knowing.of(query.shared)
    return query.shared == ANYBODY or (bool(query.shared) and query.shared in who.teams)


def _own(wiring: Wiring, who: Principal, id: str) -> SavedQuery:
    found = find_query(wiring, who, id)
    if found.owner != who.name:
        raise _not_theirs(who, found)
    return found


def _not_theirs(who: Principal, query: SavedQuery) -> DeniedError:
    return DeniedError(
        "query-not-yours",
        f"`{who.name}` may not change a query that `{query.owner}` keeps",
        hint="save a copy of it under a title of your own",
    )


def _reads(wiring: Wiring, sql: str, *, must: bool) -> tuple[str, ...]:
    """Return the ports that a text names; `must`: raise what is wrong with it, else it reads none yet."""
    try:
        tables = wiring.pool.gate(sql).tables
    except MeshwrightError:
        if must:
            raise
        return ()
    return tuple(sorted({table.partition("@")[0].replace('"', "") for table in tables}))


def _require_fitting(title: str, sql: str) -> None:
    if not title or len(title) > MOST_OF_TITLE:
        raise UsageError("title-invalid", f"a title has 1 to {MOST_OF_TITLE} letters")
    if not sql or len(sql) > MOST_OF_SQL:
        raise UsageError("query-invalid", f"a query to keep has 1 to {MOST_OF_SQL} letters")


def _require_room(reader: Reader, who: Principal) -> None:
    rows = reader.rows("SELECT count(*) FROM saved_queries WHERE owner = ?", [who.name])
    if int(str(rows[0][0])) >= MOST_KEPT:
        raise UsageError(
            "queries-too-many", f"{MOST_KEPT} queries are kept already", hint="delete some of them"
        )


def _require_place(wiring: Wiring, who: Principal, shared: str) -> None:
    """Raise `UsageError` for what a query cannot be shared with: a team of theirs, a product they know."""
    if shared == ANYBODY or shared in who.teams:
        return
    products = [str(one) for one in wiring.workspace.cards]
    if shared in products and knowing_of(wiring, who).of(shared):
        return
    known = [ANYBODY, *who.teams, *filter(knowing_of(wiring, who).of, products)]
    raise UsageError(
        "share-unknown",
        f"a query cannot be shared with `{shared}`",
        hint=did_you_mean(shared, known) or "anybody, a team of yours, or a product",
    )


def _query(row: Row) -> SavedQuery:
    id, owner, title, sql, purpose, shared, reads, changed = map(str, row)
    ports: Sequence[str] = json.loads(reads)
    return SavedQuery(id, owner, title, sql, purpose, shared, tuple(ports), changed)
