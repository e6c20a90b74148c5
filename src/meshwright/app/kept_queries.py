"""The texts of queries, kept for a while beside the ledger so that `mesh impact` can say which would break.

What must stay true: no value that a query names is kept. The ledger has the digest of a text only; a text may
be deleted at any time, and losing it costs an answer, never a fact.
"""

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from meshwright.app.wiring import Wiring

FOLDER, SWEPT = "queries", ".swept"
DAY = 24 * 60 * 60.0
_NAMED = r'"(?:[^"]|"")*"'
_VALUE = (
    r"(?P<string>(?<!\w)[eE]'(?:[^'\\]|''|\\.)*'|(?:(?<!\w)[xXbB])?'(?:[^']|'')*')"
    r"|(?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"
    r"|(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<number>(?<![\w.])(?:0[xX]\w+|\d[\d_]{2,}(?:\.\d*)?(?:[eE][+-]?\d+)?(?!\w))|(?<![\w.])\d{1,2}\.\d+(?!\w))"
)
_PLAIN_NAME = re.compile(
    r'"[^@]*(@\d+)?"'
)  # an address of mail names no column; a version may end a port
_TOKEN = re.compile(f"(?P<named>{_NAMED})|{_VALUE}", re.DOTALL)


def without_values(sql: str) -> str:
    """Return a query without values: texts are "?", longer numbers 0, no comment, no address of mail."""
    return _TOKEN.sub(_without, sql)


def _without(found: "re.Match[str]") -> str:
    if found["named"]:
        return found[0] if _PLAIN_NAME.fullmatch(found[0]) else '"?"'
    if found["comment"]:
        return " "
    return "0" if found["number"] else "'?'"


def keep(wiring: Wiring, sql: str, digest: str) -> None:
    """Keep the text of a query that was answered; what cannot be written is not kept."""
    if not wiring.mesh.keep_queries:
        return
    folder = wiring.mesh.state / FOLDER
    path = folder / f"{digest}.sql"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileExistsError):
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as out:
                out.write(without_values(sql))
        os.utime(path)
    sweep(wiring)


def find_text(wiring: Wiring, digest: str) -> str | None:
    """Return a query as it was kept; None where it was not, or no longer is."""
    try:
        return (wiring.mesh.state / FOLDER / f"{digest}.sql").read_text(encoding="utf-8")
    except OSError:
        return None


def sweep(wiring: Wiring, *, now: float | None = None) -> None:
    """Remove texts that nobody asked for as long as mesh.yaml says; once a day is often enough."""
    folder = wiring.mesh.state / FOLDER
    moment = time.time() if now is None else now
    marker = folder / SWEPT
    with suppress(OSError):
        if marker.exists() and moment - marker.stat().st_mtime < DAY:
            return
        for path in folder.glob("*.sql"):
            _remove_old(path, moment - wiring.mesh.keep_queries * DAY)
        marker.touch(mode=0o600)
        os.utime(marker, (moment, moment))


def _remove_old(path: Path, before: float) -> None:
    if path.stat().st_mtime < before:
        path.unlink(missing_ok=True)
