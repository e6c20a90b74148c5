"""Land an input: read what changed since the last time, and only that.

What must stay true: one process lands into a folder at a time; whatever goes wrong, the last manifest and its
files stay whole; rows beyond the declared tolerance are never landed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from meshwright.errors import DataError, UnreachableError
from meshwright.ingest.landing import (
    REFUSED,
    REJECTS,
    LandedFile,
    LandedItem,
    Landing,
    Manifest,
    load_manifest,
    save_manifest,
    save_rejects,
)
from meshwright.ingest.stamps import digest_items, digest_spec, stamp_of
from meshwright.model.product import InputPort, SourceSpec, Tolerance
from meshwright.model.table import Column
from meshwright.spi.engine import Engine
from meshwright.spi.source import RejectedRow, Source, SourceItem

_WAIT = 600.0  # seconds for another process that lands the same input
_CHANGED = "source-columns-changed"


def land_input(source: Source, engine: Engine, folder: Path, port: InputPort) -> Landing:
    """Return the input as Parquet files in `folder`, reading only what the folder does not hold yet.

    Raises `DataError` (`input-rejected-rows`) when more rows do not parse than the port tolerates; the first
    of them are then in `rejects.ndjson` in the folder.
    """
    assert port.source is not None
    work = _Work(source, engine, folder, port.name, port.tolerance, port.source)
    found = work.reuse(load_manifest(folder))
    if found is not None:
        return found
    with _alone(folder, port.name):
        manifest = load_manifest(folder)
        return work.reuse(manifest) or work.land(manifest)


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    from filelock import FileLock, Timeout  # only for what is read: planning stays light

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=_WAIT):
            yield
    except Timeout as error:
        raise UnreachableError(
            "held-elsewhere", f"another process is reading input `{name}`"
        ) from error


@dataclass(frozen=True, slots=True)
class _Read:
    """What one pass over some items gave."""

    file: LandedFile
    columns: tuple[Column, ...]
    rejected: int
    rows: Sequence[RejectedRow]


@dataclass(frozen=True, slots=True)
class _Work:
    """Landing one input."""

    source: Source
    engine: Engine
    folder: Path
    name: str
    tolerance: Tolerance
    spec: SourceSpec

    def reuse(self, manifest: Manifest | None) -> Landing | None:
        """Return what is landed already when it is what the source holds now."""
        spec = digest_spec(self.spec)
        if manifest is None or manifest.spec != spec:
            return None
        now = self.source.items()
        if {item.name for item in now} != set(manifest.items):
            return None
        items = digest_items(self.source, now, manifest)
        if any(items[name].digest != item.digest for name, item in manifest.items.items()):
            return None
        self._require_tolerable(manifest)
        if items != manifest.items:
            save_manifest(self.folder, replace(manifest, items=items))
        return manifest.landing(self.folder, stamp_of(spec, items), was_read=False)

    def land(self, manifest: Manifest | None) -> Landing:
        """Read what is new, or everything."""
        self._sweep(manifest)
        now = self.source.items()
        items = digest_items(self.source, now, manifest)
        spec = digest_spec(self.spec)
        landed = self._add(manifest, now, items, spec) or self._renew(manifest, now, items, spec)
        return landed.landing(self.folder, stamp_of(spec, items), was_read=True)

    def _add(
        self,
        manifest: Manifest | None,
        now: Sequence[SourceItem],
        items: Mapping[str, LandedItem],
        spec: str,
    ) -> Manifest | None:
        """Land the added items beside what is there; None when more has changed than that."""
        if manifest is None or manifest.spec != spec or not manifest.files:
            return None
        for name, item in manifest.items.items():
            if name not in items or items[name].digest != item.digest:
                return None
        added = [item for item in now if item.name not in manifest.items]
        try:
            read = self._read(added, manifest.columns)
        except DataError as error:
            if error.code == _CHANGED:
                return None
            raise
        whole = replace(
            manifest,
            items=items,
            files=(*manifest.files, read.file),
            rejected=manifest.rejected + read.rejected,
            first_rejected=manifest.first_rejected or next(iter(read.rows), None),
        )
        return self._keep(whole, read, added=True)

    def _renew(
        self,
        manifest: Manifest | None,
        now: Sequence[SourceItem],
        items: Mapping[str, LandedItem],
        spec: str,
    ) -> Manifest:
        """Land everything; the files of the last landing stay until the next one."""
        read = self._read(now, self.source.columns(now))
        old = tuple(file.name for file in manifest.files) if manifest else ()
        first = next(iter(read.rows), None)
        whole = Manifest(spec, read.columns, items, (read.file,), read.rejected, first, old)
        return self._keep(whole, read, added=False)

    def _read(self, items: Sequence[SourceItem], columns: Sequence[Column]) -> _Read:
        path = self.folder / f"{uuid4().hex}.parquet"
        reading = self.source.read(items, columns)
        try:
            types = {column.name: column.type for column in columns}
            file, landed = self.engine.land(reading.stream(), path, types)
            rejected, rows = reading.rejected_count(), reading.rejected()
            self._require_unchanged(items)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            reading.close()
        return _Read(LandedFile(path.name, file.bytes, file.rows), landed, rejected, rows)

    def _require_unchanged(self, items: Sequence[SourceItem]) -> None:
        """Raise when the source changed while it was read: its stamp would not be that of the rows."""
        now = {item.name: item.stamp for item in self.source.items()}
        for item in items:
            if now.get(item.name) != item.stamp:
                raise UnreachableError(
                    "source-changed",
                    f"`{item.name}` of input `{self.name}` changed while it was read",
                    hint="run it again when the source is at rest",
                )

    def _keep(self, whole: Manifest, read: _Read, *, added: bool) -> Manifest:
        """Record the landing, or take its file away when too many rows were rejected."""
        try:
            save_rejects(self.folder / REFUSED, read.rows)
            self._require_tolerable(whole)
            save_rejects(self.folder / REJECTS, read.rows, added=added)
            save_manifest(self.folder, whole)
        except BaseException:
            (self.folder / read.file.name).unlink(missing_ok=True)
            raise
        (self.folder / REFUSED).unlink(missing_ok=True)
        return whole

    def _require_tolerable(self, manifest: Manifest) -> None:
        if self.tolerance.allows(manifest.rejected, manifest.rows):
            return
        first = manifest.first_rejected
        place = (
            f"{first.item}:{first.line}" if first and first.line else first.item if first else ""
        )
        why = f": {_told(first)}" if first else ""
        total = manifest.rejected + manifest.rows
        kept = next((name for name in (REFUSED, REJECTS) if (self.folder / name).exists()), "")
        see = f"see `{self.folder / kept}`; " if kept else ""
        raise DataError(
            "input-rejected-rows",
            f"{manifest.rejected} of {total} rows of input `{self.name}` do not parse{why}",
            place=place,
            hint=f"{see}mend the source, or declare `tolerance`",
        )

    def _sweep(self, manifest: Manifest | None) -> None:
        """Remove what no manifest names: leftovers of a process that died, and superseded files."""
        keep = {file.name for file in manifest.files} if manifest else set()
        for path in self.folder.glob("*"):
            if path.name not in keep and (path.suffix == ".parquet" or path.name.endswith(".tmp")):
                path.unlink(missing_ok=True)


def _told(row: RejectedRow) -> str:
    return f"column `{row.column}`: {row.error}" if row.column else row.error
