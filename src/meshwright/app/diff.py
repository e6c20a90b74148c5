"""Two versions of a port, compared: schema, rows, and by key which rows came, went or changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meshwright.app.make import show_rows
from meshwright.app.wiring import Wiring
from meshwright.documents.contract_reader import contract_from
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.publish.places import folder_of
from meshwright.publish.reading import PinnedPort, kept_versions, pin
from meshwright.spi.engine import Reach, Session
from meshwright.spi.state_store import Reader

EXAMPLES = 10
LEFT, RIGHT = "before", "after"


@dataclass(frozen=True, slots=True)
class ColumnDifference:
    """A column that was added, removed, or got another type."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two versions. Key counts are None where the contract has no key."""

    before: str
    after: str
    columns: tuple[ColumnDifference, ...]
    rows_before: int
    rows_after: int
    key: tuple[str, ...] = ()
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    changed_columns: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, tuple[tuple[object, ...], ...]] = field(default_factory=dict)


def compare_columns(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> tuple[ColumnDifference, ...]:
    """Return the columns that differ, in the order of the newer version."""
    old, new = dict(before), dict(after)
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        ColumnDifference(name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    )


def compare_rows(
    session: Session, key: Sequence[str], shared: Sequence[str], hidden: frozenset[str]
) -> dict[str, Any]:
    """Compare the relations `before` and `after` of a session by key, exactly.

    Returns added, removed, changed, changed_columns and examples (keys only; none when a key column is
    classified).
    """
    on = " AND ".join(f"a.{_name(c)} IS NOT DISTINCT FROM b.{_name(c)}" for c in key)
    rest = [column for column in shared if column not in key]
    keys = ", ".join(f"b.{_name(c)}" for c in key)
    differs = [f"a.{_name(c)} IS DISTINCT FROM b.{_name(c)}" for c in rest]
    added = f"FROM {RIGHT} b ANTI JOIN {LEFT} a ON {on}"
    removed = f"FROM {LEFT} b ANTI JOIN {RIGHT} a ON {on}"
    changed = f"FROM {LEFT} a JOIN {RIGHT} b ON {on} WHERE {' OR '.join(differs) or 'false'}"
    counts = ", ".join(f"count(*) FILTER ({expression})" for expression in differs)
    totals = session.rows(f"SELECT count(*){', ' + counts if counts else ''} {changed}")[0]
    parts = {"added": added, "removed": removed, "changed": changed}
    examples = (
        {}
        if hidden & set(key)
        else {
            kind: tuple(
                session.rows(f"SELECT DISTINCT {keys} {part} ORDER BY ALL LIMIT {EXAMPLES}")
            )
            for kind, part in parts.items()
        }
    )
    return {
        "added": _count(session, added),
        "removed": _count(session, removed),
        "changed": int(str(totals[0])),
        "changed_columns": {
            column: int(str(number))
            for column, number in zip(rest, totals[1:], strict=True)
            if number
        },
        "examples": {kind: rows for kind, rows in examples.items() if rows},
    }


def _count(session: Session, part: str) -> int:
    return int(str(session.rows(f"SELECT count(*) {part}")[0][0]))


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def diff(wiring: Wiring, before: str, after: str | None = None) -> Difference:
    """Compare two versions of a port; one address means the served version and the one before it."""
    first = Address.parse(before)
    if not first.port:
        raise UsageError(
            "address-not-a-port", f"`{before}` is not a port", hint="domain.product.port@3"
        )
    with wiring.store.read() as reader:
        if after is None:
            newer = pin(reader, first)
            older = pin(reader, first.at(_version_before(reader, newer)))
        else:
            older, newer = pin(reader, first), pin(reader, Address.parse(after))
        document = _contract_document(reader, newer)
    described = None
    if document is not None:
        described = contract_from(document).object_for(newer.address.port)
    old = [(column.name, column.type) for column in older.columns]
    new = [(column.name, column.type) for column in newer.columns]
    key = described.key if described else ()
    shared = [name for name, _ in new if name in dict(old)]
    found: dict[str, Any] = {}
    if key and set(key) <= set(shared):
        found = _compare(
            wiring, older, newer, key, shared, described.classified if described else frozenset()
        )
    return Difference(
        before=str(older.address),
        after=str(newer.address),
        columns=compare_columns(old, new),
        rows_before=older.rows,
        rows_after=newer.rows,
        key=key if found else (),
        **found,
    )


def _compare(
    wiring: Wiring,
    older: PinnedPort,
    newer: PinnedPort,
    key: Sequence[str],
    shared: Sequence[str],
    hidden: frozenset[str],
) -> dict[str, Any]:
    sides = {LEFT: older, RIGHT: newer}
    files = {
        name: [folder_of(wiring.mesh.data, side.location) / file.path for file in side.files]
        for name, side in sides.items()
    }
    session = wiring.engine().open(
        Reach(read=tuple({p for paths in files.values() for p in paths}))
    )
    try:
        for name, side in sides.items():
            show_rows(session, name, files[name], side.columns)
        return compare_rows(session, key, shared, hidden)
    finally:
        session.close()


def _version_before(reader: Reader, port: PinnedPort) -> int:
    """Return the newest readable version older than this one; raise `UsageError` (`nothing-before`)."""
    product = port.address.product_address
    older = [v for v in kept_versions(reader, product) if v < (port.address.version or 0)]
    if not older:
        raise UsageError(
            "nothing-before",
            f"`{port.address}` is the oldest version that can be read",
            hint=f"mesh history {product}",
        )
    return older[-1]


def _contract_document(reader: Reader, port: PinnedPort) -> dict[str, Any] | None:
    address = port.address
    rows = reader.rows(
        "SELECT document FROM contracts WHERE product = ? AND port = ? AND digest = ?",
        (str(address.product_address), address.port, port.contract),
    )
    return json.loads(str(rows[0][0])) if rows else None
