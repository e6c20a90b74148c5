"""Projections of the life of incidents."""

from collections.abc import Sequence

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import (
    Entry,
    IncidentAcknowledged,
    IncidentCommented,
    IncidentJoined,
    IncidentMarked,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from meshwright.model.signal import noticed_at, worst
from meshwright.spi.state_store import Writer


def incident_opened(writer: Writer, entry: Entry, fact: IncidentOpened) -> None:
    """Open an incident."""
    writer.run(
        "INSERT INTO incidents (incident, product, cause, owner, build, opened_at, address, kind,"
        " severity, business_date, explanation, impact, hints, last_at, last_date)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            fact.incident,
            fact.product,
            fact.cause,
            fact.owner,
            fact.build,
            entry.at,
            fact.address or fact.product,
            fact.kind,
            fact.severity,
            fact.business_date,
            fact.explanation,
            canonical(fact.impact),
            canonical(fact.hints),
            entry.at,
            fact.business_date or _day(entry),
        ),
    )
    _add_signals(writer, entry, fact.incident, fact.product, fact.signals)
    _tell(writer, entry, fact.incident, fact.product, "opened", fact.explanation or fact.cause,
          fact.business_date)  # fmt: skip


def incident_joined(writer: Writer, entry: Entry, fact: IncidentJoined) -> None:
    """Add to an incident; it is as severe as the worst that belongs to it, and says what that is."""
    rows = writer.rows("SELECT severity FROM incidents WHERE incident = ?", (fact.incident,))
    known = [str(row[0]) for row in rows]
    severity = worst([fact.severity, *known])
    writer.run(
        "UPDATE incidents SET severity = ?, last_at = ? WHERE incident = ?",
        (severity, entry.at, fact.incident),
    )
    if severity not in known and _speaks_for_itself(fact):
        _say_worse(writer, fact)
    if _has_new_signals(writer, fact):
        _forget_expected(writer, fact.incident)
    _last_to(writer, entry, fact.incident, fact.business_date)
    _add_signals(writer, entry, fact.incident, fact.product, fact.signals)
    _tell(writer, entry, fact.incident, fact.product, "joined", fact.explanation,
          fact.business_date)  # fmt: skip


def incident_acknowledged(writer: Writer, entry: Entry, fact: IncidentAcknowledged) -> None:
    """Somebody takes care of it."""
    writer.run(
        "UPDATE incidents SET state = 'acknowledged' WHERE incident = ? AND state = 'open'",
        (fact.incident,),
    )
    _tell(writer, entry, fact.incident, fact.product, "acknowledged", fact.note)


def incident_commented(writer: Writer, entry: Entry, fact: IncidentCommented) -> None:
    """Somebody said something."""
    _tell(writer, entry, fact.incident, fact.product, "commented", fact.text)


def incident_marked(writer: Writer, entry: Entry, fact: IncidentMarked) -> None:
    """Somebody said whether it was expected or real."""
    writer.run(
        "UPDATE incidents SET mark = ? WHERE incident = ?",
        (fact.verdict, fact.incident),
    )
    _tell(writer, entry, fact.incident, fact.product, f"marked {fact.verdict}", fact.note)


def incident_reopened(writer: Writer, entry: Entry, fact: IncidentReopened) -> None:
    """It is unhealthy again: what was said of it is said anew, and a mark was about what is over."""
    writer.run(
        "UPDATE incidents SET state = 'open', mark = '', resolved_at = '', last_at = ?"
        " WHERE incident = ?",
        (entry.at, fact.incident),
    )
    _say_anew(writer, fact)
    _last_to(writer, entry, fact.incident, fact.business_date)
    _add_signals(writer, entry, fact.incident, fact.product, fact.signals)
    _tell(writer, entry, fact.incident, fact.product, "reopened", fact.explanation,
          fact.business_date)  # fmt: skip


def incident_resolved(writer: Writer, entry: Entry, fact: IncidentResolved) -> None:
    """Close an incident; one that is about a business date lasts to the date of the build that ended it."""
    writer.run(
        "UPDATE incidents SET state = 'resolved', resolved_at = ? WHERE incident = ?",
        (entry.at, fact.incident),
    )
    rows = writer.rows("SELECT as_of FROM builds WHERE build = ? AND as_of <> ''", (fact.build,))
    _last_to(writer, entry, fact.incident, str(rows[0][0])[:10] if rows else "")
    _tell(writer, entry, fact.incident, fact.product, "resolved", fact.note)


