"""The Flight SQL server.

What must stay true: a ticket is a question, never an answer: whoever holds it asks as themselves, when they
fetch the rows; every row comes by the governed query; nothing is written, whatever is sent.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

import pyarrow
from pyarrow import flight

from meshwright.app.arrow_types import arrow_schema
from meshwright.app.governed.answer import Answer
from meshwright.app.governed.ask import ask, describe
from meshwright.app.governed.visible import visible_ports
from meshwright.app.wiring import Wiring
from meshwright.errors import UnreachableError
from meshwright.model.principal import Asker
from meshwright.serve.flight import catalog, messages
from meshwright.serve.flight.faults import flight_error
from meshwright.serve.flight.information import SCHEMA as INFORMATION
from meshwright.serve.flight.information import information
from meshwright.serve.flight.signing_in import KEY, Callers, NoHandshake
from meshwright.serve.flight.statements import Statements
from meshwright.serve.proving import Proving
from meshwright.serve.running import RunningQueries

F = TypeVar("F", bound=Callable[..., Any])
MOST_OF_SQL = 1024 * 1024
CANCELLED, NOT_CANCELLABLE = 1, 3
_SCHEMAS = {
    "CommandGetTables": catalog.TABLES,
    "CommandGetCatalogs": catalog.CATALOGS,
    "CommandGetDbSchemas": catalog.SCHEMAS,
    "CommandGetTableTypes": catalog.TABLE_TYPES,
    "CommandGetPrimaryKeys": catalog.KEYS,
    "CommandGetExportedKeys": catalog.FOREIGN_KEYS,
    "CommandGetImportedKeys": catalog.FOREIGN_KEYS,
    "CommandGetCrossReference": catalog.FOREIGN_KEYS,
    "CommandGetSqlInfo": INFORMATION,
}


def _answered(method: F) -> F:
    """Turn our errors into Flight's."""

    @wraps(method)
    def wrapper(self: "FlightSqlService", *arguments: Any) -> Any:
        try:
            return method(self, *arguments)
        except Exception as error:
            raise flight_error(error, self.wiring.root) from None

    return wrapper  # type: ignore[return-value]


