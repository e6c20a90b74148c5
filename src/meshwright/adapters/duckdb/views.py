"""A port as one principal sees it: the statement that makes it, and the files that it reads.

What must stay true: a filter sees original values and masks come after it; a mask that cannot be applied
shows NULL. A view that hides something is a secure one: the engine then lets no condition, statistic or error
of a query reach below it. One that hides nothing is a plain view, so that the engine may plan through it;
columns whose masks a query does not touch are NULL in it, so that there is nothing behind it either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meshwright.adapters.duckdb.masks import masked, nothing
from meshwright.adapters.duckdb.naming import identifier, parts_of, path_list, qualified
from meshwright.model.access import Mask
from meshwright.model.table import Column
from meshwright.spi.query_pool import View

Touched = frozenset[str] | None  # lower-cased names of columns; None: any may be


@dataclass(frozen=True, slots=True)
class Definition:
    """`space` is the database and schema that must be there before; `hides`: not every value is shown."""

    name: str
    space: tuple[str, ...]
    sql: str
    paths: tuple[str, ...]
    hides: bool


def define(view: View, touched: Touched) -> Definition:
    """Return what makes a view for a query that touches these columns."""
    parts = parts_of(view.name)
    masks = {name.lower(): mask for name, mask in view.masks.items()}
    files, done = _edition(view)
    shown = [_shown(column, masks, view, touched, done) for column in view.columns]
    to_do = {name for name in masks if touched is None or name in touched} - done
    hides = bool(view.filters or to_do or view.minimum_group)
    rows = _source(view, files)
    where = "\nAND ".join(f"(\n{condition}\n)" for condition in view.filters)
    if where:
        rows = f"(SELECT * FROM {rows} WHERE {where})"
    kind = "SECURE VIEW" if hides else "VIEW"
    sql = f"CREATE OR REPLACE {kind} {qualified(parts)} AS SELECT {', '.join(shown)} FROM {rows}"
    return Definition(view.name, parts[:-1], sql, tuple(str(file) for file in files), hides)


def _edition(view: View) -> tuple[tuple[Path, ...], frozenset[str]]:
    """Return the files to read, and the columns that are masked in them already."""
    ready = frozenset(name.lower() for name in view.masked_columns)
    asks_originals = any(name in filter_.lower() for filter_ in view.filters for name in ready)
    if not view.masked_files or asks_originals:
        return view.files, frozenset()
    return view.masked_files, ready


def _shown(
    column: Column, masks: Mapping[str, Mask], view: View, touched: Touched, done: frozenset[str]
) -> str:
    name = column.name.lower()
    mask = masks.get(name)
    if mask is None or name in done:
        return identifier(column.name)
    untouched = touched is not None and name not in touched
    shown = nothing(column) if untouched else masked(column, mask, view.keys)
    return f"{shown} AS {identifier(column.name)}"


def _source(view: View, files: tuple[Path, ...]) -> str:
    if not files:
        columns = ", ".join(f"{nothing(c)} AS {identifier(c.name)}" for c in view.columns)
        return f"(SELECT {columns} WHERE false)"
    return f"read_parquet({path_list(files)}, union_by_name = true, hive_partitioning = false)"


def masking(view: View, table: str, kinds: frozenset[str]) -> str:
    """Return the SELECT that masks a table's columns of these kinds and leaves the others as they are."""
    masks = {name.lower(): mask for name, mask in view.masks.items() if mask.kind in kinds}
    shown = [_shown(column, masks, view, None, frozenset()) for column in view.columns]
    return f"SELECT {', '.join(shown)} FROM {table}"
