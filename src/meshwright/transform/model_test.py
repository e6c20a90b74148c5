"""Run a model's test: given rows in, expected rows out, on the engine that makes the real thing.

A given model cuts the graph: what it rests on is not run. Nothing is written anywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from meshwright.errors import MeshwrightError, ModelError, did_you_mean
from meshwright.model.product import ModelTest, Parameter, Product
from meshwright.model.table import Column
from meshwright.spi.engine import Engine, Reach, Session
from meshwright.spi.sql_reader import SqlReader
from meshwright.transform.comparing import Row, differences
from meshwright.transform.given import given_select
from meshwright.transform.graph import AS_OF, INTERVAL, ModelGraph
from meshwright.transform.statements import literals_of, statements, typed

SHOWN = 10
_ALL_TIME = {"interval_start": datetime(1, 1, 1), "interval_end": datetime(9999, 12, 31)}


@dataclass(frozen=True, slots=True)
class ModelTestOutcome:
    """What became of a test. `status`: passed, failed or errored; rows are in the order of `columns`."""

    test: ModelTest
    status: str
    columns: tuple[str, ...] = ()
    missing: tuple[Row, ...] = ()
    unexpected: tuple[Row, ...] = ()
    error: MeshwrightError | None = None

    @property
    def is_passed(self) -> bool:
        """Say whether the model did what the test says."""
        return self.status == "passed"

    def lines(self) -> list[str]:
        """Return what is wrong, readable: at most ten rows of each kind."""
        if self.error is not None:
            return [str(self.error), *([self.error.hint] if self.error.hint else [])]
        return [
            *_shown("expected, but not found", self.columns, self.missing),
            *_shown("found, but not expected", self.columns, self.unexpected),
        ]


def run_test(
    product: Product,
    graph: ModelGraph,
    test: ModelTest,
    engine: Engine,
    reader: SqlReader,
    *,
    known: Mapping[str, Sequence[Column]] | None = None,
    folder: Path | None = None,
) -> ModelTestOutcome:
    """Run one test. `known` are all columns of inputs and models, where a contract or landing tells them.

    Types that a source declares are used in any case; other types are read off the given values.
    """
    session: Session | None = None
    try:
        _require_sense(product, graph, test)
        session = engine.open(
            Reach(write=(folder,) if folder else (), threads=1, timezone=product.timezone)
        )
        _prepare(product, graph, test, engine.quote, reader, session, known or {})
        return _judged(test, session)
    except MeshwrightError as error:
        return ModelTestOutcome(test, "errored", error=error)
    finally:
        if session is not None:
            session.close()


def _require_sense(product: Product, graph: ModelGraph, test: ModelTest) -> None:
    """Refuse names that the product does not have."""
    place = f"{test.file}:{test.line}" if test.line else test.file
    inputs = [port.name for port in product.inputs]
    if test.model not in graph.nodes:
        raise ModelError(
            "test-model-unknown",
            f"`{test.model}` is not a model of this product",
            hint=did_you_mean(test.model, graph.nodes),
            place=place,
        )
    names = [*inputs, *graph.nodes]
    for name in test.given:
        if name not in names:
            raise ModelError(
                "test-given-unknown",
                f"`{name}` is neither an input port nor a model of this product",
                hint=did_you_mean(name, names),
                place=place,
            )
    settable = {p.name for p in product.parameters} | INTERVAL | {AS_OF}
    for name in test.parameters:
        if name not in settable:
            raise ModelError(
                "test-parameter-unknown",
                f"`{name}` is not a parameter of this product",
                hint=did_you_mean(name, settable),
                place=place,
            )


def _prepare(
    product: Product,
    graph: ModelGraph,
    test: ModelTest,
    quote: Callable[[object], str],
    reader: SqlReader,
    session: Session,
    known: Mapping[str, Sequence[Column]],
) -> None:
    """Define the given tables and then each model up to the tested one, as views."""
    ready = set(test.given) - {test.model}
    needed = graph.needed((test.model,), ready)
    used = {name for model in needed for name in graph.nodes[model].parameters}
    literals = _literals(product, test, quote, used)
    inputs = {name for model in needed for name in graph.nodes[model].inputs}
    declared = {p.name: p.source.columns for p in product.inputs if p.source is not None}
    for name in sorted(inputs | (ready & set(graph.nodes))):
        columns, types = known.get(name), declared.get(name, {})
        if columns and types and {c.name for c in columns} <= set(types):
            columns = None  # no more is known than what is declared: there may be other columns
        sql = given_select(name, test.given.get(name, ()), columns, quote, types)
        session.define(name, sql, keep=True)
    for statement in statements(graph, product, literals, reader, ports=(test.model,), ready=ready):
        try:
            session.define(statement.model, statement.sql)
        except ModelError as error:
            error.place = _place(graph.nodes[statement.model].model.file, error.place)
            raise


def _place(file: str, place: str) -> str:
    """Name the file in a place within its SQL (`line 3`), as engines give it."""
    line = place.removeprefix("line ")
    return f"{file}:{line}" if line.isdigit() else file


def _literals(
    product: Product, test: ModelTest, quote: Callable[[object], str], used: set[str]
) -> dict[str, str]:
    moments: dict[str, object] = dict(_ALL_TIME)
    for name, value in test.parameters.items():
        if name in INTERVAL or name == AS_OF:
            moments[name] = typed(Parameter(name, "timestamp", value), value)
    if AS_OF in used and AS_OF not in moments:
        raise ModelError(
            "test-needs-as-of",
            f"model `{test.model}` uses `$as_of`, and the test does not say when it is",
            hint="add `params: {as_of: 2013-02-08T00:00:00}` to the test",
        )
    literals = literals_of(product, quote, values=test.parameters)
    return literals | {name: quote(value) for name, value in moments.items()}


def _judged(test: ModelTest, session: Session) -> ModelTestOutcome:
    name = _identifier(test.model)
    actual_columns = [c.name for c in session.columns(f"select * from {name}")]
    columns = _compared(test, actual_columns)
    listed = ", ".join(_identifier(column) for column in columns)
    actual = session.rows(f"select {listed} from {name}") if listed else []
    if not listed:
        actual = [() for _ in session.rows(f"select 1 from {name}")]
    folded = [{key.lower(): value for key, value in row.items()} for row in test.expected]
    expected = [tuple(row.get(column.lower()) for column in columns) for row in folded]
    missing, unexpected = differences(expected, actual, is_ordered=test.is_ordered)
    status = "failed" if missing or unexpected else "passed"
    return ModelTestOutcome(test, status, columns, tuple(missing), tuple(unexpected))


def _compared(test: ModelTest, actual: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to compare, in the model's order; refuse names that it does not give."""
    by_name = {column.lower(): column for column in actual}
    named = {column for row in test.expected for column in row}
    for column in sorted(named):
        if column.lower() not in by_name:
            raise ModelError(
                "test-column-unknown",
                f"model `{test.model}` gives no column `{column}`",
                hint=did_you_mean(column, actual),
                place=f"{test.file}:{test.line}" if test.line else test.file,
            )
    if test.is_exact or not named:
        return tuple(actual)
    wanted = {column.lower() for column in named}
    return tuple(column for column in actual if column.lower() in wanted)


def _shown(title: str, columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    cells = [list(columns), *([_cell(value) for value in row] for row in rows[:SHOWN])]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    lines = [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
    more = [f"  … and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    return [f"{title}: {len(rows)} row{'s' if len(rows) > 1 else ''}", *lines, *more]


def _cell(value: object) -> str:
    return "NULL" if value is None else str(value)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
