"""Rows that did not parse: all are counted, the first ones are kept with their place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from meshwright.adapters.files.headers import open_bytes
from meshwright.spi.source import RejectedRow

KEPT = 1000
_LONGEST = 2000


class Rejects:
    """What one reading rejected so far."""

    def __init__(self) -> None:
        self.rows: list[RejectedRow] = []
        self.count = 0

    def add(self, item: str, line: int, column: str, error: str, text: str, rows: int = 1) -> None:
        """Count a rejected row, and keep it while there is room."""
        self.count += rows
        if len(self.rows) < KEPT:
            self.rows.append(RejectedRow(item, line, column, error, text[:_LONGEST]))


def collect_rejects(
    connection: duckdb.DuckDBPyConnection,
    tables: tuple[str, str],
    files: Mapping[str, tuple[str, Path]],
    rejects: Rejects,
) -> None:
    """Take over what DuckDB's CSV reader put aside; `files` maps a read path to its item and its text.

    DuckDB's `line` counts records, so the line in the file is found from the record's byte position. A quote
    that never ends swallows lines: each of them counts.
    """
    scans, errors = tables
    rows = connection.execute(
        "SELECT any_value(s.file_path), min(e.line_byte_position), "
        "arg_min(coalesce(e.column_name, ''), e.column_idx), "
        "arg_min(e.error_message, e.column_idx), any_value(e.csv_line), "
        "any_value(e.error_type::VARCHAR) "
        f"FROM {errors} e JOIN {scans} s USING (scan_id, file_id) "
        "GROUP BY scan_id, file_id, e.line ORDER BY file_id, e.line"
    ).fetchall()
    found = [_found(*row) for row in rows]
    kept = found[: max(0, KEPT - len(rejects.rows))]
    lines = _lines_of(kept, files)
    for place, one in enumerate(found):
        item = files[one.path][0] if one.path in files else one.path
        line = lines[place] if place < len(kept) else 0
        rejects.add(item, line, one.column, one.message, one.text, one.lines)


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    position: int  # bytes before the record
    column: str
    message: str
    text: str
    lines: int


def _found(
    path: object, position: object, column: object, message: object, raw: object, kind: object
) -> _Found:
    whole = str(raw or "")
    before = len(whole) - len(whole.lstrip("\r\n"))
    text = whole.strip("\r\n")
    swallowed = text.count("\n") + 1 if kind == "UNQUOTED VALUE" else 1
    start = int(str(position or 1)) - 1 + before
    return _Found(str(path), start, str(column), _one_line(str(message)), text, swallowed)


def _one_line(message: str) -> str:
    line = " ".join(message.split("\n", 1)[0].split()).rstrip(".")
    return line[:1].lower() + line[1:]


def _lines_of(rows: Sequence[_Found], files: Mapping[str, tuple[str, Path]]) -> list[int]:
    """Return the line in its file of each record, by counting line ends before it."""
    lines = [0] * len(rows)
    wanted: dict[str, list[tuple[int, int]]] = {}
    for place, row in enumerate(rows):
        wanted.setdefault(row.path, []).append((row.position, place))
    for path, places in wanted.items():
        if path in files:
            for place, line in _count_lines(files[path][1], sorted(places)):
                lines[place] = line
    return lines


def _count_lines(file: Path, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    with open_bytes(file) as stream:
        start, lines, chunk, last = 0, 1, b"", 0
        for position, place in places:
            while position > start + len(chunk):
                lines += chunk.count(b"\n", last)
                start, last = start + len(chunk), 0
                chunk = stream.read(1 << 20)
                if not chunk:
                    break
            lines += chunk.count(b"\n", last, position - start)
            last = max(last, position - start)
            yield place, lines
