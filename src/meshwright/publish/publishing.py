"""The commit point: a build ends published, rejected or failed, in one transaction of the state store.

What must stay true: every file that a fact names is on the disk before the fact is; all ports of a version
appear together; nobody publishes over what they have not seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path

from meshwright.errors import RefusedError
from meshwright.model.address import Address
from meshwright.model.facts import (
    BuildFailed,
    BuildRejected,
    ContractPublished,
    Entry,
    Fact,
    Json,
)
from meshwright.publish.candidate import Candidate
from meshwright.publish.durable import make_durable
from meshwright.publish.lineage import new_lineage
from meshwright.publish.places import Storage, folder_of
from meshwright.publish.reading import latest_version, served_version
from meshwright.publish.statistics import keep_statistics
from meshwright.publish.sweeping import discard
from meshwright.spi.state_store import Reader, StateStore, Writer

Append = Callable[[Writer, Sequence[Fact]], Sequence[Entry]]
# Given a product and its build, records what that means for incidents, in the same transaction.
Tell = Callable[[Writer, Address, str], object]


def nobody(writer: Writer, product: Address, build: str) -> None:
    """Tell nobody."""


def publish(
    store: StateStore, append: Append, data: Path, candidate: Candidate, tell: Tell = nobody
) -> int:
    """Make a candidate what readers see, all its ports at once; return its version.

    `tell` is called when the facts are recorded, before they are committed: so with it in all of these.

    Raises `RefusedError` (`publish-raced`) when the product has changed since the build began. Nothing is
    published then, and the staged files can be cleaned.
    """
    _settle(data, candidate)
    traced = candidate.traced()
    with store.write() as writer:
        _check_unchanged(writer, candidate)
        append(
            writer,
            [
                *new_contracts(writer, candidate.contracts),
                *candidate.audits,
                *candidate.anomalies,
                *new_lineage(writer, traced),
                candidate.version(),
            ],
        )
        tell(writer, candidate.product, candidate.build)
    return candidate.number


def reject(
    store: StateStore,
    append: Append,
    data: Path,
    candidate: Candidate,
    failed_checks: Sequence[str],
    tell: Tell = nobody,
) -> None:
    """Record that a candidate's audit forbids it (`port:check-id`); keep what accepting it would publish."""
    _settle(data, candidate)
    with store.write() as writer:
        served = served_version(writer, candidate.product)
        rejected = BuildRejected(
            build=candidate.build,
            product=str(candidate.product),
            failed_checks=list(failed_checks),
            served=served,
            pending=pending_of(candidate),
            seconds=candidate.seconds,
        )
        append(writer, [*candidate.audits, *candidate.anomalies, rejected])
        tell(writer, candidate.product, candidate.build)


def fail(
    store: StateStore,
    append: Append,
    product: Address,
    build: str,
    error: str,
    seconds: float = 0.0,
    *,
    storage: Storage | None = None,
    tell: Tell = nobody,
) -> None:
    """Record that an error, told by its code, stopped a build, after removing what it staged in `storage`.

    Nothing of the build may still be writing. Without `storage`, a vacuum removes the files.
    """
    if storage is not None:
        discard(store, storage, product, build)
    with store.write() as writer:
        append(writer, [BuildFailed(build, str(product), error, seconds)])
        tell(writer, product, build)


def _settle(data: Path, candidate: Candidate) -> None:
    """Bring everything that the facts will name to the disk."""
    ports = candidate.ports.values()
    make_durable(
        folder_of(data, port.location) / file.path for port in ports for file in port.added
    )
    keep_statistics(data, candidate)


def pending_of(candidate: Candidate) -> dict[str, Json]:
    """Return a candidate as the JSON that `accept` publishes: its version, its contracts and its lineage."""
    traced = candidate.traced()
    said = _said(candidate.version())
    said["contracts"] = [_said(contract) for contract in candidate.contracts]
    said["lineage"] = _said(traced) if traced else None
    return said


def _said(fact: Fact) -> dict[str, Json]:
    return {field.name: getattr(fact, field.name) for field in fields(fact)}


def new_contracts(
    reader: Reader, contracts: Sequence[ContractPublished]
) -> list[ContractPublished]:
    """Return the contracts that are not the ones last published of their ports."""
    return [contract for contract in contracts if not _is_current(reader, contract)]


def _is_current(reader: Reader, contract: ContractPublished) -> bool:
    rows = reader.rows(
        "SELECT digest FROM contracts WHERE product = ? AND port = ?"
        " ORDER BY published_at DESC LIMIT 1",
        (contract.product, contract.port),
    )
    return bool(rows) and rows[0][0] == contract.digest


def _check_unchanged(reader: Reader, candidate: Candidate) -> None:
    now = (served_version(reader, candidate.product), latest_version(reader, candidate.product))
    if now != (candidate.served, candidate.latest):
        raise RefusedError(
            "publish-raced",
            f"`{candidate.product}` changed while build {candidate.build} ran: it serves version"
            f" {now[0]} now, not {candidate.served}",
            hint=f"mesh run {candidate.product}",
        )
