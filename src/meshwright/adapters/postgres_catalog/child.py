"""The process that runs questions about the catalog: bounded by the system, ended when one is slow.

It gets a question as JSON, and answers with a head as JSON and rows as an Arrow stream; each is preceded by
its length.
"""

import json
import os
import resource
import struct
import sys
from collections import OrderedDict
from collections.abc import Mapping
from typing import IO, Any

LENGTH = struct.Struct("!I")
MEMORY = 3 << 30  # of address space
KEPT = 32  # catalogs of users


def read_frame(stream: IO[bytes]) -> bytes:
    """Read one frame; b'' at the end."""
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Write one frame."""
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)


def main() -> None:
    """Answer questions until the parent is gone."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # whatever a library prints goes nowhere, and never into the answers
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    known: OrderedDict[str, Any] = OrderedDict()
    while question := read_frame(sys.stdin.buffer):
        head, rows = _answer(known, json.loads(question))
        write_frame(answers, json.dumps(head).encode())
        write_frame(answers, rows)
        answers.flush()


def _answer(
    known: "OrderedDict[str, Any]", asked: Mapping[str, Any]
) -> tuple[dict[str, Any], bytes]:
    import duckdb

    from meshwright.adapters.postgres_catalog.database import open_database, run
    from meshwright.adapters.postgres_catalog.shapes import content_of

    key = asked["key"]
    if key not in known:
        if asked["content"] is None:
            return {"unknown": True}, b""
        known[key] = open_database(content_of(asked["content"]))
        if len(known) > KEPT:
            known.popitem(last=False)[1].close()
    known.move_to_end(key)
    try:
        columns, rows = run(known[key], asked["sql"], asked["parameters"])
        return {"columns": columns}, rows
    except duckdb.Error as error:
        return {"error": type(error).__name__, "message": str(error)}, b""
    except MemoryError:
        return {"error": "OutOfMemoryException", "message": "out of memory"}, b""


if __name__ == "__main__":
    main()
