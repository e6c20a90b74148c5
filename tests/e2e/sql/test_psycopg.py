"""psycopg 3: text and binary, parameters, prepared statements, cursors, pipelines, cancel, COPY, errors."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from meshwright.app.identity.tokens import revoke_token
from tests.sql_mesh import ADA, Served, new_token

TYPES: list[tuple[str, Any]] = [
    ("true", True), ("false", False), ("1::tinyint", 1), ("-2::smallint", -2), ("3", 3), ("-4::bigint", -4),
    ("5::utinyint", 5), ("6::uinteger", 6), ("18446744073709551615::ubigint", Decimal(2**64 - 1)),
    ("170141183460469231731687303715884105727::hugeint", Decimal(2**127 - 1)), ("(-1)::hugeint", Decimal(-1)),
    ("1.5::float", 1.5), ("1e300::double", 1e300), ("'inf'::double", float("inf")), ("-0.1::double", -0.1),
    ("1.50::decimal(9,2)", Decimal("1.50")), ("-12345.67890000::decimal(20,8)", Decimal("-12345.67890000")),
    ("0::decimal(5,3)", Decimal("0.000")), ("0.0001::decimal(9,4)", Decimal("0.0001")),
    ("10000::decimal(9,0)", Decimal(10000)), ("99990000.5::decimal(18,1)", Decimal("99990000.5")),
    ("'é\\n'", "é\\n"), ("''", ""), ("'\\x00\\xff'::blob", b"\x00\xff"), ("date '2024-02-29'", date(2024, 2, 29)),
    ("date '1999-12-31'", date(1999, 12, 31)), ("time '01:02:03.5'", clock(1, 2, 3, 500000)),
    ("timestamp '1999-01-01 00:00:00.000001'", datetime(1999, 1, 1, 0, 0, 0, 1)),
    ("timestamptz '2024-01-01 02:00:00+02'", datetime(2024, 1, 1, tzinfo=UTC)),
    ("interval '1 day 3.5 seconds'", timedelta(days=1, seconds=3.5)), ("interval '-2 hours'", timedelta(hours=-2)),
    ("uuid '5ba2b688-4cd3-4f3b-bfae-a0a822f7591d'", UUID("5ba2b688-4cd3-4f3b-bfae-a0a822f7591d")),
    ("'{\"a\": [1, null]}'::json", {"a": [1, None]}), ("{'a': 1, 'b': [1.5, null]}", {"a": 1, "b": [1.5, None]}),
    ("map {'k': 2}", {"k": 2}), ("[1, null, 3]", [1, None, 3]), ("['a b', 'c\"d', null, '']", ["a b", 'c"d', None, ""]),
    ("[date '2024-01-01']", [date(2024, 1, 1)]), ("[1.5::decimal(4,1)]", [Decimal("1.5")]), ("[]::integer[]", []),
    ("[true, false]", [True, False]), ("[[1, 2], [3]]", [[1, 2], [3]]), ("null", None), ("null::date", None),
    ("'b'::enum('a', 'b')", "b"), ("'0101'::bit", "0101"), ("[1, 2]::integer[2]", [1, 2]),
    ("timestamp_ns '2024-01-01 00:00:00.123456789'", datetime(2024, 1, 1, 0, 0, 0, 123456)),
]  # fmt: skip


@pytest.fixture
def connection(endpoint: Served) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(endpoint.dsn, autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize("is_binary", [False, True])
@pytest.mark.parametrize(("sql", "value"), TYPES, ids=[sql for sql, _ in TYPES])
def test_every_type_arrives_as_what_it_is(
    connection: "psycopg.Connection[Any]", sql: str, value: Any, is_binary: bool
) -> None:
    with connection.cursor(binary=is_binary) as cursor:
        cursor.execute(f"select {sql} as v, null as n, 1 as one from range(2)")
        assert cursor.fetchall() == [(value, None, 1)] * 2


@pytest.mark.parametrize(
    "value",
    [1, -(2**40), 1.25, Decimal("12.50"), "o'clock", True, date(2024, 2, 29), datetime(2024, 1, 1, 10),
     datetime(2024, 1, 1, tzinfo=UTC), clock(1, 2), b"\x00\x01", None,
     UUID("5ba2b688-4cd3-4f3b-bfae-a0a822f7591d"), timedelta(days=2, seconds=1)],
)  # fmt: skip
@pytest.mark.parametrize("form", ["%s", "%b", "%t"])
def test_a_parameter_comes_back_as_it_went(
    connection: "psycopg.Connection[Any]", value: Any, form: str
) -> None:
    kinds = {int: "bigint", float: "double", Decimal: "decimal(9,2)", str: "varchar", bool: "boolean", date: "date",
             datetime: "timestamp", clock: "time", bytes: "blob", UUID: "uuid", timedelta: "interval"}  # fmt: skip
    kind = kinds.get(type(value), "varchar")
    kind = "timestamptz" if isinstance(value, datetime) and value.tzinfo else kind
    row = connection.execute(f"select {form}::{kind}", [value]).fetchone()
    assert row == (value,)


def test_a_parameter_without_a_type_takes_that_of_the_column_beside_it(
    connection: "psycopg.Connection[Any]",
) -> None:
    sql = (
        "select id from sales.orders.orders where placed >= %s and amount < %s order by id limit %s"
    )
    assert connection.execute(sql, ["2024-02-01", "9.99", 5]).fetchall() == [(3,)]
    wrong = "select id from sales.orders.orders where placed = %s"
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="date"):
        connection.execute(wrong, ["soon"])


def test_a_value_is_never_read_as_sql(connection: "psycopg.Connection[Any]") -> None:
    evil = "x' or 1=1 --"
    sql = "select count(*) from crm.people.people where city = %s"
    assert connection.execute(sql, [evil]).fetchone() == (0,)


def test_prepared_statements_are_kept_and_let_go(connection: "psycopg.Connection[Any]") -> None:
    for number in range(12):
        sql = "select id from sales.orders.orders where id = %s"
        rows = connection.execute(sql, [number % 4], prepare=True).fetchall()
        assert rows == ([(number % 4,)] if number % 4 else [])
    connection.execute("deallocate all")
    with pytest.raises(psycopg.errors.InvalidSqlStatementName):
        connection.execute("deallocate nothing")


def test_a_cursor_of_the_server_gives_rows_in_parts(connection: "psycopg.Connection[Any]") -> None:
    with connection.transaction(), connection.cursor("part", binary=True) as cursor:
        cursor.execute("select i, i::varchar from range(5000) t(i)")
        assert cursor.fetchmany(3) == [(0, "0"), (1, "1"), (2, "2")]
        cursor.scroll(10)
        assert cursor.fetchone() == (13, "13")
        cursor.itersize = 700
        assert sum(1 for _ in cursor) == 4986


def test_a_cursor_with_hold_outlives_its_transaction(connection: "psycopg.Connection[Any]") -> None:
    with connection.cursor("kept", withhold=True) as cursor:
        cursor.execute("select 1 union all select 2 order by 1")
        assert cursor.fetchall() == [(1,), (2,)]


def test_a_pipeline_goes_on_after_an_error(connection: "psycopg.Connection[Any]") -> None:
    with connection.pipeline() as pipeline:
        first = connection.execute("select 1")
        pipeline.sync()
        wrong = connection.execute("select nope")
        with pytest.raises(psycopg.errors.UndefinedColumn):
            pipeline.sync()
        assert first.fetchone() == (1,)
        last = connection.execute("select 2")
    assert last.fetchone() == (2,)
    assert wrong is not None


def test_copy_gives_rows_of_every_format(connection: "psycopg.Connection[Any]") -> None:
    sql = "select i, null, 'a\tb' || i from range(3) t(i)"
    with connection.cursor().copy(f"copy ({sql}) to stdout") as copy:
        assert list(copy.rows()) == [(str(i), None, f"a\tb{i}") for i in range(3)]
    with connection.cursor().copy(f"copy ({sql}) to stdout (format binary)") as copy:
        copy.set_types(["int8", "text", "text"])
        assert list(copy.rows()) == [(i, None, f"a\tb{i}") for i in range(3)]


def test_a_cancel_stops_the_query_and_the_session_goes_on(
    connection: "psycopg.Connection[Any]",
) -> None:
    started = time.monotonic()
    threading.Timer(0.5, connection.cancel_safe, kwargs={"timeout": 5}).start()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("select count(*) from range(100000000000) t(i) where i % 7 = 3")
    assert time.monotonic() - started < 10
    assert connection.execute("select 5").fetchone() == (5,)


def test_a_statement_timeout_is_kept(connection: "psycopg.Connection[Any]") -> None:
    connection.execute("set statement_timeout = '300ms'")
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("select count(*) from range(100000000000) t(i) where i % 7 = 3")
    connection.execute("reset statement_timeout")
    assert connection.execute("select 5").fetchone() == (5,)


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("select * from sales.orders.nothing", psycopg.errors.UndefinedTable),
        ("select * from nowhere", psycopg.errors.UndefinedTable),
        ("select wrong from sales.orders.orders", psycopg.errors.UndefinedColumn),
        ("select * from vault.gold.bars", psycopg.errors.InsufficientPrivilege),
        ("selec 1", psycopg.errors.SyntaxError),
        ("select 'x'::integer", psycopg.errors.InvalidTextRepresentation),
        ("delete from sales.orders.orders", psycopg.errors.ReadOnlySqlTransaction),
        ("select * from read_csv('/etc/passwd')", psycopg.errors.InsufficientPrivilege),
        ("select count(*) from pg_class, sales.orders.orders", psycopg.errors.FeatureNotSupported),
        ("show nothing.at_all", psycopg.errors.UndefinedObject),
        ("set client_encoding = 'LATIN1'", psycopg.errors.InvalidParameterValue),
        ("close nothing", psycopg.errors.InvalidCursorName),
    ],
)
def test_an_error_has_the_state_that_clients_know(
    connection: "psycopg.Connection[Any]", sql: str, error: type[psycopg.Error]
) -> None:
    with pytest.raises(error):
        connection.execute(sql)
    assert connection.execute("select 1").fetchone() == (1,)


def test_a_purpose_of_the_connection_is_that_of_its_queries(endpoint: Served) -> None:
    options = "-c meshwright.purpose=churn\\ model"
    with psycopg.connect(endpoint.dsn, options=options) as opened:
        opened.execute("select count(*) from sales.orders.totals")
    with endpoint.mesh.wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT payload FROM facts WHERE kind = 'QueryRan' ORDER BY seq DESC LIMIT 1"
        )
    assert '"purpose":"churn model"' in str(rows[0][0]).replace('": "', '":"')
    assert '"door":"sql"' in str(rows[0][0]).replace('": "', '":"')


def test_an_open_cursor_gives_no_more_rows_once_its_token_is_revoked(endpoint: Served) -> None:
    token = new_token(endpoint.folder)
    name = token.split("_")[1]
    place = {"host": "127.0.0.1", "port": endpoint.server.port, "dbname": "test"}
    with (
        psycopg.connect(**place, user=f"{ADA}/{name}", password=token) as session,
        session.cursor("rows") as cursor,
    ):
        cursor.execute("select * from range(10)")
        assert cursor.fetchone() == (0,)
        revoke_token(endpoint.mesh.wiring, name)
        with pytest.raises(psycopg.errors.InvalidPassword):
            cursor.fetchone()
