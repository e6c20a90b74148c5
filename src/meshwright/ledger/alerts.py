"""Projections of who was told of incidents, who could not be, and where nobody is."""

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import AddressMuted, AlertFailed, AlertSent, Entry
from meshwright.model.signal import worst
from meshwright.spi.state_store import Writer


def alert_sent(writer: Writer, entry: Entry, fact: AlertSent) -> None:
    """Keep who was told; who was told that it ended knows nothing of the incident any more."""
    _keep(writer, entry, fact, "sent", "")
    for incident, event, severity in fact.told:
        if event == "resolved":
            writer.run(
                "DELETE FROM told WHERE incident = ? AND notifier = ?", (incident, fact.notifier)
            )
            continue
        rows = writer.rows(
            "SELECT severity FROM told WHERE incident = ? AND notifier = ? AND event <> ''",
            (incident, fact.notifier),
        )
        known = worst([severity, *(str(row[0]) for row in rows)])
        writer.run(
            "INSERT INTO told (incident, notifier, event, severity, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (incident, notifier) DO UPDATE SET event = excluded.event,"
            " severity = excluded.severity, at = excluded.at, failed_event = '',"
            " failed_severity = '', attempts = 0, tried_at = '', alert = ''",
            (incident, fact.notifier, event, known, entry.at),
        )


def alert_failed(writer: Writer, entry: Entry, fact: AlertFailed) -> None:
    """Keep who could not be told, and how often it was tried."""
    _keep(writer, entry, fact, "failed", fact.error)
    writer.run_many(
        "INSERT INTO told (incident, notifier, failed_event, failed_severity, attempts, tried_at,"
        " alert) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (incident, notifier) DO UPDATE SET"
        " failed_event = excluded.failed_event, failed_severity = excluded.failed_severity,"
        " attempts = excluded.attempts, tried_at = excluded.tried_at, alert = excluded.alert",
        [
            (incident, fact.notifier, event, severity, fact.attempts, entry.at, fact.alert)
            for incident, event, severity in fact.told
        ],
    )


def address_muted(writer: Writer, entry: Entry, fact: AddressMuted) -> None:  # noqa: ARG001
    """Keep until when nobody is told."""
    writer.run(
        "INSERT INTO mutes (address, until, reason) VALUES (?, ?, ?) ON CONFLICT (address)"
        " DO UPDATE SET until = excluded.until, reason = excluded.reason",
        (fact.address, fact.until, fact.reason),
    )


def _keep(
    writer: Writer, entry: Entry, fact: AlertSent | AlertFailed, status: str, error: str
) -> None:
    writer.run(
        "INSERT INTO alerts (alert, incidents, notifier, event, route, status, attempts, error, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (alert) DO UPDATE SET"
        " incidents = excluded.incidents, event = excluded.event, status = excluded.status,"
        " attempts = excluded.attempts, error = excluded.error, at = excluded.at",
        (
            fact.alert,
            canonical(fact.incidents),
            fact.notifier,
            fact.event,
            fact.route,
            status,
            fact.attempts,
            error,
            entry.at,
        ),
    )
