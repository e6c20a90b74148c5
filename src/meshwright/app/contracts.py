"""Contracts before and now: what a change breaks, and whether its version admits it."""

from collections.abc import Iterable, Mapping
from typing import Any

from meshwright.app.wiring import Wiring
from meshwright.documents.contract_reader import contract_from
from meshwright.govern.compatibility import compare
from meshwright.govern.versions import judge_version
from meshwright.model.address import Address
from meshwright.model.contract import Contract
from meshwright.model.exact import loads
from meshwright.model.plan import ContractChange
from meshwright.spi.state_store import Reader


def contract_changes(
    wiring: Wiring, reader: Reader, product: Address, ports: Iterable[str]
) -> tuple[ContractChange, ...]:
    """Compare the contracts of these ports with those that are served."""
    now = wiring.workspace.product(product)
    changes = []
    for name in ports:
        old = served_contract(reader, product, name)
        port = now.output(name)
        if old is None:
            continue
        if port is None or port.contract is None:
            changes.append(_removed(reader, product, name, old, now.version))
        else:
            changes.append(_changed(name, old, port.contract))
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
    if not rows:
        return None
    document: Mapping[str, Any] = loads(str(rows[0][0]))
    return contract_from(document)


def _changed(port: str, old: Contract, new: Contract) -> ContractChange:
    change = compare(old, new, port)
    judged = judge_version(change.level, old.version, new.version)
    return ContractChange(
        port=port,
        level=change.level,
        old_version=old.version,
        new_version=new.version,
        items=(*(str(item) for item in change.items), *([judged.advice] if judged.advice else ())),
        refusal=judged.refusal,
        suggestion=judged.suggestion,
    )


def _removed(
    reader: Reader, product: Address, port: str, old: Contract, semver: str
) -> ContractChange:
    """A port that is gone breaks its readers: the product needs a new major version."""
    rows = reader.rows(
        "SELECT v.semver FROM products p JOIN versions v"
        " ON v.product = p.product AND v.version = p.served WHERE p.product = ?",
        (str(product),),
    )
    before = str(rows[0][0]) if rows else "0.0.0"
    major = _major(before)
    is_admitted = _major(semver) > major
    return ContractChange(
        port=port,
        level="major",
        old_version=before,
        new_version=semver,
        items=(f"port {port} (contract {old.version}) is removed: whoever reads it breaks",),
        refusal=""
        if is_admitted
        else f"port {port} is removed, but {semver} is no new major version",
        suggestion="" if is_admitted else f"{major + 1}.0.0 (of the product)",
    )


def _major(semver: str) -> int:
    first = semver.lstrip("v").partition(".")[0]
    return int(first) if first.isdigit() else 0
