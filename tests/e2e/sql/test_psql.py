"""psql as a person uses it: select, describe, list, copy, and errors where they are."""

import os
import subprocess

import pytest

from tests.psql import PSQL
from tests.sql_mesh import Served


def psql(
    endpoint: Served, *commands: str, database: str = "test"
) -> "subprocess.CompletedProcess[str]":
    """Run psql on some commands; plain rows, no headers."""
    dsn = endpoint.dsn.replace("dbname=test", f"dbname={database}")
    said = [part for command in commands for part in ("-c", command)]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    return subprocess.run(
        [PSQL, dsn, "-X", "-A", "-t", "-F", "|", *said],
        capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip


def lines(endpoint: Served, *commands: str, database: str = "test") -> list[str]:
    ended = psql(endpoint, *commands, database=database)
    assert ended.stderr == ""
    return ended.stdout.splitlines()


def test_the_address_works_as_everywhere(endpoint: Served) -> None:
    assert lines(endpoint, "select id, amount, placed from sales.orders.orders order by id") == [
        "1|10.50|2024-01-01", "2|20.25|2024-02-29", "3|5.00|2024-03-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("database", "name"),
    [
        ("test", '"sales.orders".orders'),
        ("test", '"sales.orders"."orders"'),
        ("test", 'test."sales.orders".orders'),
        ("test", "orders"),
        ("test", "Sales.Orders.ORDERS"),
        ("sales", "orders.orders"),
        ("sales", 'orders."orders"'),
        ("sales", "sales.orders.orders"),
        ("sales", '"orders"."orders@1"'),
        ("crm", "sales.orders.orders"),
        ("postgres", "sales.orders.orders"),
    ],
)
def test_a_table_is_found_however_a_tool_writes_it(
    endpoint: Served, database: str, name: str
) -> None:
    assert lines(endpoint, f"select count(*) from {name}", database=database) == ["3"]
    assert lines(
        endpoint, f"select max(o.id) from {name} as o where o.id < 3", database=database
    ) == ["2"]


def test_columns_may_be_written_with_the_schema_before_them(endpoint: Served) -> None:
    sql = 'select "sales.orders".orders.id from "sales.orders".orders where "sales.orders".orders.id = 2'
    assert lines(endpoint, sql) == ["2"]


def test_a_search_path_is_where_names_are_looked_for(endpoint: Served) -> None:
    assert lines(
        endpoint, "set search_path to orders, public", "select count(*) from totals",
        "select current_schema()", database="sales",
    ) == ["SET", "2", "orders"]  # fmt: skip


def test_a_masked_column_reads_as_masked_and_never_fails(endpoint: Served) -> None:
    assert lines(endpoint, "select * from crm.people.people order by id") == ["1||Delft", "2||Graz"]


def test_what_may_not_be_read_is_refused_and_not_listed(endpoint: Served) -> None:
    ended = psql(endpoint, "\\set VERBOSITY verbose", "select * from vault.gold.bars")
    assert "ERROR:  42501: `person:ada@example.com` may not read `vault.gold.bars`" in ended.stderr
    assert "HINT:  mesh access request vault.gold.bars" in ended.stderr
    everything = lines(endpoint, "\\d", "\\l", "\\dn", "select * from information_schema.columns")
    assert "vault" not in "\n".join(everything)
    ended = psql(endpoint, "select 1", database="vault")
    assert "the database `vault` does not exist" in ended.stderr


def test_tables_are_listed_with_schema_and_kind(endpoint: Served) -> None:
    assert lines(endpoint, "\\dt") == [
        "crm.people|people|table|person:ada@example.com",
        "sales.orders|orders|table|person:ada@example.com",
        "sales.orders|totals|table|person:ada@example.com",
    ]
    assert lines(endpoint, "\\dt", database="crm") == ["people|people|table|person:ada@example.com"]


def test_domains_are_listed_as_databases_beside_the_mesh(endpoint: Served) -> None:
    assert [line.split("|")[0] for line in lines(endpoint, "\\l")] == ["crm", "sales", "test"]


@pytest.mark.parametrize(
    ("database", "name"),
    [
        ("test", '"crm.people".people'),
        ("crm", "people.people"),
        ("crm", "crm.people.people"),
        ("test", "people"),
    ],
)
def test_a_table_is_described_with_key_comments_and_masks(
    endpoint: Served, database: str, name: str
) -> None:
    found = lines(endpoint, f"\\d+ {name}", database=database)
    assert found[0].startswith("id|bigint||not null|")
    (email,) = [line for line in found if line.startswith("email")]
    assert "Where they are written to. (masked: replace-with-null by default)" in email
    whole = psql(endpoint, "\\pset tuples_only off", f"\\d {name}", database=database).stdout
    assert '"people_pkey" PRIMARY KEY, btree (id)' in whole


DESCRIBING = [
    "\\d", "\\dt+", "\\dv", "\\di", "\\dm", "\\ds", "\\df", "\\dT", "\\dn+", "\\l+", "\\du", "\\dg", "\\z", "\\dp", "\\dx",
    "\\dC", "\\da", "\\db", "\\dc", "\\dD", "\\ddp", "\\dE", "\\des", "\\det", "\\dF", "\\dL", "\\do", "\\drds", "\\dRp",
    "\\dRs", "\\dS", "\\dy", "\\dd", "\\dP", "\\dconfig", '\\d "sales.orders".*', "\\d *.*", "\\dO",
]  # fmt: skip


@pytest.mark.parametrize("command", DESCRIBING)
def test_every_describing_command_is_answered(endpoint: Served, command: str) -> None:
    assert "ERROR" not in psql(endpoint, command).stderr


def test_copy_gives_text_csv_and_binary(endpoint: Served) -> None:
    rows = "select id, case when id > 1 then null else 'a,\"b' end as t from sales.orders.orders order by id limit 2"
    assert lines(endpoint, f"copy ({rows}) to stdout") == ['1\ta,"b', "2\t\\N"]
    assert lines(endpoint, f"copy ({rows}) to stdout with (format csv, header)") == [
        "id,t", '1,"a,""b"', "2,",
    ]  # fmt: skip
    assert lines(endpoint, f"copy ({rows}) to stdout csv delimiter ';'") == ['1;"a,""b"', "2;"]
    assert lines(endpoint, "copy sales.orders.totals (customer) to stdout")[:1] != []
    ended = psql(endpoint, "copy (select 1) to '/tmp/stolen'")
    assert "cannot execute COPY in a read-only transaction" in ended.stderr


def test_several_statements_in_one_text_stop_at_the_first_error(endpoint: Served) -> None:
    ended = psql(endpoint, "select 1; select 2; select nothing; select 3")
    assert ended.stdout.split() == ["1", "2"]
    assert "ERROR" in ended.stderr


def test_an_error_shows_where_it_is(endpoint: Served) -> None:
    ended = psql(endpoint, "select id,\n  wrong from sales.orders.orders")
    assert ended.stderr.splitlines()[1:3] == [
        "LINE 2:   wrong from sales.orders.orders",
        "          ^",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into sales.orders.orders values (1)", "update sales.orders.orders set id = 1",
        "delete from sales.orders.orders", "create table x (a int)", "drop table sales.orders.orders",
        "truncate sales.orders.orders", "grant select on sales.orders.orders to public", "vacuum", "do $$ begin end $$",
        "call x()", "alter table sales.orders.orders add b int", "copy sales.orders.orders from stdin",
    ],
)  # fmt: skip
def test_whatever_writes_is_refused_as_read_only(endpoint: Served, sql: str) -> None:
    ended = psql(endpoint, "\\set VERBOSITY verbose", sql)
    assert "ERROR:  25006:" in ended.stderr


