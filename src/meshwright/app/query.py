"""Query: SQL over published ports, pinned to one version each for the whole query."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from time import monotonic

from meshwright.app.clock import parse_as_of
from meshwright.app.deprecation import require_served
from meshwright.app.kept_queries import keep
from meshwright.app.make import show_rows
from meshwright.app.result import Result
from meshwright.app.wiring import Wiring
from meshwright.errors import (
    MeshwrightError,
    ModelError,
    UnreachableError,
    UsageError,
    did_you_mean,
)
from meshwright.model.address import Address
from meshwright.model.facts import QueryRan
from meshwright.publish.places import folder_of
from meshwright.publish.reading import PinnedPort, pin
from meshwright.spi.engine import Reach, Session
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class Readable:
    """A port that a query names, and its exact files."""

    name: str  # as the query writes it
    pinned: PinnedPort
    files: tuple[Path, ...]


def query(wiring: Wiring, sql: str, *, as_of: str | None = None, purpose: str = "") -> Result:
    """Run one SELECT over published ports; a port is `domain.product.port`, or `"port@3"` for a version.

    The fact `QueryRan` is recorded before the rows are handed out, and when the query fails.
    """
    started = monotonic()
    readable: tuple[Readable, ...] = ()
    try:
        time = parse_as_of(as_of, wiring.mesh.timezone).instant if as_of else None
        with wiring.store.read() as reader:
            names = wiring.engine().reads(sql)
            readable = tuple(_readable(wiring, reader, name, time) for name in sorted(names))
        table = _run(wiring, sql, readable)
    except MeshwrightError as error:
        _record(wiring, sql, readable, None, started, purpose, error.code)
        raise
    _record(wiring, sql, readable, table.num_rows, started, purpose)
    versions = {
        str(one.pinned.address.at(None)): one.pinned.address.version or 0 for one in readable
    }
    return Result(table, versions, monotonic() - started)


def read(
    wiring: Wiring, address: str, *, version: int | None = None, as_of: str | None = None
) -> Result:
    """Return all rows of a port, at its `@version`, as of a time, or as served now."""
    found = Address.parse(address)
    if not found.port:
        raise UsageError(
            "address-not-a-port", f"`{address}` is not a port", hint="domain.product.port"
        )
    wanted = found.version if version is None else version
    port = f"{found.port}@{wanted}" if wanted is not None else found.port
    what = f'"{found.column}"' if found.column else "*"
    sql = f'SELECT {what} FROM "{found.domain}"."{found.product}"."{port}"'
    return query(wiring, sql, as_of=as_of)


def _run(wiring: Wiring, sql: str, readable: tuple[Readable, ...]):  # type: ignore[no-untyped-def]
    import pyarrow

    files = tuple(dict.fromkeys(file for one in readable for file in one.files))
    session = wiring.engine().open(Reach(read=files))
    try:
        for one in readable:
            _show(session, one)
        return pyarrow.table(session.stream(sql))
    except pyarrow.ArrowException as error:
        raise ModelError("query-failed", str(error).splitlines()[0]) from error
    finally:
        session.close()


def _show(session: Session, one: Readable) -> None:
    """Make a port's files visible; say what to do where somebody removed them."""
    try:
        show_rows(session, one.name, one.files, one.pinned.columns)
    except UnreachableError as error:
        address = one.pinned.address
        raise UnreachableError(
            "served-file-missing",
            f"`{address}` cannot be read: {error.message}",
            hint=f"put the file back, or build it again: mesh run {address.product_address} --force",
        ) from error


def _readable(wiring: Wiring, reader: Reader, name: str, time: datetime | None) -> Readable:
    try:
        address = Address.parse(_plain(name))
    except UsageError as error:
        raise _unknown(reader, name) from error
    if not address.port:
        raise _unknown(reader, name)
    try:
        pinned = pin(reader, address, time)
    except UsageError as error:
        if error.code in ("product-unknown", "port-unknown"):
            raise _unknown(reader, name) from error
        raise
    if address.version is None and time is None:
        require_served(wiring, reader, pinned.address, wiring.now())
    folder = folder_of(wiring.mesh.data, pinned.location)
    return Readable(name, pinned, tuple(folder / file.path for file in pinned.files))


def _plain(name: str) -> str:
    """Return a name without the quotes that SQL needs around `port@3`; SQL ignores letter case."""
    return name.replace('"', "").lower()


def _unknown(reader: Reader, name: str) -> UsageError:
    rows = reader.rows(
        "SELECT vp.product || '.' || vp.port FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served"
    )
    known = [str(row[0]) for row in rows]
    return UsageError(
        "table-unknown",
        f"`{_plain(name)}` is not a published port",
        hint=did_you_mean(_plain(name), known),
    )


def _record(
    wiring: Wiring,
    sql: str,
    readable: Collection[Readable],
    rows: int | None,
    started: float,
    purpose: str,
    error: str = "",
) -> None:
    fact = QueryRan(
        query=f"query-{token_hex(8)}",
        sql=hashlib.sha256(sql.encode()).hexdigest(),
        read=[str(one.pinned.address) for one in readable],
        rows=rows,
        seconds=round(monotonic() - started, 6),
        purpose=purpose,
        error=error,
    )
    wiring.ledger.record([fact])
    if not error and readable:
        keep(wiring, sql, fact.sql)
