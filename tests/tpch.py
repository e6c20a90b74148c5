"""The eight tables of TPC-H, small and made here: its own generator is not at hand in a test."""

# ruff: noqa: E501

from pathlib import Path

import duckdb

from meshwright.model.table import Column
from meshwright.spi.query_pool import View

_ORDERS = 300
_TABLES = {
    "region": "SELECT i::INTEGER AS r_regionkey, ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][1 + i] AS r_name, 'x' AS r_comment FROM range(5) t(i)",
    "nation": "SELECT i::INTEGER AS n_nationkey, ['FRANCE', 'GERMANY', 'BRAZIL', 'CANADA', 'SAUDI ARABIA'][1 + i % 5] AS n_name, (i % 5)::INTEGER AS n_regionkey, 'x' AS n_comment FROM range(10) t(i)",
    "supplier": "SELECT i AS s_suppkey, 'Supplier#' || i AS s_name, 'at ' || i AS s_address, (i % 10)::INTEGER AS s_nationkey, (10 + i % 20) || '-555' AS s_phone, (i * 7.5)::DECIMAL(15,2) AS s_acctbal, CASE WHEN i % 5 = 0 THEN 'Customer x Complaints' ELSE 'fine' END AS s_comment FROM range(20) t(i)",
    "customer": "SELECT i AS c_custkey, 'Customer#' || i AS c_name, 'at ' || i AS c_address, (i % 10)::INTEGER AS c_nationkey, (10 + i % 25) || '-555-01' AS c_phone, (i * 11 - 100)::DECIMAL(15,2) AS c_acctbal, ['BUILDING', 'MACHINERY', 'AUTOMOBILE'][1 + i % 3] AS c_mktsegment, 'x' AS c_comment FROM range(60) t(i)",
    "part": "SELECT i AS p_partkey, ['forest green', 'dark red', 'green lime'][1 + i % 3] || i AS p_name, 'Manufacturer#' || i % 3 AS p_mfgr, 'Brand#' || ['12', '23', '34', '45'][1 + i % 4] AS p_brand, ['PROMO BURNISHED COPPER', 'ECONOMY ANODIZED STEEL', 'SMALL BRASS', 'MEDIUM POLISHED TIN'][1 + i % 4] AS p_type, (1 + i % 50)::INTEGER AS p_size, ['SM CASE', 'MED BOX', 'LG PACK', 'JUMBO JAR'][1 + i % 4] AS p_container, (900 + i)::DECIMAL(15,2) AS p_retailprice, 'x' AS p_comment FROM range(80) t(i)",
    "partsupp": "SELECT i % 80 AS ps_partkey, (i * 3 + i // 80) % 20 AS ps_suppkey, (i * 13 % 900)::BIGINT AS ps_availqty, (1 + i % 500)::DECIMAL(15,2) AS ps_supplycost, 'x' AS ps_comment FROM range(240) t(i)",
    "orders": f"SELECT i AS o_orderkey, i * 7 % 60 AS o_custkey, ['O', 'F', 'P'][1 + i % 3] AS o_orderstatus, (1000 + i * 37 % 5000)::DECIMAL(15,2) AS o_totalprice, DATE '1993-01-01' + (i * 7)::INTEGER AS o_orderdate, ['1-URGENT', '2-HIGH', '5-LOW'][1 + i % 3] AS o_orderpriority, 'Clerk' AS o_clerk, 0::INTEGER AS o_shippriority, CASE WHEN i % 9 = 0 THEN 'special requests' ELSE 'x' END AS o_comment FROM range({_ORDERS}) t(i)",
    "lineitem": f"SELECT i // 4 AS l_orderkey, i * 11 % 80 AS l_partkey, (i * 11 % 80 * 3) % 20 AS l_suppkey, (i % 4)::BIGINT AS l_linenumber, (1 + i * 5 % 50)::DECIMAL(15,2) AS l_quantity, (100 + i * 17 % 9000)::DECIMAL(15,2) AS l_extendedprice, ((i % 10) / 100)::DECIMAL(15,2) AS l_discount, 0.05::DECIMAL(15,2) AS l_tax, ['R', 'A', 'N'][1 + i % 3] AS l_returnflag, ['O', 'F'][1 + i % 2] AS l_linestatus, DATE '1993-01-05' + (i // 4 * 7 + i % 4)::INTEGER AS l_shipdate, DATE '1993-01-15' + (i // 4 * 7)::INTEGER AS l_commitdate, DATE '1993-01-10' + (i // 4 * 7 + i % 13)::INTEGER AS l_receiptdate, ['DELIVER IN PERSON', 'NONE'][1 + i % 2] AS l_shipinstruct, ['MAIL', 'SHIP', 'AIR', 'AIR REG'][1 + i % 4] AS l_shipmode, 'x' AS l_comment FROM range({4 * _ORDERS}) t(i)",
}  # fmt: skip


def tpch_views(folder: Path) -> list[View]:
    """Write the tables and return views that show all of them."""
    folder.mkdir()
    views = []
    with duckdb.connect() as connection:
        for name, sql in _TABLES.items():
            path = folder / f"{name}.parquet"
            connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
            rows = connection.execute(f"DESCRIBE FROM '{path}'").fetchall()
            columns = tuple(Column(str(row[0]), str(row[1])) for row in rows)
            views.append(View(f"tpch.market.{name}", (path,), columns))
    return views
