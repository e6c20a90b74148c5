"""Where drafts are kept: a folder each, with the uploaded file; nobody else's draft is found.

What must stay true: a draft's name is made here and never taken from a request without being checked; what
is left for a week goes away.
"""

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import msgspec

from meshwright.app.creating.draft import UPLOAD, Draft, DraftSource, new_draft
from meshwright.app.creating.unpacking import require_unpackable
from meshwright.app.wiring import Wiring
from meshwright.errors import ExhaustedError, UsageError

MOST_BYTES = 200 * 1024 * 1024  # of an uploaded file
MOST_DRAFTS = 10  # of one person
_KEPT = 7 * 86400.0  # seconds
_NAME = re.compile(r"[0-9a-f]{16}\Z")
_CHUNK = 1024 * 1024
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
ENDINGS = (
    ".csv", ".tsv", ".tab", ".json", ".ndjson", ".jsonl", ".parquet", ".xlsx", ".xlsm", ".db", ".sqlite",
    ".sqlite3",
)  # fmt: skip
COMPRESSED = (".gz", ".zst", ".bz2")
_LOCK = Lock()


def begin(wiring: Wiring, by: str, name: str, file: BinaryIO, table: str = "") -> Draft:
    """Keep an uploaded file as the source of a new draft.

    Raises `UsageError` (`file-kind-invalid`, `file-empty`), `ExhaustedError` (`file-too-large`).
    """
    plain = file_name(name)
    draft = _made(wiring, by)
    path = folder_of(wiring, draft) / UPLOAD / plain
    path.parent.mkdir(parents=True)
    try:
        written = _copied(file, path)
        if not written:
            raise UsageError("file-empty", f"`{plain}` is empty", hint="choose another file")
        require_unpackable(path)
        return save(
            wiring,
            new_draft(draft, by, _now(wiring), DraftSource(UPLOAD, plain, table.strip(), written)),
        )
    except BaseException:
        shutil.rmtree(folder_of(wiring, draft), ignore_errors=True)
        raise


def begin_at(wiring: Wiring, by: str, source: DraftSource) -> Draft:
    """Begin a draft over a file that lies in the mesh's folder."""
    return save(wiring, new_draft(_made(wiring, by), by, _now(wiring), source))


def load(wiring: Wiring, by: str, name: str) -> Draft:
    """Return one's own draft; raise `UsageError` (`draft-unknown`)."""
    path = folder_of(wiring, name) / "draft.json" if _NAME.match(name) else None
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Draft) if path else None
    except (OSError, msgspec.MsgspecError):
        found = None
    if found is None or found.by != by:
        raise UsageError("draft-unknown", "there is no such draft", hint="begin anew")
    return found


def save(wiring: Wiring, draft: Draft) -> Draft:
    """Keep a draft as it is now."""
    path = folder_of(wiring, draft.draft) / "draft.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{secrets.token_hex(4)}.new")
    beside.write_bytes(msgspec.json.encode(draft))
    os.replace(beside, path)
    return draft


def changed(wiring: Wiring, by: str, name: str, change: Callable[[Draft], Draft]) -> Draft:
    """Change a draft, one change at a time."""
    with _LOCK:
        return save(wiring, change(load(wiring, by, name)))


def list_drafts(wiring: Wiring, by: str) -> list[Draft]:
    """Return one's own drafts, the newest first."""
    found = []
    for name in _names(wiring):
        try:
            found.append(load(wiring, by, name))
        except UsageError:
            continue
    return sorted(found, key=lambda draft: draft.at, reverse=True)


def discard(wiring: Wiring, draft: Draft) -> None:
    """Forget a draft and its file."""
    shutil.rmtree(folder_of(wiring, draft.draft), ignore_errors=True)


def folder_of(wiring: Wiring, name: str) -> Path:
    """Return a draft's folder."""
    return _home(wiring) / name


def file_name(name: str) -> str:
    """Return the name under which an upload is kept: letters, digits, `.`, `_` and `-`.

    Raises `UsageError` (`file-kind-invalid`).
    """
    last = name.replace("\\", "/").rpartition("/")[2].lower()
    plain = _SAFE.sub("_", last).strip("._-") or "upload"
    stem = plain
    for ending in COMPRESSED:
        stem = stem.removesuffix(ending)
    if not stem.endswith(ENDINGS):
        raise UsageError(
            "file-kind-invalid",
            f"`{plain[:60]}` is no file of a known kind",
            hint=f"known: {', '.join(ENDINGS)}; text may be compressed ({', '.join(COMPRESSED)})",
        )
    return plain[-100:].lstrip("._-")


def _made(wiring: Wiring, by: str) -> str:
    """Return the name of a new draft; drafts that were left go, and the oldest where there are many."""
    _sweep(wiring)
    for old in list_drafts(wiring, by)[MOST_DRAFTS - 1 :]:
        discard(wiring, old)
    return secrets.token_hex(8)


def _sweep(wiring: Wiring) -> None:
    for name in _names(wiring):
        folder = folder_of(wiring, name)
        try:
            kept = (folder / "draft.json").stat().st_mtime
        except OSError:
            kept = folder.stat().st_mtime if folder.exists() else time.time()
        if time.time() - kept > _KEPT:
            shutil.rmtree(folder, ignore_errors=True)


def _names(wiring: Wiring) -> list[str]:
    home = _home(wiring)
    return [name for name in (os.listdir(home) if home.is_dir() else []) if _NAME.match(name)]


def _copied(file: BinaryIO, path: Path) -> int:
    written = 0
    with path.open("xb") as out:
        while chunk := file.read(_CHUNK):
            written += len(chunk)
            if written > MOST_BYTES:
                raise too_large()
            out.write(chunk)
    return written


def too_large() -> ExhaustedError:
    """Return the error of a file that is too large to be sent."""
    return ExhaustedError(
        "file-too-large",
        f"a file has at most {MOST_BYTES // 1024**2} MiB here",
        hint="put it into the mesh's folder and give its path, or use `mesh new product`",
    )


def _home(wiring: Wiring) -> Path:
    return wiring.mesh.state / "drafts"


def _now(wiring: Wiring) -> str:
    return wiring.now().isoformat(timespec="seconds")
