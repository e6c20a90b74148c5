"""What the state store says is published: products by any of their names, versions, files.

Every function reads one snapshot and touches no file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

from meshwright.errors import RefusedError, UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.table import Column, ColumnStatistics, DataFile
from meshwright.spi.state_store import Reader, Value

SERVING = "first_version <= ? AND (last_version IS NULL OR last_version >= ?)"


@dataclass(frozen=True, slots=True)
class PinnedPort:
    """A port at one version, ready to read: `location` is its folder as recorded, `files` lie in it."""

    address: Address  # with its version
    location: str
    columns: tuple[Column, ...]
    files: tuple[DataFile, ...]
    data_version: int
    contract: str
    rows: int


def find_product(reader: Reader, product: Address) -> Address | None:
    """Return the present address of a product by any name it had; None when it was never published."""
    name = str(product.product_address)
    if reader.rows("SELECT 1 FROM products WHERE product = ?", (name,)):
        return product.product_address
    known = reader.rows("SELECT product FROM aliases WHERE formerly = ?", (name,))
    return Address.parse(str(known[0][0])) if known else None


def get_product(reader: Reader, product: Address) -> Address:
    """Return the present address of a product; raise `UsageError` (`product-unknown`)."""
    found = find_product(reader, product)
    if found is None:
        known = [str(row[0]) for row in reader.rows("SELECT product FROM products")]
        name = str(product.product_address)
        raise UsageError(
            "product-unknown", f"nothing is published as `{name}`", hint=did_you_mean(name, known)
        )
    return found


def served_version(reader: Reader, product: Address) -> int | None:
    """Return the version that readers see now; None when nothing was published yet."""
    rows = reader.rows("SELECT served FROM products WHERE product = ?", (str(product),))
    return _number(rows[0][0]) if rows else None


def latest_version(reader: Reader, product: Address) -> int:
    """Return the newest version, served or not; 0 when there is none."""
    rows = reader.rows("SELECT latest FROM products WHERE product = ?", (str(product),))
    return _number(rows[0][0]) or 0 if rows else 0


def version_at(reader: Reader, product: Address, time: datetime) -> int | None:
    """Return the version that readers saw at a time; None before the first."""
    at = time.astimezone(UTC).isoformat(timespec="microseconds")
    return _served_when(reader, product, ("published_at <= ?", "at <= ?"), at)


def version_after(reader: Reader, product: Address, seq: int) -> int | None:
    """Return the version that was served just after the fact `seq`; None before the first."""
    return _served_when(reader, product, ("seq <= ?", "seq <= ?"), seq)


def _served_when(
    reader: Reader, product: Address, until: tuple[str, str], value: Value
) -> int | None:
    """Return what the last publication or rollback, within a bound on versions and facts, served."""
    published = reader.rows(
        f"SELECT seq, version FROM versions WHERE product = ? AND {until[0]}"
        " ORDER BY seq DESC LIMIT 1",
        (str(product), value),
    )
    if not published:
        return None
    since, version = published[0]
    moved = reader.rows(
        "SELECT seq, payload FROM facts WHERE kind = 'VersionRolledBack' AND seq > ?"
        f" AND {until[1]} ORDER BY seq DESC",
        (since, value),
    )
    names = _names(reader, product) if moved else {}
    for seq, payload in moved:
        fact = json.loads(str(payload))
        if int(str(seq)) < names.get(fact["product"], 0):
            return int(fact["to_version"])
    return _number(version)


def _names(reader: Reader, product: Address) -> dict[str, float]:
    """Return every name of a product, each with the fact at which it ended."""
    names = {str(product): inf}
    renames = reader.rows("SELECT seq, payload FROM facts WHERE kind = 'ProductRenamed'")
    for seq, payload in reversed(renames):
        fact = json.loads(str(payload))
        if fact["product"] in names:
            names.setdefault(fact["formerly"], float(str(seq)))
    return names


def kept_versions(reader: Reader, product: Address) -> list[int]:
    """Return the versions that can be read, oldest first."""
    rows = reader.rows(
        "SELECT version FROM versions WHERE product = ? AND vacuumed = 0 ORDER BY version",
        (str(product),),
    )
    return [int(str(row[0])) for row in rows]


def check_version(reader: Reader, product: Address, version: int) -> None:
    """Raise `UsageError` (`version-unknown`) or `RefusedError` (`version-vacuumed`) unless it can be read."""
    kept = kept_versions(reader, product)
    if version in kept:
        return
    hint = f"readable versions: {', '.join(str(v) for v in kept[-10:])}" if kept else "none yet"
    if 0 < version <= latest_version(reader, product):
        raise RefusedError(
            "version-vacuumed", f"version {version} of `{product}` was vacuumed", hint=hint
        )
    raise UsageError("version-unknown", f"`{product}` has no version {version}", hint=hint)


def pin(reader: Reader, address: Address, time: datetime | None = None) -> PinnedPort:
    """Return a port as its address says: at its `@version`, as of a time, or as it is served now.

    Raises `UsageError` (`product-unknown`, `port-unknown`, `version-unknown`, `not-published`) or
    `RefusedError` (`version-vacuumed`).
    """
    return load(reader, resolve(reader, address, time))


def resolve(reader: Reader, address: Address, time: datetime | None = None) -> Address:
    """Return the port that an address means, by its present name and at one version that can be read.

    Raises what `pin` does, except `port-unknown`.
    """
    product = get_product(reader, address)
    version = address.version
    if version is None:
        version = version_at(reader, product, time) if time else served_version(reader, product)
    if version is None:
        raise UsageError(
            "not-published",
            f"`{product}` had nothing published" + (f" at {time.isoformat()}" if time else " yet"),
            hint=f"mesh run {product}",
        )
    check_version(reader, product, version)
    return Address(product.domain, product.product, address.port, version=version)


def load(reader: Reader, port: Address) -> PinnedPort:
    """Return what is kept of a port at its `@version`: the same for as long as the version can be read.

    Raises `UsageError` (`port-unknown`).
    """
    product, version = str(port.product_address), port.version or 0
    rows = reader.rows(
        "SELECT p.location, v.columns, v.data_version, v.contract, v.rows FROM version_ports v"
        " JOIN ports p ON p.product = v.product AND p.port = v.port"
        " WHERE v.product = ? AND v.version = ? AND v.port = ?",
        (product, version, port.port),
    )
    if not rows:
        known = reader.rows(
            "SELECT port FROM version_ports WHERE product = ? AND version = ?", (product, version)
        )
        names = [f"{product}.{row[0]!s}" for row in known]
        raise UsageError(
            "port-unknown",
            f"version {version} of `{product}` has no port `{port.port}`",
            hint=did_you_mean(str(port), names),
        )
    location, columns, data_version, contract, count = rows[0]
    return PinnedPort(
        address=port.at(version),
        location=str(location),
        columns=columns_from(columns),
        files=files_of(reader, port.product_address, port.port, version),
        data_version=_number(data_version) or version,
        contract=str(contract),
        rows=_number(count) or 0,
    )


def files_of(reader: Reader, product: Address, port: str, version: int) -> tuple[DataFile, ...]:
    """Return the data files of a port at a version, by path; their statistics have null counts only."""
    rows = reader.rows(
        "SELECT path, rows, bytes, interval, statistics FROM port_files"
        f" WHERE product = ? AND port = ? AND {SERVING} ORDER BY path",
        (str(product), port, version, version),
    )
    return tuple(
        DataFile(str(path), int(str(count)), int(str(size)), _nulls(known), str(interval))
        for path, count, size, interval, known in rows
    )


def columns_from(text: Value) -> tuple[Column, ...]:
    """Read the columns of a port as the state store keeps them."""
    return tuple(Column(name, kind) for name, kind in json.loads(str(text)))


def _nulls(text: Value) -> Mapping[str, ColumnStatistics]:
    if text in (None, "", "{}"):
        return {}
    said = json.loads(str(text))
    return {name: ColumnStatistics(nulls=known.get("nulls")) for name, known in said.items()}


def _number(value: Value) -> int | None:
    return None if value is None else int(value)
