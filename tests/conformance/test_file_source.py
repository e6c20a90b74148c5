"""`FileSource` passes the suite of sources in every format; compression and encoding make no difference."""

import bz2
import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet

from meshwright.adapters.files import FileSource
from meshwright.model.product import SourceSpec
from meshwright.spi.source import Source
from meshwright.testing.source import NAMES, Row, SourceConformance


class FileConformance(SourceConformance):
    """What all formats share."""

    name = "rows.csv"
    format = ""

    def make_source(self, spec: SourceSpec) -> Source:
        return FileSource(spec)

    def make_rows(self, folder: Path, rows: Sequence[Row]) -> SourceSpec:
        self.write(folder / self.name, rows)
        return SourceSpec("files", folder, (self.name,), self.format, self.options())

    def options(self) -> dict[str, object]:
        return {}

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        raise NotImplementedError


def as_csv(rows: Sequence[Row], delimiter: str = ",", end: str = "\n") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([NAMES, *rows])
    return text.getvalue()


def as_lines(rows: Sequence[Row]) -> str:
    return "".join(
        json.dumps(dict(zip(NAMES, row, strict=True)), default=str) + "\n" for row in rows
    )


class TestCsv(FileConformance):
    """Plain CSV."""

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        path.write_text(as_csv(rows), newline="")


class TestTsv(FileConformance):
    """Tabs."""

    name = "rows.tsv"

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        path.write_text(as_csv(rows, "\t"), newline="")


class TestCsvFromWindows(FileConformance):
    """Semicolons, CRLF, a byte order mark, in UTF-16."""

    def options(self) -> dict[str, object]:
        return {"encoding": "utf-16"}

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        path.write_bytes(as_csv(rows, ";", "\r\n").encode("utf-16"))


class TestCsvWithMixedLineEnds(FileConformance):
    """Lines that end now so and now so go by the slow reader, with the same result."""

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        lines = as_csv(rows).splitlines()
        ends = ["\n", "\r\n"] * len(lines)
        path.write_text("".join(a + b for a, b in zip(lines, ends, strict=False)), newline="")


class TestCsvGzip(FileConformance):
    """Compressed with gzip."""

    name = "rows.csv.gz"

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        path.write_bytes(gzip.compress(as_csv(rows).encode()))


class TestCsvZstandard(FileConformance):
    """Compressed with Zstandard."""

    name = "rows.csv.zst"

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        with pa.output_stream(str(path), compression="zstd") as stream:
            stream.write(as_csv(rows).encode())


class TestCsvBzip2(FileConformance):
    """Compressed with bzip2, which the engine does not read itself."""

    name = "rows.csv.bz2"

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        path.write_bytes(bz2.compress(as_csv(rows).encode()))


class TestNdjson(FileConformance):
    """One object a line."""

    name = "rows.ndjson"

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        path.write_text(as_lines(rows))


class TestNdjsonWithMark(FileConformance):
    """A byte order mark and CRLF."""

    name = "rows.jsonl"

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        path.write_bytes(b"\xef\xbb\xbf" + as_lines(rows).replace("\n", "\r\n").encode())


class TestJsonArray(FileConformance):
    """An array of objects over several lines."""

    name = "rows.json"

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        objects = [dict(zip(NAMES, row, strict=True)) for row in rows]
        path.write_text(json.dumps(objects, default=str, indent=1))


class TestParquet(FileConformance):
    """Parquet keeps its own types."""

    name = "rows.parquet"

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        kinds = (pa.int64(), pa.string(), pa.float64(), pa.date32())
        arrays = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(kinds)]
        pyarrow.parquet.write_table(pa.table(arrays, names=NAMES), path)


class TestExcel(FileConformance):
    """The first sheet of a workbook."""

    name = "rows.xlsx"
    many = 3000

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("rows")
        for row in [NAMES, *rows]:
            sheet.append(row)
        book.save(path)
