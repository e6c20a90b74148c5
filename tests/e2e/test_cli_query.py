"""`mesh query`: in every format, to a pipe and to a file, from anywhere in the mesh; hostile SQL refused."""

import csv
import io
from pathlib import Path

import polars
import pyarrow
import pyarrow.parquet
import pytest

import meshwright
from tests.e2e.shell import mesh, process
from tests.integration.shop import MORE_ORDERS, build
from tests.meshes import set_silo, write_mesh

SQL = "select id, amount, amount / 4 as part, id = 1 as first from sales.orders.orders order by id"
ROWS = [(1, 10, 2.5, True), (2, 20, 5.0, False), (3, 5, 1.25, False)]


@pytest.fixture(scope="module")
def two_versions(built_by_command: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.integration.shop import copied

    folder = copied(built_by_command, tmp_path_factory.mktemp("two") / "mesh")
    set_silo(folder, "sales.orders.raw", MORE_ORDERS)
    build(folder)
    return folder


def test_a_table_for_people(built_by_command: Path) -> None:
    ended = mesh(built_by_command, "query", SQL)
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].split() == ["id", "amount", "part", "first"]
    assert lines[1].split() == ["1", "10", "2.5", "True"]
    assert "3 rows" in ended.err


def test_a_long_table_is_cut_and_says_so(built_by_command: Path) -> None:
    sql = "select unnest(range(250)) as n"
    ended = mesh(built_by_command, "query", sql)
    assert len(ended.out.splitlines()) == 101
    assert "150 more rows; --limit 0 shows all" in ended.err
    assert len(mesh(built_by_command, "query", sql, "--limit", "0").out.splitlines()) == 251


def test_csv(built_by_command: Path) -> None:
    ended = mesh(built_by_command, "query", SQL, "--format", "csv")
    rows = list(csv.reader(io.StringIO(ended.out)))
    assert rows[0] == ["id", "amount", "part", "first"]
    assert rows[1] == ["1", "10", "2.5", "true"]
    assert len(rows) == 4
    assert ended.err == ""


def test_csv_keeps_quotes_commas_lines_and_what_is_missing_apart(built_by_command: Path) -> None:
    sql = """select 'a,b' as a, 'say "hi"' as b, e'x\\ny' as c, null as d, '' as e"""
    ended = mesh(built_by_command, "query", sql, "--format", "csv")
    assert list(csv.reader(io.StringIO(ended.out)))[1][:3] == ["a,b", 'say "hi"', "x\ny"]


def test_json_names_columns_rows_and_versions(two_versions: Path) -> None:
    ended = mesh(two_versions, "query", "select count(*) n from sales.orders.orders", "--json")
    assert ended.json == {
        "columns": ["n"],
        "rows": [[4]],
        "versions": {"sales.orders.orders": 2},
    }
    assert mesh(two_versions, "query", "select 1 as n", "--format", "json").json["rows"] == [[1]]


