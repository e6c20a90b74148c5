"""Files as they come: broken lines, odd headers, types that only show over all files together."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from meshwright.adapters.files import FileSource
from meshwright.errors import DataError, DescriptorError, MeshwrightError, UnreachableError
from meshwright.model.product import SourceSpec
from meshwright.model.table import Column
from meshwright.testing.source import Taken, take


class Silo:
    """A folder to put files into, and to read as a source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes | str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def source(
        self,
        *paths: str,
        format: str = "",
        options: Mapping[str, object] | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> FileSource:
        return FileSource(
            SourceSpec("files", self.folder, paths, format, options or {}, columns or {})
        )

    def types(self, *paths: str, **more: object) -> dict[str, str]:
        source = self.source(*paths, **more)  # type: ignore[arg-type]
        return {column.name: column.type for column in source.columns(source.items())}

    def take(self, *paths: str, **more: object) -> Taken:
        source = self.source(*paths, **more)  # type: ignore[arg-type]
        items = source.items()
        return take(source, items, source.columns(items))


@pytest.fixture
def silo(tmp_path: Path) -> Silo:
    return Silo(tmp_path)


def places(taken: Taken) -> list[tuple[str, int, str]]:
    return [(row.item, row.line, row.column) for row in taken.rejected]


# Types


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "-2", ""], "BIGINT"),
        (["00501", "10001"], "VARCHAR"),
        (["0", "10"], "BIGINT"),
        (["1", "2.5"], "DOUBLE"),
        (["1e3", "-.5"], "DOUBLE"),
        (["1e3", "2E400"], "VARCHAR"),
        (["12345678901234567890"], "VARCHAR"),
        (["1", "12345678901234567890"], "VARCHAR"),
        (["+49", "1"], "VARCHAR"),
        (["2024-01-31", ""], "DATE"),
        (["2024-01-31", "2024-02-30"], "VARCHAR"),
        (["2024-01-31", "2024-01-31 10:00"], "TIMESTAMP"),
        (["2024-01-31T10:00:00Z"], "TIMESTAMP WITH TIME ZONE"),
        (["true", "FALSE"], "BOOLEAN"),
        (["true", "1"], "VARCHAR"),
        (["yes", "no"], "VARCHAR"),
        (["", ""], "VARCHAR"),
        (["1", "x"], "VARCHAR"),
        (["nan"], "VARCHAR"),
    ],
)
def test_types_are_what_every_value_allows(silo: Silo, values: list[str], expected: str) -> None:
    """A type is taken only when each value has it in its plain form."""
    silo.put("a.csv", "k,v\n" + "".join(f"x,{value}\n" for value in values))
    assert silo.types("a.csv")["v"] == expected


def test_a_late_value_counts(silo: Silo) -> None:
    """The last of many rows, in the last of many files, still decides."""
    for number in range(5):
        silo.put(f"{number}.csv", "a,b,c\n" + "".join(f"{i},,{i}\n" for i in range(3000)))
    silo.put("9.csv", "a,b,c\n" + "1,2,3\n" * 3000 + "x,y,007\n")
    assert silo.types("*.csv") == {"a": "VARCHAR", "b": "VARCHAR", "c": "VARCHAR"}
    assert silo.take("*.csv").rows[-1] == ("x", "y", "007")


def test_a_column_without_values_takes_its_type_from_other_files(silo: Silo) -> None:
    """NULL in one file says nothing about the type."""
    silo.put("1.csv", "a,b\n,x\n,y\n")
    silo.put("2.csv", "a,b\n7,z\n")
    assert silo.types("*.csv") == {"a": "BIGINT", "b": "VARCHAR"}
    silo.put("1.ndjson", '{"a": null}\n')
    silo.put("2.ndjson", '{"a": "t"}\n')
    assert silo.types("*.ndjson") == {"a": "VARCHAR"}


