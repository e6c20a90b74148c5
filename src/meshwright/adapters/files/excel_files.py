"""Read Excel workbooks: one sheet (or a range of it) of each file, cell types as Excel keeps them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from meshwright.adapters.files.checked import cast_text, checked_rows
from meshwright.adapters.files.columns import require_declared, require_same
from meshwright.adapters.files.declared import spelled_types
from meshwright.adapters.files.listing import unreadable
from meshwright.adapters.files.locked import Locked, identifier, reading
from meshwright.adapters.files.options import FileOptions
from meshwright.adapters.files.rejects import Rejects
from meshwright.adapters.files.text_rows import TextRow, register_rows
from meshwright.errors import DataError, DescriptorError, did_you_mean
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream
from meshwright.spi.source import RejectedRow

File = tuple[str, Path]
Cells = tuple[object, ...]
_TYPES = (
    ({"BOOLEAN"}, "BOOLEAN"),
    ({"BIGINT"}, "BIGINT"),
    ({"BIGINT", "DOUBLE"}, "DOUBLE"),
    ({"DATE"}, "DATE"),
    ({"DATE", "TIMESTAMP"}, "TIMESTAMP"),
)


def excel_columns(
    files: Sequence[File], options: FileOptions, declared: Mapping[str, str]
) -> tuple[Column, ...]:
    """Return declared types, else the types that the cells have over all files."""
    declared = _spelled(declared)
    found = _shown(files, options)
    if not found and not declared:
        raise DataError("source-empty", f"`{files[0][0]}` holds no row, so no columns")
    if found:
        require_declared(declared, found)
    types = {name: kind or "VARCHAR" for name, kind in found.items()} | dict(declared)
    return tuple(Column(name, kind) for name, kind in types.items())


def _spelled(declared: Mapping[str, str]) -> Mapping[str, str]:
    if not declared:
        return declared
    locked = Locked(())
    try:
        return spelled_types(locked.connection, declared)
    finally:
        locked.close()


def _shown(files: Sequence[File], options: FileOptions) -> dict[str, str | None]:
    kinds: dict[str, set[str]] = {}
    for item, path in files:
        names, rows = _named(item, path, options)
        for name in names.values():
            kinds.setdefault(name, set())
        for _, cells in rows:
            for place, name in names.items():
                if place < len(cells) and (kind := _kind(cells[place], options)):
                    kinds[name].add(kind)
    return {name: _type_of(seen) for name, seen in kinds.items()}


def _type_of(seen: set[str]) -> str | None:
    if not seen:
        return None
    return next((kind for kinds, kind in _TYPES if seen <= kinds), "VARCHAR")


def _kind(value: object, options: FileOptions) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "BOOLEAN"
        case int():
            return "BIGINT" if abs(value) < 10**15 else "VARCHAR"
        case float():
            return "DOUBLE"
        case datetime():
            return "DATE" if value == datetime(value.year, value.month, value.day) else "TIMESTAMP"
        case date():
            return "DATE"
        case str() if value in options.null:
            return ""
    return "VARCHAR"


def _as_text(value: object, options: FileOptions) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value)
        case datetime():
            is_day = value == datetime(value.year, value.month, value.day)
            return value.date().isoformat() if is_day else value.isoformat(sep=" ")
        case str() if value in options.null:
            return None
    return str(value)


def _sheet_rows(item: str, path: Path, options: FileOptions) -> Iterator[tuple[int, Cells]]:
    """Return the rows that hold a value, with their number in the sheet."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise unreadable(path, error) from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise DataError("source-malformed", f"`{item}` is not an Excel workbook") from error
    try:
        if options.sheet and options.sheet not in book.sheetnames:
            raise DescriptorError(
                "source-sheet-unknown",
                f"`{item}` has no sheet `{options.sheet}`",
                hint=did_you_mean(options.sheet, book.sheetnames),
            )
        sheet = book[options.sheet or book.sheetnames[0]]
        left, top, right, bottom = _bounds(options)
        rows = sheet.iter_rows(
            min_row=top + options.skip,
            max_row=bottom,
            min_col=left,
            max_col=right,
            values_only=True,
        )
        for number, cells in enumerate(rows, top + options.skip):
            if any(cell is not None for cell in cells):
                yield number, cells
    finally:
        book.close()


def _bounds(options: FileOptions) -> tuple[int, int, int | None, int | None]:
    if not options.range:
        return 1, 1, None, None
    try:
        left, top, right, bottom = openpyxl.utils.range_boundaries(options.range)
    except (ValueError, TypeError) as error:
        raise DescriptorError(
            "source-option-invalid", f"`{options.range}` of option `range` is not like `A1:D20`"
        ) from error
    return left or 1, top or 1, right, bottom


def _named(
    item: str, path: Path, options: FileOptions
) -> tuple[dict[int, str], Iterator[tuple[int, Cells]]]:
    """Return each column's name by its place, and the rows below the names."""
    rows = _sheet_rows(item, path, options)
    first = next(rows, None)
    if first is None:
        return {}, rows
    if not options.header:
        return {p: f"column{p}" for p in range(len(first[1]))}, chain([first], rows)
    names = {p: str(cell).strip() for p, cell in enumerate(first[1]) if cell is not None}
    seen = [name.lower() for name in names.values()]
    for name in names.values():
        if seen.count(name.lower()) > 1:
            raise DataError("source-header-duplicate", f"`{item}` has two columns named `{name}`")
    return names, rows


class ExcelReading:
    """One pass over workbooks with fixed columns."""

    def __init__(
        self,
        files: Sequence[File],
        options: FileOptions,
        columns: Sequence[Column],
        declared: Mapping[str, str],
        is_known: bool,
    ) -> None:
        self._files = files
        self._options = options
        self._columns = columns
        self._rejects = Rejects()
        if not is_known:
            require_same(_shown(files, options), columns, declared)
        self._locked = Locked(())

    def stream(self) -> ArrowStream:
        """Return the good rows."""
        connection = self._locked.connection
        names = [column.name for column in self._columns]
        with reading(self._files[0][0]):
            raw = register_rows(connection, names, self._rows(names))
            casts = [cast_text(identifier(c.name), c.type, self._options) for c in self._columns]
            reader: ArrowStream = checked_rows(connection, raw, self._columns, casts, self._rejects)
            return reader

    def _rows(self, names: Sequence[str]) -> Iterator[TextRow]:
        for item, path in self._files:
            named, rows = _named(item, path, self._options)
            places = {name: place for place, name in named.items()}
            for number, cells in rows:
                beyond = [c for p, c in enumerate(cells) if c is not None and p not in named]
                if beyond:
                    self._rejects.add(
                        item, number, "", "a value is in a column without a name", str(cells)
                    )
                    continue
                yield (
                    item,
                    number,
                    None,
                    [_cell(cells, places.get(n), self._options) for n in names],
                )

    def rejected(self) -> Sequence[RejectedRow]:
        """Return the first rows that did not fit."""
        return self._rejects.rows

    def rejected_count(self) -> int:
        """Return how many rows did not fit."""
        return self._rejects.count

    def close(self) -> None:
        """Close the engine."""
        self._locked.close()


def _cell(cells: Cells, place: int | None, options: FileOptions) -> str | None:
    return _as_text(cells[place], options) if place is not None and place < len(cells) else None
