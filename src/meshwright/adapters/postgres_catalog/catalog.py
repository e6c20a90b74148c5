"""PostgreSQL's catalog behind `spi.sql_catalog`: texts are translated here, and run elsewhere."""

import json
import re
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import Any

from meshwright.adapters.postgres_catalog.child import LENGTH, write_frame
from meshwright.adapters.postgres_catalog.database import SECONDS
from meshwright.adapters.postgres_catalog.reading import read
from meshwright.adapters.postgres_catalog.shapes import content_text
from meshwright.adapters.postgres_catalog.translating import translate
from meshwright.errors import ExhaustedError, MeshwrightError, ModelError
from meshwright.model.table import Column
from meshwright.spi.sql_catalog import CatalogContent, CatalogRows, SqlReading

_GRACE = 5.0  # seconds beyond the engine's own limit
_REMEMBERED = 16 << 10  # characters of a text whose reading is kept
_MOST = 256 << 20  # bytes of an answer
_CODES = {
    "ParserException": "sql-syntax",
    "SyntaxException": "sql-syntax",
    "ConversionException": "sql-conversion",
    "OutOfRangeException": "sql-conversion",
}
_COMMAND = [sys.executable, "-I", "-m", "meshwright.adapters.postgres_catalog.child"]


class _Rows:
    def __init__(self, columns: Sequence[tuple[str, str]], stream: bytes) -> None:
        self.columns = tuple(Column(name, kind) for name, kind in columns)
        self._stream = stream

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        import pyarrow

        table = pyarrow.ipc.open_stream(self._stream).read_all()
        return table.__arrow_c_stream__(requested_schema)


class PostgresCatalog:
    """What `spi.sql_catalog.SqlCatalog` says, for PostgreSQL's dialect."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, sql: str) -> SqlReading:
        """Say what a text is about."""
        return _remembered(sql) if len(sql) <= _REMEMBERED else read(sql)

    def answer(
        self,
        content: CatalogContent,
        sql: str,
        parameters: Sequence[object] = (),
        settings: Mapping[str, str] | None = None,
    ) -> CatalogRows:
        """Answer a SELECT over the catalog."""
        text = translate(sql, settings or {})
        key, value = _content_text(content)
        asked = {
            "key": key,
            "content": None,
            "sql": text,
            "parameters": [_plain(p) for p in parameters],
        }
        with self._lock:
            head, rows = self._ask(asked)
            if head.get("unknown"):
                head, rows = self._ask(asked | {"content": value})
        if "error" in head:
            raise _translated(head["error"], head["message"])
        return _Rows([(name, kind) for name, kind in head["columns"]], rows)

    def close(self) -> None:
        """End the other process."""
        with self._lock:
            self._end()

    def _ask(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        child = self._started()
        assert child.stdin is not None
        deadline = monotonic() + SECONDS + _GRACE
        try:
            write_frame(child.stdin, json.dumps(asked).encode())
            child.stdin.flush()
            head = json.loads(self._frame(child, deadline))
            return head, self._frame(child, deadline)
        except (OSError, ValueError) as error:
            self._end()
            raise ExhaustedError(
                "query-interrupted", "the question about the catalog took too much and was ended"
            ) from error

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                bufsize=0,
            )
        return self._child

    @staticmethod
    def _frame(child: "subprocess.Popen[bytes]", deadline: float) -> bytes:
        """Read one frame in time; raise `OSError` where it does not come."""
        assert child.stdout is not None
        (length,) = LENGTH.unpack(_exactly(child.stdout, LENGTH.size, deadline))
        if length > _MOST:
            raise OSError("the answer is too long")
        return _exactly(child.stdout, length, deadline)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        child.wait()


def _exactly(pipe: Any, size: int, deadline: float) -> bytes:
    found, looking = bytearray(), select.poll()  # `select` takes no descriptor above 1023
    looking.register(pipe, select.POLLIN)
    while len(found) < size:
        is_ready = looking.poll(1000 * max(0.0, deadline - monotonic()))
        data = pipe.read(min(size - len(found), 1 << 20)) if is_ready else b""
        if not data:
            raise OSError("the process is gone, or silent")
        found += data
    return bytes(found)


@lru_cache(maxsize=1024)
def _remembered(sql: str) -> SqlReading:
    return read(sql)


@lru_cache(maxsize=64)
def _content_text(content: CatalogContent) -> tuple[str, Any]:
    return content_text(content)


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float | str | list | None) else str(value)


def _translated(kind: str, message: str) -> MeshwrightError:
    plain = re.sub(r"^[A-Z][A-Za-z ]*Error: ", "", message).strip().split("\n", 1)[0]
    if kind in ("OutOfMemoryException", "InterruptException"):
        return ExhaustedError(
            "query-interrupted", f"the question about the catalog took too much: {plain}"
        )
    code = _CODES.get(kind, "sql-error")
    if "not found in FROM" in message or "does not have a column" in message:
        code = "sql-unknown-column"
    elif "Table with name" in message:
        code = "sql-unknown-table"
    elif "Function with name" in message:
        code = "sql-unknown-function"
    return ModelError(code, plain[:1].lower() + plain[1:300])
