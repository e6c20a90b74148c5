"""Write one commit of a Delta log ourselves, where the library cannot.

The library cannot change the schema and keep a file in one commit (it would add and remove the same path,
which the protocol forbids), nor raise the protocol while it overwrites. Done in two commits, a reader between
them would see a state that never was. A commit is one JSON-lines file whose name is taken by whoever links it
first: "Delta Log Entries" and "Transaction Identifiers" of
https://github.com/delta-io/delta/blob/master/PROTOCOL.md.
"""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

Action = Mapping[str, Mapping[str, object]]


def write_commit(folder: Path, version: int, actions: Iterable[Action]) -> None:
    """Add the commit `version`, whole; raise `FileExistsError` when somebody else has made it."""
    log = folder / "_delta_log"
    staged = log / f".{version:020d}.{token_hex(4)}.tmp"
    lines = [json.dumps(action, separators=(",", ":")) for action in actions]
    try:
        with staged.open("x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(staged, log / f"{version:020d}.json")
    finally:
        with suppress(FileNotFoundError):
            staged.unlink()


def encoded(path: str) -> str:
    """Return a relative path as the log writes it."""
    return quote(path, safe="/-_.~:+=,@")
