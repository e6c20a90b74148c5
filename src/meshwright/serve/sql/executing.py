"""Run one statement and send what it gives: rows, a copy, or a tag. Both protocols end here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from meshwright.serve.sql import commands, messages
from meshwright.serve.sql.channel import Channel
from meshwright.serve.sql.client import Client
from meshwright.serve.sql.copying import CopyFormat
from meshwright.serve.sql.cursor import Cursor
from meshwright.serve.sql.door import Door
from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.state import Portal, Prepared, State
from meshwright.serve.sql.statements import (
    ALL,
    COPY,
    DECLARE,
    EMPTY,
    FETCH,
    QUERY,
    SHOW,
    Statement,
)  # fmt: skip

_END = (b"", -1)


@dataclass(slots=True)
class Executor:
    """Runs the statements of one session."""

    channel: Channel
    client: Client
    door: Door
    state: State

    async def open(
        self, statement: Statement, values: Sequence[object] = (), formats: Sequence[int] = ()
    ) -> Cursor | None:
        """Return the rows of a statement, at their beginning; None where it gives none."""
        if statement.kind == SHOW:
            cursor = commands.show(self.state, statement)
            return Cursor(cursor.rows, formats)
        if statement.kind in (QUERY, COPY):
            return await self.state.work.do(self._ask, statement.sql, values, formats)
        return None

    def _ask(self, sql: str, values: Sequence[object], formats: Sequence[int]) -> Cursor:
        return self.door.open(self.client.asker(), sql, self.state.settings, values, formats)

    async def prove_again(self) -> None:
        """Raise `WireError` where the token holds no longer: an open cursor gives no more rows."""
        await self.state.work.do(self.client.asker)

    async def run(self, statement: Statement) -> None:
        """Run a statement of the simple protocol: rows come with their description."""
        self.state.require_alive(statement)
        if statement.kind in (QUERY, SHOW, COPY):
            cursor = await self.open(statement)
            assert cursor is not None
            await self._send_all(statement, cursor, describe=True)
        elif statement.kind == FETCH:
            await self.fetch(statement, describe=True)
        else:
            await self.command(statement)

    async def command(self, statement: Statement) -> None:
        """Run a statement that gives no rows."""
        if statement.kind == EMPTY:
            self.channel.write(messages.EMPTY)
        elif statement.kind == DECLARE:
            await self._declare(statement)
        else:
            tag, told = commands.run_command(self.state, statement)
            self.channel.write(told + messages.complete(tag))

    async def _declare(self, statement: Statement) -> None:
        is_held = "hold" in statement.options
        if self.state.status == messages.IDLE and not is_held:
            raise WireError("25P01", "DECLARE CURSOR can only be used in transaction blocks")
        query = Statement(QUERY, statement.sql)
        portal = Portal(
            Prepared(statement.sql, query),
            formats=(1,) if "binary" in statement.options else (),
            is_held=is_held,
        )
        self.state.bind(statement.name, portal)
        try:
            portal.cursor = await self.open(query, formats=portal.formats)
        except Exception:
            self.state.close_portal(statement.name)
            raise
        self.channel.write(messages.complete(statement.tag))

    async def fetch(
        self, statement: Statement, *, describe: bool, formats: Sequence[int] | None = None
    ) -> None:
        """Send rows of a declared cursor."""
        cursor = self.state.portal(statement.name).cursor
        if cursor is None:
            raise WireError("34000", f'cursor "{statement.name}" is not open')
        await self.prove_again()
        if formats:
            cursor.use(formats)
        limit = 0 if statement.count == ALL else statement.count
        if statement.tag == "MOVE":
            count = await self.state.work.do(cursor.skip, limit) if statement.count else 0
        else:
            if describe:
                self.channel.write(messages.row_description(cursor.fields))
            count = await self.send(cursor.messages(limit), cursor) if statement.count else 0
        self.channel.write(messages.complete(f"{statement.tag} {count}"))

    async def _send_all(self, statement: Statement, cursor: Cursor, *, describe: bool) -> None:
        try:
            if statement.kind == COPY:
                await self.copy(statement, cursor)
                return
            if describe:
                self.channel.write(messages.row_description(cursor.fields))
            count = await self.send(cursor.messages(), cursor)
        except BaseException as error:
            self.state.work.close(cursor, getattr(error, "code", "") or type(error).__name__)
            raise
        tag = "SHOW" if statement.kind == SHOW else f"SELECT {count}"
        self.channel.write(messages.complete(tag))

    async def copy(self, statement: Statement, cursor: Cursor) -> None:
        """Send every row as COPY does."""
        form = CopyFormat.of(statement.options)
        cursor.use((1,) if form.is_binary else ())
        self.channel.write(messages.copy_out(len(cursor.fields), form.is_binary))
        parts = form.framed(cursor.messages(0, form.rows), cursor.fields)
        count = await self.send(parts, cursor)
        self.channel.write(messages.COPIED + messages.complete(f"COPY {count}"))

    async def send(self, parts: Iterator[tuple[bytes | memoryview, int]], cursor: Cursor) -> int:
        """Send messages as they are made, never faster than the client reads; return how many rows."""
        sent, work = 0, self.state.work
        work.cursor = cursor
        try:
            while True:
                data, count = await work.do(next, parts, _END)
                if count < 0:
                    return sent
                self.channel.write(data)
                await self.channel.drain()
                sent += count
        finally:
            work.cursor = None
