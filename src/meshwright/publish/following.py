"""The outbox: bring every port's table in step with what is published.

Must stay true: it may die anywhere and be repeated by anybody; a table that lags shows an older published
state of its port, never a mix. `ports.followed` only says how far it got; the table's own log decides.
"""

import json
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from meshwright.errors import InternalError, MeshwrightError, RefusedError
from meshwright.model.address import Address
from meshwright.publish.contracts import description_of, hidden_columns
from meshwright.publish.places import folder_of
from meshwright.publish.reading import columns_from, files_of
from meshwright.publish.statistics import KeptStatistics
from meshwright.spi.state_store import Reader, StateStore
from meshwright.spi.table_store import TableState, TableStore

_THREADS = 4


@dataclass(frozen=True, slots=True)
class Followed:
    """What following did: how many tables changed, and which could not, with the error of each."""

    changed: int = 0
    problems: tuple[tuple[Address, MeshwrightError], ...] = ()


@dataclass(frozen=True, slots=True)
class _Lag:
    address: Address
    folder: Path
    state: TableState


def follow(
    store: StateStore,
    table_store: TableStore,
    data: Path,
    products: Collection[Address] | None = None,
    *,
    threads: int = _THREADS,
) -> Followed:
    """Bring the tables of these products (None: of all) up to date.

    A table that cannot be written stops no other and stays to be followed; its error is returned.
    """
    with store.read() as reader:
        lags = _lags(reader, data, products)
    if not lags:
        return Followed()
    with ThreadPoolExecutor(min(threads, len(lags))) as pool:
        ends = list(pool.map(lambda lag: _follow_one(store, table_store, lag), lags))
    ended = list(zip(lags, ends, strict=True))
    _mark(store, [lag for lag, end in ended if isinstance(end, bool)])
    problems = [(lag.address, end) for lag, end in ended if isinstance(end, MeshwrightError)]
    return Followed(sum(end is True for end in ends), tuple(problems))


def _follow_one(store: StateStore, table_store: TableStore, lag: _Lag) -> bool | MeshwrightError:
    try:
        has_changed = table_store.follow(lag.folder, lag.state)
        if not has_changed:
            _check_ours(store, table_store.sequence(lag.folder), lag)
        return has_changed
    except MeshwrightError as error:
        return error
    except Exception as error:  # whatever a table store raises, the other tables must follow
        return InternalError(
            "table-store-broke",
            f"the table store broke on `{lag.folder}`: {type(error).__name__}: {error}",
            hint=f"mesh run {lag.address.product_address} --force",
        )


def _check_ours(store: StateStore, sequence: int, lag: _Lag) -> None:
    """Refuse a table that is beyond every fact of this mesh: another state wrote it."""
    if sequence <= lag.state.sequence:
        return
    with store.read() as reader:
        newest = reader.rows("SELECT max(seq) FROM facts")[0][0]
    if sequence > int(newest or 0):
        raise RefusedError(
            "table-ahead",
            f"the table in `{lag.folder}` follows another state: it is at fact {sequence},"
            f" this mesh at {newest!s}",
            hint=f"restore the state database, or move `{lag.folder / '_delta_log'}` away",
        )


def _mark(store: StateStore, done: list[_Lag]) -> None:
    if not done:
        return
    rows = [
        (str(lag.address.product_address), lag.address.port, lag.state.sequence) for lag in done
    ]
    with store.write() as writer:
        writer.run_many(
            "UPDATE ports SET followed = ? WHERE product = ? AND port = ? AND followed < ?",
            [(sequence, product, port, sequence) for product, port, sequence in rows],
        )


def _lags(reader: Reader, data: Path, products: Collection[Address] | None) -> list[_Lag]:
    rows = reader.rows(
        "SELECT p.product, p.port, p.location, p.sequence, v.version, v.columns, v.contract,"
        " w.build, s.title FROM ports p JOIN products s ON s.product = p.product"
        " JOIN version_ports v ON v.product = p.product AND v.port = p.port AND v.version = s.served"
        " JOIN versions w ON w.product = v.product AND w.version = v.version"
        " WHERE p.followed < p.sequence"
    )
    wanted = None if products is None else {str(product) for product in products}
    return [
        _lag(reader, data, list(row)) for row in rows if wanted is None or str(row[0]) in wanted
    ]


def _lag(reader: Reader, data: Path, row: list[Any]) -> _Lag:
    product, port, location, sequence, version, columns, contract, build, title = row
    address = Address.parse(f"{product}.{port}")
    folder = folder_of(data, location)
    document = _contract(reader, address, contract)
    listed = columns_from(columns)
    names = frozenset(column.name for column in listed)
    builds = folder.parent / ".builds"
    files = tuple(
        replace(file, statistics=KeptStatistics(builds, port, file.path, file.statistics))
        for file in files_of(reader, address.product_address, port, version)
    )
    state = TableState(
        sequence=sequence,
        columns=listed,
        files=files,
        hidden=names if document is None else hidden_columns(document, port),
        note={"product": product, "version": str(version), "build": build},
        description=description_of(document or {}) or title,
    )
    return _Lag(address, folder, state)


def _contract(reader: Reader, port: Address, digest: str) -> Mapping[str, Any] | None:
    rows = reader.rows(
        "SELECT document FROM contracts WHERE product = ? AND port = ? AND digest = ?",
        (str(port.product_address), port.port, digest),
    )
    found = json.loads(str(rows[0][0])) if rows else None
    return found if isinstance(found, dict) else None
