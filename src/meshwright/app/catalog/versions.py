"""The versions of a product, each with what it changed: the contract, the columns, how many rows.

What must stay true: nothing here is read from rows, so that whoever may know of a product may know its past.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.app.contracts import read_published
from meshwright.app.diff import ColumnDifference, compare_columns
from meshwright.app.history import HistoryLine, history
from meshwright.app.wiring import Wiring
from meshwright.govern.change import ChangeItem
from meshwright.govern.compatibility import compare
from meshwright.model.address import Address
from meshwright.model.contract import Contract
from meshwright.spi.state_store import Reader

SHOWN = 30


@dataclass(frozen=True, slots=True)
class PortChange:
    """What a version changed of one port. `before` is None for its first one."""

    port: str
    rows: int
    before: int | None
    quarantined: int
    contract_version: str
    contract_before: str
    columns: tuple[ColumnDifference, ...]
    items: tuple[ChangeItem, ...]

    @property
    def is_quiet(self) -> bool:
        """Say whether nothing but rows changed."""
        return not self.columns and not self.items


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One build of a product, with what the version that it published changed."""

    line: HistoryLine
    ports: tuple[PortChange, ...]
    reasons: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Port:
    rows: int
    quarantined: int
    contract: str
    contract_version: str
    columns: tuple[tuple[str, str], ...]


def versions_of(
    wiring: Wiring, product: Address, limit: int = SHOWN
) -> tuple[tuple[VersionLine, ...], bool]:
    """Return the newest builds of a product, newest first, and whether there are more."""
    with wiring.store.read() as reader:
        if not reader.rows("SELECT 1 FROM builds WHERE product = ? LIMIT 1", (str(product),)):
            return (), False
        lines = _history(reader, product, limit + 1)
        numbers = sorted({one.version for one in lines if one.version is not None})
        ports = _ports(reader, product, numbers)
        contracts = _contracts(reader, product)
    found = tuple(
        VersionLine(
            one,
            _changes(one.version, numbers, ports, contracts),
            tuple(json.loads(one.reasons)),
            tuple(json.loads(one.failed_checks)),
        )
        for one in lines[:limit]
    )
    return found, len(lines) > limit


def _history(reader: Reader, product: Address, limit: int) -> tuple[HistoryLine, ...]:
    if reader.rows("SELECT 1 FROM products WHERE product = ?", (str(product),)):
        return history(reader, product, limit)
    return ()


def _ports(reader: Reader, product: Address, numbers: list[int]) -> dict[int, dict[str, _Port]]:
    found: dict[int, dict[str, _Port]] = {}
    if not numbers:
        return found
    rows = reader.rows(
        "SELECT version, port, rows, quarantined, contract, contract_version, columns"
        " FROM version_ports WHERE product = ? AND version >= ? ORDER BY version, port",
        (str(product), numbers[0]),
    )
    for version, port, count, aside, digest, semver, columns in rows:
        found.setdefault(int(str(version)), {})[str(port)] = _Port(
            int(str(count)),
            int(str(aside or 0)),
            str(digest),
            str(semver),
            tuple((name, kind) for name, kind in json.loads(str(columns))),
        )
    return found


def _contracts(reader: Reader, product: Address) -> Mapping[tuple[str, str], str]:
    rows = reader.rows(
        "SELECT port, digest, document FROM contracts WHERE product = ?", (str(product),)
    )
    return {(str(port), str(digest)): str(document) for port, digest, document in rows}


def _changes(
    version: int | None,
    numbers: list[int],
    ports: Mapping[int, Mapping[str, _Port]],
    contracts: Mapping[tuple[str, str], str],
) -> tuple[PortChange, ...]:
    if version is None or version not in ports:
        return ()
    place = numbers.index(version)
    earlier = ports.get(numbers[place - 1], {}) if place else {}
    return tuple(
        _change(name, earlier.get(name), now, contracts) for name, now in ports[version].items()
    )


def _change(
    port: str, was: _Port | None, now: _Port, contracts: Mapping[tuple[str, str], str]
) -> PortChange:
    old = (
        _read(contracts.get((port, was.contract))) if was and was.contract != now.contract else None
    )
    new = _read(contracts.get((port, now.contract))) if old else None
    return PortChange(
        port,
        now.rows,
        was.rows if was else None,
        now.quarantined,
        now.contract_version,
        was.contract_version if was else "",
        compare_columns(was.columns, now.columns) if was else (),
        tuple(compare(old, new, port).items) if old and new else (),
    )


def _read(document: str | None) -> Contract | None:
    return read_published(document) if document else None
