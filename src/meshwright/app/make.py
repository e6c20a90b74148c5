"""Make: run a product's models in one locked session and stage what each port will be.

Staged files lie in the port's folder under the build's id; no version names them yet, so no reader sees
them. The session can read the pinned inputs and the product's own tables, and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from meshwright.app.shaping import as_before
from meshwright.app.spans import is_within
from meshwright.errors import DataError, MeshwrightError
from meshwright.model.product import OutputPort, Product
from meshwright.model.table import Column, DataFile, repeated_names
from meshwright.orchestrate.running import run_graph
from meshwright.spi.engine import Session
from meshwright.spi.sql_reader import SqlReader
from meshwright.spi.table_store import TableStore
from meshwright.transform.graph import ModelGraph
from meshwright.transform.intervals import Span, zone_of
from meshwright.transform.statements import Statement, literals_of, statements

Quote = Callable[[object], str]
FRESH, KEPT, REFERENCE = "fresh", "kept", "reference"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One port to make: in full, or for the given intervals of its business time.

    `kept` are files of the version it extends that stay; `removed` those that the intervals replace.
    """

    port: OutputPort
    folder: Path
    spans: tuple[Span, ...] = ()
    kept: tuple[DataFile, ...] = ()
    removed: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()  # of the rows that stay

    @property
    def is_append(self) -> bool:
        """Say whether it is made by intervals."""
        return self.port.materialisation.kind == "append"


@dataclass(frozen=True, slots=True)
class StagedPort:
    """A port as it would be published: `added` are new files, `kept` stay."""

    wanted: Wanted
    columns: tuple[Column, ...]
    added: tuple[DataFile, ...]

    @property
    def name(self) -> str:
        """Return the port's name."""
        return self.wanted.port.name

    @property
    def files(self) -> tuple[DataFile, ...]:
        """Return all files of the table as it will be."""
        return (*self.wanted.kept, *self.added)

    def paths(self, files: Sequence[DataFile]) -> list[Path]:
        """Return where these files are."""
        return [self.wanted.folder / file.path for file in files]

    def with_files(self, added: tuple[DataFile, ...]) -> "StagedPort":
        """Return the same port with other new files (after quarantine)."""
        return replace(self, added=added)


def show_rows(
    session: Session, name: str, files: Sequence[Path], columns: Sequence[Column]
) -> None:
    """Make files visible under a name; without files, an empty relation of the same columns."""
    if files:
        session.scan(name, files)
        return
    listed = ", ".join(
        f'CAST(NULL AS {column.type}) AS "{column.name.replace(chr(34), chr(34) * 2)}"'
        for column in columns
    )
    session.define(name, f"SELECT {listed or 'NULL AS nothing'} WHERE false")


def _days(span: Span | None) -> str:
    return f"{span.start} to {span.end}".replace(" 00:00:00", "") if span else ""


