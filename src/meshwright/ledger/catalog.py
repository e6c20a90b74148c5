"""Projections of what people say of products: questions, announcements, fields, proposals."""

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import (
    AnnouncementEnded,
    AnnouncementMade,
    AnswerAccepted,
    ChangeProposed,
    Entry,
    FieldSaid,
    ProposalEnded,
    QuestionAnswered,
    QuestionAsked,
    QuestionClosed,
)
from meshwright.spi.state_store import Writer

# Every table here whose rows name addresses of a product, for a rename.
_ADDRESSES = ("questions", "said", "proposals")


def asked(writer: Writer, entry: Entry, fact: QuestionAsked) -> None:
    """Keep a question."""
    writer.run(
        "INSERT INTO questions (question, product, address, text, asked_by, at, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (question) DO NOTHING",
        (fact.question, fact.product, fact.address, fact.text, entry.actor, entry.at, entry.at),
    )


def answered(writer: Writer, entry: Entry, fact: QuestionAnswered) -> None:
    """Keep an answer."""
    writer.run(
        "INSERT INTO answers (answer, question, product, text, answered_by, at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (answer) DO NOTHING",
        (fact.answer, fact.question, fact.product, fact.text, entry.actor, entry.at),
    )
    _state(writer, entry, fact.question, "answered", "state = 'open'")


def answer_accepted(writer: Writer, entry: Entry, fact: AnswerAccepted) -> None:
    """Mark the one answer that counts."""
    writer.run(
        "UPDATE answers SET is_accepted = (answer = ?) WHERE question = ?",
        (fact.answer, fact.question),
    )
    _state(writer, entry, fact.question, "settled", "state <> 'closed'")


def closed(writer: Writer, entry: Entry, fact: QuestionClosed) -> None:
    """Close a question, and keep why."""
    _state(writer, entry, fact.question, "closed", "1")
    writer.run("UPDATE questions SET note = ? WHERE question = ?", (fact.note, fact.question))


def announced(writer: Writer, entry: Entry, fact: AnnouncementMade) -> None:
    """Keep an announcement."""
    writer.run(
        "INSERT INTO product_announcements (announcement, product, text, until, announced_by, at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (announcement) DO NOTHING",
        (fact.announcement, fact.product, fact.text, fact.until, entry.actor, entry.at),
    )


def announcement_ended(writer: Writer, entry: Entry, fact: AnnouncementEnded) -> None:
    """Show an announcement no more."""
    writer.run(
        "UPDATE product_announcements SET ended_at = ? WHERE announcement = ? AND ended_at = ''",
        (entry.at, fact.announcement),
    )


def said(writer: Writer, entry: Entry, fact: FieldSaid) -> None:
    """Keep the newest that was said of a field; forget it where it was taken back."""
    if not fact.value:
        writer.run("DELETE FROM said WHERE address = ? AND field = ?", (fact.address, fact.field))
        return
    writer.run(
        "INSERT INTO said (address, field, product, value, said_by, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (address, field) DO UPDATE SET value = excluded.value,"
        " said_by = excluded.said_by, at = excluded.at",
        (fact.address, fact.field, fact.product, canonical(fact.value), entry.actor, entry.at),
    )


def proposed(writer: Writer, entry: Entry, fact: ChangeProposed) -> None:
    """Keep a proposal."""
    writer.run(
        "INSERT INTO proposals (proposal, product, address, field, title, reason, files, branch,"
        " commit_id, proposed_by, at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (proposal) DO NOTHING",
        (
            fact.proposal, fact.product, fact.address, fact.field, fact.title, fact.reason,
            canonical(fact.files), fact.branch, fact.commit, entry.actor, entry.at, entry.at,
        ),
    )  # fmt: skip


def proposal_ended(writer: Writer, entry: Entry, fact: ProposalEnded) -> None:
    """Close a proposal once; how it ended first counts."""
    writer.run(
        "UPDATE proposals SET state = ?, note = ?, ended_by = ?, changed_at = ?"
        " WHERE proposal = ? AND state = 'open'",
        (fact.state, fact.note, entry.actor, entry.at, fact.proposal),
    )


def rename(writer: Writer, old: str, new: str) -> None:
    """Follow a rename in addresses; what was said of a product that never published gives way."""
    within = "address = ? OR (address >= ? AND address < ?)"  # `/` is the character after `.`
    writer.run(f"DELETE FROM said WHERE {within}", (new, f"{new}.", f"{new}/"))
    for table in _ADDRESSES:
        writer.run(
            f"UPDATE {table} SET address = ? || substr(address, ?) WHERE {within}",
            (new, len(old) + 1, old, f"{old}.", f"{old}/"),
        )


def _state(writer: Writer, entry: Entry, question: str, state: str, where: str) -> None:
    writer.run(
        f"UPDATE questions SET state = ?, changed_at = ? WHERE question = ? AND {where}",
        (state, entry.at, question),
    )
