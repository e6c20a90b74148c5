"""The formats of COPY TO STDOUT: text, csv and binary, one message for each row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any

import numpy
import pyarrow
import pyarrow.compute as pc

from meshwright.model.postgres import TEXT
from meshwright.serve.sql import messages
from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.rows import Field, as_binary, buffer_of, joined, payloads

Array = Any  # pyarrow has no types
_INT = Struct("!I")
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
_ESCAPES = (
    ("\\", "\\\\"),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("\b", "\\b"),
    ("\f", "\\f"),
    ("\v", "\\v"),
)


@dataclass(frozen=True, slots=True)
class CopyFormat:
    """How rows are written."""

    name: str = "text"
    delimiter: str = "\t"
    null: str = "\\N"
    quote: str = '"'
    escape: str = '"'
    has_header: bool = False

    @classmethod
    def of(cls, options: Mapping[str, str]) -> "CopyFormat":
        """Return the format that COPY's options say."""
        name = options.get("format", "text").lower()
        if name not in ("text", "csv", "binary"):
            raise WireError("22023", f'COPY format "{name}" not recognized')
        is_csv = name == "csv"
        quote = options.get("quote", '"')
        made = cls(
            name,
            options.get("delimiter", "," if is_csv else "\t"),
            options.get("null", "" if is_csv else "\\N"),
            quote,
            options.get("escape", quote),
            options.get("header", "false") == "true",
        )
        for part in (made.delimiter, made.quote, made.escape):
            if len(part) != 1 or ord(part) > 127 or part in "\r\n\\"[: 3 if not is_csv else 2]:
                raise WireError(
                    "22023", "COPY delimiter, quote and escape are one ASCII character each"
                )
        return made

    @property
    def is_binary(self) -> bool:
        """Say whether values go in binary."""
        return self.name == "binary"

    def framed(
        self, parts: Iterator[tuple[memoryview, int]], fields: Sequence[Field]
    ) -> Iterator[tuple[bytes | memoryview, int]]:
        """Yield all that a copy sends: rows, what stands before the first and after the last."""
        if not self.is_binary:
            if self.has_header:
                yield self._header(fields), 0
            yield from parts
            return
        first, count = next(parts, (memoryview(messages.message(b"d", b"\xff\xff")), 0))
        (length,) = _INT.unpack(
            first[1:5]
        )  # the signature stands in the message of what comes first
        yield b"d" + _INT.pack(length + len(_SIGNATURE)) + _SIGNATURE + bytes(first[5:]), count
        if count:
            yield from parts
            yield messages.message(b"d", b"\xff\xff"), 0

    def _header(self, fields: Sequence[Field]) -> bytes:
        names = pyarrow.RecordBatch.from_arrays(
            [pyarrow.array([field.name]) for field in fields], [str(i) for i in range(len(fields))]
        )
        plain = [Field(field.name, "VARCHAR", TEXT) for field in fields]
        return bytes(self.rows(names, plain))

    def rows(self, batch: Any, fields: Sequence[Field]) -> memoryview:
        """Return a batch as CopyData messages."""
        columns = payloads(batch, fields)
        if self.is_binary:
            return joined(columns, b"d")
        write = self._csv if self.name == "csv" else self._text
        texts = [write(pc.cast(column, pyarrow.string())) for column in columns]
        total = numpy.full(batch.num_rows, 4 + len(texts), numpy.int64)
        for text in texts:
            total += pc.binary_length(text).to_numpy()
        head = numpy.empty(len(total), numpy.dtype([("kind", "S1"), ("length", ">i4")]))
        head["kind"], head["length"] = b"d", total
        parts: list[Array] = [as_binary(head)]
        for index, text in enumerate(texts):
            mark = "\n" if index == len(texts) - 1 else self.delimiter
            parts.extend((pc.cast(text, pyarrow.binary()), pyarrow.scalar(mark.encode())))
        return buffer_of(parts)

    def _text(self, text: Array) -> Array:
        special = "[\\\\\n\r\t\b\f\v" + _in_class(self.delimiter) + "]"
        if pc.any(pc.match_substring_regex(text, special), min_count=0).as_py():
            for character, written in _ESCAPES:
                text = pc.replace_substring(text, character, written)
            if self.delimiter != "\t":
                text = pc.replace_substring(text, self.delimiter, "\\" + self.delimiter)
        return pc.fill_null(text, self.null)

    def _csv(self, text: Array) -> Array:
        special = (
            "[\r\n"
            + _in_class(self.delimiter)
            + _in_class(self.quote)
            + _in_class(self.escape)
            + "]"
        )
        needs = pc.or_(pc.match_substring_regex(text, special), pc.equal(text, self.null))
        needs = pc.or_(needs, pc.equal(text, "\\."))
        if pc.any(needs, min_count=0).as_py():
            safe = text
            if self.escape != self.quote:
                safe = pc.replace_substring(safe, self.escape, self.escape * 2)
            safe = pc.replace_substring(safe, self.quote, self.escape + self.quote)
            quoted = pc.binary_join_element_wise(self.quote, safe, self.quote, "")
            text = pc.if_else(needs, quoted, text)
        return pc.fill_null(text, self.null)


def _in_class(character: str) -> str:
    return "\\" + character if character in "\\]^-[" else character
