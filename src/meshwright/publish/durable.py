"""Make files survive a loss of power before anybody is told of them."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from meshwright.errors import InternalError

_THREADS = 8


def make_durable(paths: Iterable[Path]) -> None:
    """Flush these files, then their folders, to the disk; many at once share the disk's journal."""
    files = list(dict.fromkeys(paths))
    folders = list(dict.fromkeys(path.parent for path in files))
    if len(files) == 1:
        _flush(files[0])
        _flush(folders[0])
        return
    if files:
        with ThreadPoolExecutor(min(_THREADS, len(files))) as pool:
            list(pool.map(_flush, files))
            list(pool.map(_flush, folders))


def _flush(path: Path) -> None:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError as error:
        raise InternalError("staged-file-missing", f"the staged file `{path}` is gone") from error
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
