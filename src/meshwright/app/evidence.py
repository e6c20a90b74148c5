"""What may have caused an incident: how a build differs from the version before it. Reads the state only."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.app.segments import segment_shares
from meshwright.app.served import port_stamp
from meshwright.model.address import Address
from meshwright.model.signal import ANOMALY, LATE, Signal
from meshwright.observe.incidents.causes import Above, Evidence, InputChange, PortChange
from meshwright.observe.incidents.downstream import Reach
from meshwright.observe.incidents.incidents import open_incidents
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class _Face:
    """A port as a build made it."""

    code: str
    contract: str
    contract_version: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Made:
    """What one build made: its code, its ports, and (address, stamp, version) of each input."""

    code: str = ""
    ports: Mapping[str, _Face] = field(default_factory=dict)
    inputs: Mapping[str, tuple[str, str, int | None]] = field(default_factory=dict)
    version: int | None = None


def find_evidence(
    reader: Reader,
    product: Address,
    signals: Sequence[Signal],
    reads: Callable[[Address], Collection[Address]],
) -> Evidence:
    """Compare the build that the signals come from with the version before it."""
    build = next((signal.build for signal in signals if signal.build), "")
    now = _made_by(reader, product, build)
    before = _version_before(reader, product, now.version)
    is_late = any(signal.kind == LATE for signal in signals)
    return Evidence(
        above=_unhealthy_above(reader, product, reads),
        ports=_port_changes(before, now),
        has_new_code=bool(before.code and now.code and before.code != now.code),
        inputs=_inputs_since(reader, before)
        if is_late and not build
        else _input_changes(before, now),
        segments=segment_shares(reader, [one for one in signals if one.kind == ANOMALY]),
        is_late=is_late,
        since=before.version,
    )


def _made_by(reader: Reader, product: Address, build: str) -> _Made:
    """Return what a build made: published, or rejected and pending; of a failed one its code is known."""
    rows = reader.rows("SELECT version, code, pending FROM builds WHERE build = ?", (build,))
    if not rows:
        return _Made()
    version, code, pending = rows[0]
    if version is not None:
        return _version(reader, product, int(version))
    said = json.loads(str(pending or "{}"))
    if not said.get("ports"):
        return _Made(str(code))
    return _Made(
        str(said.get("code") or code),
        {
            name: _Face(
                str(port.get("code")),
                str(port.get("contract")),
                str(port.get("contract_version")),
                dict(port.get("columns") or ()),
            )
            for name, port in said["ports"].items()
        },
        {
            str(one["input"]): (str(one["address"]), str(one["stamp"]), one.get("version"))
            for one in said.get("inputs") or ()
        },
    )


def _version_before(reader: Reader, product: Address, version: int | None) -> _Made:
    """Return the version before one, or the one that is served."""
    name = str(product)
    if version is None:
        rows = reader.rows("SELECT served FROM products WHERE product = ?", (name,))
    else:
        rows = reader.rows(
            "SELECT max(version) FROM versions WHERE product = ? AND version < ?", (name, version)
        )
    found = rows[0][0] if rows else None
    return _Made() if found is None else _version(reader, product, int(found))


def _version(reader: Reader, product: Address, version: int) -> _Made:
    key = (str(product), version)
    where = "WHERE product = ? AND version = ?"
    codes = reader.rows(f"SELECT code FROM versions {where}", key)
    ports = reader.rows(
        f"SELECT port, code, contract, contract_version, columns FROM version_ports {where}", key
    )
    inputs = reader.rows(
        f"SELECT input, address, stamp, source_version FROM version_inputs {where}", key
    )
    return _Made(
        str(codes[0][0]) if codes else "",
        {
            str(port): _Face(str(code), str(contract), str(number), dict(json.loads(str(columns))))
            for port, code, contract, number, columns in ports
        },
        {
            str(name): (str(address), str(stamp), None if source is None else int(source))
            for name, address, stamp, source in inputs
        },
        version,
    )


def _port_changes(before: _Made, now: _Made) -> list[PortChange]:
    found = []
    for name in sorted(before.ports.keys() & now.ports.keys()):
        old, new = before.ports[name], now.ports[name]
        shared = old.columns.keys() & new.columns.keys()
        change = PortChange(
            name,
            contract=(old.contract_version, new.contract_version)
            if old.contract != new.contract
            else None,
            code=old.code != new.code,
            added=tuple(column for column in new.columns if column not in old.columns),
            removed=tuple(column for column in old.columns if column not in new.columns),
            retyped=tuple(sorted(c for c in shared if old.columns[c] != new.columns[c])),
        )
        if change != PortChange(name):
            found.append(change)
    return found


def _input_changes(before: _Made, now: _Made) -> list[InputChange]:
    found = []
    for name in sorted(before.inputs.keys() & now.inputs.keys()):
        (_, stamp, old), (address, new_stamp, new) = before.inputs[name], now.inputs[name]
        versions = None if old is None or new is None else (old, new)
        found.append(InputChange(name, address, stamp != new_stamp, versions))
    return found


def _inputs_since(reader: Reader, served: _Made) -> list[InputChange]:
    """Say of each product's port that the served version read whether it has moved on since."""
    found = []
    for name, (address, stamp, version) in sorted(served.inputs.items()):
        known = None if version is None else _newest(reader, Address.parse(address))
        if known is not None and version is not None:
            has_moved = port_stamp(known[1]) != stamp
            found.append(InputChange(name, address, has_moved, (version, known[0])))
    return found


def _newest(reader: Reader, port: Address) -> tuple[int, int] | None:
    """Return the version of a port that is served now, and the version of its data."""
    rows = reader.rows(
        "SELECT vp.version, vp.data_version FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served WHERE p.product = ? AND vp.port = ?",
        (str(port.product_address), port.port),
    )
    return (int(str(rows[0][0])), int(str(rows[0][1]))) if rows else None


def _unhealthy_above(
    reader: Reader, product: Address, reads: Callable[[Address], Collection[Address]]
) -> list[Above]:
    reach = Reach(reads)
    return [
        Above(one.id, str(one.product), one.explanation)
        for one in open_incidents(reader)
        if reach.explains(one, product)
    ]
