"""Projections of access: requests, grants, and when who last used what."""

import json
from collections.abc import Sequence

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import (
    AccessGranted,
    AccessRenewed,
    AccessRequested,
    AccessReviewed,
    AccessRevoked,
    Entry,
    QueryEnded,
    QueryRan,
    RequestApproved,
    RequestEscalated,
    RequestRefused,
    VersionPublished,
)
from meshwright.spi.state_store import Writer


def requested(writer: Writer, entry: Entry, fact: AccessRequested) -> None:
    """Keep a request, open."""
    writer.run(
        "INSERT INTO requests (request, product, principal, address, purpose, days, columns, reason,"
        " approvers, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request) DO NOTHING",
        (
            fact.request,
            fact.product,
            fact.principal,
            fact.address,
            fact.purpose,
            fact.days,
            canonical(list(fact.columns)),
            fact.reason,
            canonical([list(level) for level in fact.approvers]),
            entry.at,
            fact.by or fact.principal,
        ),
    )


def approved(writer: Writer, entry: Entry, fact: RequestApproved) -> None:
    """Count a level that agreed; the last one closes the request."""
    said = [entry.at, fact.approver, "approved", fact.note]
    _decide(writer, fact.request, said)
    offer = {"raw": list(fact.raw), "masks": fact.masks, "filter": fact.filter, "days": fact.days}
    writer.run(
        "UPDATE requests SET level = ?, offer = ? WHERE request = ?",
        (fact.level, canonical(offer), fact.request),
    )
    writer.run(
        "UPDATE requests SET state = 'approved', ended_at = ? WHERE request = ? AND state = 'open'"
        " AND level >= max(1, json_array_length(approvers))",
        (entry.at, fact.request),
    )


def refused(writer: Writer, entry: Entry, fact: RequestRefused) -> None:
    """Close a request."""
    _decide(writer, fact.request, [entry.at, fact.by, "refused", fact.note])
    writer.run(
        "UPDATE requests SET state = 'refused', ended_at = ? WHERE request = ? AND state = 'open'",
        (entry.at, fact.request),
    )


def escalated(writer: Writer, entry: Entry, fact: RequestEscalated) -> None:
    """Keep who was asked too, and since when."""
    writer.run(
        "UPDATE requests SET escalated = ?, escalated_at = ? WHERE request = ?",
        (canonical(list(fact.to)), entry.at, fact.request),
    )


def granted(writer: Writer, entry: Entry, fact: AccessGranted) -> None:
    """Keep a grant; one that is said again holds as it was said last."""
    writer.run(
        "INSERT INTO grants (grant_id, product, principal, address, purpose, since, until, columns,"
        " raw, masks, filter, by, source, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (grant_id) DO UPDATE SET purpose = excluded.purpose, since = excluded.since,"
        " until = excluded.until, columns = excluded.columns, raw = excluded.raw,"
        " masks = excluded.masks, filter = excluded.filter, by = excluded.by,"
        " source = excluded.source, at = excluded.at, revoked_at = '', revoked_by = ''",
        (
            fact.grant,
            fact.product,
            fact.principal,
            fact.address,
            fact.purpose,
            fact.since,
            fact.until,
            canonical(list(fact.columns)),
            canonical(list(fact.raw)),
            canonical(fact.masks),
            fact.filter,
            fact.by,
            fact.source,
            entry.at,
        ),
    )


def renewed(writer: Writer, entry: Entry, fact: AccessRenewed) -> None:
    """Let a grant last longer."""
    writer.run(
        "UPDATE grants SET until = ?, reviewed_at = ? WHERE grant_id = ?",
        (fact.until, entry.at, fact.grant),
    )


def revoked(writer: Writer, entry: Entry, fact: AccessRevoked) -> None:
    """End a grant."""
    writer.run(
        "UPDATE grants SET revoked_at = ?, revoked_by = ? WHERE grant_id = ? AND revoked_at = ''",
        (entry.at, fact.by, fact.grant),
    )


def reviewed(writer: Writer, entry: Entry, fact: AccessReviewed) -> None:
    """Keep when a grant was last looked at."""
    writer.run("UPDATE grants SET reviewed_at = ? WHERE grant_id = ?", (entry.at, fact.grant))


def query_ran(writer: Writer, entry: Entry, fact: QueryRan) -> None:
    """Keep who read what, and that it is used."""
    principal = fact.principal or entry.actor
    writer.run(
        "INSERT INTO queries (query, at, actor, sql, read, rows, seconds, purpose, error, principal,"
        " on_behalf_of, door, raw, masked, policies, seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            fact.query,
            entry.at,
            entry.actor,
            fact.sql,
            canonical(fact.read),
            fact.rows,
            fact.seconds,
            fact.purpose,
            fact.error,
            principal,
            fact.on_behalf_of,
            fact.door,
            canonical(list(fact.raw)),
            canonical(list(fact.masked)),
            canonical(list(fact.policies)),
            entry.seq,
        ),
    )
    addresses = sorted({one.partition("@")[0] for one in fact.read})
    writer.run_many(
        "INSERT INTO query_ports (address, at, query) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(address, entry.at, fact.query) for address in addresses],
    )
    if not fact.error:
        _use(writer, principal, addresses, entry.at)


def used_by_build(writer: Writer, entry: Entry, fact: VersionPublished) -> None:
    """Keep that a product used the foreign ports that its version was made of."""
    read = [str(said["address"]) for said in fact.inputs if said.get("version") is not None]
    _use(writer, f"product:{fact.product}", read, entry.at)


def query_ended(writer: Writer, entry: Entry, fact: QueryEnded) -> None:  # noqa: ARG001
    """Keep how a streamed query ended."""
    writer.run(
        "UPDATE queries SET rows = ?, seconds = ?, error = ? WHERE query = ?",
        (fact.rows, fact.seconds, fact.error, fact.query),
    )


# Every table here whose rows name addresses of a product, for a rename.
ADDRESSES = (("requests", "address"), ("grants", "address"), ("uses", "address"))


def rename(writer: Writer, old: str, new: str) -> None:
    """Follow the rename of a product: in addresses, and where it is itself a principal."""
    within = "{0} = ? OR ({0} >= ? AND {0} < ?)"  # `/` is the character after `.`
    writer.run(f"DELETE FROM uses WHERE {within.format('address')}", (new, f"{new}.", f"{new}/"))
    for table, column in ADDRESSES:
        writer.run(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE {within.format(column)}",
            (new, len(old) + 1, old, f"{old}.", f"{old}/"),
        )
    for table in ("requests", "grants"):
        writer.run(f"UPDATE {table} SET product = ? WHERE product = ?", (new, old))
    for table in ("requests", "grants"):
        writer.run(
            f"UPDATE {table} SET principal = ? WHERE principal = ?",
            (f"product:{new}", f"product:{old}"),
        )


def _decide(writer: Writer, request: str, said: list[str]) -> None:
    for (known,) in writer.rows("SELECT decisions FROM requests WHERE request = ?", (request,)):
        writer.run(
            "UPDATE requests SET decisions = ? WHERE request = ?",
            (canonical([*json.loads(str(known)), said]), request),
        )


def _use(writer: Writer, principal: str, addresses: Sequence[str], at: str) -> None:
    for address in addresses:
        writer.run(
            "INSERT INTO uses (principal, address, queries, last_at) VALUES (?, ?, 1, ?)"
            " ON CONFLICT (principal, address) DO UPDATE SET queries = queries + 1,"
            " last_at = excluded.last_at",
            (principal, address, at),
        )
