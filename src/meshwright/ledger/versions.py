"""Projections of what readers see: products, ports, versions and their files."""

from collections.abc import Iterable, Mapping

from meshwright.errors import RefusedError
from meshwright.ledger import access, catalog, files, governance, incidents, lineage, series
from meshwright.ledger.canonical import canonical
from meshwright.model.facts import (
    Entry,
    Json,
    ProductRenamed,
    ProductRetired,
    VersionPublished,
    VersionRolledBack,
    VersionVacuumed,
)
from meshwright.spi.state_store import Reader, Row, Value, Writer

_PORT = (
    "INSERT INTO ports (product, port, location, sequence, followed) VALUES (?, ?, ?, ?, 0)"
    " ON CONFLICT (product, port) DO UPDATE SET"
    " location = excluded.location, sequence = excluded.sequence"
)
_PRODUCT = (
    "INSERT INTO products (product, title, owners, semver, served, latest) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (product) DO UPDATE SET title = excluded.title, owners = excluded.owners,"
    " semver = excluded.semver, served = excluded.served, latest = excluded.latest, held_code = ''"
)
_VERSION = (
    "INSERT INTO versions (product, version, build, semver, code, published_at, actor, base, as_of,"
    " waiver, vacuumed, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)"
)
_VERSION_PORT = (
    "INSERT INTO version_ports (product, version, port, data_version, contract, contract_version,"
    " code, columns, rows, bytes, quarantined, done) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_VERSION_INPUT = (
    "INSERT INTO version_inputs (product, version, input, address, stamp, source_version)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
# Every table with a `product` column, for a rename.
_NAMING = (
    "products",
    "ports",
    "versions",
    "version_ports",
    "port_files",
    "version_inputs",
    "builds",
    "checks",
    "series",
    "anomalies",
    "waivers",
    "incidents",
    "incident_signals",
    "incident_events",
    "contracts",
    "lineage_traces",
    "lineage_datasets",
    "lineage_edges",
    "suggestions",
    "declassified",
    "violations",
    "scores",
    "questions",
    "answers",
    "product_announcements",
    "said",
    "proposals",
)


def version_published(writer: Writer, entry: Entry, fact: VersionPublished) -> None:
    """Add a version and serve it; its ports' `sequence` moves where the served files changed."""
    served, latest = _pointers(writer, fact.product)
    faces_before = _faces(writer, fact.product, served)
    for port, said in fact.ports.items():
        change = files.file_change(fact.product, port, fact.version, fact.base, said)
        has_changed = files.apply(writer, change, latest)
        if served is not None and served != latest:
            has_changed = files.differ(writer, fact.product, port, served, fact.version)
        has_changed |= faces_before.get(port) != _face(canonical(said.get("columns")), said)
        _place(writer, entry, fact.product, port, str(said["location"]), has_changed)
    ports_before = faces_before
    if served != latest:
        ports_before = _faces(writer, fact.product, latest)
    for port in sorted(ports_before.keys() - fact.ports.keys()):
        files.close_port(writer, fact.product, port, fact.version)
    _insert_version(writer, entry, fact)
    writer.run(
        _PRODUCT,
        (
            fact.product,
            fact.title,
            canonical(fact.owners),
            fact.semver,
            fact.version,
            fact.version,
        ),
    )


def version_rolled_back(writer: Writer, entry: Entry, fact: VersionRolledBack) -> None:
    """Serve an older version, and hold the code of the one that was left."""
    served, _ = _pointers(writer, fact.product)
    before = _faces(writer, fact.product, served)
    for port, face in _faces(writer, fact.product, fact.to_version).items():
        is_same = before.get(port) == face
        if served is not None and is_same:
            is_same = not files.differ(writer, fact.product, port, served, fact.to_version)
        if not is_same:
            writer.run(
                "UPDATE ports SET sequence = ? WHERE product = ? AND port = ?",
                (entry.seq, fact.product, port),
            )
    writer.run(
        "UPDATE products SET served = ?, held_code = coalesce("
        " (SELECT code FROM versions WHERE product = ? AND version = ?), '') WHERE product = ?",
        (fact.to_version, fact.product, fact.from_version, fact.product),
    )


def version_vacuumed(writer: Writer, entry: Entry, fact: VersionVacuumed) -> None:  # noqa: ARG001
    """Mark a version as gone, and forget the files that only it was made of."""
    writer.run(
        "UPDATE versions SET vacuumed = 1 WHERE product = ? AND version = ?",
        (fact.product, fact.version),
    )
    ports = _faces(writer, fact.product, fact.version)
    files.forget(writer, fact.product, fact.version, ports)


def product_renamed(writer: Writer, entry: Entry, fact: ProductRenamed) -> None:  # noqa: ARG001
    """Give all that is known of a product its new name; the old one keeps finding it."""
    old, new = fact.formerly, fact.product
    if old == new or writer.rows("SELECT 1 FROM versions WHERE product = ? LIMIT 1", (new,)):
        raise RefusedError("rename-taken", f"`{old}` cannot be renamed: `{new}` exists already")
    writer.run("DELETE FROM products WHERE product = ?", (new,))
    writer.run(
        "DELETE FROM contracts WHERE product = ? AND EXISTS (SELECT 1 FROM contracts AS o"
        " WHERE o.product = ? AND o.port = contracts.port AND o.digest = contracts.digest)",
        (new, old),
    )
    series.forget(writer, new)
    for table in _NAMING:
        writer.run(f"UPDATE {table} SET product = ? WHERE product = ?", (new, old))
    incidents.rename(writer, old, new)
    lineage.rename(writer, old, new)
    governance.rename(writer, old, new)
    catalog.rename(writer, old, new)
    access.rename(writer, old, new)
    _rename_addresses(writer, old, new)
    writer.run("DELETE FROM aliases WHERE formerly IN (?, ?)", (new, old))
    writer.run("UPDATE aliases SET product = ? WHERE product = ?", (new, old))
    writer.run("INSERT INTO aliases (formerly, product) VALUES (?, ?)", (old, new))


def product_retired(writer: Writer, entry: Entry, fact: ProductRetired) -> None:  # noqa: ARG001
    """Say until when a product is served."""
    writer.run(
        "INSERT INTO products (product, status, retired_until) VALUES (?, 'retired', ?)"
        " ON CONFLICT (product) DO UPDATE SET"
        " status = excluded.status, retired_until = excluded.retired_until",
        (fact.product, fact.until),
    )


def _insert_version(writer: Writer, entry: Entry, fact: VersionPublished) -> None:
    key = (fact.product, fact.version)
    about = (fact.build, fact.semver, fact.code, entry.at, entry.actor, fact.base, fact.as_of)
    writer.run(_VERSION, (*key, *about, fact.waiver, entry.seq))
    writer.run_many(_VERSION_PORT, [_version_port(key, *item) for item in fact.ports.items()])
    writer.run_many(_VERSION_INPUT, [_version_input(key, said) for said in fact.inputs])


def _version_port(key: tuple[str, int], port: str, said: Mapping[str, Json]) -> Row:
    return (
        *key,
        port,
        _number(said.get("data_version")),
        str(said.get("contract") or ""),
        str(said.get("contract_version") or ""),
        str(said.get("code") or ""),
        canonical(said.get("columns")),
        _number(said.get("rows")),
        _number(said.get("bytes")),
        _number(said.get("quarantined")),
        canonical(said.get("done") or []),
    )


def _version_input(key: tuple[str, int], said: Mapping[str, Json]) -> Row:
    version = said.get("version")
    return (
        *key,
        str(said["input"]),
        str(said.get("address") or ""),
        str(said.get("stamp") or ""),
        None if version is None else _number(version),
    )


def _place(
    writer: Writer, entry: Entry, product: str, port: str, location: str, has_changed: bool
) -> None:
    """Move a port's `sequence` when its table has something to follow."""
    if not has_changed:
        known = writer.rows(
            "SELECT location FROM ports WHERE product = ? AND port = ?", (product, port)
        )
        has_changed = known != [(location,)]
    if has_changed:
        writer.run(_PORT, (product, port, location, entry.seq))


def _pointers(reader: Reader, product: str) -> tuple[int | None, int]:
    """Return the served and the latest version of a product: None and 0 where there is none."""
    rows = reader.rows("SELECT served, latest FROM products WHERE product = ?", (product,))
    served, latest = rows[0] if rows else (None, 0)
    return (None if served is None else int(served)), int(latest or 0)


def _faces(reader: Reader, product: str, version: int | None) -> dict[str, Value]:
    """Return the columns and the contract of each port of a version: what its table must tell of it."""
    rows: Iterable[Row] = reader.rows(
        "SELECT port, columns || ' ' || contract FROM version_ports WHERE product = ? AND version = ?",
        (product, version),
    )
    return {str(port): face for port, face in rows}


def _face(columns: str, said: Mapping[str, Json]) -> str:
    return f"{columns} {said.get('contract') or ''}"


def _rename_addresses(writer: Writer, old: str, new: str) -> None:
    """Follow a rename in what others read; an external source has no version and keeps its words."""
    writer.run(
        "UPDATE version_inputs SET address = ? || substr(address, ?)"
        " WHERE address >= ? AND address < ? AND source_version IS NOT NULL",
        (new, len(old) + 1, f"{old}.", f"{old}/"),  # `/` is the character after `.`
    )


def _number(value: Json) -> int:
    return int(value) if isinstance(value, int | float | str) else 0
