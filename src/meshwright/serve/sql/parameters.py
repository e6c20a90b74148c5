"""Values that a client binds, in text or binary, as Python values of the type they are said to have."""

import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from meshwright.model import postgres as kinds
from meshwright.serve.sql.faults import WireError

_EPOCH = datetime(2000, 1, 1)


def value_of(data: bytes | None, oid: int, is_binary: bool) -> object:
    """Return a bound value; raise `WireError` (22P02, 22P03) where the bytes are not of the type."""
    if data is None:
        return None
    if is_binary:
        return _from_binary(data, oid)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise WireError("22021", "a parameter is not valid UTF-8") from error
    return _from_text(text, oid)


def _from_text(text: str, oid: int) -> object:
    if oid in kinds.BY_ARRAY:
        element = kinds.BY_ARRAY[oid].oid
        return [None if item is None else _from_text(item, element) for item in array_items(text)]
    read = _TEXT.get(oid)
    if read is None:
        return text
    try:
        return read(text)
    except (ValueError, InvalidOperation, OverflowError) as error:
        name = kinds.BY_OID[oid].name
        raise WireError("22P02", f'invalid input syntax for type {name}: "{text[:60]}"') from error


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word in ("t", "true", "1", "on", "yes", "y"):
        return True
    if word in ("f", "false", "0", "off", "no", "n"):
        return False
    raise ValueError(text)


def _bytes(text: str) -> bytes:
    if text.startswith("\\x"):
        return bytes.fromhex(text[2:])
    return text.encode()


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _naive(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _aware(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_TEXT: dict[int, Callable[[str], object]] = {
    kinds.BOOL.oid: _boolean,
    kinds.INT2.oid: int,
    kinds.INT4.oid: int,
    kinds.INT8.oid: int,
    kinds.OID.oid: int,
    kinds.FLOAT4.oid: float,
    kinds.FLOAT8.oid: float,
    kinds.NUMERIC.oid: Decimal,
    kinds.BYTEA.oid: _bytes,
    kinds.DATE.oid: date.fromisoformat,
    kinds.TIME.oid: _time,
    kinds.TIMESTAMP.oid: _naive,
    kinds.TIMESTAMPTZ.oid: _aware,
    kinds.UUID.oid: lambda text: str(UUID(text)),
}


def _from_binary(data: bytes, oid: int) -> object:
    try:
        if oid in kinds.BY_ARRAY:
            return _array(data, kinds.BY_ARRAY[oid].oid)
        read = _BINARY.get(oid)
        return read(data) if read else data.decode()
    except (struct.error, ValueError, OverflowError, IndexError, InvalidOperation) as error:
        raise WireError("22P03", f"a binary parameter is not of the type {oid}") from error


def _unpacker(layout: str) -> Callable[[bytes], object]:
    made = struct.Struct(layout)

    def unpack(data: bytes) -> object:
        (found,) = made.unpack(data)
        return found

    return unpack


def _micros(data: bytes) -> timedelta:
    (found,) = struct.unpack("!q", data)
    return timedelta(microseconds=found)


def _interval(data: bytes) -> str:
    micros, days, months = struct.unpack("!qii", data)
    return f"{months} months {days} days {micros} microseconds"


def _numeric(data: bytes) -> Decimal:
    count, weight, sign, scale = struct.unpack("!hhHH", data[:8])
    if sign == 0xC000:
        return Decimal("NaN")
    digits = struct.unpack(f"!{count}H", data[8:])
    whole = sum(digit * 10_000 ** (count - 1 - index) for index, digit in enumerate(digits))
    found = Decimal(whole).scaleb(4 * (weight + 1 - count))
    found = found.quantize(Decimal(1).scaleb(-scale)) if scale < 1000 else found
    return -found if sign else found


def _array(data: bytes, element: int) -> list[Any]:
    dimensions, _, _ = struct.unpack("!iiI", data[:12])
    if dimensions == 0:
        return []
    if dimensions != 1:
        raise ValueError("one dimension")
    (count,) = struct.unpack("!i", data[12:16])
    at = 20
    found: list[Any] = []
    for _ in range(count):
        (length,) = struct.unpack("!i", data[at : at + 4])
        at += 4
        if length < 0:
            found.append(None)
            continue
        item = data[at : at + length]
        if len(item) < length:
            raise ValueError("short")
        found.append(_from_binary(item, element))
        at += length
    return found


_BINARY: dict[int, Callable[[bytes], object]] = {
    kinds.BOOL.oid: _unpacker("!?"),
    kinds.INT2.oid: _unpacker("!h"),
    kinds.INT4.oid: _unpacker("!i"),
    kinds.INT8.oid: _unpacker("!q"),
    kinds.OID.oid: _unpacker("!I"),
    kinds.FLOAT4.oid: _unpacker("!f"),
    kinds.FLOAT8.oid: _unpacker("!d"),
    kinds.NUMERIC.oid: _numeric,
    kinds.BYTEA.oid: lambda data: data,
    kinds.DATE.oid: lambda data: date(2000, 1, 1) + timedelta(days=struct.unpack("!i", data)[0]),
    kinds.TIME.oid: lambda data: (_EPOCH + _micros(data)).time(),
    kinds.TIMESTAMP.oid: lambda data: _EPOCH + _micros(data),
    kinds.TIMESTAMPTZ.oid: lambda data: (_EPOCH + _micros(data)).replace(tzinfo=UTC),
    kinds.INTERVAL.oid: _interval,
    kinds.UUID.oid: lambda data: str(UUID(bytes=data)),
    3802: lambda data: data[1:].decode(),  # jsonb begins with its version
}


def array_items(text: str) -> list[str | None]:
    """Read `{1,NULL,"a b"}`; raise `WireError` (22P02) for what is none."""
    if not (text.startswith("{") and text.endswith("}")):
        raise WireError("22P02", f'malformed array literal: "{text[:60]}"')
    found: list[str | None] = []
    body, at = text[1:-1], 0
    while at < len(body):
        if body[at] == '"':
            end = at + 1
            while end < len(body) and body[end] != '"':
                end += 2 if body[end] == "\\" else 1
            found.append(_unescaped(body[at + 1 : end]))
            at = end + 2
        else:
            end = body.find(",", at)
            end = len(body) if end < 0 else end
            word = body[at:end].strip()
            found.append(None if word.upper() == "NULL" else word)
            at = end + 1
    return found


def _unescaped(text: str) -> str:
    """Drop the backslashes that protect characters."""
    found, is_escaped = [], False
    for character in text:
        if character == "\\" and not is_escaped:
            is_escaped = True
            continue
        found.append(character)
        is_escaped = False
    return "".join(found)
