"""Projections of governance: what may be personal, which rules are broken, how mature products are."""

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import (
    ChangeAnnounced,
    ClassificationAccepted,
    ClassificationRefused,
    ClassificationSuggested,
    ColumnDeclassified,
    Entry,
    RulesJudged,
    ScoreChanged,
    SubscriptionEnded,
    SubscriptionMade,
)
from meshwright.spi.state_store import Writer

# Every table here whose rows name columns or other addresses of a product, for a rename.
_UNIQUE = (
    ("suggestions", "column_name"),
    ("declassified", "column_name"),
    ("announcements", "address"),
)
_ADDRESSES = (*_UNIQUE, ("violations", "address"), ("subscriptions", "address"))


def suggested(writer: Writer, entry: Entry, fact: ClassificationSuggested) -> None:
    """Keep a suggestion; one that was refused or accepted stays so."""
    writer.run(
        "INSERT INTO suggestions (product, column_name, kind, classification, tags, confidence,"
        " evidence, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (column_name, kind) DO UPDATE SET"
        " classification = excluded.classification, tags = excluded.tags,"
        " confidence = excluded.confidence, evidence = excluded.evidence, at = excluded.at",
        (
            fact.product,
            fact.column,
            fact.kind,
            fact.classification,
            canonical(fact.tags),
            fact.confidence,
            canonical(fact.evidence),
            entry.at,
        ),
    )


def accepted(writer: Writer, entry: Entry, fact: ClassificationAccepted) -> None:
    """Close a suggestion: the owner agreed."""
    _close(writer, entry, fact.column, fact.kind, "accepted", "")


def refused(writer: Writer, entry: Entry, fact: ClassificationRefused) -> None:
    """Close a suggestion: the owner did not agree."""
    _close(writer, entry, fact.column, fact.kind, "refused", fact.reason)


def declassified(writer: Writer, entry: Entry, fact: ColumnDeclassified) -> None:
    """Keep what a column may be declared as, and on whose word."""
    writer.run(
        "INSERT INTO declassified (column_name, product, classification, tags, owner, reason,"
        " expires, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (column_name) DO UPDATE SET"
        " classification = excluded.classification, tags = excluded.tags, owner = excluded.owner,"
        " reason = excluded.reason, expires = excluded.expires, at = excluded.at",
        (
            fact.column,
            fact.product,
            fact.classification,
            canonical(fact.tags),
            fact.owner,
            fact.reason,
            fact.expires,
            entry.at,
        ),
    )


def rules_judged(writer: Writer, entry: Entry, fact: RulesJudged) -> None:
    """Replace a product's violations; one that was there before keeps since when."""
    known = {
        (rule, address): at
        for rule, address, at in writer.rows(
            "SELECT rule, address, at FROM violations WHERE product = ?", (fact.product,)
        )
    }
    writer.run("DELETE FROM violations WHERE product = ?", (fact.product,))
    writer.run_many(
        "INSERT INTO violations (product, rule, address, severity, message, exempted, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                fact.product,
                str(said["rule"]),
                str(said["address"]),
                str(said["severity"]),
                str(said["message"]),
                str(said.get("exempted") or ""),
                known.get((str(said["rule"]), str(said["address"])), entry.at),
            )
            for said in fact.violations
        ],
    )


def score_changed(writer: Writer, entry: Entry, fact: ScoreChanged) -> None:
    """Keep every score, so that there is a history."""
    writer.run(
        "INSERT INTO scores (product, at, scores, is_certified) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (product, at) DO UPDATE SET scores = excluded.scores,"
        " is_certified = excluded.is_certified",
        (fact.product, entry.at, canonical(fact.scores), int(fact.is_certified)),
    )


def subscribed(writer: Writer, entry: Entry, fact: SubscriptionMade) -> None:
    """Keep who wants to hear of what."""
    writer.run(
        "INSERT INTO subscriptions (subscription, address, notifier, events, principal, at, seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subscription) DO UPDATE SET"
        " address = excluded.address, notifier = excluded.notifier, events = excluded.events",
        (
            fact.subscription,
            fact.address,
            fact.notifier,
            canonical(fact.events),
            fact.principal,
            entry.at,
            entry.seq,
        ),
    )


def unsubscribed(writer: Writer, entry: Entry, fact: SubscriptionEnded) -> None:  # noqa: ARG001
    """Forget a subscription."""
    writer.run("DELETE FROM subscriptions WHERE subscription = ?", (fact.subscription,))


def announced(writer: Writer, entry: Entry, fact: ChangeAnnounced) -> None:
    """Keep what was told, so that it is told once."""
    writer.run(
        "INSERT INTO announcements (address, event, about, at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (address, event, about) DO NOTHING",
        (fact.address, fact.event, fact.key, entry.at),
    )


def rename(writer: Writer, old: str, new: str) -> None:
    """Follow a rename in addresses; what was said of a product that never published gives way."""
    within = "{0} = ? OR ({0} >= ? AND {0} < ?)"  # `/` is the character after `.`
    for table, column in _UNIQUE:
        there = within.format(column)
        writer.run(f"DELETE FROM {table} WHERE {there}", (new, f"{new}.", f"{new}/"))
    for table, column in _ADDRESSES:
        there = within.format(column)
        writer.run(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE {there}",
            (new, len(old) + 1, old, f"{old}.", f"{old}/"),
        )


def _close(writer: Writer, entry: Entry, column: str, kind: str, state: str, reason: str) -> None:
    writer.run(
        "UPDATE suggestions SET state = ?, reason = ?, at = ? WHERE column_name = ? AND kind = ?",
        (state, reason, entry.at, column, kind),
    )
