"""Editions of a port's files in which keyed masks are computed already.

A keyed hash in a view is computed for every row that a query sorts by it; in a file it is computed once. Made
in this process: the text is our own, and nobody else's SQL has a part in it.
"""

from pathlib import Path

from meshwright.adapters.duckdb.session import DuckDBSession
from meshwright.adapters.duckdb.views import masking
from meshwright.model.access import KEYED
from meshwright.spi.engine import Reach
from meshwright.spi.query_pool import View


def make_masked(view: View, folder: Path) -> tuple[Path, ...]:
    """Write the view's rows, its keyed masks computed, one file for each of its own; none is replaced."""
    session = DuckDBSession(Reach(read=view.files, write=(folder,)))
    try:
        return tuple(_make(session, view, file, folder / file.name) for file in view.files)
    finally:
        session.close()


def _make(session: DuckDBSession, view: View, file: Path, target: Path) -> Path:
    if not target.exists():
        session.scan("rows", [file])
        session.stage(masking(view, "rows", KEYED), target)
    return target
