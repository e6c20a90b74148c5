"""Contracts before and now: what a change breaks, whom it hits, and whether its version admits it."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from meshwright.app.affected import Hit, hit_of_served
from meshwright.app.places import line_in
from meshwright.app.wiring import Wiring
from meshwright.documents.contract_reader import contract_from
from meshwright.govern.change import MAJOR, MINOR
from meshwright.govern.compatibility import compare
from meshwright.govern.places import find_line
from meshwright.govern.versions import judge_version
from meshwright.model.address import Address
from meshwright.model.contract import Contract
from meshwright.model.exact import loads
from meshwright.model.farewell import Farewell
from meshwright.model.plan import ChangedItem, ContractChange
from meshwright.model.problem import Place
from meshwright.model.product import Product
from meshwright.spi.state_store import Reader


def contract_changes(
    wiring: Wiring, reader: Reader, product: Address, ports: Iterable[str]
) -> tuple[ContractChange, ...]:
    """Compare the contracts of these ports with those that are served."""
    now = wiring.workspace.product(product)
    before = {name: served_contract(reader, product, name) for name in ports}
    known = {name: contract for name, contract in before.items() if contract is not None}
    semver = _served_semver(reader, product)
    return changes_between(wiring, now, known, semver, hit_of_served(wiring, reader))


def changes_between(
    wiring: Wiring, now: Product, before: Mapping[str, Contract], semver: str, hit: Hit
) -> tuple[ContractChange, ...]:
    """Compare a product's contracts with earlier ones, by port; `semver` was the product's version then."""
    changes = []
    for name, old in before.items():
        port = now.output(name)
        if port is None or port.contract is None:
            changes.append(_removed(wiring, now, name, old, semver, hit))
        elif port.contract.digest != old.digest:
            changes.append(_changed(wiring, now.address, name, old, port.contract, hit))
    return tuple(changes)


def served_contract(reader: Reader, product: Address, port: str) -> Contract | None:
    """Return the contract under which a port is served; None where nothing is."""
    rows = reader.rows(
        "SELECT c.document FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served AND vp.port = ?"
        " JOIN contracts c ON c.product = vp.product AND c.port = vp.port AND c.digest = vp.contract"
        " WHERE p.product = ?",
        (port, str(product)),
    )
    return read_published(str(rows[0][0])) if rows else None


def read_published(text: str) -> Contract:
    """Read a contract as the state keeps it."""
    document: Mapping[str, Any] = loads(text)
    return contract_from(document)


def _changed(
    wiring: Wiring, product: Address, port: str, old: Contract, new: Contract, hit: Hit
) -> ContractChange:
    change = compare(old, new, port)
    judged = judge_version(change.level, old.version, new.version)
    version = Place(new.file, line_in(wiring.root, new.file, ("version",)))
    details = tuple(
        ChangedItem(
            item.level,
            item.path,
            item.what,
            item.breaks,
            Place(new.file, find_line(item.path, old, new, port) or version.line),
        )
        for item in change.items
    )
    return ContractChange(
        port=port,
        level=change.level,
        old_version=old.version,
        new_version=new.version,
        items=(*map(str, change.items), *([judged.advice] if judged.advice else ())),
        refusal=judged.refusal,
        suggestion=judged.suggestion,
        details=details,
        affected=hit(_port(product, port), details),
        place=version,
    )


def _removed(
    wiring: Wiring, now: Product, port: str, old: Contract, before: str, hit: Hit
) -> ContractChange:
    """A port that is gone breaks its readers: the product needs a new major version."""
    major = _major(before)
    is_announced = has_ended(wiring, old)
    is_admitted = is_announced or _major(now.version) > major
    file = _descriptor(wiring, now)
    place = Place(file, line_in(wiring.root, file, ("outputPorts",)))
    what = f"port {port} (contract {old.version}) is removed"
    if is_announced:
        what = f"{what}, as announced for {old.end_of_life}"
    level, breaks = (MINOR, "") if is_announced else (MAJOR, "whoever reads it breaks")
    item = ChangedItem(level, port, what, breaks, place)
    return ContractChange(
        port=port,
        level=level,
        old_version=before,
        new_version=now.version,
        items=(str(item),),
        refusal=""
        if is_admitted
        else f"port {port} is removed, but {now.version} is no new major version",
        suggestion="" if is_admitted else f"{major + 1}.0.0 (of the product)",
        details=(item,),
        affected=hit(_port(now.address, port), (item,)),
        place=Place(file, line_in(wiring.root, file, ("version",))),
    )


def has_ended(wiring: Wiring, contract: Contract) -> bool:
    """Say whether the end that a contract announced is over: its port may go then."""
    farewell = Farewell("", contract.end_of_life)
    return farewell.is_over(wiring.now(), ZoneInfo(wiring.mesh.timezone))


def _port(product: Address, port: str) -> Address:
    return Address(product.domain, product.product, port)


def _descriptor(wiring: Wiring, product: Product) -> str:
    names = (f"{product.folder}/product.odps.{ending}" for ending in ("yaml", "yml"))
    return next((name for name in names if (wiring.root / name).is_file()), product.folder)


def _served_semver(reader: Reader, product: Address) -> str:
    rows = reader.rows(
        "SELECT v.semver FROM products p JOIN versions v"
        " ON v.product = p.product AND v.version = p.served WHERE p.product = ?",
        (str(product),),
    )
    return str(rows[0][0]) if rows else "0.0.0"


def _major(semver: str) -> int:
    first = semver.lstrip("v").partition(".")[0]
    return int(first) if first.isdigit() else 0