def rename(writer: Writer, old: str, new: str) -> None:
    """Let addresses and signals speak of a product by its new name."""
    for table, column in (("incidents", "address"), ("mutes", "address")):
        writer.run(
            f"UPDATE OR REPLACE {table} SET {column} = ? || substr({column}, ?)"
            f" WHERE {column} = ? OR substr({column}, 1, ?) = ?",
            (new, len(old) + 1, old, len(old) + 1, f"{old}."),
        )
    for end in ("|", "."):
        writer.run(
            "UPDATE OR REPLACE incident_signals SET signal = replace(signal, ?, ?)"
            " WHERE product = ?",
            (f"|{old}{end}", f"|{new}{end}", new),
        )


def _speaks_for_itself(fact: IncidentJoined) -> bool:
    """Say whether a fact is about what was noticed, and not about another incident that it ends."""
    return bool(fact.cause) or f"{fact.address or fact.product}.".startswith(f"{fact.product}.")


def _say_worse(writer: Writer, fact: IncidentJoined) -> None:
    """Let an incident say the worst of it; hints that were found earlier stay where there are no others."""
    writer.run(
        "UPDATE incidents SET explanation = coalesce(nullif(?, ''), explanation),"
        " cause = coalesce(nullif(?, ''), cause), hints = coalesce(?, hints) WHERE incident = ?",
        (
            fact.explanation,
            fact.cause,
            canonical(fact.hints) if fact.hints else None,
            fact.incident,
        ),
    )


def _say_anew(writer: Writer, fact: IncidentReopened) -> None:
    """Let an incident say what is wrong now; a person who opens it again says nothing of that."""
    if fact.signals and fact.explanation:
        writer.run(
            "UPDATE incidents SET explanation = ? WHERE incident = ?",
            (fact.explanation, fact.incident),
        )
    if fact.cause:
        writer.run(
            "UPDATE incidents SET cause = ?, hints = ? WHERE incident = ?",
            (fact.cause, canonical(fact.hints), fact.incident),
        )


def _has_new_signals(writer: Writer, fact: IncidentJoined) -> bool:
    rows = writer.rows("SELECT signal FROM incident_signals WHERE incident = ?", (fact.incident,))
    return not {row[0] for row in rows}.issuperset(fact.signals)


def _forget_expected(writer: Writer, incident: str) -> None:
    """Let people hear of what nobody could have meant when they said that it was expected."""
    writer.run(
        "UPDATE incidents SET mark = '' WHERE incident = ? AND mark = 'expected'", (incident,)
    )


def _add_signals(
    writer: Writer, entry: Entry, incident: str, product: str, signals: Sequence[str]
) -> None:
    """Keep each signal under the product that it was noticed at, which may be below the incident's."""
    writer.run_many(
        "INSERT INTO incident_signals (incident, product, signal, first_at, last_at)"
        " VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (incident, signal) DO UPDATE SET last_at = excluded.last_at",
        [
            (incident, noticed_at(signal) or product, signal, entry.at, entry.at)
            for signal in signals
        ],
    )


def _last_to(writer: Writer, entry: Entry, incident: str, business_date: str) -> None:
    """Let an incident reach a business date where it is about one, else this day."""
    writer.run(
        "UPDATE incidents SET business_date = ? WHERE incident = ? AND ? <> '' AND business_date > ?",
        (business_date, incident, business_date, business_date),
    )
    writer.run(
        "UPDATE incidents SET last_date = CASE WHEN business_date = '' THEN ?"
        " WHEN last_date < ? THEN ? ELSE last_date END WHERE incident = ?",
        (_day(entry), business_date, business_date, incident),
    )


def _day(entry: Entry) -> str:
    return entry.at[:10]


def _tell(
    writer: Writer,
    entry: Entry,
    incident: str,
    product: str,
    event: str,
    text: str,
    business_date: str = "",
) -> None:
    writer.run(
        "INSERT INTO incident_events (seq, incident, product, at, actor, event, text, business_date)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (entry.seq, incident, product, entry.at, entry.actor, event, text, business_date),
    )