def test_a_transaction_that_failed_waits_for_its_end(endpoint: Served) -> None:
    ended = psql(endpoint, "begin", "select nothing", "select 1", "rollback", "select 2")
    assert "current transaction is aborted" in ended.stderr
    assert ended.stdout.split() == ["BEGIN", "ROLLBACK", "2"]


def test_harmless_statements_of_a_session_are_answered(endpoint: Served) -> None:
    said = ["set datestyle to 'ISO'", "set session timezone = 'Europe/Vienna'", "show timezone", "reset all",
            "listen x", "unlisten *", "discard all", "deallocate all", "begin isolation level repeatable read",
            "savepoint a", "rollback to savepoint a", "release a", "commit", "show transaction isolation level",
            "set meshwright.purpose = 'reporting'", "show meshwright.purpose"]  # fmt: skip
    assert lines(endpoint, *said) == [
        "SET", "SET", "Europe/Vienna", "RESET", "LISTEN", "UNLISTEN", "DISCARD ALL", "DEALLOCATE ALL", "BEGIN",
        "SAVEPOINT", "ROLLBACK", "RELEASE", "COMMIT", "read committed", "SET", "reporting",
    ]  # fmt: skip


def test_a_wrong_password_and_an_unknown_user_are_told_alike(endpoint: Served) -> None:
    for user in ("person:ada@example.com", "person:nobody@example.com"):
        dsn = f"host=127.0.0.1 port={endpoint.server.port} user={user} password=wrong dbname=test"
        ended = subprocess.run([PSQL, dsn, "-c", "select 1"], capture_output=True, text=True)
        assert f'FATAL:  authentication failed for user "{user}"' in ended.stderr