def test_values_of_every_type_are_given_in_every_format(built_by_command: Path) -> None:
    sql = (
        "select date '2024-02-29' d, timestamp '2024-02-29 01:02:03' t, 1.50::decimal(9,2) m,"
        " [1,2] l, {'a': 1} s, 'é'::varchar u, null::integer n, 'x'::blob b, interval 1 day i,"
        " timestamptz '2024-02-29 01:02:03+00' z, 170141183460469231731687303715884105727 h,"
        " uuid '11111111-1111-1111-1111-111111111111' uid, map {'k': 2} mp"
    )
    for form in ("table", "json", "csv", "arrow", "parquet"):
        ended = mesh(built_by_command, "query", sql, "--format", form)
        assert ended.code in (0, 2), (form, ended.err)
        if ended.code == 2:
            assert form in ("csv", "parquet", "arrow")
            assert "next:" in ended.err


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_binary_formats_to_a_pipe_and_to_a_file(
    built_by_command: Path, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"rows.{form}"
    ended = mesh(built_by_command, "query", SQL, "--format", form, "-o", str(file))
    assert (ended.code, ended.raw) == (0, b"")
    assert "3 rows" in ended.err
    piped = process(built_by_command, "query", SQL, "--format", form)
    assert piped.code == 0
    for content in (file.read_bytes(), piped.raw):
        source = pyarrow.BufferReader(content)
        table = (
            pyarrow.ipc.open_stream(source).read_all()
            if form == "arrow"
            else pyarrow.parquet.read_table(source)
        )
        assert polars.from_arrow(table).rows() == ROWS  # type: ignore[union-attr]


def test_a_query_without_rows_still_has_columns(built_by_command: Path) -> None:
    sql = "select id from sales.orders.orders where false"
    assert mesh(built_by_command, "query", sql, "--format", "csv").out == '"id"\n'.replace('"', "")
    assert mesh(built_by_command, "query", sql, "--json").json["rows"] == []
    assert mesh(built_by_command, "query", sql).code == 0


def test_from_any_folder_inside_the_mesh(built_by_command: Path, tmp_path: Path) -> None:
    inside = built_by_command / "domains" / "sales" / "orders" / "models"
    sql = "select count(*) from sales.orders.orders"
    assert mesh(inside, "query", sql, "--json").json["rows"] == [[3]]
    assert mesh(tmp_path, "-C", str(built_by_command), "query", sql, "--json").json["rows"] == [[3]]
    assert mesh(tmp_path, "--mesh", str(inside), "query", sql, "--json").json["rows"] == [[3]]


def test_sql_from_stdin(built_by_command: Path) -> None:
    ended = process(built_by_command, "query", "-", "--format", "csv", stdin="select 7 as n\n")
    assert ended.out.splitlines() == ["n", "7"] or ended.out.splitlines() == ['"n"', "7"]


def test_versions_and_times(two_versions: Path) -> None:
    def count(port: str, *how: str) -> int:
        sql = f"select count(*) from sales.orders.{port}"
        return int(mesh(two_versions, "query", sql, "--json", *how).json["rows"][0][0])

    assert count("orders") == 4
    assert count('"orders@1"') == 3
    assert count('"orders@2"') == 4
    history = mesh(two_versions, "history", "sales.orders", "--json").json["history"]
    assert count("orders", "--as-of", history[-1]["at"]) == 3
    ended = mesh(two_versions, "query", "from sales.orders.orders", "--as-of", "2001-01-01")
    assert (ended.code, "not-published" in ended.err) == (2, True)


def test_letter_case_and_quotes_do_not_matter(built_by_command: Path) -> None:
    for name in ("Sales.Orders.ORDERS", '"sales"."orders"."orders"', "SALES.orders.orders"):
        assert mesh(built_by_command, "query", f"select count(*) from {name}").code == 0


def test_a_reader_that_goes_away_is_no_failure(built_by_command: Path) -> None:
    import subprocess

    from tests.e2e.shell import MESH

    first = subprocess.Popen(
        [*MESH, "query", "select unnest(range(500000)) n", "--format", "csv"],
        cwd=built_by_command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert first.stdout is not None
    assert first.stderr is not None
    first.stdout.readline()
    first.stdout.close()
    said = first.stderr.read().decode()
    first.stderr.close()
    assert first.wait(60) in (0, 141)
    assert "Traceback" not in said
    assert "Exception ignored" not in said


HOSTILE = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from glob('/*')",
    "copy (select 1) to '/tmp/stolen.csv'",
    "copy sales.orders.orders to 'x.parquet'",
    "attach '/tmp/x.db'",
    "install httpfs",
    "load httpfs",
    "create table x as select 1",
    "drop table sales.orders.orders",
    "insert into sales.orders.orders values (9, 9, 9)",
    "set memory_limit = '1GB'",
    "select 1; select 2",
    "select getenv('HOME')",
    "select * from duckdb_settings()",
    "select * from query('select 1')",
    "pragma database_list",
    "call pragma_version()",
    "explain analyze select 1; drop table x",
    "select * from parquet_scan('.mesh/data/sales/orders/orders/*.parquet')",
    "with x as (insert into y values (1)) select 1",
    "",
    "-- nothing",
    "select",
]


@pytest.mark.parametrize("sql", HOSTILE)
def test_what_no_query_may_do_is_refused_with_one_clear_error(
    built_by_command: Path, sql: str
) -> None:
    ended = mesh(built_by_command, "query", sql)
    assert ended.code in (1, 2, 4), ended.out
    assert ended.out == ""
    assert ended.err.startswith("error: ")
    assert len(ended.err.strip().splitlines()) <= 2
    assert "root:" not in ended.err


def test_every_query_is_a_fact_that_quotes_nothing(built_by_command: Path) -> None:
    mesh(built_by_command, "query", "select id from sales.orders.orders where id = 4711")
    mesh(built_by_command, "query", "select * from sales.orders.nothing")
    listed = mesh(
        built_by_command, "ledger", "list", "--kind", "QueryRan", "--limit", "2", "--json"
    )
    facts = [entry["fact"] for entry in listed.json["entries"]]
    assert facts[0]["read"] == ["sales.orders.orders@1"]
    assert facts[1]["error"] == "table-unknown"
    assert "4711" not in listed.out


def test_columns_of_the_same_name_and_odd_names_are_given(tmp_path: Path) -> None:
    folder = write_mesh(
        tmp_path / "mesh",
        {
            "d": {
                "p": {
                    "inputs": {"r": "x\n1\n"},
                    "ports": {"a": 'select x as "Weird ""Näme" from r'},
                }
            }
        },
    )
    build(folder)
    ended = mesh(folder, "query", "from d.p.a", "--format", "csv")
    assert next(csv.reader(io.StringIO(ended.out))) == ['Weird "Näme']
    for form in ("table", "json", "csv", "arrow", "parquet"):
        twice = mesh(folder, "query", "select 1 as a, 2 as a", "--format", form)
        assert twice.code == 0, twice.err


def test_a_missing_value_alone_in_its_row_is_still_a_row(built_by_command: Path) -> None:
    sql = "select null::integer as n union all select 1 order by 1 nulls first"
    assert mesh(built_by_command, "query", sql, "--format", "csv").out == 'n\n""\n1\n'


def test_csv_is_quoted_only_where_it_must_be(built_by_command: Path) -> None:
    """A missing value is an empty cell, an empty text is quoted."""
    sql = """select 'JFK' a, 'a,b' b, 'q"q' c, '' d, null::varchar e, [1, 2] f, 2.50::decimal(9,2) g"""
    ended = mesh(built_by_command, "query", sql, "--format", "csv")
    assert ended.out.splitlines()[1] == 'JFK,"a,b","q""q","",,"[1, 2]",2.50'


def test_json_has_no_nan(built_by_command: Path) -> None:
    import json

    ended = mesh(
        built_by_command, "query", "select 'nan'::double a, [1.5, 'inf'::double] b", "--json"
    )
    document = json.loads(ended.out, parse_constant=lambda name: pytest.fail(name))
    assert document["rows"] == [["nan", [1.5, "inf"]]]


FAR = """select date 'infinity' as a, timestamp '290000-01-01' as b, [date '-infinity'] as c,
    timestamptz '290000-01-01 00:00:00+00' as d, date '0044-03-15 (BC)' as e, date '2024-01-02' as f"""
SHOWN = [
    "infinity",
    "290000-01-01 00:00:00",
    "[-infinity]",
    "290000-01-01 00:00:00+00",
    "0044-03-15 (BC)",
]


def test_dates_beyond_pythons_years_are_shown(built_by_command: Path) -> None:
    """In every format that people read; a column without such a date is as ever."""
    ended = mesh(built_by_command, "query", FAR, "--format", "json")
    assert ended.json["rows"] == [[*SHOWN, "2024-01-02"]]
    ended = mesh(built_by_command, "query", FAR, "--format", "csv")
    assert ended.out.splitlines()[1] == ",".join([*SHOWN, "2024-01-02"])
    ended = mesh(built_by_command, "query", "select date 'infinity' as a")
    assert "infinity" in ended.out
    with meshwright.open(built_by_command) as opened:
        assert opened.query(FAR).to_pylist()[0]["b"] == SHOWN[1]
