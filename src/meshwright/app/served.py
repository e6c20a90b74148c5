"""What is served: products and ports as the projections know them. Reads only."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from meshwright.model.address import Address
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class ServedPort:
    """A port of the version that readers see."""

    port: str
    location: str
    version: int
    data_version: int
    contract: str
    contract_version: str
    code: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    bytes: int
    quarantined: int
    done: tuple[tuple[str, str], ...]


class ServedProduct(NamedTuple):
    """A product's pointer: `version` is what readers see, `latest` the newest ever published."""

    version: int | None
    latest: int
    code: str
    held_code: str
    status: str
    retired_until: str
    as_of: str


def served_products(reader: Reader, product: str = "") -> dict[str, ServedProduct]:
    """Return every product that the ledger knows (or just one), by address."""
    rows = reader.rows(
        "SELECT p.product, p.served, p.latest, coalesce(v.code, ''), p.held_code, p.status,"
        " p.retired_until, coalesce(v.as_of, '') FROM products p"
        " LEFT JOIN versions v ON v.product = p.product AND v.version = p.served"
        + (" WHERE p.product = ?" if product else ""),
        (product,) if product else (),
    )
    return {str(row[0]): _product(row) for row in rows}


def _product(row: tuple[object, ...]) -> ServedProduct:
    _, served, latest, code, held, status, until, as_of = row
    return ServedProduct(
        None if served is None else int(str(served)),
        int(str(latest or 0)),
        str(code),
        str(held),
        str(status),
        str(until),
        str(as_of),
    )


def served_ports(reader: Reader, product: Address, version: int) -> dict[str, ServedPort]:
    """Return the ports of one version, by name."""
    rows = reader.rows(
        "SELECT vp.port, p.location, vp.data_version, vp.contract, vp.contract_version, vp.code,"
        " vp.columns, vp.rows, vp.bytes, vp.quarantined, vp.done FROM version_ports vp"
        " JOIN ports p ON p.product = vp.product AND p.port = vp.port"
        " WHERE vp.product = ? AND vp.version = ? ORDER BY vp.port",
        (str(product), version),
    )
    return {str(row[0]): _port(row, version) for row in rows}


def _port(row: tuple[object, ...], version: int) -> ServedPort:
    columns = tuple((name, kind) for name, kind in json.loads(str(row[6])))
    done = tuple((start, end) for start, end in json.loads(str(row[10] or "[]")))
    return ServedPort(
        port=str(row[0]),
        location=str(row[1]),
        version=version,
        data_version=int(str(row[2])),
        contract=str(row[3]),
        contract_version=str(row[4]),
        code=str(row[5]),
        columns=columns,
        rows=int(str(row[7])),
        bytes=int(str(row[8])),
        quarantined=int(str(row[9])),
        done=done,
    )


class ServedOutputs(NamedTuple):
    """All served ports. `stamps`: address -> what an input that reads it is stamped with;
    `contracts`: product -> port -> contract digest.
    """

    stamps: dict[str, str]
    contracts: dict[str, dict[str, str]]


def served_outputs(reader: Reader) -> ServedOutputs:
    """Return what a plan compares of every served port."""
    rows = reader.rows(
        "SELECT vp.product, vp.port, vp.data_version, vp.contract FROM products p"
        " JOIN version_ports vp ON vp.product = p.product AND vp.version = p.served"
    )
    found = ServedOutputs({}, {})
    for product, port, data_version, contract in rows:
        found.stamps[f"{product!s}.{port!s}"] = port_stamp(int(str(data_version)))
        found.contracts.setdefault(str(product), {})[str(port)] = str(contract)
    return found


def input_stamps(reader: Reader, product: str = "") -> dict[str, dict[str, str]]:
    """Return what each input of every served version (or of one product's) was: product -> input -> stamp."""
    rows = reader.rows(
        "SELECT i.product, i.input, i.stamp FROM products p"
        " JOIN version_inputs i ON i.product = p.product AND i.version = p.served"
        + (" WHERE p.product = ?" if product else ""),
        (product,) if product else (),
    )
    stamps: dict[str, dict[str, str]] = {}
    for owner, name, stamp in rows:
        stamps.setdefault(str(owner), {})[str(name)] = str(stamp)
    return stamps


def port_stamp(data_version: int) -> str:
    """Return how a build names the data of a foreign port that it read."""
    return f"v{data_version}"
