"""Statements that concern the session alone: settings, transactions, cursors. They read no data."""

from meshwright.serve.sql import messages
from meshwright.serve.sql.cursor import Cursor, Values
from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.state import State
from meshwright.serve.sql.statements import Statement

NOTHING_OPEN = "there is no transaction in progress"
IS_OPEN = "there is already a transaction in progress"


def run_command(state: State, statement: Statement) -> tuple[str, bytes]:
    """Do what a statement says; return its tag, and what the client is told besides."""
    runner = _RUNNERS[statement.kind]
    return runner(state, statement)


def show(state: State, statement: Statement) -> Cursor:
    """Return a setting as rows."""
    if statement.name == "all":
        rows = [(name, value, "") for name, value in state.settings]
        return Cursor(Values(("name", "setting", "description"), rows))
    return Cursor(Values((statement.name,), [(state.settings.get(statement.name),)]))


def _told(changes: list[tuple[str, str]]) -> bytes:
    return b"".join(messages.parameter_status(name, value) for name, value in changes)


def _set(state: State, statement: Statement) -> tuple[str, bytes]:
    return statement.tag, _told(state.settings.set(statement.name, statement.value))


def _reset(state: State, statement: Statement) -> tuple[str, bytes]:
    return statement.tag, _told(state.settings.reset(statement.name))


def _begin(state: State, statement: Statement) -> tuple[str, bytes]:
    told = b"" if state.status == messages.IDLE else messages.notice("25001", IS_OPEN)
    state.status = messages.IN_TRANSACTION
    return statement.tag, told


def _end(state: State, statement: Statement) -> tuple[str, bytes]:
    told = messages.notice("25P01", NOTHING_OPEN) if state.status == messages.IDLE else b""
    tag = "ROLLBACK" if state.status == messages.FAILED else statement.tag
    state.status = messages.IDLE
    state.close_portals(held=False)
    return tag, told


def _savepoint(state: State, statement: Statement) -> tuple[str, bytes]:
    if state.status == messages.IDLE:
        raise WireError("25P01", f"{statement.tag} can only be used in transaction blocks")
    if statement.name == "rollback":
        state.status = messages.IN_TRANSACTION
    elif state.status == messages.FAILED:
        raise WireError("25P02", "current transaction is aborted")
    return statement.tag, b""


def _deallocate(state: State, statement: Statement) -> tuple[str, bytes]:
    if statement.name == "*":
        state.forget_all()
        state.close_portals()
        return statement.tag, _told(state.settings.reset())
    if not statement.name:
        state.forget_all()
    else:
        state.find(statement.name)
        state.forget(statement.name)
    return statement.tag, b""


def _close(state: State, statement: Statement) -> tuple[str, bytes]:
    if statement.name:
        state.portal(statement.name)
        state.close_portal(statement.name)
    else:
        state.close_portals()
    return statement.tag, b""


def _command(_state: State, statement: Statement) -> tuple[str, bytes]:
    return statement.tag, b""


_RUNNERS = {
    "set": _set,
    "reset": _reset,
    "begin": _begin,
    "commit": _end,
    "rollback": _end,
    "savepoint": _savepoint,
    "deallocate": _deallocate,
    "close": _close,
    "command": _command,
}
