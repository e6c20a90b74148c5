"""Publishing what an audit rejected, on a named owner's word, and the waivers that this leaves behind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from meshwright.errors import DeniedError, RefusedError, UsageError
from meshwright.model.address import Address
from meshwright.model.exact import loads
from meshwright.model.facts import (
    ContractPublished,
    LineageTraced,
    RejectionAccepted,
    VersionPublished,
)
from meshwright.publish.lineage import new_lineage
from meshwright.publish.places import folder_of
from meshwright.publish.publishing import Append, Tell, new_contracts, nobody
from meshwright.publish.reading import get_product, latest_version
from meshwright.spi.state_store import Reader, StateStore

DEFAULT_EXPIRY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiver:
    """An owner's word that some checks (`port:check-id`) may fail, to the end of the day `expires`."""

    id: str
    build: str
    owner: str
    reason: str
    expires: date
    checks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What `accept` did."""

    product: Address
    version: int
    build: str
    waiver: Waiver


@dataclass(frozen=True, slots=True)
class Word:
    """Who accepts a rejection and why. `owner` names the owner responsible, where `actor` is none."""

    actor: str
    reason: str
    today: date
    owner: str = ""
    expires: date | None = None


def active_waivers(reader: Reader, product: Address, today: date) -> tuple[Waiver, ...]:
    """Return the waivers of a product that have not expired, newest first."""
    rows = reader.rows(
        "SELECT waiver, build, owner, reason, expires, checks FROM waivers"
        " WHERE product = ? AND expires >= ? ORDER BY waiver DESC",
        (str(product), today.isoformat()),
    )
    return tuple(_waiver(*map(str, row)) for row in rows)


def waived_checks(reader: Reader, product: Address, today: date) -> dict[str, str]:
    """Return the checks (`port:check-id`) of a product that may fail today, each with its waiver's id."""
    waivers = reversed(active_waivers(reader, product, today))
    return {check: waiver.id for waiver in waivers for check in waiver.checks}


def accept(
    store: StateStore,
    append: Append,
    data: Path,
    product: Address,
    word: Word,
    tell: Tell = nobody,
) -> Acceptance:
    """Publish the product's last rejected build and waive its failed checks until the word expires.

    Raises `UsageError` (`product-unknown`, `reason-missing`, `expiry-past`) or `RefusedError`
    (`nothing-to-accept`, `accept-outdated`, `accept-files-gone`) or `DeniedError` (`not-an-owner`).
    """
    expires = _expiry(word)
    with store.write() as writer:
        build, pending, failed = _last_rejected(writer, product)
        version = _read(VersionPublished, pending)
        _check_newest(writer, version)
        _check_still_rejected(writer, version)
        _check_files(data, version)
        owner = _owner(word, version.owners)
        waiver = Waiver(f"waiver-{build}", build, owner, word.reason, expires, frozenset(failed))
        contracts = [_read(ContractPublished, said) for said in pending.get("contracts", ())]
        address = Address.parse(version.product)
        append(
            writer,
            [
                _accepted(waiver, version.product),
                *new_contracts(writer, contracts),
                *new_lineage(writer, _lineage(pending)),
                _read(VersionPublished, {**pending, "waiver": waiver.id}),
            ],
        )
        tell(writer, address, build)
    return Acceptance(address, version.version, build, waiver)


def _last_rejected(reader: Reader, product: Address) -> tuple[str, dict[str, Any], list[str]]:
    name = _known(reader, product)
    rows = reader.rows(
        "SELECT build, pending, failed_checks FROM builds WHERE product = ? AND status = 'rejected'"
        " ORDER BY started_at DESC, build DESC LIMIT 1",
        (name,),
    )
    if not rows:
        raise RefusedError(
            "nothing-to-accept",
            f"no build of `{name}` is rejected",
            hint=f"mesh history {name}",
        )
    build, pending, failed = map(str, rows[0])
    said = loads(pending)
    contracts = [{**contract, "product": name} for contract in said.get("contracts", ())]
    return build, {**said, "product": name, "contracts": contracts}, json.loads(failed)


def _known(reader: Reader, product: Address) -> str:
    """Return the product's name, also of one whose every build was rejected."""
    name = str(product.product_address)
    if reader.rows("SELECT 1 FROM builds WHERE product = ? LIMIT 1", (name,)):
        return name
    return str(get_product(reader, product))


