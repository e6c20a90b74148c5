"""Retention: versions beyond the policy go, then the files that nothing else names.

Must stay true: the facts come first; what a kept version, the served version, an input of a served version,
or a rejected build that can still be accepted needs is never removed. Files go by what is named after the
facts, so that whatever a crash leaves is found by the next vacuum.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from meshwright.model.address import Address
from meshwright.model.facts import VersionVacuumed
from meshwright.model.mesh import Retention
from meshwright.publish.publishing import Append
from meshwright.publish.sweeping import (
    FindStorage,
    Orphan,
    Retired,
    acceptable_build,
    find_orphans,
    remove,
)
from meshwright.spi.state_store import Reader, StateStore

_FAR_PAST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VacuumedVersion:
    """A version that is gone (or would be), with what only it was made of."""

    product: Address
    version: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What a vacuum did, or would do. `skipped` products have a table that lags: follow them first."""

    versions: tuple[VacuumedVersion, ...] = ()
    removed: tuple[Orphan, ...] = ()
    skipped: tuple[Address, ...] = ()

    @property
    def bytes(self) -> int:
        """Return how much is freed."""
        return sum(orphan.bytes for orphan in self.removed)


def vacuum(
    store: StateStore,
    append: Append,
    find_storage: FindStorage,
    policy: Retention,
    now: datetime,
    products: Collection[Address] | None = None,
    *,
    dry_run: bool = False,
) -> Vacuumed:
    """Remove versions of these products (None: of all) that are beyond both bounds of the policy."""
    with store.read() as reader:
        rows = reader.rows("SELECT product FROM products ORDER BY product")
        names = [Address.parse(str(row[0])) for row in rows]
        wanted = [name for name in names if products is None or name in products]
        lagging = [name for name in wanted if _lags(reader, name)]
    versions: list[VacuumedVersion] = []
    orphans: list[Orphan] = []
    for product in wanted:
        if product not in lagging:
            gone, lost = _vacuum_one(store, append, find_storage, product, policy, now, dry_run)
            versions += gone
            orphans += lost
    return Vacuumed(tuple(versions), tuple(orphans), tuple(lagging))


def _vacuum_one(
    store: StateStore,
    append: Append,
    find_storage: FindStorage,
    product: Address,
    policy: Retention,
    now: datetime,
    dry_run: bool,
) -> tuple[list[VacuumedVersion], list[Orphan]]:
    since = _since(policy, now)
    if dry_run:
        with store.read() as reader:
            gone = _doomed(reader, product, policy, since)
    else:
        with store.write() as writer:
            gone = _doomed(writer, product, policy, since)
            facts = [VersionVacuumed(str(v.product), v.version, v.files, v.bytes) for v in gone]
            if facts:
                append(writer, facts)
    retired = Retired(frozenset(v.version for v in gone), since)
    lost = find_orphans(store, product, find_storage, is_held=False, retired=retired)
    if not dry_run:
        remove(lost)
    return gone, lost


def _doomed(
    reader: Reader, product: Address, policy: Retention, since: str
) -> list[VacuumedVersion]:
    rows = reader.rows(
        "SELECT version, published_at FROM versions WHERE product = ? AND vacuumed = 0"
        " ORDER BY version DESC",
        (str(product),),
    )
    known = [(int(str(version)), str(at)) for version, at in rows]
    newest = {version for version, _ in known[: max(policy.versions, 0)]}
    needed = newest | _needed(reader, product)
    doomed = [v for v, at in reversed(known) if v not in needed and at < since]
    kept = [version for version, _ in known if version not in doomed]
    return _with_files(reader, product, doomed, kept)


def _needed(reader: Reader, product: Address) -> set[int]:
    """Return versions that are in use: served, read by what is served, or the base of what may come."""
    name = str(product)
    served = reader.rows("SELECT served FROM products WHERE product = ?", (name,))
    read = reader.rows(
        "SELECT DISTINCT i.source_version FROM version_inputs i"
        " JOIN products p ON p.product = i.product AND p.served = i.version"
        " WHERE i.address >= ? AND i.address < ? AND i.source_version IS NOT NULL",
        (f"{name}.", f"{name}/"),  # `/` is the character after `.`
    )
    pending = reader.rows(
        "SELECT pending FROM builds WHERE build = ?", (acceptable_build(reader, product),)
    )
    bases = [json.loads(str(row[0])).get("base") for row in pending]
    found = [*(row[0] for row in (*served, *read)), *bases]
    return {int(version) for version in found if version is not None}


def _with_files(
    reader: Reader, product: Address, doomed: list[int], kept: list[int]
) -> list[VacuumedVersion]:
    """Count for each version the files that it is the last to name."""
    if not doomed:
        return []
    rows = reader.rows(
        "SELECT port, path, first_version, last_version, bytes FROM port_files WHERE product = ?",
        (str(product),),
    )
    last: dict[tuple[str, str], tuple[int, int]] = {}  # file -> the last doomed version, bytes
    alive: set[tuple[str, str]] = set()
    for port, path, first, until, size in rows:
        file, span = (str(port), str(path)), _span(first, until)
        if any(version in span for version in kept):
            alive.add(file)
        inside = [version for version in doomed if version in span]
        if inside:
            last[file] = (max(inside[-1], last.get(file, (0, 0))[0]), int(str(size)))
    return [_counted(product, v, {f: s for f, s in last.items() if f not in alive}) for v in doomed]


def _span(first: object, until: object) -> range:
    end = 2**62 if until is None else int(str(until)) + 1
    return range(int(str(first)), end)


def _counted(
    product: Address, version: int, last: Mapping[tuple[str, str], tuple[int, int]]
) -> VacuumedVersion:
    sizes = [size for at, size in last.values() if at == version]
    return VacuumedVersion(product, version, len(sizes), sum(sizes))


def _lags(reader: Reader, product: Address) -> bool:
    """Say whether a table still shows files of an older version."""
    rows = reader.rows(
        "SELECT 1 FROM ports p JOIN products s ON s.product = p.product"
        " JOIN version_ports v ON v.product = p.product AND v.port = p.port AND v.version = s.served"
        " WHERE p.product = ? AND p.followed < p.sequence LIMIT 1",
        (str(product),),
    )
    return bool(rows)


def _since(policy: Retention, now: datetime) -> str:
    try:
        since = now.astimezone(UTC) - timedelta(days=policy.days)
    except OverflowError:
        since = _FAR_PAST
    return since.isoformat(timespec="microseconds")
