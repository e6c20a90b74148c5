"""Messages of the protocol as bytes: those the server sends, and the parts of those it reads."""

from collections.abc import Sequence
from struct import Struct, pack
from struct import error as StructError

from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.rows import Field

CANCEL_CODE, SSL_CODE, GSS_CODE, VERSION_3 = 80877102, 80877103, 80877104, 196608
IDLE, IN_TRANSACTION, FAILED = b"I", b"T", b"E"
_SHORT, _INT, _UNSIGNED = Struct("!h"), Struct("!i"), Struct("!I")


def message(kind: bytes, body: bytes = b"") -> bytes:
    """Return a message: its kind, its length, its body."""
    return kind + _INT.pack(len(body) + 4) + body


def text(value: str) -> bytes:
    """Return a string as the protocol ends it."""
    return value.replace("\0", "").encode() + b"\0"


AUTHENTICATED = message(b"R", _INT.pack(0))
PARSED, BOUND, CLOSED = message(b"1"), message(b"2"), message(b"3")
EMPTY, SUSPENDED, NO_DATA, COPIED = message(b"I"), message(b"s"), message(b"n"), message(b"c")


def ready(status: bytes) -> bytes:
    """Return ReadyForQuery."""
    return message(b"Z", status)


def complete(tag: str) -> bytes:
    """Return CommandComplete."""
    return message(b"C", text(tag))


def parameter_status(name: str, value: str) -> bytes:
    """Return ParameterStatus."""
    return message(b"S", text(name) + text(value))


def key_data(process: int, secret: int) -> bytes:
    """Return BackendKeyData."""
    return message(b"K", _INT.pack(process) + _UNSIGNED.pack(secret))


def row_description(fields: Sequence[Field]) -> bytes:
    """Return RowDescription."""
    body = [_SHORT.pack(len(fields))]
    for field in fields:
        kind = field.kind
        body.append(text(field.name))
        body.append(pack("!ihIhih", 0, 0, kind.oid, kind.size, kind.modifier, int(field.is_binary)))
    return message(b"T", b"".join(body))


def parameter_description(oids: Sequence[int]) -> bytes:
    """Return ParameterDescription."""
    return message(b"t", pack(f"!h{len(oids)}I", len(oids), *oids))


def copy_out(columns: int, is_binary: bool) -> bytes:
    """Return CopyOutResponse."""
    code = int(is_binary)
    return message(b"H", pack(f"!bh{columns}h", code, columns, *([code] * columns)))


def failure(error: WireError) -> bytes:
    """Return ErrorResponse."""
    severity = "FATAL" if error.fatal else "ERROR"
    parts = [("S", severity), ("V", severity), ("C", error.state), ("M", error.message)]
    if error.hint:
        parts.append(("H", error.hint))
    if error.position:
        parts.append(("P", str(error.position)))
    return message(b"E", b"".join(k.encode() + text(v) for k, v in parts) + b"\0")


def notice(state: str, words: str) -> bytes:
    """Return NoticeResponse."""
    parts = (("S", "WARNING"), ("V", "WARNING"), ("C", state), ("M", words))
    return message(b"N", b"".join(k.encode() + text(v) for k, v in parts) + b"\0")


class Body:
    """A message's body, read from its beginning; what does not fit raises `WireError` (08P01)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def string(self) -> str:
        """Read a string up to its zero byte."""
        end = self._data.find(b"\0", self._at)
        if end < 0:
            raise WireError("08P01", "a message holds a string without an end")
        found = self._data[self._at : end]
        self._at = end + 1
        try:
            return found.decode()
        except UnicodeDecodeError as error:
            raise WireError("22021", "the text is not valid UTF-8") from error

    def take(self, size: int) -> bytes:
        """Read so many bytes."""
        found = self._data[self._at : self._at + size]
        if size < 0 or len(found) < size:
            raise WireError("08P01", "a message is shorter than it says")
        self._at += size
        return found

    def number(self, layout: Struct) -> int:
        """Read one integer."""
        try:
            (found,) = layout.unpack(self.take(layout.size))
        except StructError as error:  # pragma: no cover - `take` has the length right
            raise WireError("08P01", "a message is shorter than it says") from error
        return int(found)

    def short(self) -> int:
        """Read an int16."""
        return self.number(_SHORT)

    def integer(self) -> int:
        """Read an int32."""
        return self.number(_INT)

    def unsigned(self) -> int:
        """Read an object id, or a secret."""
        return self.number(_UNSIGNED)

    def count(self) -> int:
        """Read how many things follow."""
        found = self.short()
        if found < 0:
            raise WireError("08P01", "a message says a negative count")
        return found

    def again(self) -> "Body":
        """Return the same body, unread."""
        return Body(self._data)

    def rest(self) -> bytes:
        """Read what is left."""
        return self.take(len(self._data) - self._at)

    def end(self) -> None:
        """Require that nothing is left."""
        if self._at != len(self._data):
            raise WireError("08P01", "a message is longer than it says")