def _check_newest(reader: Reader, version: VersionPublished) -> None:
    latest = latest_version(reader, Address.parse(version.product))
    if latest + 1 != version.version:
        raise RefusedError(
            "accept-outdated",
            f"version {latest} of `{version.product}` was published after build"
            f" {version.build} was rejected",
            hint=f"mesh run {version.product} --force",
        )


def _check_still_rejected(reader: Reader, version: VersionPublished) -> None:
    """Refuse what was settled in another way since: the source was mended, or an owner rolled back."""
    product = Address.parse(version.product)
    ended = reader.rows("SELECT ended_at FROM builds WHERE build = ?", (version.build,))
    healed = reader.rows(
        "SELECT 1 FROM incidents i JOIN incident_signals s ON s.incident = i.incident"
        " WHERE s.product = ? AND s.signal LIKE 'check|%' AND i.state = 'resolved'"
        " AND i.resolved_at > ? LIMIT 1",
        (version.product, ended[0][0]),
    )
    if healed:
        raise RefusedError(
            "accept-outdated",
            f"`{product}` is well again since build {version.build} was rejected",
            hint=f"mesh history {product}",
        )
    moved = reader.rows(
        "SELECT payload FROM facts WHERE kind = 'VersionRolledBack' AND at > ?", (ended[0][0],)
    )
    if any(json.loads(str(payload)).get("product") == version.product for (payload,) in moved):
        raise RefusedError(
            "accept-outdated",
            f"`{product}` was rolled back after build {version.build} was rejected",
            hint=f"mesh run {product} --force",
        )


def _check_files(data: Path, version: VersionPublished) -> None:
    for port in version.ports.values():
        folder, added = folder_of(data, str(port["location"])), port["added"]
        for file in added if isinstance(added, list) else ():
            path = folder / str(file["path"])
            if not path.exists():
                raise RefusedError(
                    "accept-files-gone",
                    f"the files of rejected build {version.build} are gone: `{path}`",
                    hint=f"mesh run {version.product} --force",
                )


def _owner(word: Word, owners: object) -> str:
    known = [str(owner) for owner in owners] if isinstance(owners, list | tuple) else []
    names = (word.owner,) if word.owner else (word.actor, word.actor.removeprefix("person:"))
    named = next((name for name in names if name in known), "")
    if known and not named:
        raise DeniedError(
            "not-an-owner",
            f"`{names[0]}` is not an owner of this product",
            hint=f"--owner {known[0]}" + (f" (owners: {', '.join(known)})" if known[1:] else ""),
        )
    return named or names[0]


def _expiry(word: Word) -> date:
    if not word.reason.strip():
        raise UsageError(
            "reason-missing", "accepting a rejected build needs a reason", hint='--reason "…"'
        )
    expires = word.expires or word.today + DEFAULT_EXPIRY
    if expires < word.today:
        raise UsageError(
            "expiry-past",
            f"`{expires}` is past",
            hint=f"accept it until a day to come, like {word.today + DEFAULT_EXPIRY}",
        )
    return expires


def _accepted(waiver: Waiver, product: str) -> RejectionAccepted:
    return RejectionAccepted(
        waiver=waiver.id,
        build=waiver.build,
        product=product,
        owner=waiver.owner,
        reason=waiver.reason,
        expires=waiver.expires.isoformat(),
        checks=sorted(waiver.checks),
    )


def _lineage(pending: Mapping[str, Any]) -> LineageTraced | None:
    """Return the lineage of what was rejected; None for a build from before lineage was kept."""
    traced: LineageTraced | None = (
        _read(LineageTraced, {**said, "product": pending["product"]})
        if (said := pending.get("lineage"))
        else None
    )
    return traced


def _read(kind: type[Any], said: Mapping[str, Any]) -> Any:
    return kind(**{f.name: said[f.name] for f in fields(kind) if f.name in said})


def _waiver(id: str, build: str, owner: str, reason: str, expires: str, checks: str) -> Waiver:
    return Waiver(
        id, build, owner, reason, date.fromisoformat(expires), frozenset(json.loads(checks))
    )
