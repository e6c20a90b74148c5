"""Open text files whatever their compression and encoding; find their first record and line ends."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from meshwright.adapters.files.listing import unreadable
from meshwright.adapters.files.options import FileOptions, compression_of
from meshwright.errors import DataError

_DELIMITERS = (",", ";", "\t", "|")
_READ_IN_PLACE = ("utf-8", "ascii")
_CHUNK = 1 << 20
_BEGIN = 4096
_LOOKS = {
    b"PK\3\4": "it begins like a workbook or a zip archive; a workbook ends in .xlsx",
    b"\x1f\x8b": "it begins like gzip; end its name in .gz",
    b"\x28\xb5\x2f\xfd": "it begins like zstandard; end its name in .zst",
    b"PAR1": "it begins like Parquet; end its name in .parquet",
    b"\xff\xfe": "it begins like UTF-16; save it as UTF-8, or declare `options: {encoding: utf-16}`",
    b"\xfe\xff": "it begins like UTF-16; save it as UTF-8, or declare `options: {encoding: utf-16}`",
}


def is_read_in_place(path: Path, options: FileOptions) -> bool:
    """Say whether the engine reads these bytes itself; else they are first copied as plain UTF-8."""
    encoding = codecs.lookup(options.encoding).name
    return encoding in _READ_IN_PLACE and compression_of(path.name) in ("", "gzip", "zstd")


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file's decompressed bytes."""
    import pyarrow as pa  # dear to import, and nobody who reads Parquet needs it

    try:
        raw = pa.input_stream(str(path), compression=compression_of(path.name) or None)
    except OSError as error:
        raise unreadable(path, error) from error
    with raw:
        yield raw


@contextmanager
def open_text(path: Path, encoding: str, errors: str = "strict") -> Iterator[IO[str]]:
    """Open a file as decoded text with its line ends untouched; a byte order mark is skipped."""
    name = codecs.lookup(encoding).name
    with open_bytes(path) as raw:
        yield io.TextIOWrapper(
            io.BufferedReader(raw, buffer_size=_CHUNK),  # type: ignore[type-var]
            encoding="utf-8-sig" if name in ("utf-8", "ascii") else name,
            errors=errors,
            newline="",
        )


def copy_as_utf8(path: Path, encoding: str, folder: Path) -> Path:
    """Write a plain UTF-8 copy of the file; raise `DataError` where its bytes are not `encoding`."""
    target = folder / f"{len(list(folder.iterdir()))}-{path.name.split('.')[0]}.txt"
    try:
        with open_text(path, encoding) as source, target.open("w", newline="") as sink:
            while chunk := source.read(_CHUNK):
                sink.write(chunk)
    except UnicodeError as error:
        raise DataError(
            "source-encoding",
            f"`{path}` is not {encoding}",
            hint="declare `options: {encoding: …}`",
        ) from error
    except OSError as error:
        raise DataError("source-malformed", f"cannot read `{path}`: {error}") from error
    return target


def require_text(path: Path, name: str, options: FileOptions) -> None:
    """Raise `DataError` where a file begins as no text does: with NUL in a header, or in what is no UTF-8."""
    try:
        with open_bytes(path) as stream:
            begin = bytes(stream.read(_BEGIN) or b"")
    except OSError as error:
        raise DataError("source-malformed", f"cannot read `{name}`: {error}") from error
    if b"\0" not in begin:
        return
    line = begin.lstrip(b"\r\n").partition(b"\n")[0]
    is_header = options.header and not options.skip
    if (is_header and b"\0" in line) or "\ufffd" in begin.decode(errors="replace")[:-1]:
        looks = (hint for magic, hint in _LOOKS.items() if begin.startswith(magic))
        raise DataError(
            "source-malformed",
            f"`{name}` is no text (CSV or TSV): it holds bytes that no text has",
            hint=next(looks, "export it as text in UTF-8, or give the format that it is of"),
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """What one file's beginning and line ends show."""

    fields: tuple[str, ...]  # of the first record
    delimiter: str
    line_end: str
    is_regular: bool  # one kind of line end throughout: the fast reader can be trusted with it


def find_layout(path: Path, options: FileOptions) -> Layout | None:
    """Return the layout of a text file; None when there is no record in it."""
    try:
        with open_text(path, options.encoding, errors="replace") as lines:
            for _ in range(options.skip):
                next(lines, "")
            first = _first_line(lines)
            if not first:
                return None
            delimiter = options.delimiter or delimiter_of(first)
            fields = tuple(next(read_csv(_chained(first, lines), options, delimiter), ()))
        end = "\r\n" if first.endswith("\r\n") else "\r" if first.endswith("\r") else "\n"
        return Layout(fields, delimiter, end, _is_regular(path, end))
    except (OSError, UnicodeError, csv.Error) as error:
        raise DataError("source-malformed", f"cannot read `{path}`: {error}") from error


def _is_regular(path: Path, end: str) -> bool:
    feeds = returns = pairs = 0
    last = b""
    with open_bytes(path) as stream:
        while chunk := stream.read(_CHUNK):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            last = chunk[-1:]
    return not returns if end == "\n" else pairs == feeds == returns


def delimiter_of(line: str) -> str:
    """Return the delimiter that a header line shows: the candidate seen most often outside quotes."""
    plain = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=lambda candidate: plain.count(candidate))


def read_csv(lines: Iterator[str], options: FileOptions, delimiter: str) -> Iterator[list[str]]:
    """Return the records of decoded text, strictly."""
    doubled = options.escape == options.quote
    return csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=options.quote or None,
        quoting=csv.QUOTE_MINIMAL if options.quote else csv.QUOTE_NONE,
        doublequote=doubled,
        escapechar=None if doubled else options.escape or None,
        strict=True,
    )


def _first_line(lines: IO[str]) -> str:
    for line in lines:
        if line.strip("\r\n"):
            return line
    return ""


def _chained(first: str, rest: IO[str]) -> Iterator[str]:
    yield first
    yield from rest
