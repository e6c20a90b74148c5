"""Projections of what happened: builds and their audits, waivers, contracts, queries."""

from meshwright.ledger.canonical import canonical
from meshwright.ledger.series import keep_points
from meshwright.model.facts import (
    BuildFailed,
    BuildRejected,
    BuildStarted,
    ContractPublished,
    Entry,
    PortAudited,
    RejectionAccepted,
    VersionPublished,
)
from meshwright.spi.state_store import Value, Writer

_CHECK = (
    "INSERT INTO checks (build, product, port, check_id, kind, column_name, severity, status,"
    " failed_rows, total_rows, value, expectation, reason, carried)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def build_started(writer: Writer, entry: Entry, fact: BuildStarted) -> None:
    """Open a build."""
    writer.run(
        "INSERT INTO builds (build, product, status, started_at, actor, code, as_of, reasons,"
        " read_bytes, run) VALUES (?, ?, 'running', ?, ?, ?, ?, ?, ?, ?)",
        (
            fact.build,
            fact.product,
            entry.at,
            entry.actor,
            fact.code,
            fact.as_of,
            canonical(fact.reasons),
            fact.read_bytes,
            fact.run,
        ),
    )


def port_audited(writer: Writer, entry: Entry, fact: PortAudited) -> None:
    """Keep what each check found and every number of the profile."""
    of_port = (fact.build, fact.product, fact.port)
    writer.run_many(
        _CHECK,
        [
            (
                *of_port,
                _text(check["id"]),
                _text(check.get("kind")),
                _text(check.get("column")),
                _text(check.get("severity")),
                _text(check.get("status")),
                _value(check.get("failed_rows")),
                _value(check.get("total_rows")),
                _value(check.get("value")),
                _text(check.get("expectation")),
                _text(check.get("reason")),
                1 if check.get("carried") else 0,
            )
            for check in fact.checks
        ],
    )
    keep_points(writer, entry, fact)


def build_failed(writer: Writer, entry: Entry, fact: BuildFailed) -> None:
    """End a build that an error stopped."""
    _end(
        writer,
        entry,
        (fact.build, fact.product, "failed"),
        {"error": fact.error, "seconds": fact.seconds},
    )


def build_rejected(writer: Writer, entry: Entry, fact: BuildRejected) -> None:
    """End a build that its audit rejected, with what accepting it would publish."""
    _end(
        writer,
        entry,
        (fact.build, fact.product, "rejected"),
        {
            "seconds": fact.seconds,
            "failed_checks": canonical(fact.failed_checks),
            "pending": canonical(fact.pending),
        },
    )


def build_published(writer: Writer, entry: Entry, fact: VersionPublished) -> None:
    """End a build that published a version; by a waiver when its audit had rejected it."""
    said: dict[str, Value] = {"version": fact.version, "pending": "{}"}
    if not fact.waiver:
        said["seconds"] = fact.seconds
    status = "accepted" if fact.waiver else "published"
    _end(writer, entry, (fact.build, fact.product, status), said)


def rejection_accepted(writer: Writer, entry: Entry, fact: RejectionAccepted) -> None:  # noqa: ARG001
    """Keep who took responsibility, for which checks and until when."""
    writer.run(
        "INSERT INTO waivers (waiver, build, product, owner, reason, expires, checks)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            fact.waiver,
            fact.build,
            fact.product,
            fact.owner,
            fact.reason,
            fact.expires,
            canonical(fact.checks),
        ),
    )
    writer.run(
        "UPDATE builds SET status = 'accepted', pending = '{}'"
        " WHERE build = ? AND status = 'rejected'",
        (fact.build,),
    )


def contract_published(writer: Writer, entry: Entry, fact: ContractPublished) -> None:
    """Keep what a port promised; `published_at` is when it last began to promise it."""
    writer.run(
        "INSERT INTO contracts (product, port, digest, contract_id, version, document, published_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (product, port, digest) DO UPDATE SET"
        " published_at = excluded.published_at",
        (
            fact.product,
            fact.port,
            fact.digest,
            fact.contract_id,
            fact.version,
            canonical(fact.document),
            entry.at,
        ),
    )


def _end(writer: Writer, entry: Entry, build: tuple[str, str, str], said: dict[str, Value]) -> None:
    """Set how a build (its id, product and status) ended, whether or not its start was recorded."""
    identity, product, status = build
    values = {"status": status, "ended_at": entry.at, **said}
    opened = {"started_at": entry.at, "actor": entry.actor}
    columns = ["build", "product", *opened, *values]
    writer.run(
        f"INSERT INTO builds ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        " ON CONFLICT (build) DO UPDATE SET "
        + ", ".join(f"{column} = excluded.{column}" for column in values),
        (identity, product, *opened.values(), *values.values()),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _value(value: object) -> Value:
    return value if isinstance(value, int | float | str) else None
