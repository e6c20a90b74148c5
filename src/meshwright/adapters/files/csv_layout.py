"""Sort text files into groups that one call of a reader can read: same columns, delimiter and line ends."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from meshwright.adapters.files.headers import (
    Layout,
    copy_as_utf8,
    find_layout,
    is_read_in_place,
    open_text,
    read_csv,
    require_text,
)
from meshwright.adapters.files.locked import file_list, identifier, text
from meshwright.adapters.files.options import FileOptions
from meshwright.adapters.files.rejects import Rejects
from meshwright.adapters.files.text_rows import TextRow
from meshwright.errors import DataError

File = tuple[str, Path]
Layouts = dict[Path, Layout | None]


@dataclass(slots=True)
class Group:
    """Files of one layout. `files` are (item, path to read)."""

    names: tuple[str, ...]
    delimiter: str
    line_end: str
    is_fast: bool
    files: list[File] = field(default_factory=list)

    def call(self, options: FileOptions, types: Mapping[str, str], more: str) -> str:
        """Return the call of DuckDB's reader that reads this group with these types."""
        kinds = ", ".join(
            f"{text(name)}: {text(types.get(name, 'VARCHAR'))}" for name in self.names
        )
        nulls = ", ".join(text(value) for value in options.null)
        formats = (("dateformat", options.dateformat), ("timestampformat", options.timestampformat))
        dated = "".join(f", {name} = {text(value)}" for name, value in formats if value)
        return (
            f"read_csv({file_list(path for _, path in self.files)}, auto_detect = false, "
            f"columns = {{{kinds}}}, header = {str(options.header).lower()}, "
            f"delim = {text(self.delimiter)}, quote = {text(options.quote)}, "
            f"escape = {text(options.escape)}, nullstr = [{nulls}], skip = {options.skip}, "
            f"decimal_separator = {text(options.decimal)}{dated}, {more})"
        )

    def rows(self, options: FileOptions, rejects: Rejects) -> Iterator[TextRow]:
        """Read the group in Python: slower, forgiving of mixed line ends, exact about lines."""
        nulls = frozenset(options.null)
        for item, path in self.files:
            with open_text(path, "utf-8", errors="surrogateescape") as lines:
                for _ in range(options.skip):
                    next(lines, "")
                yield from self._records(item, lines, options, nulls, rejects)

    def _records(
        self,
        item: str,
        lines: Iterator[str],
        options: FileOptions,
        nulls: frozenset[str],
        rejects: Rejects,
    ) -> Iterator[TextRow]:
        counted = _Counted(lines, options.skip)
        records = read_csv(counted, options, self.delimiter)
        is_header = options.header
        while True:
            start = counted.line + 1
            try:
                record = next(records, None)
            except csv.Error as error:
                rejects.add(item, start, "", str(error), "", counted.line - start + 1)
                continue
            if record is None:
                return
            if len(record) == len(self.names) + 1 and not record[-1]:
                record.pop()  # a delimiter at the end of the line, as the fast reader allows
            if is_header and record:
                is_header = False
            elif record and (wrong := self._wrong(record)):
                rejects.add(item, start, "", wrong, self.delimiter.join(record))
            elif record:
                yield item, start, None, [None if value in nulls else value for value in record]

    def _wrong(self, record: Sequence[str]) -> str:
        if len(record) != len(self.names):
            return f"expected {len(self.names)} columns, found {len(record)}"
        if not all(value.isascii() or _is_clean(value) for value in record):
            return "invalid unicode"
        return ""


class _Counted:
    """Lines, counted as they are taken."""

    def __init__(self, lines: Iterator[str], line: int) -> None:
        self._lines = lines
        self.line = line

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> str:
        text = next(self._lines)
        self.line += 1
        return text


def _is_clean(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def group_files(
    files: Sequence[File],
    options: FileOptions,
    declared: Sequence[str],
    scratch: Path,
    layouts: Layouts,
) -> list[Group]:
    """Return the groups of all files that hold a record; files are copied as UTF-8 where they must be.

    `layouts` remembers those of files that are read where they are.
    """
    groups: dict[object, Group] = {}
    as_utf8 = replace(options, encoding="utf-8")
    for item, path in files:
        if not is_read_in_place(path, options):
            path = copy_as_utf8(path, options.encoding, scratch)
        if path not in layouts:
            require_text(path, item, as_utf8)
            layouts[path] = find_layout(path, as_utf8)
        layout = layouts[path]
        if layout is None:
            continue
        names = _names(item, layout, options, declared)
        key = (names, layout.delimiter, layout.line_end, layout.is_regular)
        group = groups.setdefault(
            key, Group(names, layout.delimiter, layout.line_end, layout.is_regular)
        )
        group.files.append((item, path))
    return list(groups.values())


def _names(
    item: str, layout: Layout, options: FileOptions, declared: Sequence[str]
) -> tuple[str, ...]:
    if not options.header:
        if declared and len(declared) == len(layout.fields):
            return tuple(declared)
        return tuple(f"column{place}" for place in range(len(layout.fields)))
    names = tuple(name.strip() or f"column{place}" for place, name in enumerate(layout.fields))
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise DataError(
                "source-header-duplicate",
                f"`{item}` has two columns named `{name}`",
                hint="rename one of them, or declare `header: false` and `columns`",
            )
        seen.add(name.lower())
    return names


def all_names(groups: Sequence[Group]) -> list[str]:
    """Return every column of every group, in order of first appearance."""
    found: dict[str, str] = {}
    for group in groups:
        for name in group.names:
            found.setdefault(name, identifier(name))
    return list(found)
