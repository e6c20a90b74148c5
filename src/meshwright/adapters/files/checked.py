"""Cast rows of text (or of other types) to the columns' types, setting aside the rows that do not fit.

A fraction is never rounded into an integer, and no value becomes NULL because it could not be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from meshwright.adapters.files.locked import first_line, identifier, text
from meshwright.adapters.files.options import FileOptions
from meshwright.adapters.files.rejects import Rejects
from meshwright.errors import DataError
from meshwright.model.table import Column

ITEM, LINE, RAW = "__item", "__line", "__raw"
_BAD = "__bad"
_INTEGERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
_ROWS = 50_000


def is_integer(kind: str) -> bool:
    """Say whether a SQL type holds whole numbers only."""
    return kind.upper() in (
        *_INTEGERS,
        "INT",
        "LONG",
        "SHORT",
        "INT8",
        "INT4",
        "INT2",
        "INT64",
        "INT32",
    )


def is_nested(kind: str) -> bool:
    """Say whether a SQL type has parts."""
    return kind.endswith("]") or kind.upper().startswith(("STRUCT", "MAP", "UNION"))


def cast_text(column: str, kind: str, options: FileOptions) -> str:
    """Return SQL that reads a text as a type, NULL where it is not of it."""
    upper = kind.upper()
    if upper in ("VARCHAR", "TEXT", "STRING"):
        return column
    if is_nested(kind):
        return f"TRY_CAST(TRY_CAST({column} AS JSON) AS {kind})"
    if is_integer(kind):
        whole = f"regexp_full_match(trim({column}), '[+-]?[0-9]+([.]0*)?')"
        return f"CASE WHEN {whole} THEN TRY_CAST({column} AS {kind}) END"
    if upper == "DATE" and options.dateformat:
        return f"CAST(try_strptime({column}, {text(options.dateformat)}) AS DATE)"
    if upper.startswith("TIMESTAMP") and options.timestampformat:
        return f"CAST(try_strptime({column}, {text(options.timestampformat)}) AS {kind})"
    if options.decimal == "," and upper.startswith(
        ("DOUBLE", "FLOAT", "REAL", "DECIMAL", "NUMERIC")
    ):
        return f"TRY_CAST(replace({column}, ',', '.') AS {kind})"
    return f"TRY_CAST({column} AS {kind})"


def cast_value(column: str, kind: str, given: str) -> str:
    """Return SQL that casts a typed value, NULL where it does not fit."""
    if kind == given:
        return column
    if is_integer(kind) and given.upper().startswith(("DOUBLE", "FLOAT", "DECIMAL")):
        return f"CASE WHEN {column} = trunc({column}) THEN TRY_CAST({column} AS {kind}) END"
    if is_integer(kind) and given.upper() == "VARCHAR":
        return cast_text(column, kind, FileOptions("parquet"))
    return f"TRY_CAST({column} AS {kind})"


def checked_rows(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[Column],
    casts: Sequence[str],
    rejects: Rejects,
    items: Mapping[str, str] = MappingProxyType({}),
) -> pa.RecordBatchReader:
    """Return the rows that fit. `relation` has the raw columns and `__item`, `__line`, `__raw`.

    `items` says what an `__item` is called where that is another name.
    """
    names = [identifier(column.name) for column in columns]
    read = ", ".join(f"{cast} AS {name}" for name, cast in zip(names, casts, strict=True))
    unfit = " ".join(
        f"WHEN {name} IS NOT NULL AND ({cast}) IS NULL THEN {text(column.name)}"
        for column, name, cast in zip(columns, names, casts, strict=True)
        if cast != name
    )
    bad = f"CASE {unfit} END" if unfit else "NULL::VARCHAR"
    whole = f"to_json(struct_pack({', '.join(names)}))::VARCHAR"
    raw = f"CASE WHEN {_BAD} IS NOT NULL THEN coalesce({RAW}, {whole}) END"
    sql = (
        f"SELECT {read}, {_BAD}, {ITEM}, {LINE}, {raw} AS {RAW} "
        f"FROM (SELECT *, {bad} AS {_BAD} FROM ({relation}))"
    )
    reader = connection.sql(sql).to_arrow_reader(_ROWS)
    kinds = {column.name: column.type for column in columns}
    schema = pa.schema(list(reader.schema)[: len(columns)])
    aside = _Aside(kinds, rejects, items)
    return pa.RecordBatchReader.from_batches(schema, _good(reader, schema, aside))


class _Aside:
    """Where rows go that do not fit."""

    def __init__(
        self, kinds: Mapping[str, str], rejects: Rejects, items: Mapping[str, str]
    ) -> None:
        self._kinds = kinds
        self._rejects = rejects
        self._items = items

    def take(self, batch: pa.RecordBatch) -> None:
        """Set aside the rows of a batch whose last columns are: bad column, item, line, raw text."""
        width = batch.num_columns - 4
        columns, items, lines, raws = (batch.column(width + i).to_pylist() for i in range(4))
        for column, item, line, raw in zip(columns, items, lines, raws, strict=True):
            error = f"a value is not {self._kinds[column]}"
            self._rejects.add(
                self._items.get(item, item or ""), line or 0, column, error, raw or ""
            )


def _good(
    reader: pa.RecordBatchReader, schema: pa.Schema, aside: _Aside
) -> Iterator[pa.RecordBatch]:
    try:
        for batch in reader:
            bad = batch.column(len(schema))
            if bad.null_count < len(batch):
                aside.take(batch.filter(pc.is_valid(bad)))
                batch = batch.filter(pc.is_null(bad))
            yield pa.RecordBatch.from_arrays(batch.columns[: len(schema)], schema=schema)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise DataError("source-malformed", f"cannot read the rows: {first_line(error)}") from error