def test_files_are_united_by_column_name(silo: Silo) -> None:
    """Another order is the same table; a column that a file lacks is NULL there."""
    silo.put("1.csv", "a,b\n1,x\n")
    silo.put("2.csv", "b,a,c\ny,2,3\n")
    source = silo.source("*.csv")
    assert source.columns(source.items()) == (
        Column("a", "BIGINT"),
        Column("b", "VARCHAR"),
        Column("c", "BIGINT"),
    )
    assert silo.take("*.csv").rows == [(1, "x", None), (2, "y", 3)]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("csv", "a\n1\n", "a\n007\n"),
        ("csv", "a\n1\n", "a\n1.5\n"),
        ("csv", "a\n1\n", "a,b\n1,2\n"),
        ("ndjson", '{"a": 1}\n', '{"a": 1.5}\n'),
        ("ndjson", '{"a": 1}\n', '{"a": 1, "b": 2}\n'),
    ],
)
def test_fixed_columns_do_not_bend(silo: Silo, name: str, before: str, after: str) -> None:
    """A file that the inferred columns cannot hold says so, instead of losing zeros or fractions."""
    silo.put(f"1.{name}", before)
    source = silo.source(f"*.{name}")
    columns = source.columns(source.items())
    silo.put(f"2.{name}", after)
    again = silo.source(f"*.{name}")
    with pytest.raises(DataError) as found:
        again.read(again.items()[1:], columns)
    assert found.value.code == "source-columns-changed"


def test_fixed_columns_hold_what_is_narrower(silo: Silo) -> None:
    """Whole numbers in a column of fractions, and a file without values, need nothing new."""
    silo.put("1.csv", "a,b\n1.5,2024-01-01\n")
    source = silo.source("*.csv")
    columns = source.columns(source.items())
    silo.put("2.csv", "b,a\n,2\n")
    again = silo.source("*.csv")
    assert take(again, again.items()[1:], columns).rows == [(2.0, None)]


# Rows that do not parse


def test_broken_csv_rows_are_counted_with_their_line(silo: Silo) -> None:
    """Too many, too few, bad values and bytes; quoted line ends and blank lines do not shift the count."""
    silo.put(
        "a.csv",
        b'id,note\n1,"two\nlines"\n2,a,b\nx,c\n\n3\n4,\xff\n5,ok\n6,"open\n7,lost\n',
    )
    taken = silo.take("a.csv", columns={"id": "BIGINT", "note": "VARCHAR"})
    assert taken.rows == [(1, "two\nlines"), (5, "ok")]
    assert places(taken) == [
        ("a.csv", 4, ""),
        ("a.csv", 5, "id"),
        ("a.csv", 7, "note"),
        ("a.csv", 8, "note"),
        ("a.csv", 10, "note"),
    ]
    assert taken.count == 6  # the open quote swallows two lines
    assert taken.rejected[1].text == "x,c"
    assert "BIGINT" in taken.rejected[1].error


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("compress", [False, True])
def test_lines_are_those_of_the_file(silo: Silo, mark: bytes, end: bytes, compress: bool) -> None:
    """A byte order mark, CRLF and compression do not move a line."""
    content = mark + end.join([b"a,b", b'1,"x', b'y"', b"bad,1", b"2,z", b"bad,2", b""])
    name = "a.csv.gz" if compress else "a.csv"
    silo.put(name, gzip.compress(content) if compress else content)
    taken = silo.take(name, columns={"a": "INTEGER"})
    assert places(taken) == [(name, 4, "a"), (name, 6, "a")]
    assert len(taken.rows) == 2


def test_the_first_thousand_rejected_rows_are_kept_and_all_are_counted(silo: Silo) -> None:
    """Memory is bounded, the count is exact."""
    silo.put("a.csv", "a\n" + "x\n" * 5000 + "1\n")
    taken = silo.take("a.csv", columns={"a": "INTEGER"})
    assert (taken.rows, taken.count, len(taken.rejected)) == ([(1,)], 5000, 1000)
    assert places(taken)[999] == ("a.csv", 1001, "a")


def test_a_fraction_is_not_rounded_into_an_integer(silo: Silo) -> None:
    """`1.5` is no integer; `2.0` is."""
    silo.put("a.csv", "a\n1.5\n2.0\n3\n")
    taken = silo.take("a.csv", columns={"a": "INTEGER"})
    assert (taken.rows, places(taken)) == ([(2,), (3,)], [("a.csv", 2, "a")])
    silo.put("a.ndjson", '{"a": 1.5}\n{"a": 2}\n{"a": "3"}\n')
    taken = silo.take("a.ndjson", columns={"a": "INTEGER"})
    assert (taken.rows, places(taken)) == ([(2,), (3,)], [("a.ndjson", 1, "a")])


def test_broken_ndjson_lines_are_counted(silo: Silo) -> None:
    """A line that is no object is set aside with its number; blank lines are none."""
    silo.put("a.ndjson", '{"a": 1}\n\n{"a": \n[1]\n{"a": "x"}\n{"b": {"c": [1]}}\nNaN\n')
    taken = silo.take("a.ndjson", columns={"a": "BIGINT"})
    assert taken.rows == [(1, None), (None, {"c": [1]})]
    assert places(taken) == [
        ("a.ndjson", 3, ""),
        ("a.ndjson", 4, ""),
        ("a.ndjson", 5, "a"),
        ("a.ndjson", 7, ""),
    ] or {place[1] for place in places(taken)} == {3, 4, 5, 7}
    assert taken.count == 4