@dataclass(frozen=True, slots=True)
class Maker:
    """Everything that making one product's ports needs."""

    product: Product
    graph: ModelGraph
    session: Session
    reader: SqlReader
    quote: Quote
    tables: TableStore
    build: str
    as_of: datetime
    workers: int
    tell: Callable[[str], None]
    warn: Callable[[str], None]
    settle: Callable[[StagedPort], StagedPort]  # judges a staged port before others read it

    def make(self, wanted: Mapping[str, Wanted], ready: frozenset[str]) -> dict[str, StagedPort]:
        """Stage the wanted ports; models in `ready` (reused ports) are visible in the session already."""
        if any(port.is_append for port in wanted.values()):
            return self._one_by_one(wanted, ready)
        made: dict[str, StagedPort] = {}
        steps = {step.model: step for step in self._statements(list(wanted), ready, None)}

        def work(name: str) -> None:
            step = steps[name]
            if step.role == "port":
                staged = self._stage(step, wanted[name])
                show_rows(self.session, name, staged.paths(staged.added), staged.columns)
                made[name] = self.settle(staged)
            else:
                self._define(step)

        outcomes = run_graph(
            list(steps),
            {name: step.reads for name, step in steps.items()},
            work,
            workers=self.workers,
            cancel=lambda name: self.session.cancel(),
        )
        for outcome in outcomes.values():
            if outcome.error is not None:
                raise outcome.error
        return made

    def _one_by_one(
        self, wanted: Mapping[str, Wanted], ready: frozenset[str]
    ) -> dict[str, StagedPort]:
        """Make ports in order; intermediate models are defined anew for each interval."""
        made: dict[str, StagedPort] = {}
        for name in (n for n in self.graph.nodes if n in wanted):
            port = wanted[name]
            added: list[DataFile] = []
            columns = port.columns
            for span in port.spans or self._nothing(port):
                steps = self._placed_in_time(port, ready | frozenset(made), span)
                staged = self._within(self._stage(steps[-1], port, columns), span)
                columns = staged.columns
                added += staged.added
            staged = StagedPort(port, columns, tuple(added))
            show_rows(self.session, name, staged.paths(staged.files), columns)
            made[name] = self.settle(staged)
        return made

    def _placed_in_time(
        self, port: Wanted, ready: frozenset[str], span: Span | None
    ) -> tuple[Statement, ...]:
        """Define what a port's model reads; the bounds of its interval are of the kind that its column is."""
        steps = self._statements([port.port.name], ready, span)
        self._define_all(steps[:-1])
        if not port.is_append or not self._holds_instants(steps[-1], port.port):
            return steps
        zone = zone_of(self.product.timezone)
        steps = self._statements([port.port.name], ready, span, zone)
        self._define_all(steps[:-1])
        return steps

    def _holds_instants(self, step: Statement, port: OutputPort) -> bool:
        """Say whether the column that says the interval has a time zone."""
        with self._placed(step):
            types = {column.name: column.type for column in self.session.columns(step.sql)}
        return "TIME ZONE" in types.get(port.materialisation.column, "")

    def _define_all(self, steps: Sequence[Statement]) -> None:
        for step in steps:
            self._define(step)

    def _nothing(self, port: Wanted) -> tuple[Span | None, ...]:
        """Return an interval without rows, for an append port of which none is complete yet."""
        return (Span(self.as_of, self.as_of),) if port.is_append else (None,)

    def _statements(
        self,
        ports: Sequence[str],
        ready: frozenset[str],
        span: Span | None,
        zone: ZoneInfo | None = None,
    ) -> tuple[Statement, ...]:
        literals = literals_of(self.product, self.quote, as_of=self.as_of, interval=span, zone=zone)
        return statements(self.graph, self.product, literals, self.reader, ports=ports, ready=ready)

    def _stage(self, step: Statement, wanted: Wanted, before: Sequence[Column] = ()) -> StagedPort:
        self.tell(f"making {step.model}")
        path = wanted.folder / f"{self.build}.parquet"
        making = wanted.port.materialisation
        interval = (making.column, making.interval) if wanted.is_append else None
        with self._placed(step):
            columns, sql = as_before(self._storable(step), before, step.sql, step.model)
            added = self.session.stage(sql, path, interval=interval)
        return StagedPort(wanted, columns, added)

    def _within(self, staged: StagedPort, span: Span | None) -> StagedPort:
        """Leave out the rows of other intervals, which a run of their own replaces, and tell how many."""
        outside = [file for file in staged.added if span and not is_within(file.interval, [span])]
        if not outside:
            return staged
        for file in outside:
            (staged.wanted.folder / file.path).unlink(missing_ok=True)
        making = staged.wanted.port.materialisation
        count = sum(file.rows for file in outside)
        self.warn(
            f"{count} rows that `{staged.name}` gave for {_days(span)} are left out: their `{making.column}`"
            f" is in another interval, from {outside[0].interval} on;"
            f" hold `{making.column}` itself to $interval_start and $interval_end"
        )
        return staged.with_files(tuple(file for file in staged.added if file not in outside))

    def _define(self, step: Statement) -> None:
        with self._placed(step):
            self.session.define(step.model, step.sql, keep=step.role == "kept")

    @contextmanager
    def _placed(self, step: Statement) -> Iterator[None]:
        """Name the model's file in an error of the engine, which knows lines of the text only."""
        try:
            yield
        except MeshwrightError as error:
            file = self.graph.nodes[step.model].model.file
            line = error.place.removeprefix("line ").partition(":")[0]
            error.place = f"{file}:{line}" if line.isdigit() else file
            raise

    def _storable(self, step: Statement) -> tuple[Column, ...]:
        """Refuse a column that the table format cannot hold, before anything is written."""
        columns = self.session.columns(step.sql)
        for first, second in repeated_names(columns):
            shown = f"`{first}`" if first == second else f"`{first}` and `{second}`"
            raise DataError(
                "column-repeated",
                f"`{step.model}` has two columns of one name, {shown} (case does not count)",
                hint=f"in models/{step.model}.sql, name the columns that you want instead of `*`,"
                f' or rename one: … AS "{second}_2"',
            )
        refused = self.tables.refused(columns)
        if refused:
            types = {column.name: column.type for column in columns}
            name, cast = next(iter(refused.items()))
            raise DataError(
                "type-not-storable",
                f"column `{name}` of `{step.model}` is {types[name]}, which a table cannot hold",
                hint=f"in models/{step.model}.sql, cast it: {cast}",
            )
        return columns
