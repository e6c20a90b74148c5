"""How the trail looks: lines for people, and formats for programs, written as they come."""

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import fields
from itertools import chain

from meshwright.app.trail.line import TrailLine
from meshwright.cli import console, tables

NAMES = tuple(field.name for field in fields(TrailLine))


def write(lines: Iterable[TrailLine], form: str) -> None:
    """Write the trail in a format."""
    if form == "table":
        _table(lines)
    elif form == "csv":
        _csv(lines)
    elif form == "ndjson":
        for line in lines:
            sys.stdout.write(json.dumps(line.shape, ensure_ascii=False) + "\n")
    else:
        _json(lines)
    sys.stdout.flush()


def _json(lines: Iterable[TrailLine]) -> None:
    """Write one document, a line of the trail in a line: it may be as long as the ledger."""
    sys.stdout.write('{"trail": [')
    between = ""
    for line in lines:
        sys.stdout.write(f"{between}\n  {json.dumps(line.shape, ensure_ascii=False)}")
        between = ","
    sys.stdout.write("\n]}\n" if between else "]}\n")


def _csv(lines: Iterable[TrailLine]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(NAMES)
    for line in lines:
        writer.writerow([_cell(value) for value in line.shape.values()])


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, tuple | list):
        value = " ".join(map(str, value))
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value


def _table(lines: Iterable[TrailLine]) -> None:
    found = iter(lines)
    first = next(found, None)
    if first is None:
        console.put("nothing in the trail")
        return
    rows = [
        (line.at[:19].replace("T", " "), line.principal, line.kind, sentence(line))
        for line in chain([first], found)
    ]
    tables.out().print(tables.table(("when (UTC)", "who", "", "what"), rows))


def sentence(line: TrailLine) -> str:
    """Say in a sentence what a line tells."""
    what = ", ".join(line.addresses)
    purpose = f' for "{line.purpose}"' if line.purpose else ""
    by = f", by {line.by}" if line.by else ""
    behind = f", on behalf of {line.on_behalf_of}" if line.on_behalf_of else ""
    if line.kind == "query":
        return f"{_query(line, what)}{purpose}{behind}"
    words = " ".join(filter(None, (_verb(line), line.id, what)))
    note = f": {line.note}" if line.note else ""
    error = f": {line.error}" if line.error else ""
    return f"{words}{purpose}{by}{behind}{note}{error}"


def _query(line: TrailLine, what: str) -> str:
    if line.error:
        return f"refused: {line.error} {what}".rstrip() + _decided(line)
    rows = f"{line.rows:,} rows" if line.rows is not None else "rows not counted"
    shown = [f"{name.rpartition('.')[2]} raw" for name in line.raw]
    shown += [f"{name.rpartition('.')[2]} masked" for name in line.masked]
    columns = f", {', '.join(shown)}" if shown else ""
    return f"read {what or 'no port'}: {rows} in {line.seconds or 0:.3f} s{columns}{_decided(line)}"


def _decided(line: TrailLine) -> str:
    return f" [{', '.join(line.policies)}]" if line.policies else ""


def _verb(line: TrailLine) -> str:
    return _VERBS.get(line.fact, line.kind)


_VERBS = {
    "AccessRequested": "asked",
    "RequestEscalated": "waits",
    "RequestApproved": "approved",
    "RequestRefused": "refused",
    "AccessGranted": "granted",
    "AccessRenewed": "renewed",
    "AccessRevoked": "revoked",
    "AccessReviewed": "reviewed, kept",
    "SignInRefused": "could not sign in",
    "ActedAs": "acted as",
    "ColumnDeclassified": "declassified",
}
