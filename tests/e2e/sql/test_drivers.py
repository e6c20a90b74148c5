"""Drivers that share no code with libpq, SQLAlchemy's reflection, and JDBC where it is installed."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import pg8000.native
import pytest
import sqlalchemy

from tests.sql_mesh import ADA, Served


def test_sqlalchemy_reflects_what_there_is(endpoint: Served) -> None:
    engine = sqlalchemy.create_engine(endpoint.url("postgresql+psycopg"))
    inspector = sqlalchemy.inspect(engine)
    assert {"crm.people", "sales.orders"} <= set(inspector.get_schema_names())
    assert "vault.gold" not in inspector.get_schema_names()
    assert sorted(inspector.get_table_names(schema="sales.orders")) == ["orders", "totals"]
    columns = inspector.get_columns("people", schema="crm.people")
    assert [column["name"] for column in columns] == ["id", "email", "city"]
    assert "masked: replace-with-null" in str(columns[1]["comment"])
    key = inspector.get_pk_constraint("people", schema="crm.people")
    assert key["constrained_columns"] == ["id"]
    assert inspector.get_foreign_keys("people", schema="crm.people") == []
    assert inspector.get_indexes("people", schema="crm.people") == []
    engine.dispose()


def test_sqlalchemy_queries_a_reflected_table(endpoint: Served) -> None:
    engine = sqlalchemy.create_engine(endpoint.url("postgresql+psycopg"), pool_pre_ping=True)
    table = sqlalchemy.Table(
        "orders", sqlalchemy.MetaData(), autoload_with=engine, schema="sales.orders"
    )
    query = (
        sqlalchemy.select(table.c.customer, sqlalchemy.func.sum(table.c.amount).label("total"))
        .where(table.c.placed >= date(2024, 1, 1)).group_by(table.c.customer).order_by(table.c.customer).limit(5)
    )  # fmt: skip
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    assert rows == [(1, Decimal("30.75")), (2, Decimal("5.00"))]
    engine.dispose()


def test_asyncpg_reads_binary_with_typed_parameters(endpoint: Served) -> None:
    async def run() -> Any:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=endpoint.server.port,
            user=ADA,
            password=endpoint.token,
            database="test",
            ssl=False,
        )
        try:
            sql = "select id, amount, placed from sales.orders.orders where id >= $1 and placed < $2 order by id"
            rows = await connection.fetch(sql, 2, date(2024, 3, 1))
            async with connection.transaction():
                count = 0
                async for _ in connection.cursor("select i from range(500) t(i)", prefetch=70):
                    count += 1
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch("select * from vault.gold.bars")
            return (
                [tuple(row) for row in rows],
                count,
                await connection.fetchval("select current_schema()"),
            )
        finally:
            await connection.close()

    assert asyncio.run(run()) == ([(2, Decimal("20.25"), date(2024, 2, 29))], 500, "public")


def test_pg8000_reads_text(endpoint: Served) -> None:
    connection = pg8000.native.Connection(
        ADA, host="127.0.0.1", port=endpoint.server.port, password=endpoint.token, database="sales"
    )
    sql = "select id, amount, placed from orders.orders where id = :id"
    assert connection.run(sql, id=1) == [[1, Decimal("10.50"), date(2024, 1, 1)]]
    with pytest.raises(pg8000.exceptions.DatabaseError) as caught:
        connection.run("select * from nothing.at.all")
    assert caught.value.args[0]["C"] == "42P01"
    connection.close()
