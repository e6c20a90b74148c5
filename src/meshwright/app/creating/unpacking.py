"""How large an uploaded file is once it is unpacked: a few kilobytes may be hours of reading."""

import bz2
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from meshwright.errors import ExhaustedError

MOST_UNPACKED = 1024 * 1024 * 1024  # bytes
_CHUNK = 1024 * 1024
_SHEETS, _DEARER = (".xlsx", ".xlsm"), 4  # a sheet takes that much longer to read than a text


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def require_unpackable(path: Path, most: int = MOST_UNPACKED) -> None:
    """Raise `ExhaustedError` (`file-too-large`) for a file that unpacks to more than `most` bytes.

    What is broken is left to whoever reads it, who says how.
    """
    try:
        if path.suffix in _SHEETS:
            with zipfile.ZipFile(path) as packed:
                size = sum(one.file_size for one in packed.infolist()) * _DEARER
        else:
            with _unpacked(path) as stream:
                size = _counted(stream, most) if stream is not None else 0
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
        return
    if size > most:
        raise ExhaustedError(
            "file-too-large",
            f"`{path.name}` unpacks to more than {most // 1024**2} MiB",
            hint="put it into the mesh's folder and use `mesh new product`",
        )


@contextmanager
def _unpacked(path: Path) -> Iterator[_Stream | None]:
    match path.suffix:
        case ".gz":
            with gzip.open(path) as packed:
                yield packed
        case ".bz2":
            with bz2.open(path) as twice:
                yield twice
        case ".zst":
            import pyarrow as pa  # loaded for this alone

            with pa.input_stream(str(path), compression="zstd") as arrow:
                yield arrow
        case _:
            yield None


def _counted(stream: _Stream, most: int) -> int:
    size = 0
    while size <= most and (chunk := stream.read(_CHUNK)):
        size += len(chunk)
    return size
