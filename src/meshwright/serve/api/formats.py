"""Rows as bytes: Arrow, Parquet, CSV, NDJSON and JSON, made a batch at a time while they are sent.

What must stay true: no format needs all rows in memory at once; what breaks off in the middle is never ended
as if it were whole.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from meshwright.app.governed.answer import Answer
from meshwright.app.result import values_of

ARROW = "application/vnd.apache.arrow.stream"
PARQUET = "application/vnd.apache.parquet"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
JSON = "application/json"
SLICE = 8192  # rows that become text at once
_encoder = msgspec.json.Encoder(enc_hook=str)


class _Chunks:
    """A file that is written to, whose bytes are taken away again."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def arrow(answer: Answer) -> Iterator[bytes]:
    """Write an Arrow IPC stream."""
    import pyarrow

    reader = pyarrow.RecordBatchReader.from_stream(answer)
    sink = _Chunks()
    with pyarrow.ipc.new_stream(pyarrow.PythonFile(sink, "w"), reader.schema) as writer:
        yield sink.taken()
        for batch in reader:
            writer.write_batch(batch)
            yield sink.taken()
    yield sink.taken()


def parquet(answer: Answer) -> Iterator[bytes]:
    """Write a Parquet file."""
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    reader = pyarrow.RecordBatchReader.from_stream(answer)
    sink = _Chunks()
    writer = ParquetWriter(pyarrow.PythonFile(sink, "w"), reader.schema, compression="zstd")
    for batch in reader:
        writer.write_batch(batch)
        yield sink.taken()
    writer.close()
    yield sink.taken()


def csv(answer: Answer) -> Iterator[bytes]:
    """Write CSV with a header; what is nested is JSON within it."""
    import csv as text
    import io

    names = [column.name for column in answer.columns]
    for number, rows in enumerate(_slices(answer)):
        out = io.StringIO()
        writer = text.writer(out, lineterminator="\n")
        if number == 0:
            writer.writerow(names)
        writer.writerows([_cell(value) for value in row] for row in rows)
        yield out.getvalue().encode("utf-8", "replace")


def ndjson(answer: Answer) -> Iterator[bytes]:
    """Write one JSON object a row."""
    names = [column.name for column in answer.columns]
    for rows in _slices(answer):
        yield _encoder.encode_lines([dict(zip(names, row, strict=True)) for row in rows])


def json(answer: Answer) -> Iterator[bytes]:
    """Write one JSON document: what the rows rest on, the columns, and a list for each row."""
    head = _encoder.encode(
        {
            "query": answer.query,
            "versions": dict(answer.versions),
            "columns": [{"name": one.name, "type": one.type} for one in answer.columns],
            "masked": answer.masked,
        }
    )
    yield head[:-1] + b',"rows":['
    is_first = True
    for rows in _slices(answer):
        body = _encoder.encode(rows)[1:-1]
        if body:
            yield body if is_first else b"," + body
            is_first = False
    yield b"]}"


FORMATS: Mapping[str, Callable[[Answer], Iterator[bytes]]] = {
    JSON: json,
    ARROW: arrow,
    NDJSON: ndjson,
    CSV: csv,
    PARQUET: parquet,
}
NAMES = {"json": JSON, "arrow": ARROW, "ndjson": NDJSON, "csv": CSV, "parquet": PARQUET}
_ALSO = {"application/ndjson": NDJSON, "application/vnd.apache.arrow": ARROW, "text/*": CSV}


def chosen_format(accept: str) -> str:
    """Return the media type that an Accept header prefers; JSON where it has no wish, '' for none of ours."""
    wishes = []
    for number, part in enumerate(accept.split(",")):
        kind, *details = (word.strip().lower() for word in part.split(";"))
        said = next((one[2:] for one in details if one.startswith("q=")), "1")
        try:
            wishes.append((-float(said), number, kind))
        except ValueError:
            continue
    for minus, _, kind in sorted(wishes):
        if minus == 0:
            continue
        if kind in ("*/*", "application/*", ""):
            return JSON
        if kind in FORMATS or kind in _ALSO:
            return _ALSO.get(kind, kind)
    return ""


def _slices(answer: Answer) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Return rows in handy portions; at least one, so that a header is written."""
    import pyarrow

    reader = pyarrow.RecordBatchReader.from_stream(answer)
    is_empty = True
    for batch in reader:
        for start in range(0, batch.num_rows, SLICE):
            part = batch.slice(start, SLICE)
            columns = [[_plain(value) for value in values_of(one)] for one in part.columns]
            is_empty = False
            yield list(zip(*columns, strict=True))
    if is_empty:
        yield []


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: exact numbers and spans of time as text."""
    if isinstance(value, datetime.timedelta):
        return str(value)
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict, tuple)):
        return _encoder.encode(value).decode()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
