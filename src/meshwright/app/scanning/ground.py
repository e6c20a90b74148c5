"""Lay a subject ready for an audit: Parquet where it lies, everything else landed into a scratch folder."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from meshwright.app.scanning.subject import Subject, database
from meshwright.app.scanning.wishes import wished_types
from meshwright.app.wiring import Wiring
from meshwright.audit.sqltext import identifier, literal
from meshwright.errors import MeshwrightError, UnreachableError, UsageError
from meshwright.model.contract import ContractObject
from meshwright.model.product import InputPort, SourceSpec, Tolerance
from meshwright.model.table import Column
from meshwright.model.types import parse_type
from meshwright.spi.engine import Session
from meshwright.spi.source import Source

RELATION = "scanned"
# Sources hint at what a product's files may say; here there are none.
_HINTS = {
    "source-not-found": "paths start where the command runs",
    "source-empty": "a file with a header, or with one record, can be scanned",
    "source-format-unknown": "rename it: .csv .tsv .json .ndjson .parquet .xlsx",
}
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """What an audit stands on: the exact files, and how their rows become the relation.

    Without `columns` they are those that the session sees; what it cannot read, `ask` explains by its error.
    `rejects` is where the rows that did not parse are told. `version` is a table's or port's.
    """

    files: tuple[Path, ...]
    columns: tuple[Column, ...]
    partitions: Mapping[Path, Mapping[str, str | None]] = field(default_factory=dict)
    rejected: int = 0
    rejects: Path | None = None
    version: int | None = None
    ask: Callable[[], object] = lambda: None

    def show(self, session: Session) -> tuple[Column, ...]:
        """Make the rows visible as `RELATION`, and return the columns as the session sees them."""
        if not self.files:
            listed = ", ".join(
                f"CAST(NULL AS {c.type}) AS {identifier(c.name)}" for c in self.columns
            )
            session.define(RELATION, f"SELECT {listed or 'NULL AS nothing'} WHERE false")
        elif self.partitions:
            self._show_parts(session)
        else:
            self._show_files(session)
        seen = session.columns(f"SELECT * FROM {RELATION}")
        wanted = [column.name for column in self.columns]
        is_whole = not wanted or [column.name for column in seen] == wanted
        if is_whole or self.partitions or not self.files:
            return seen
        # A folder called `year=2024` is no column of a file that lies in it.
        return self._only(session, wanted)

    def _show_files(self, session: Session) -> None:
        try:
            session.scan(RELATION, self.files)
        except MeshwrightError:
            self.ask()
            raise

    def _only(self, session: Session, names: Sequence[str]) -> tuple[Column, ...]:
        session.scan(f"{RELATION}_files", self.files)
        listed = ", ".join(map(identifier, names))
        session.define(RELATION, f"SELECT {listed} FROM {RELATION}_files")
        return session.columns(f"SELECT * FROM {RELATION}")

    def _show_parts(self, session: Session) -> None:
        """Unite the files of each partition with the values that only the table's log holds."""
        groups: dict[tuple[tuple[str, str | None], ...], list[Path]] = {}
        for file in self.files:
            groups.setdefault(tuple(self.partitions[file].items()), []).append(file)
        selects = []
        for number, (values, files) in enumerate(groups.items()):
            part = f"{RELATION}_{number}"
            session.scan(part, files)
            held = {column.name for column in session.columns(f"SELECT * FROM {part}")}
            selects.append(f"SELECT {', '.join(self._cells(dict(values), held))} FROM {part}")
        session.define(RELATION, "\nUNION ALL\n".join(selects))

    def _cells(self, values: Mapping[str, str | None], held: set[str]) -> Iterator[str]:
        for column in self.columns:
            name = identifier(column.name)
            if column.name in values:
                value = literal(values[column.name], parse_type("VARCHAR")) or "NULL"
                yield f"CAST({value} AS {column.type}) AS {name}"
            else:
                yield name if column.name in held else f"CAST(NULL AS {column.type}) AS {name}"


def lay_ground(
    wiring: Wiring, subject: Subject, scratch: Path, described: ContractObject | None, tell: Tell
) -> Ground:
    """Find (or land) the files of a source or of a Delta table."""
    if subject.folder is not None:
        return _delta(wiring, subject.folder)
    assert subject.spec is not None
    try:
        spec = _with_table(wiring, subject.spec)
        source = wiring.source(spec)
        if subject.lies_ready:
            return _parquet(source, spec)
        return _landed(wiring, source, spec, scratch, described, tell)
    except MeshwrightError as error:
        error.hint = _HINTS.get(error.code, error.hint)
        raise


def _delta(wiring: Wiring, folder: Path) -> Ground:
    snapshot = wiring.table_store.snapshot(folder)
    if snapshot is None:
        raise UnreachableError("source-not-found", f"`{folder}` has no Delta table in it")
    files = tuple(folder / name for name in snapshot.files)
    partitions = {folder / name: values for name, values in snapshot.partitions.items()}
    _require_there(files)
    return Ground(files, snapshot.columns, partitions=partitions, version=snapshot.version)


def _parquet(source: Source, spec: SourceSpec) -> Ground:
    items = source.items()
    files = tuple((spec.base / item.name).resolve() for item in items)
    if any("=" in part for file in files for part in file.parts[:-1]):
        return Ground(files, source.columns(items))
    return Ground(files, (), ask=lambda: source.columns(items))  # opens an engine of its own


def _require_there(files: Iterable[Path]) -> None:
    for file in files:
        if not file.is_file():
            raise UnreachableError(
                "file-missing", f"`{file}` is not there, although the table's log names it"
            )


def _with_table(wiring: Wiring, spec: SourceSpec) -> SourceSpec:
    """Return the spec of a database with the table in it; the only one, where none is named."""
    if spec.kind != "sqlite" or spec.options.get("table"):
        return spec
    tables = _tables(wiring, spec)
    if len(tables) == 1:
        return database(spec.base, spec.paths[0], table=tables[0])
    listed = ", ".join(tables[:12]) + (", …" if len(tables) > 12 else "")
    raise UsageError(
        "table-missing",
        f"which table of `{spec.paths[0]}`?",
        hint=f"--table NAME; there are: {listed}" if tables else "the database has no table",
    )


def _tables(wiring: Wiring, spec: SourceSpec) -> list[str]:
    import pyarrow

    query = (
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    source = wiring.source(database(spec.base, spec.paths[0], query=query))
    items = source.items()
    reading = source.read(items, source.columns(items))
    try:
        return [str(name) for name in pyarrow.table(reading.stream()).column(0).to_pylist()]
    finally:
        reading.close()


def _landed(
    wiring: Wiring,
    source: Source,
    spec: SourceSpec,
    scratch: Path,
    described: ContractObject | None,
    tell: Tell,
) -> Ground:
    """Read the source into the scratch folder; a row that does not parse is counted, not landed."""
    from meshwright.ingest.land import land_input  # only for what does not lie ready
    from meshwright.ingest.landing import REJECTS

    tell(f"reading {Path(spec.paths[0]).name}")
    wishes = wished_types(described, source.columns(source.items())) if described else {}
    if wishes:
        spec = SourceSpec(spec.kind, spec.base, spec.paths, spec.format, spec.options, wishes)
        source = wiring.source(spec)
    folder = scratch / "landed"
    port = InputPort(RELATION, source=spec, tolerance=Tolerance(share=1.0))
    landing = land_input(source, wiring.engine(), folder, port)
    return Ground(
        landing.files,
        landing.columns,
        rejected=landing.rejected,
        rejects=folder / REJECTS if landing.rejected else None,
    )
