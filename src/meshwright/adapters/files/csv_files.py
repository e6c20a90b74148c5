"""Read CSV and TSV files: types over all files, columns by name, bad rows counted with their line."""

from collections.abc import Mapping, Sequence

import duckdb

from meshwright.adapters.files.checked import cast_text, checked_rows, is_integer
from meshwright.adapters.files.columns import changed, require_declared
from meshwright.adapters.files.csv_layout import File, Group, Layouts, all_names, group_files
from meshwright.adapters.files.declared import spelled_types
from meshwright.adapters.files.inference import find_unfit, infer_types
from meshwright.adapters.files.locked import Locked, identifier, reading
from meshwright.adapters.files.options import FileOptions
from meshwright.adapters.files.rejects import Rejects, collect_rejects
from meshwright.adapters.files.text_rows import register_rows
from meshwright.errors import DataError
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream
from meshwright.spi.source import RejectedRow


def csv_columns(
    files: Sequence[File], options: FileOptions, declared: Mapping[str, str], layouts: Layouts
) -> tuple[Column, ...]:
    """Return the columns of all files; types that are not declared fit every value."""
    locked = Locked(path for _, path in files)
    try:
        declared = spelled_types(locked.connection, declared)
        groups = group_files(files, options, tuple(declared), locked.scratch, layouts)
        names = all_names(groups)
        if groups:
            require_declared(declared, names)
        names = names or list(declared)
        if not names:
            raise DataError(
                "source-empty",
                f"`{files[0][0]}` is empty: there is no record to tell the columns",
                hint="declare `columns` where files may be empty",
            )
        open_names = [name for name in names if name not in declared]
        with reading(files[0][0] if files else ""):
            inferred = infer_types(
                locked.connection,
                lambda: _texts(locked, groups, names, options),
                open_names,
                options,
            )
    finally:
        locked.close()
    types = {column.name: column.type for column in inferred} | dict(declared)
    return tuple(Column(name, types[name]) for name in names)


def _texts(
    locked: Locked, groups: Sequence[Group], names: Sequence[str], options: FileOptions
) -> str:
    """Return SQL of all rows as text."""
    if not groups:
        nothing = ", ".join(f"NULL::VARCHAR AS {identifier(name)}" for name in names)
        return f"SELECT {nothing} WHERE false"
    parts = []
    for group in groups:
        if group.is_fast:
            parts.append(f"SELECT * FROM {group.call(options, {}, 'ignore_errors = true')}")
        else:
            parts.append(
                register_rows(locked.connection, group.names, group.rows(options, Rejects()))
            )
    listed = ", ".join(identifier(name) for name in names)
    return f"SELECT {listed} FROM ({' UNION ALL BY NAME '.join(f'({part})' for part in parts)})"


class CsvReading:
    """One pass over CSV files with fixed columns."""

    def __init__(
        self,
        files: Sequence[File],
        options: FileOptions,
        columns: Sequence[Column],
        declared: Mapping[str, str],
        is_known: bool,
        layouts: Layouts,
    ) -> None:
        self._options = options
        self._declared = declared
        self._columns = columns
        self._types = {column.name: column.type for column in columns}
        self._rejects = Rejects()
        self._collected = False
        self._locked = Locked(path for _, path in files)
        try:
            scratch = self._locked.scratch
            self._groups = group_files(files, options, tuple(declared), scratch, layouts)
            if not is_known:
                self._require_same()
        except BaseException:
            self._locked.close()
            raise

    def _require_same(self) -> None:
        """Raise unless these files have no other columns, and every value is of its fixed type."""
        names = all_names(self._groups)
        for name in names:
            if name not in self._types:
                raise changed(f"a column `{name}` was not there before")
        inferred = {n: self._types[n] for n in names if n not in self._declared}
        with reading(names[0] if names else ""):
            relation = _texts(self._locked, self._groups, names, self._options)
            unfit = find_unfit(self._locked.connection, relation, inferred, self._options)
        if unfit:
            raise changed(f"column `{unfit}` holds values that are not {self._types[unfit]}")

    def stream(self) -> ArrowStream:
        """Return the good rows."""
        connection = self._locked.connection
        parts = []
        with reading(self._groups[0].files[0][0] if self._groups else ""):
            for place, group in enumerate(self._groups):
                if group.is_fast and self._may_round(group):
                    group.is_fast = False
                parts.append(
                    self._fast(place, group) if group.is_fast else self._slow(place, group)
                )
            if not parts:
                parts = [
                    f"SELECT {', '.join(_null(column) for column in self._columns)} WHERE false"
                ]
            return connection.sql(" UNION ALL ".join(parts))

    def _may_round(self, group: Group) -> bool:
        """Say whether an integer column holds a point or an exponent, which the fast reader would round."""
        whole = [n for n in group.names if n in self._declared and is_integer(self._types[n])]
        if not whole:
            return False
        call = group.call(self._options, {}, "ignore_errors = true")
        signs = " OR ".join(
            f"contains({identifier(name)}, '{sign}')" for name in whole for sign in ".eE"
        )
        return bool(
            self._locked.connection.execute(
                f"SELECT 1 FROM {call} WHERE {signs} LIMIT 1"
            ).fetchall()
        )

    def _fast(self, place: int, group: Group) -> str:
        more = (
            f"store_rejects = true, rejects_scan = 'scans_{place}', "
            f"rejects_table = 'errors_{place}', rejects_limit = 0"
        )
        listed = ", ".join(
            identifier(column.name) if column.name in group.names else _null(column)
            for column in self._columns
        )
        return f"SELECT {listed} FROM {group.call(self._options, self._types, more)}"

    def _slow(self, place: int, group: Group) -> str:
        connection = self._locked.connection
        inner = connection.cursor()
        raw = register_rows(inner, group.names, group.rows(self._options, self._rejects))
        present = [column for column in self._columns if column.name in group.names]
        casts = [cast_text(identifier(c.name), c.type, self._options) for c in present]
        reader = checked_rows(inner, raw, present, casts, self._rejects)
        connection.register(f"checked_{place}", reader)
        listed = ", ".join(
            identifier(column.name) if column.name in group.names else _null(column)
            for column in self._columns
        )
        return f"SELECT {listed} FROM checked_{place}"

    def _collect(self) -> None:
        if self._collected:
            return
        self._collected = True
        for place, group in enumerate(self._groups):
            if group.is_fast:
                files = {str(path): (item, path) for item, path in group.files}
                tables = (f"scans_{place}", f"errors_{place}")
                try:
                    collect_rejects(self._locked.connection, tables, files, self._rejects)
                except duckdb.CatalogException:
                    continue

    def rejected(self) -> Sequence[RejectedRow]:
        """Return the first rows that did not parse, in the order of items and lines."""
        self._collect()
        return sorted(self._rejects.rows, key=lambda row: (row.item, row.line))

    def rejected_count(self) -> int:
        """Return how many rows did not parse."""
        self._collect()
        return self._rejects.count

    def close(self) -> None:
        """Close the engine and remove its scratch folder."""
        self._locked.close()


def _null(column: Column) -> str:
    return f"NULL::{column.type} AS {identifier(column.name)}"
