"""The trail as files: CSV for spreadsheets, NDJSON for programs, written line by line as it is read."""

import csv
import json
from collections.abc import Iterable
from dataclasses import fields
from typing import TextIO

from meshwright.app.trail.line import TrailLine

NAMES = tuple(field.name for field in fields(TrailLine))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(lines: Iterable[TrailLine], out: TextIO) -> None:
    """Write the names of the fields, and a row a line."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(NAMES)
    for line in lines:
        writer.writerow([_cell(value) for value in line.shape.values()])


def write_ndjson(lines: Iterable[TrailLine], out: TextIO) -> None:
    """Write an object a line."""
    for line in lines:
        out.write(json.dumps(line.shape, ensure_ascii=False) + "\n")


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, tuple | list):
        value = " ".join(map(str, value))
    if isinstance(value, str) and value[:1] in _FORMULA:
        return f"'{value}"
    return "" if value is None else value