def test_a_broken_json_array_is_refused_whole(silo: Silo) -> None:
    """There is no saying where its rows begin again."""
    silo.put("a.json", '[{"a": 1}, {"a": ')
    with pytest.raises(DataError, match=r"a\.json") as found:
        silo.take("a.json")
    assert found.value.code == "source-malformed"


# What is there and what is not


def test_paths_patterns_and_lists(silo: Silo) -> None:
    """Files are found once each, sorted, below folders too; folders and hidden files are none."""
    for name in ("b.csv", "a.csv", "deep/er/c.csv", ".hidden.csv", "d.csv/x.txt", "odd [1].csv"):
        silo.put(name, "a\n1\n")
    names = [item.name for item in silo.source("**/*.csv", "b.csv").items()]
    assert names == ["a.csv", "b.csv", "deep/er/c.csv", "odd [1].csv"]
    assert silo.take("odd [1].csv").rows == [(1,)]


def test_a_pattern_that_finds_nothing_names_its_folder(silo: Silo) -> None:
    """The pattern and where it was looked for are in the message."""
    for path, said in (("*.csv", "no file matches `*.csv`"), ("no/x.csv", "is not there")):
        with pytest.raises(UnreachableError) as found:
            silo.source(path).items()
        assert found.value.code == "source-not-found"
        assert said in found.value.message
        assert str(silo.folder) in found.value.message


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", "", "source-empty"),
        ("a.ndjson", "\n\n", "source-empty"),
        ("a.json", "[]", "source-empty"),
        ("a.csv", "a,b,A\n1,2,3\n", "source-header-duplicate"),
        ("a.parquet", "no parquet", "source-malformed"),
        ("a.xlsx", "no workbook", "source-malformed"),
        ("a.csv.gz", "no gzip", "source-malformed"),
        ("a.ndjson", "1\n2\n", "source-malformed"),
    ],
)
def test_content_that_is_not_the_format_is_one_clear_error(
    silo: Silo, name: str, content: str, code: str
) -> None:
    """Never a traceback, never an empty table."""
    silo.put(name, content)
    with pytest.raises(MeshwrightError) as found:
        silo.take(name)
    assert found.value.code == code
    assert "\n" not in found.value.message


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"\x7fELF\x02\x01\0\0\n\0", "export it as text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "export it as text"),
        (b"PK\3\4\x14\0\x06\0", ".xlsx"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_text_is_called_that(silo: Silo, content: bytes, hint: str) -> None:
    """With the file and what to do, and nothing of how an engine stumbled over it."""
    silo.put("a.csv", content)
    with pytest.raises(DataError, match=r"`a\.csv` is no text") as found:
        silo.take("a.csv")
    assert found.value.code == "source-malformed"
    assert hint in found.value.hint
    assert "\0" not in found.value.message


def test_a_letter_nul_in_a_value_is_no_reason_to_refuse_a_file(silo: Silo) -> None:
    silo.put("a.csv", "a,b\né,x\0y\n")
    assert silo.types("a.csv") == {"a": "VARCHAR", "b": "VARCHAR"}


def test_a_header_alone_is_an_empty_table(silo: Silo) -> None:
    """Columns without rows; an empty file beside others adds nothing."""
    silo.put("1.csv", "a,b\n")
    assert silo.take("1.csv").rows == []
    silo.put("2.csv", "")
    silo.put("3.csv", "a,b\n1,2\n")
    assert silo.take("*.csv").rows == [(1, 2)]


@pytest.mark.parametrize(
    ("path", "more", "code"),
    [
        ("a.csv", {"options": {"delimeter": ";"}}, "source-option-unknown"),
        ("a.csv", {"options": {"header": "yes"}}, "source-option-invalid"),
        ("a.csv", {"options": {"skip": -1}}, "source-option-invalid"),
        ("a.csv", {"options": {"encoding": "utf-99"}}, "source-option-invalid"),
        ("a.csv", {"options": {"quote": "''"}}, "source-option-invalid"),
        ("a.parquet", {"options": {"delimiter": ";"}}, "source-option-unknown"),
        ("a.txt", {}, "source-format-unknown"),
        ("a.csv", {"format": "exel"}, "source-format-unknown"),
    ],
)
def test_wrong_options_are_errors_of_the_descriptor(
    silo: Silo, path: str, more: dict[str, object], code: str
) -> None:
    """Before any file is touched."""
    with pytest.raises(DescriptorError) as found:
        silo.source(path, **more)  # type: ignore[arg-type]
    assert found.value.code == code


def test_a_declared_column_that_no_file_has_is_named(silo: Silo) -> None:
    """With the nearest that is there."""
    silo.put("a.csv", "dep_delay\n1\n")
    with pytest.raises(DataError) as found:
        silo.types("a.csv", columns={"depdelay": "INTEGER"})
    assert found.value.code == "column-missing"
    assert "`dep_delay`" in found.value.hint


# Options


def test_csv_options_do_what_they_say(silo: Silo) -> None:
    """Delimiter, quote, decimal comma, dates, NULL texts, lines before the header, no header."""
    silo.put(
        "a.txt", "made by a machine\n\nd;p;n;q\n31.12.2024;1,5;NA;'x;y'\n01.02.2024;-2,25;-;z\n"
    )
    options = {
        "skip": 2,
        "quote": "'",
        "decimal": ",",
        "dateformat": "%d.%m.%Y",
        "null": ["NA", "-"],
    }
    assert silo.types("a.txt", format="csv", options=options) == {
        "d": "DATE",
        "p": "DOUBLE",
        "n": "VARCHAR",
        "q": "VARCHAR",
    }
    rows = silo.take("a.txt", format="csv", options=options).rows
    assert [str(value) for value in rows[0]] == ["2024-12-31", "1.5", "None", "x;y"]
    silo.put("b.csv", "1,x\n2,y\n")
    assert silo.types("b.csv", options={"header": False}) == {
        "column0": "BIGINT",
        "column1": "VARCHAR",
    }
    declared = {"id": "BIGINT", "name": "VARCHAR"}
    assert silo.types("b.csv", options={"header": False}, columns=declared) == declared


def test_other_encodings_are_read_and_wrong_ones_refused(silo: Silo) -> None:
    """Any encoding that Python knows."""
    silo.put("a.csv", "name\n€ Zoë\n".encode("cp1252"))
    assert silo.take("a.csv", options={"encoding": "cp1252"}).rows == [("€ Zoë",)]
    silo.put("b.csv", b"name\n\x81\n")
    with pytest.raises(DataError) as found:
        silo.take("b.csv", options={"encoding": "cp1252"})
    assert found.value.code == "source-encoding"


def test_excel_options_do_what_they_say(silo: Silo) -> None:
    """A sheet by name, a range, rows before the header; a sheet that is not there is named."""
    book = openpyxl.Workbook()
    book.active.title = "cover"  # type: ignore[union-attr]
    sheet = book.create_sheet("airports")
    for row in [
        ["made by hand"],
        [],
        ["faa", "alt", None, "note"],
        ["JFK", 13, None, "big"],
        ["LGA", "x", None, None],
    ]:
        sheet.append(row)
    book.save(silo.folder / "a.xlsx")
    options = {"sheet": "airports", "skip": 2}
    assert silo.take("a.xlsx", options=options).rows == [("JFK", "13", "big"), ("LGA", "x", None)]
    assert silo.take("a.xlsx", options=options | {"range": "A1:B9"}).rows == [
        ("JFK", "13"),
        ("LGA", "x"),
    ]
    taken = silo.take("a.xlsx", options=options, columns={"alt": "INTEGER"})
    assert (taken.rows, places(taken)) == ([("JFK", 13, "big")], [("a.xlsx", 5, "alt")])
    with pytest.raises(DescriptorError, match="airport") as found:
        silo.take("a.xlsx", options={"sheet": "airport"})
    assert "`airports`" in found.value.hint


@pytest.mark.parametrize(
    "kind", ["intger", "INTEGER) AS a, (1", "INT; SELECT 1", "ENUM('a')", "INT --", ""]
)
def test_a_declared_type_is_a_type(silo: Silo, kind: str) -> None:
    """It never becomes another piece of SQL; a right one is spelled as the engine spells it."""
    silo.put("a.csv", "a\n1\n")
    with pytest.raises(DescriptorError) as found:
        silo.types("a.csv", columns={"a": kind})
    assert found.value.code == "source-type-unknown"
    assert silo.types("a.csv", columns={"a": "decimal(5, 2)"}) == {"a": "DECIMAL(5,2)"}
