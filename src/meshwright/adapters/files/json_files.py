"""Read JSON and NDJSON files: types over all files together, bad rows counted with their line.

The engine reads files that are right throughout; where a line is broken or a declared type does not fit, the
rows are read one by one. In a JSON array, `line` is the number of the element.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from meshwright.adapters.files.checked import cast_text, checked_rows, is_integer
from meshwright.adapters.files.columns import require_declared, require_same
from meshwright.adapters.files.declared import spelled_types
from meshwright.adapters.files.headers import copy_as_utf8, is_read_in_place, open_bytes, open_text
from meshwright.adapters.files.interruption import interruptible
from meshwright.adapters.files.locked import Locked, file_list, identifier, malformed, reading, text
from meshwright.adapters.files.options import FileOptions
from meshwright.adapters.files.rejects import Rejects
from meshwright.adapters.files.text_rows import TextRow, register_rows
from meshwright.errors import DataError
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream
from meshwright.spi.source import RejectedRow

File = tuple[str, Path]
_INFER = (
    "union_by_name = true, sample_size = -1, maximum_sample_files = 1000000000, "
    "map_inference_threshold = -1, field_appearance_threshold = 0"
)
_UNHELD = re.compile(r'"NULL"|\b(JSON|UHUGEINT|HUGEINT|UBIGINT|UUID|TIME(?! WITH)(?=[\[,)]|$))\b')
_INSTEAD = {"HUGEINT": "DECIMAL(38,0)", "UHUGEINT": "DECIMAL(38,0)", "UBIGINT": "DECIMAL(20,0)"}


@dataclass(frozen=True, slots=True)
class _Group:
    """Files of one form: newline_delimited, array or unstructured."""

    form: str
    files: tuple[File, ...]

    def call(self, more: str) -> str:
        """Return the call of DuckDB's reader."""
        paths = file_list(path for _, path in self.files)
        return f"read_json({paths}, format = {text(self.form)}, {more})"


def json_columns(
    files: Sequence[File], options: FileOptions, declared: Mapping[str, str]
) -> tuple[Column, ...]:
    """Return declared or inferred columns over all files."""
    locked = Locked(path for _, path in files)
    try:
        declared = spelled_types(locked.connection, declared)
        found = _inferred(locked, _groups(files, options, locked.scratch))
    finally:
        locked.close()
    if found:
        require_declared(declared, found)
    types = {name: _holdable(kind) for name, kind in found.items()} | dict(declared)
    if not types:
        raise DataError(
            "source-empty",
            f"there is no object in {len(files)} files (`{files[0][0]}`…), so no columns",
            hint="declare `columns` where files may be empty",
        )
    return tuple(Column(name, kind) for name, kind in types.items())


def _inferred(locked: Locked, groups: Sequence[_Group]) -> dict[str, str]:
    """Return the columns that the files show, in the engine's own types."""
    found: dict[str, str] = {}
    for group in groups:
        more = _INFER
        if group.form == "newline_delimited":
            more += ", ignore_errors = true"
        with reading(group.files[0][0]):
            rows = locked.connection.execute(f"DESCRIBE FROM {group.call(more)}").fetchall()
        shown = {str(row[0]): str(row[1]) for row in rows}
        if list(shown) == ["json"]:
            shown = _shown_by_objects(locked, group)
        for name, kind in shown.items():
            found[name] = _merged(found.get(name, kind), kind)
    return found


