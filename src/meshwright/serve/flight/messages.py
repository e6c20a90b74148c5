"""The messages of Flight SQL that are spoken here, declared for protobuf, which reads and writes them.

Source: the format of Arrow Flight SQL (arrow.apache.org/docs/format/FlightSql.html). pyarrow speaks Flight,
but ships none of these messages to Python. They live in a pool of their own, so that another library of the
same process may declare them too.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "arrow.flight.protocol.sql"
_PREFIX = f"type.googleapis.com/{PACKAGE}."
_KINDS = {"string": 9, "bytes": 12, "bool": 8, "uint32": 13, "int32": 5, "int64": 3}
# name of a message -> its fields: name, number, kind; `*` for many, `?` for one that may be missing.
_FIELDS: Mapping[str, tuple[tuple[str, int, str], ...]] = {
    "CommandGetSqlInfo": (("info", 1, "uint32*"),),
    "CommandGetCatalogs": (),
    "CommandGetDbSchemas": (("catalog", 1, "string?"), ("db_schema_filter_pattern", 2, "string?")),
    "CommandGetTables": (
        ("catalog", 1, "string?"),
        ("db_schema_filter_pattern", 2, "string?"),
        ("table_name_filter_pattern", 3, "string?"),
        ("table_types", 4, "string*"),
        ("include_schema", 5, "bool"),
    ),
    "CommandGetTableTypes": (),
    "CommandGetPrimaryKeys": (
        ("catalog", 1, "string?"),
        ("db_schema", 2, "string?"),
        ("table", 3, "string"),
    ),
    "CommandGetExportedKeys": (),
    "CommandGetImportedKeys": (),
    "CommandGetCrossReference": (),
    "CommandStatementQuery": (("query", 1, "string"), ("transaction_id", 2, "bytes?")),
    "TicketStatementQuery": (("statement_handle", 1, "bytes"),),
    "CommandPreparedStatementQuery": (("prepared_statement_handle", 1, "bytes"),),
    "ActionCreatePreparedStatementRequest": (
        ("query", 1, "string"),
        ("transaction_id", 2, "bytes?"),
    ),
    "ActionCreatePreparedStatementResult": (
        ("prepared_statement_handle", 1, "bytes"),
        ("dataset_schema", 2, "bytes"),
        ("parameter_schema", 3, "bytes"),
    ),
    "ActionClosePreparedStatementRequest": (("prepared_statement_handle", 1, "bytes"),),
    "DoPutPreparedStatementResult": (("prepared_statement_handle", 1, "bytes?"),),
    "ActionCancelQueryRequest": (("info", 1, "bytes"),),
    "ActionCancelQueryResult": (("result", 1, "int32"),),
    # of Flight itself; the info is taken apart by pyarrow
    "CancelFlightInfoRequest": (("info", 1, "bytes"),),
    "CancelFlightInfoResult": (("status", 1, "int32"),),
}


def _declared() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="meshwright/flight_sql.proto", package=PACKAGE, syntax="proto3"
    )
    for name, fields in _FIELDS.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            plain = kind.rstrip("*?")
            one = message.field.add(name=field, number=number, type=_KINDS[plain])
            one.label = 3 if kind.endswith("*") else 1
            if kind.endswith("?"):
                one.proto3_optional = True
                one.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name=f"_{field}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))
        for name in _FIELDS
    }


_CLASSES = _declared()


def make(name: str, **values: Any) -> Any:
    """Return a message."""
    return _CLASSES[name](**values)


def parse(name: str, data: bytes) -> Any:
    """Return a message that was sent bare; raise `ValueError` for bytes that are none."""
    found = _CLASSES[name]()
    _read(found, data)
    return found


def unpack(data: bytes) -> tuple[str, Any]:
    """Return the name of a message that was sent in an `Any`, and the message; None where it is not ours.

    Raises `ValueError` for bytes that are no message.
    """
    outer = any_pb2.Any()
    _read(outer, data)
    name = outer.type_url.removeprefix(_PREFIX)
    if name == outer.type_url or name not in _CLASSES:
        return outer.type_url.rpartition("/")[2][:100], None
    return name, parse(name, outer.value)


def packed(message: Any) -> bytes:
    """Return a message in an `Any`."""
    outer = any_pb2.Any(
        type_url=f"{_PREFIX}{message.DESCRIPTOR.name}", value=message.SerializeToString()
    )
    return bytes(outer.SerializeToString())


def said(message: Any, field: str) -> str | None:
    """Return an optional text; None where it was not sent."""
    return str(getattr(message, field)) if message.HasField(field) else None


def _read(message: Any, data: bytes) -> None:
    from google.protobuf.message import DecodeError

    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise ValueError("these bytes are no message of Flight SQL") from error
