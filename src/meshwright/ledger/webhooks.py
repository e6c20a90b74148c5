"""Projection of the hooks that facts are sent to."""

from meshwright.ledger.canonical import canonical
from meshwright.model.facts import Entry, WebhookAdded, WebhookDisabled, WebhookRemoved
from meshwright.spi.state_store import Writer


def added(writer: Writer, entry: Entry, fact: WebhookAdded) -> None:
    """Keep a hook; it is told what follows this fact."""
    writer.run(
        "INSERT INTO webhooks (webhook, principal, host, kinds, address, seq, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            fact.webhook,
            fact.principal,
            fact.host,
            canonical(fact.kinds),
            fact.address,
            entry.seq,
            entry.at,
        ),
    )


def removed(writer: Writer, entry: Entry, fact: WebhookRemoved) -> None:
    """End a hook."""
    _end(writer, entry, fact.webhook, "removed", "")


def disabled(writer: Writer, entry: Entry, fact: WebhookDisabled) -> None:
    """End a hook that could not be told."""
    _end(writer, entry, fact.webhook, "disabled", fact.error)


def _end(writer: Writer, entry: Entry, webhook: str, state: str, error: str) -> None:
    writer.run(
        "UPDATE webhooks SET state = ?, error = ?, ended_at = ? WHERE webhook = ?",
        (state, error, entry.at, webhook),
    )
