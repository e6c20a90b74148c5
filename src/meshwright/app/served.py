"""What is served: products and ports as the projections know them. Reads only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.errors import UsageError, did_you_mean
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


@dataclass(frozen=True, slots=True)
class ServedProduct:
    """A product's pointer: `version` is what readers see, `latest` the newest ever published."""

    product: Address
    version: int | None
    latest: int
    code: str
    held_code: str
    status: str
    retired_until: str
    as_of: str


def served_products(reader: Reader) -> dict[str, ServedProduct]:
    """Return every product that the ledger knows, by address."""
    rows = reader.rows(
        "SELECT p.product, p.served, p.latest, coalesce(v.code, ''), p.held_code, p.status,"
        " p.retired_until, coalesce(v.as_of, '') FROM products p"
        " LEFT JOIN versions v ON v.product = p.product AND v.version = p.served"
    )
    return {str(row[0]): _product(row) for row in rows}


def _product(row: tuple[object, ...]) -> ServedProduct:
    product, served, latest, code, held, status, until, as_of = row
    return ServedProduct(
        Address.parse(str(product)),
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


def data_versions(reader: Reader) -> dict[str, tuple[int, int]]:
    """Return (version, data version) of every served port, by address."""
    rows = reader.rows(
        "SELECT vp.product || '.' || vp.port, vp.version, vp.data_version FROM products p"
        " JOIN version_ports vp ON vp.product = p.product AND vp.version = p.served"
    )
    return {str(row[0]): (int(str(row[1])), int(str(row[2]))) for row in rows}


def input_stamps(reader: Reader) -> dict[str, dict[str, str]]:
    """Return, for every served version, what each of its inputs was: product -> input -> stamp."""
    rows = reader.rows(
        "SELECT i.product, i.input, i.stamp FROM products p"
        " JOIN version_inputs i ON i.product = p.product AND i.version = p.served"
    )
    stamps: dict[str, dict[str, str]] = {}
    for product, name, stamp in rows:
        stamps.setdefault(str(product), {})[str(name)] = str(stamp)
    return stamps


def port_stamp(data_version: int) -> str:
    """Return how a build names the data of a foreign port that it read."""
    return f"v{data_version}"


def resolve(reader: Reader, address: Address) -> Address:
    """Return the address that a product has now: a former name still finds it."""
    rows = reader.rows(
        "SELECT product FROM aliases WHERE formerly = ?", (str(address.product_address),)
    )
    if not rows:
        return address
    now = Address.parse(str(rows[0][0]))
    return resolve(
        reader, Address(now.domain, now.product, address.port, address.column, address.version)
    )


def known_product(reader: Reader, address: Address) -> ServedProduct:
    """Return a product that has published; raise `UsageError` (`product-unknown`)."""
    found = resolve(reader, address).product_address
    products = served_products(reader)
    if str(found) not in products:
        raise UsageError(
            "product-unknown",
            f"`{found}` has published nothing",
            hint=did_you_mean(str(found), products),
        )
    return products[str(found)]


def pick_version(reader: Reader, address: Address, as_of: str = "") -> int:
    """Return the version that an address means: its own, the one served then, or the one served now.

    Raises `UsageError`: `product-unknown`, `version-unknown`, `version-vacuumed`, `nothing-served`.
    """
    product = known_product(reader, address)
    if address.version is not None:
        return _existing(reader, product.product, address.version)
    if as_of:
        return _served_at(reader, product.product, as_of)
    if product.version is None:
        raise UsageError("nothing-served", f"`{product.product}` has published nothing")
    return product.version


def _existing(reader: Reader, product: Address, version: int) -> int:
    rows = reader.rows(
        "SELECT version, vacuumed FROM versions WHERE product = ? ORDER BY version", (str(product),)
    )
    vacuumed: Mapping[int, bool] = {int(str(number)): bool(gone) for number, gone in rows}
    kept = [str(number) for number, gone in vacuumed.items() if not gone]
    if version not in vacuumed:
        raise UsageError(
            "version-unknown",
            f"`{product}` has no version {version}",
            hint=f"versions: {', '.join(kept[-8:])}",
        )
    if vacuumed[version]:
        raise UsageError(
            "version-vacuumed",
            f"version {version} of `{product}` was removed by retention",
            hint=f"versions kept: {', '.join(kept[-8:])}",
        )
    return version


def _served_at(reader: Reader, product: Address, moment: str) -> int:
    """Replay the pointer's moves up to a moment (publications and rollbacks)."""
    rows = reader.rows(
        "SELECT kind, payload FROM facts WHERE kind IN ('VersionPublished', 'VersionRolledBack')"
        " AND at <= ? AND json_extract(payload, '$.product') = ? ORDER BY seq DESC LIMIT 1",
        (moment, str(product)),
    )
    if not rows:
        raise UsageError("nothing-served", f"`{product}` served nothing at {moment}")
    kind, payload = rows[0]
    fact = json.loads(str(payload))
    number = fact["version"] if kind == "VersionPublished" else fact["to_version"]
    return _existing(reader, product, int(number))