def _shown_by_objects(locked: Locked, group: _Group) -> dict[str, str]:
    """Return the columns of the objects among other values; {} where there is no value at all."""
    scratch = locked.scratch / "objects.ndjson"
    values = objects = 0
    with scratch.open("w", encoding="utf-8") as sink, reading(group.files[0][0]):
        for _, path in group.files:
            for _, raw in _texts(locked.connection, group.form, path):
                values += bool(raw.strip())
                if (value := _object_in(raw)) is not None:
                    objects += 1
                    sink.write(json.dumps(value) + "\n")
    if values and not objects:
        raise DataError("source-malformed", f"`{group.files[0][0]}` does not hold objects")
    if not objects:
        return {}
    alone = _Group("newline_delimited", (("", scratch),))
    rows = locked.connection.execute(f"DESCRIBE FROM {alone.call(_INFER)}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def _object_in(raw: str) -> dict[str, object] | None:
    try:
        value = json.loads(raw, parse_constant=_no_constant)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _merged(one: str, other: str) -> str:
    if one == other or other == "JSON":
        return one
    if one == "JSON":
        return other
    if {one, other} == {"BIGINT", "DOUBLE"}:
        return "DOUBLE"
    return "TIMESTAMP" if {one, other} == {"DATE", "TIMESTAMP"} else "VARCHAR"


def _holdable(kind: str) -> str:
    return _UNHELD.sub(lambda found: _INSTEAD.get(found[0], "VARCHAR"), kind)


def _groups(files: Sequence[File], options: FileOptions, scratch: Path) -> list[_Group]:
    forms: dict[str, list[File]] = {}
    for item, path in files:
        start = _start(path)
        if start.startswith(b"\xef\xbb\xbf") or not is_read_in_place(path, options):
            path = copy_as_utf8(path, options.encoding, scratch)
            start = _start(path)
        if start.strip():
            forms.setdefault(_form(start, options), []).append((item, path))
    return [_Group(form, tuple(of)) for form, of in forms.items()]


def _start(path: Path) -> bytes:
    with open_bytes(path) as stream:
        return bytes(stream.read(4096))


def _form(start: bytes, options: FileOptions) -> str:
    if options.format == "ndjson":
        return "newline_delimited"
    return "array" if start.lstrip()[:1] == b"[" else "unstructured"


class JsonReading:
    """One pass over JSON files with fixed columns."""

    def __init__(
        self,
        files: Sequence[File],
        options: FileOptions,
        columns: Sequence[Column],
        declared: Mapping[str, str],
        is_known: bool,
    ) -> None:
        self._options = options
        self._columns = columns
        self._rejects = Rejects()
        self._locked = Locked(path for _, path in files)
        try:
            self._groups = _groups(files, options, self._locked.scratch)
            if not is_known:
                found = _inferred(self._locked, self._groups)
                raw = {
                    n: None if k in ("JSON", '"NULL"') else _holdable(k) for n, k in found.items()
                }
                require_same(raw, columns, declared)
        except BaseException:
            self._locked.close()
            raise

    @interruptible()
    def stream(self) -> ArrowStream:
        """Return the good rows."""
        parts = [
            self._fast(group) if self._is_right(group) else self._slow(place, group)
            for place, group in enumerate(self._groups)
        ]
        if not parts:
            nulls = (f"NULL::{c.type} AS {identifier(c.name)}" for c in self._columns)
            parts = [f"SELECT {', '.join(nulls)} WHERE false"]
        return self._locked.connection.sql(" UNION ALL ".join(parts))

    def rejected(self) -> Sequence[RejectedRow]:
        """Return the first rows that did not parse."""
        return self._rejects.rows

    def rejected_count(self) -> int:
        """Return how many rows did not parse."""
        return self._rejects.count

    def close(self) -> None:
        """Close the engine and remove its scratch folder."""
        self._locked.close()

    def _typed(self, group: _Group, types: Mapping[str, str]) -> str:
        kinds = ", ".join(f"{text(name)}: {text(kind)}" for name, kind in types.items())
        return group.call(f"columns = {{{kinds}}}")

    def _fast(self, group: _Group) -> str:
        listed = ", ".join(identifier(column.name) for column in self._columns)
        types = {column.name: column.type for column in self._columns}
        return f"SELECT {listed} FROM {self._typed(group, types)}"

    def _is_right(self, group: _Group) -> bool:
        """Say whether the engine reads every row, and rounds none, by reading all once."""
        types = {c.name: "VARCHAR" if is_integer(c.type) else c.type for c in self._columns}
        counts = ", ".join(
            f"count(*) FILTER (regexp_matches({identifier(c.name)}, '[.eE]'))"
            if is_integer(c.type)
            else f"count({identifier(c.name)}) * 0"
            for c in self._columns
        )
        fits = ", ".join(
            f"count(*) FILTER ({identifier(c.name)} IS NOT NULL AND "
            f"{cast_text(identifier(c.name), c.type, self._options)} IS NULL)"
            for c in self._columns
            if is_integer(c.type)
        )
        checks = ", ".join(part for part in (counts, fits) if part)
        try:
            sql = f"SELECT {checks} FROM {self._typed(group, types)}"
            (row,) = self._locked.connection.execute(sql).fetchall()
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            if group.form != "newline_delimited" and "transform error" not in str(error):
                raise malformed(group.files[0][0], error) from error
            return False
        return not any(row)

    def _slow(self, place: int, group: _Group) -> str:
        connection = self._locked.connection
        inner = connection.cursor()
        names = [column.name for column in self._columns]
        raw = register_rows(inner, names, _rows(connection, group, names, self._rejects))
        casts = [cast_text(identifier(c.name), c.type, self._options) for c in self._columns]
        reader = checked_rows(inner, raw, self._columns, casts, self._rejects)
        connection.register(f"checked_{place}", reader)
        listed = ", ".join(identifier(name) for name in names)
        return f"SELECT {listed} FROM checked_{place}"


def _rows(
    connection: duckdb.DuckDBPyConnection, group: _Group, names: Sequence[str], rejects: Rejects
) -> Iterator[TextRow]:
    for item, path in group.files:
        for line, raw in _texts(connection, group.form, path):
            if not raw.strip():
                continue
            try:
                value = json.loads(raw, parse_constant=_no_constant)
                raw.encode()
            except ValueError as error:
                rejects.add(item, line, "", f"broken JSON: {error}".lower(), raw.strip("\r\n"))
                continue
            if isinstance(value, dict):
                yield item, line, raw.strip("\r\n"), [_as_text(value.get(name)) for name in names]
            else:
                rejects.add(item, line, "", "not an object", raw.strip("\r\n"))


def _texts(
    connection: duckdb.DuckDBPyConnection, form: str, path: Path
) -> Iterator[tuple[int, str]]:
    if form == "newline_delimited":
        with open_text(path, "utf-8", errors="surrogateescape") as lines:
            yield from enumerate(lines, 1)
        return
    call = f"read_json_objects({file_list([path])}, format = {text(form)})"
    cursor = connection.cursor().execute(f"SELECT json::VARCHAR FROM {call}")
    line = 0
    while rows := cursor.fetchmany(10_000):
        for (raw,) in rows:
            line += 1
            yield line, str(raw)


def _as_text(value: object) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value)
        case int():
            return str(value)
    return json.dumps(value, ensure_ascii=False)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
