"""Projections of who there is. A principal that left stays known, so that the trail keeps its meaning."""

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import (
    Entry,
    PrincipalAdded,
    PrincipalRemoved,
    TokenIssued,
    TokenRevoked,
)
from meshwright.spi.state_store import Writer


def principal_added(writer: Writer, entry: Entry, fact: PrincipalAdded) -> None:
    """Keep what a source knows of a principal now; one that had left is back."""
    writer.run(
        "INSERT INTO principals (principal, title, teams, roles, attributes, source, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (principal, source) DO UPDATE SET title = excluded.title,"
        " teams = excluded.teams, roles = excluded.roles, attributes = excluded.attributes,"
        " at = excluded.at, removed_at = ''",
        (
            fact.principal,
            fact.title,
            canonical(sorted(fact.teams)),
            canonical(sorted(fact.roles)),
            canonical(fact.attributes),
            fact.source,
            entry.at,
        ),
    )


def principal_removed(writer: Writer, entry: Entry, fact: PrincipalRemoved) -> None:
    """End a principal, its tokens, its grants and what it asked for."""
    of_principal = (entry.at, fact.principal)
    writer.run("UPDATE principals SET removed_at = ? WHERE principal = ?", of_principal)
    writer.run(  # one whom only files knew is known as removed from now on
        "INSERT INTO principals (principal, source, at, removed_at) VALUES (?, 'local', ?, ?)"
        " ON CONFLICT (principal, source) DO NOTHING",
        (fact.principal, entry.at, entry.at),
    )
    for table in ("tokens", "grants"):
        writer.run(
            f"UPDATE {table} SET revoked_at = ? WHERE principal = ? AND revoked_at = ''",
            of_principal,
        )
    writer.run(
        "UPDATE requests SET state = 'refused', ended_at = ? WHERE principal = ? AND state = 'open'",
        of_principal,
    )


def token_issued(writer: Writer, entry: Entry, fact: TokenIssued) -> None:
    """Keep a token's terms."""
    writer.run(
        "INSERT INTO tokens (token, principal, title, scopes, purpose, expires, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (token) DO NOTHING",
        (
            fact.token,
            fact.principal,
            fact.title,
            canonical(sorted(fact.scopes)),
            fact.purpose,
            fact.expires,
            entry.at,
        ),
    )


def token_revoked(writer: Writer, entry: Entry, fact: TokenRevoked) -> None:
    """End a token."""
    writer.run(
        "UPDATE tokens SET revoked_at = ? WHERE token = ? AND revoked_at = ''",
        (entry.at, fact.token),
    )
