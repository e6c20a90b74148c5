"""The extended protocol: Parse, Bind, Describe, Execute, Close. After an error nothing is done until Sync."""

from collections.abc import Sequence

from meshwright.model.postgres import TEXT
from meshwright.serve.sql import messages
from meshwright.serve.sql.executing import Executor
from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.lexing import PARAMETER, split, tokens
from meshwright.serve.sql.messages import Body
from meshwright.serve.sql.parameters import value_of
from meshwright.serve.sql.rows import fields_of
from meshwright.serve.sql.state import Portal, Prepared
from meshwright.serve.sql.statements import COPY, EMPTY, FETCH, QUERY, SHOW, parse_statement

_MOST_PARAMETERS = 32767


class Extended:
    """The messages of the extended protocol, for one session."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._state = executor.state
        self._channel = executor.channel

    async def parse(self, body: Body) -> None:
        """Prepare a statement."""
        name, sql = body.string(), body.string()
        oids = tuple(body.unsigned() for _ in range(body.count()))
        body.end()
        if len(split(sql)) > 1:
            raise WireError("42601", "cannot insert multiple commands into a prepared statement")
        statement = parse_statement(sql)
        self._state.require_alive(statement)
        if statement.kind in (QUERY, COPY):
            wanted = _parameters(statement.sql)
            oids = (oids + (0,) * wanted)[: max(wanted, len(oids))]
            oids = await self._state.work.do(
                self._executor.door.typed, self._executor.client.asker(), statement.sql,
                self._state.settings, oids,
            )  # fmt: skip
        self._state.keep(name, Prepared(sql, statement, oids))
        self._channel.write(messages.PARSED)

    async def bind(self, body: Body) -> None:
        """Give a prepared statement its values."""
        name, source = body.string(), body.string()
        prepared = self._state.find(source)
        formats = [body.short() for _ in range(body.count())]
        values = [_sized(body) for _ in range(body.count())]
        results = [body.short() for _ in range(body.count())]
        body.end()
        _check_formats((*formats, *results))
        if len(values) != len(prepared.oids):
            raise WireError(
                "08P01",
                f"bind message supplies {len(values)} parameters, but prepared statement"
                f' "{source}" requires {len(prepared.oids)}',
            )
        if len(formats) not in (0, 1, len(values)):
            raise WireError("08P01", "bind message has formats for other parameters")
        self._state.require_alive(prepared.statement)
        portal = Portal(prepared, _values(values, formats, prepared.oids), results)
        self._state.bind(name, portal)
        self._channel.write(messages.BOUND)

    async def describe(self, body: Body) -> None:
        """Say what a statement or a portal gives."""
        kind, name = body.take(1), body.string()
        body.end()
        if kind == b"S":
            prepared = self._state.find(name)
            shown = [oid or TEXT.oid for oid in prepared.oids]
            self._channel.write(messages.parameter_description(shown))
            await self._describe(Portal(prepared))
        elif kind == b"P":
            portal = self._state.portal(name)
            if portal.prepared.statement.kind in (QUERY, SHOW) and not portal.tag:
                await self._open(portal)
            await self._describe(portal)
        else:
            raise WireError("08P01", "a Describe message is about a statement or a portal")

    async def _describe(self, portal: Portal) -> None:
        statement = portal.prepared.statement
        if portal.cursor is not None:
            fields = portal.cursor.fields
        elif statement.kind == QUERY:
            executor = self._executor
            columns = await self._state.work.do(
                executor.door.describe, executor.client.asker(), statement.sql,
                self._state.settings, portal.prepared.oids,
            )  # fmt: skip
            fields = fields_of(columns, portal.formats)
        elif statement.kind == SHOW:
            cursor = await self._executor.open(statement, (), portal.formats)
            assert cursor is not None
            fields = cursor.fields
        elif statement.kind == FETCH and statement.name in self._state.portals:
            declared = self._state.portal(statement.name).cursor
            fields = fields_of(declared.rows.columns, portal.formats) if declared else ()
        else:
            fields = ()
        self._channel.write(messages.row_description(fields) if fields else messages.NO_DATA)

    async def execute(self, body: Body) -> None:
        """Send a portal's rows, as many as are asked for, or do what its statement says."""
        name, limit = body.string(), body.integer()
        body.end()
        portal = self._state.portal(name)
        statement = portal.prepared.statement
        self._state.require_alive(statement)
        if statement.kind in (QUERY, SHOW):
            await self._send(portal, max(0, limit))
        elif portal.tag:
            self._channel.write(messages.complete(portal.tag))
        elif statement.kind == COPY:
            await self._open(portal)
            assert portal.cursor is not None
            await self._executor.copy(statement, portal.cursor)
            portal.tag = "COPY 0"
        elif statement.kind == FETCH:
            await self._executor.fetch(statement, describe=False, formats=portal.formats)
        else:
            await self._executor.command(statement)
            portal.tag = statement.tag if statement.kind != EMPTY else ""

    async def _open(self, portal: Portal) -> None:
        if portal.cursor is None:
            portal.cursor = await self._executor.open(
                portal.prepared.statement, portal.values, portal.formats
            )

    async def _send(self, portal: Portal, limit: int) -> None:
        if portal.cursor is not None:
            await self._executor.prove_again()
        await self._open(portal)
        cursor = portal.cursor
        assert cursor is not None
        count = await self._executor.send(cursor.messages(limit), cursor)
        if limit and not cursor.is_done:
            self._channel.write(messages.SUSPENDED)
            return
        portal.tag = "SHOW" if portal.prepared.statement.kind == SHOW else f"SELECT {count}"
        self._channel.write(messages.complete(portal.tag))

    async def close(self, body: Body) -> None:
        """Drop a statement or a portal; it is no error where there is none."""
        kind, name = body.take(1), body.string()
        body.end()
        if kind == b"S":
            self._state.forget(name)
        elif kind == b"P":
            self._state.close_portal(name)
        else:
            raise WireError("08P01", "a Close message is about a statement or a portal")
        self._channel.write(messages.CLOSED)


def _parameters(sql: str) -> int:
    """Return how many parameters a text wants: the highest number that it names."""
    found = [
        int(token.text[1:])
        for token in tokens(sql)
        if token.kind == PARAMETER and len(token.text) < 7
    ]
    most = max(found, default=0)
    if most > _MOST_PARAMETERS:
        raise WireError("08P01", f"there is no parameter ${most}")
    return most


def _sized(body: Body) -> bytes | None:
    length = body.integer()
    return None if length == -1 else body.take(length)


def _check_formats(formats: Sequence[int]) -> None:
    for code in formats:
        if code not in (0, 1):
            raise WireError("08P01", f"the format {code} is neither text nor binary")


def _values(
    values: Sequence[bytes | None], formats: Sequence[int], oids: Sequence[int]
) -> list[object]:
    found = []
    for index, (data, oid) in enumerate(zip(values, oids, strict=True)):
        form = formats[0] if len(formats) == 1 else formats[index] if formats else 0
        found.append(value_of(data, oid, bool(form)))
    return found