class FlightSqlService(flight.FlightServerBase):  # type: ignore[misc]
    """Answers the calls of Flight SQL that read; every other is not implemented."""

    def __init__(
        self,
        wiring: Wiring,
        proving: Proving,
        running: RunningQueries,
        location: str,
        certificates: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        self.wiring = wiring
        self._running = running
        self._statements = Statements()
        self._lock = Lock()
        self._fetched: dict[tuple[str, bytes], Answer] = {}
        super().__init__(
            location,
            auth_handler=NoHandshake(),
            middleware={KEY: Callers(proving)},
            tls_certificates=list(certificates) or None,
        )

    @_answered
    def get_flight_info(
        self, context: flight.ServerCallContext, descriptor: flight.FlightDescriptor
    ) -> flight.FlightInfo:
        """Say how to fetch what is asked."""
        name, command = messages.unpack(descriptor.command or b"")
        if name == "CommandStatementQuery":
            _asker(context)
            return _info(None, descriptor, _ticket(_short_enough(command.query)))
        if name == "CommandPreparedStatementQuery":
            who = _asker(context).principal.name
            self._statements.find(who, command.prepared_statement_handle)
            return _info(None, descriptor, descriptor.command)
        if command is None or name not in _SCHEMAS:
            raise _not_implemented(name)
        return _info(_schema_of(name, command), descriptor, descriptor.command)

    @_answered
    def get_schema(
        self, context: flight.ServerCallContext, descriptor: flight.FlightDescriptor
    ) -> flight.SchemaResult:
        """Return the columns of what is asked; nothing is read."""
        name, command = messages.unpack(descriptor.command or b"")
        if name == "CommandStatementQuery":
            columns, _ = describe(self.wiring, _asker(context), _short_enough(command.query))
            return flight.SchemaResult(arrow_schema(columns))
        if command is None or name not in _SCHEMAS:
            raise _not_implemented(name)
        return flight.SchemaResult(_schema_of(name, command))

    @_answered
    def do_get(
        self, context: flight.ServerCallContext, ticket: flight.Ticket
    ) -> flight.FlightDataStream:
        """Return rows."""
        name, command = messages.unpack(ticket.ticket)
        asker = _asker(context)
        if name == "TicketStatementQuery":
            sql = str(json.loads(command.statement_handle)["sql"])
            return self._stream(asker, ticket.ticket, sql, ())
        if name == "CommandPreparedStatementQuery":
            held = self._statements.find(asker.principal.name, command.prepared_statement_handle)
            return self._stream(asker, ticket.ticket, held.sql, held.parameters)
        return flight.RecordBatchStream(self._metadata(asker, name, command))

    @_answered
    def do_put(
        self,
        context: flight.ServerCallContext,
        descriptor: flight.FlightDescriptor,
        reader: flight.MetadataRecordBatchReader,
        writer: flight.FlightMetadataWriter,
    ) -> None:
        """Take the values of a prepared statement's parameters: one row."""
        name, command = messages.unpack(descriptor.command or b"")
        if name != "CommandPreparedStatementQuery":
            raise _not_implemented(name)
        who = _asker(context).principal.name
        held = self._statements.find(who, command.prepared_statement_handle)
        rows = reader.read_all()
        if rows.num_rows != 1:
            raise ValueError(f"one row of parameters is taken at a time, not {rows.num_rows}")
        held.parameters = tuple(column[0].as_py() for column in rows.columns)
        made = messages.make(
            "DoPutPreparedStatementResult",
            prepared_statement_handle=command.prepared_statement_handle,
        )
        writer.write(pyarrow.py_buffer(made.SerializeToString()))

    @_answered
    def do_action(self, context: flight.ServerCallContext, action: flight.Action) -> list[bytes]:
        """Prepare and close statements, and cancel queries."""
        who = _asker(context)
        body = action.body.to_pybytes() if action.body is not None else b""
        if action.type == "CancelFlightInfo":
            info = messages.parse("CancelFlightInfoRequest", body).info
            status = self._cancel(who, info)
            made = messages.make("CancelFlightInfoResult", status=status)
            return [made.SerializeToString()]
        name, request = messages.unpack(body)
        if request is None:
            raise _not_implemented(name or action.type)
        if action.type == "CreatePreparedStatement":
            return [self._prepare(who, _short_enough(request.query))]
        if action.type == "ClosePreparedStatement":
            self._statements.close(who.principal.name, request.prepared_statement_handle)
            return []
        if action.type == "CancelQuery":
            status = self._cancel(who, request.info)
            return [messages.packed(messages.make("ActionCancelQueryResult", result=status))]
        raise _not_implemented(action.type)

    def list_actions(self, context: flight.ServerCallContext) -> list[tuple[str, str]]:  # noqa: ARG002
        """Say which actions there are."""
        return [
            ("CreatePreparedStatement", "Prepare a query."),
            ("ClosePreparedStatement", "Forget a prepared query."),
            ("CancelQuery", "Stop a query."),
            ("CancelFlightInfo", "Stop a query."),
        ]

    def _stream(
        self, asker: Asker, ticket: bytes, sql: str, parameters: Sequence[object]
    ) -> flight.FlightDataStream:
        answer = ask(self.wiring, asker, sql, parameters=parameters)
        self._running.begin(answer)
        key = (asker.principal.name, ticket)
        with self._lock:
            self._fetched[key] = answer
        try:
            reader = pyarrow.RecordBatchReader.from_stream(answer)
        except BaseException:
            self._end(key, answer, "internal")
            raise
        return flight.GeneratorStream(reader.schema, self._batches(key, answer, reader))

    def _batches(
        self, key: tuple[str, bytes], answer: Answer, reader: pyarrow.RecordBatchReader
    ) -> Iterator[pyarrow.RecordBatch]:
        ended = "client-gone"
        try:
            yield from reader
            ended = ""
        except GeneratorExit:
            answer.cancel()
            raise
        except Exception as error:
            ended = getattr(error, "code", "internal")
            raise flight_error(error, self.wiring.root) from None
        finally:
            self._end(key, answer, ended)

    def _end(self, key: tuple[str, bytes], answer: Answer, error: str) -> None:
        with self._lock:
            if self._fetched.get(key) is answer:
                del self._fetched[key]
        self._running.end(answer, error)

    def _cancel(self, who: Asker, info: bytes) -> int:
        """Stop what was fetched by the tickets of an info, by the same caller."""
        try:
            tickets = [one.ticket.ticket for one in flight.FlightInfo.deserialize(info).endpoints]
        except (pyarrow.ArrowException, OSError) as error:
            raise ValueError("this is no FlightInfo") from error
        with self._lock:
            found = [self._fetched.get((who.principal.name, one)) for one in tickets]
        for answer in found:
            if answer is not None:
                answer.cancel()
        return CANCELLED if any(found) else NOT_CANCELLABLE

    def _prepare(self, who: Asker, sql: str) -> bytes:
        columns, wanted = describe(self.wiring, who, sql)
        parameters = [pyarrow.field(f"parameter_{n}", pyarrow.null()) for n in range(1, wanted + 1)]
        return messages.packed(
            messages.make(
                "ActionCreatePreparedStatementResult",
                prepared_statement_handle=self._statements.add(who.principal.name, sql),
                dataset_schema=arrow_schema(columns).serialize().to_pybytes(),
                parameter_schema=pyarrow.schema(parameters).serialize().to_pybytes(),
            )
        )

    def _metadata(self, asker: Asker, name: str, command: Any) -> pyarrow.Table:
        if command is None or name not in _SCHEMAS:
            raise _not_implemented(name)
        if name == "CommandGetSqlInfo":
            return information(command.info)
        if name == "CommandGetTableTypes":
            return catalog.table_types()
        ports = visible_ports(self.wiring, asker)
        if name == "CommandGetCatalogs":
            return catalog.catalogs(ports)
        if name == "CommandGetDbSchemas":
            pattern = messages.said(command, "db_schema_filter_pattern")
            return catalog.schemas(ports, messages.said(command, "catalog"), pattern)
        if name == "CommandGetPrimaryKeys":
            where = (messages.said(command, "catalog"), messages.said(command, "db_schema"))
            return catalog.keys(ports, *where, command.table)
        if name != "CommandGetTables":
            return catalog.no_foreign_keys()
        return catalog.tables(
            ports,
            messages.said(command, "catalog"),
            messages.said(command, "db_schema_filter_pattern"),
            messages.said(command, "table_name_filter_pattern"),
            list(command.table_types),
            with_schema=command.include_schema,
        )


def _schema_of(name: str, command: Any) -> pyarrow.Schema:
    if name == "CommandGetTables" and command.include_schema:
        return catalog.TABLES_WITH_SCHEMA
    return _SCHEMAS[name]


def _asker(context: flight.ServerCallContext) -> Asker:
    asker: Asker = context.get_middleware(KEY).asker()
    return asker


def _ticket(sql: str) -> bytes:
    handle = json.dumps({"id": secrets.token_hex(8), "sql": sql}).encode()
    return messages.packed(messages.make("TicketStatementQuery", statement_handle=handle))


def _info(
    schema: pyarrow.Schema | None, descriptor: flight.FlightDescriptor, ticket: bytes
) -> flight.FlightInfo:
    endpoint = flight.FlightEndpoint(ticket, [])
    return flight.FlightInfo(schema, descriptor, [endpoint], -1, -1)


def _short_enough(sql: str) -> str:
    if len(sql) > MOST_OF_SQL:
        raise ValueError(f"a query has at most {MOST_OF_SQL} letters")
    return sql


def _not_implemented(name: str) -> NotImplementedError:
    return NotImplementedError(f"`{name or 'this'}` is not offered: published data is read only")


class FlightServer:
    """The Flight SQL server from when it is made until `stop`; `port` is the true one.

    gRPC's own threads answer. pyarrow's `serve` is not called: it waits, and takes the process's signals.
    """

    def __init__(
        self,
        wiring: Wiring,
        proving: Proving,
        running: RunningQueries,
        host: str,
        port: int,
        tls: tuple[bytes, bytes] | None = None,
    ) -> None:
        scheme = "grpc+tls" if tls else "grpc+tcp"
        name = "127.0.0.1" if host == "localhost" else host.strip("[]")
        place = f"[{name}]" if ":" in name else name
        try:
            self._service = FlightSqlService(
                wiring, proving, running, f"{scheme}://{place}:{port}", [tls] if tls else ()
            )
        except (pyarrow.ArrowException, OSError) as error:
            raise UnreachableError(
                "port-in-use",
                f"cannot listen on `{place}:{port}` for Flight SQL",
                hint="mesh serve --flight-port 0",
            ) from error
        self._running = running
        self.port = int(self._service.port)
        self.url = f"{scheme.replace('+tcp', '')}://{place}:{self.port}"

    def stop(self) -> None:
        """End running queries, then the server."""
        self._running.stop()
        self._service.shutdown()
