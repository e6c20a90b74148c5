"""Rows on stdout or in a file: table, JSON, CSV, Arrow stream or Parquet."""

import json
import sys
from typing import BinaryIO

import click

from meshwright.app.result import Result
from meshwright.cli import console
from meshwright.errors import UsageError


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
        console.say(f"{len(result):,} rows to {output}")
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
    return json.dumps(document, indent=2, default=str, ensure_ascii=False) + "\n"


def _binary(result: Result, form: str, stream: BinaryIO) -> None:
    table = result.to_arrow()
    if form == "csv":
        from pyarrow import csv

        csv.write_csv(table, stream, csv.WriteOptions(quoting_style="needed"))
    elif form == "arrow":
        import pyarrow as pa

        with pa.ipc.new_stream(stream, table.schema) as writer:
            writer.write_table(table)
    else:
        from pyarrow import parquet

        parquet.write_table(table, stream, compression="zstd")


def _table(result: Result, stream: BinaryIO, limit: int) -> None:
    from io import TextIOWrapper

    from rich.console import Console

    from meshwright.cli import tables

    shown = result.to_arrow().slice(0, limit) if limit else result.to_arrow()
    types = [str(field.type) for field in shown.schema]
    numbers = [name for name, kind in zip(result.columns, types, strict=True) if _is_number(kind)]
    cells = zip(*(column.to_pylist() for column in shown.columns), strict=True)
    made = tables.table(
        result.columns, [[_cell(value) for value in row] for row in cells], right=numbers
    )
    is_stdout = stream is sys.stdout.buffer
    text = TextIOWrapper(stream, encoding="utf-8", write_through=True)
    screen = Console(file=sys.stdout if is_stdout else text, highlight=False)
    screen.print(made)
    more = len(result) - len(shown)
    if more > 0:
        console.say(f"{more:,} more rows; --limit 0 shows all")
    click.echo(f"{len(result):,} rows in {tables.seconds(result.seconds)}", err=True)
    text.detach()


def _is_number(kind: str) -> bool:
    return kind.startswith(("int", "uint", "float", "double", "decimal"))


def _cell(value: object) -> str:
    if value is None:
        return "∅"
    return f"{value:g}" if isinstance(value, float) else str(value)
