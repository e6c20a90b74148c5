"""The session in which rules are judged: it may reach the files of metadata, and nothing else."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from meshwright.app.policy.metadata import Metadata
from meshwright.app.wiring import Wiring
from meshwright.govern.rules.lived import CLOCK, TABLES
from meshwright.govern.rules.tables import SCHEMA, Table
from meshwright.spi.engine import Engine, Reach, Session

_SECONDS = 60.0
_MEMORY = 2 << 30
_BASE, _NEWER = "stored.base_", "stored.newer_"


@contextmanager
def opened(wiring: Wiring, metadata: Metadata | None, tables: Iterable[str]) -> Iterator["Rows"]:
    """Open a session in which these tables can be given; with no metadata, each is empty."""
    listed = sorted(set(tables) - {CLOCK.name})
    files: dict[str, tuple[Path | None, list[Path], list[str]]] = {}
    if metadata is not None:
        files = {name: metadata.files(name) for name in listed}
    granted = {path for base, newer, _ in files.values() for path in (base, *newer) if path}
    engine = wiring.engine()
    session = engine.open(Reach(read=tuple(sorted(granted)), seconds=_SECONDS, memory=_MEMORY))
    try:
        for name, (base, newer, _) in files.items():
            if base is not None:
                session.scan(f"{_BASE}{name}", [base])
            if newer:
                session.scan(f"{_NEWER}{name}", newer)
        yield Rows(engine, session, listed, files)
    finally:
        session.close()


class Rows:
    """The tables of a session. `show` decides of which domains there are rows."""

    def __init__(
        self,
        engine: Engine,
        session: Session,
        tables: Collection[str],
        files: dict[str, tuple[Path | None, list[Path], list[str]]],
    ) -> None:
        self.session = session
        self._engine = engine
        self._tables = tables
        self._files = files

    def show(
        self,
        today: date,
        domains: Collection[str] | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        """Let tables (`only` these) hold the rows of some domains (None: of all), and the clock a day."""
        self.session.define(f"{SCHEMA}.clock", f"SELECT DATE '{today.isoformat()}' AS today")
        for name in self._tables if only is None else only:
            self.session.define(f"{SCHEMA}.{name}", self._sql(TABLES[name], domains))

    def show_nothing(self) -> None:
        """Let every table be there, and empty."""
        self.show(date(2000, 1, 1))

    def _sql(self, table: Table, domains: Collection[str] | None) -> str:
        base, newer, hidden = self._files.get(table.name, (None, [], []))
        names = ", ".join(f'"{name}"' for name in table.names)
        parts = []
        if base is not None:
            parts.append(f"SELECT {names} FROM {_BASE}{table.name}{self._where(domains, hidden)}")
        if newer:
            parts.append(f"SELECT {names} FROM {_NEWER}{table.name}{self._where(domains, ())}")
        return " UNION ALL ".join(parts) or empty(table)

    def _where(self, domains: Collection[str] | None, hidden: Collection[str]) -> str:
        conditions = []
        if hidden:
            conditions.append(f"domain NOT IN ({self._list(hidden)})")
        if domains is not None:
            conditions.append(f"domain IN ({self._list(domains)})")
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _list(self, values: Collection[str]) -> str:
        return ", ".join(map(self._engine.quote, sorted(values))) or "NULL"


def empty(table: Table) -> str:
    """Return a SELECT of no rows with the columns of a table."""
    columns = ", ".join(f'CAST(NULL AS {c.type}) AS "{c.name}"' for c in table.columns)
    return f"SELECT {columns} WHERE false"
