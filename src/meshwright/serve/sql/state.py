"""What a session holds between messages: settings, transaction, prepared statements, portals."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from meshwright.serve.sql import messages
from meshwright.serve.sql.cursor import Cursor
from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.settings import Settings
from meshwright.serve.sql.statements import Statement
from meshwright.serve.sql.workers import Work

_MOST_PREPARED = 2000
_MOST_PORTALS = 200
_MOST_TEXT = 16 << 20


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared statement: its parameters' types, 0 where none is said."""

    sql: str
    statement: Statement
    oids: tuple[int, ...] = ()


@dataclass(slots=True)
class Portal:
    """A statement with its values; its cursor is opened when it is first described or executed."""

    prepared: Prepared
    values: Sequence[object] = ()
    formats: Sequence[int] = ()
    cursor: Cursor | None = None
    is_held: bool = False  # outlives its transaction
    tag: str = ""  # of what was executed already


@dataclass(slots=True)
class State:
    """The session's own; bounded, whatever a client sends."""

    settings: Settings
    work: Work
    status: bytes = messages.IDLE
    prepared: dict[str, Prepared] = field(default_factory=dict)
    portals: dict[str, Portal] = field(default_factory=dict)
    _text: int = 0

    def keep(self, name: str, prepared: Prepared) -> None:
        """Keep a prepared statement; raise `WireError` where the name is taken or there are too many."""
        if name and name in self.prepared:
            raise WireError("42P05", f'prepared statement "{name}" already exists')
        self.forget(name)
        if len(self.prepared) >= _MOST_PREPARED or self._text + len(prepared.sql) > _MOST_TEXT:
            raise WireError("53400", "the session holds too many prepared statements")
        self._text += len(prepared.sql)
        self.prepared[name] = prepared

    def find(self, name: str) -> Prepared:
        """Return a prepared statement; raise `WireError` (26000)."""
        if name not in self.prepared:
            raise WireError("26000", f'prepared statement "{name}" does not exist')
        return self.prepared[name]

    def forget(self, name: str) -> None:
        """Drop a prepared statement, where there is one."""
        found = self.prepared.pop(name, None)
        if found is not None:
            self._text -= len(found.sql)

    def forget_all(self) -> None:
        """Drop every prepared statement."""
        self.prepared.clear()
        self._text = 0

    def bind(self, name: str, portal: Portal) -> None:
        """Keep a portal; raise `WireError` where the name is taken or there are too many."""
        if name and name in self.portals:
            raise WireError("42P03", f'cursor "{name}" already exists')
        self.close_portal(name)
        if len(self.portals) >= _MOST_PORTALS:
            raise WireError("53400", "the session holds too many open portals")
        self.portals[name] = portal

    def portal(self, name: str) -> Portal:
        """Return a portal; raise `WireError` (34000)."""
        if name not in self.portals:
            raise WireError("34000", f'portal "{name}" does not exist')
        return self.portals[name]

    def close_portal(self, name: str, error: str = "") -> None:
        """Close a portal, where there is one."""
        found = self.portals.pop(name, None)
        if found is not None and found.cursor is not None:
            self.work.close(found.cursor, error)

    def close_portals(self, *, held: bool = True) -> None:
        """Close every portal, or all but those that outlive the transaction."""
        for name in [n for n, portal in self.portals.items() if held or not portal.is_held]:
            self.close_portal(name)

    def fail(self) -> None:
        """Take note of an error: an open transaction is void, an implicit one is over."""
        if self.status != messages.IDLE:
            self.status = messages.FAILED
        self.close_portals(held=False)

    def require_alive(self, statement: Statement) -> None:
        """Raise `WireError` (25P02) in a void transaction for all but its end."""
        if self.status == messages.FAILED and statement.kind not in (
            "commit",
            "rollback",
            "savepoint",
        ):
            raise WireError(
                "25P02",
                "current transaction is aborted, commands ignored until end of transaction block",
            )
