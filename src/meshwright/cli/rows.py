"""Rows on stdout or in a file: table, JSON, CSV, Arrow stream or Parquet."""

import json
import math
import sys
from csv import writer
from datetime import date, time
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from meshwright.app.result import Result, values_of
from meshwright.cli import console
from meshwright.errors import UsageError
from meshwright.model.counted import counted

if TYPE_CHECKING:
    import pyarrow

_EPOCH = date(1970, 1, 1).toordinal()
CSV_ROWS = 50_000  # written at once


def write(result: Result, form: str, output: str | None, limit: int) -> None:
    """Write the rows in a format, to a file or stdout; raise `UsageError` where that makes no sense."""
    if output:
        try:
            with open(output, "wb") as file:
                _write(result, form, file, limit)
        except OSError as error:
            raise UsageError(
                "output-not-writable", f"cannot write `{output}`: {error.strerror}"
            ) from error
        console.say(f"{counted(len(result), 'row')} to {output}")
        return
    if form in ("arrow", "parquet") and sys.stdout.isatty():
        raise UsageError(
            "output-is-terminal", f"{form} is not for a terminal", hint="add -o FILE or pipe it"
        )
    _write(result, form, sys.stdout.buffer, limit)


def _write(result: Result, form: str, stream: BinaryIO, limit: int) -> None:
    if form == "table":
        _table(result, stream, limit)
    elif form == "json":
        stream.write(_json(result).encode())
    else:
        _binary(result, form, stream)
    stream.flush()


def _json(result: Result) -> str:
    document = {
        "columns": result.columns,
        "rows": [list(row) for row in result.rows()],
        "versions": dict(result.versions),
    }
    try:
        text = json.dumps(document, indent=2, default=_text, ensure_ascii=False, allow_nan=False)
    except ValueError:  # JSON has no NaN and no infinity
        document["rows"] = _finite(document["rows"])
        text = json.dumps(document, indent=2, default=_text, ensure_ascii=False)
    return text + "\n"


def _text(value: object) -> str | int:
    """Return what JSON has no type for: times as ISO 8601, bytes as hexadecimal, exact decimals as text."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        return int(value)  # a sum of integers is one, however wide its type
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _binary(result: Result, form: str, stream: BinaryIO) -> None:
    import pyarrow as pa

    table = result.to_arrow()
    try:
        if form == "csv":
            _csv(table, stream)
        elif form == "arrow":
            with pa.ipc.new_stream(stream, table.schema) as batches:
                batches.write_table(table)
        else:
            from pyarrow import parquet

            parquet.write_table(table, stream, compression="zstd")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise UsageError(
            "format-cannot-hold",
            f"{form} cannot hold these columns: {str(error).splitlines()[0]}",
            hint="cast the column to VARCHAR in the query, or choose --format arrow",
        ) from error


def _csv(table: "pyarrow.Table", stream: BinaryIO) -> None:
    """Write CSV, quoting where it must: NULL is an empty cell, an empty text is `""`.

    What has no plain text (lists, structures, maps, intervals) is JSON in its cell.
    """
    import pyarrow as pa
    from pyarrow import compute

    header = StringIO()
    writer(header, lineterminator="\n").writerow(table.column_names)
    stream.write(header.getvalue().encode())
    for batch in table.to_batches(max_chunksize=CSV_ROWS):
        cells = [_quoted(_as_text(column)) for column in batch.columns]
        if not cells or not batch.num_rows:
            continue
        if len(cells) == 1:
            cells = [cells[0].fill_null('""')]  # an empty line would be no row
        comma = pa.scalar(",", pa.string())
        lines = compute.binary_join_element_wise(
            *cells, comma, null_handling="replace", null_replacement=""
        )
        stream.write(("\n".join(lines.to_pylist()) + "\n").encode())


def _as_text(column: "pyarrow.Array") -> "pyarrow.Array":
    import pyarrow as pa

    try:
        if not _is_far(column):
            return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid, pa.ArrowTypeError):
        pass
    values = values_of(column)
    texts = [
        json.dumps(value, default=_text, ensure_ascii=False)
        if isinstance(value, dict | list | tuple)
        else str(_text(value))
        for value in values
        if value is not None
    ]
    found = iter(texts)
    return pa.array([None if value is None else next(found) for value in values], pa.string())


def _is_far(column: "pyarrow.Array") -> bool:
    """Say whether a date or timestamp is outside of the years 1 to 9999, which Arrow writes wrongly."""
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_date32(column.type):
        days = column.cast(pa.int32())
    elif pa.types.is_timestamp(column.type):
        second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[column.type.unit]
        days = compute.divide(column.cast(pa.int64()), 86_400 * second)
    else:
        return False
    found = compute.min_max(days).as_py()
    if found["min"] is None:
        return False
    first, last = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH
    return not first <= found["min"] <= found["max"] <= last


def _quoted(cells: "pyarrow.Array") -> "pyarrow.Array":
    import pyarrow as pa
    from pyarrow import compute

    must = compute.match_substring_regex(cells, '[",\\r\\n]|^$')
    if not compute.any(must).as_py():
        return cells
    inner = compute.replace_substring(cells, '"', '""')
    mark = pa.scalar('"', pa.string())
    whole = compute.binary_join_element_wise(mark, inner, mark, pa.scalar("", pa.string()))
    return compute.if_else(must, whole, cells)


def _table(result: Result, stream: BinaryIO, limit: int) -> None:
    from io import TextIOWrapper

    from rich.console import Console

    from meshwright.cli import tables

    shown = result.to_arrow().slice(0, limit) if limit else result.to_arrow()
    types = [str(field.type) for field in shown.schema]
    numbers = [name for name, kind in zip(result.columns, types, strict=True) if _is_number(kind)]
    cells = zip(*(values_of(column) for column in shown.columns), strict=True)
    made = tables.table(
        result.columns, [[_cell(value) for value in row] for row in cells], right=numbers
    )
    is_stdout = stream is sys.stdout.buffer
    text = TextIOWrapper(stream, encoding="utf-8", write_through=True)
    screen = Console(file=sys.stdout if is_stdout else text, highlight=False)
    screen.print(made)
    sys.stdout.flush()
    more = len(result) - len(shown)
    if more > 0:
        console.say(f"{counted(more, 'more row')}; --limit 0 shows all")
    click.echo(f"{counted(len(result), 'row')} in {tables.seconds(result.seconds)}", err=True)
    text.detach()


def _is_number(kind: str) -> bool:
    return kind.startswith(("int", "uint", "float", "double", "decimal"))


def _cell(value: object) -> str:
    if value is None:
        return "∅"
    return f"{value:g}" if isinstance(value, float) else str(value)
