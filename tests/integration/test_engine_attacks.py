"""A model is a stranger's text: nothing it says reads, writes, changes or tells what it was not given."""

# ruff: noqa: E501

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.adapters.duckdb.plain import is_plain
from meshwright.errors import ExhaustedError, ModelError
from meshwright.spi.engine import Grant, Session

SECRET = "the-neighbour-s-secret"


class Ground:
    """A session with two granted files, beside files that it was not granted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs = folder / "inputs"
        self.out = folder / "out"
        self.other = folder / "other"
        for made in (self.inputs, self.out, self.other):
            made.mkdir()
        engine = DuckDBEngine()
        _write(engine, self.inputs / "orders.parquet", "SELECT range AS id, 'x' AS note FROM range(10)")
        _write(engine, self.inputs / "people.parquet", "SELECT 1 AS id, 'Ada' AS name")
        _write(engine, self.other / "hidden.parquet", f"SELECT '{SECRET}' AS secret")
        (self.other / "hidden.csv").write_text(f"secret\n{SECRET}\n")
        (self.other / "hidden.json").write_text(f'{{"secret": "{SECRET}"}}\n')
        (self.other / "hidden.sql").write_text(f"SELECT '{SECRET}';")
        with sqlite3.connect(self.other / "hidden.db") as database:
            database.execute("CREATE TABLE t AS SELECT ? AS secret", [SECRET])
        database.close()
        files = (self.inputs / "orders.parquet", self.inputs / "people.parquet")
        self.session: Session = engine.open(Grant(read=files, write=(self.out,), seconds=20))
        self.session.scan("orders", files[:1])
        self.session.scan("fleet.people.list", files[1:])
        self.session.define("kept", "SELECT * FROM orders", keep=True)
        self.before = self.digests()

    def digests(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def text(self, attack: str) -> str:
        for name in ("inputs", "out", "other"):
            attack = attack.replace(f"<{name}>", str(getattr(self, name)))
        return attack


def _write(engine: DuckDBEngine, path: Path, sql: str) -> None:
    session = engine.open(Grant(write=(path.parent,)))
    session.stage(sql, path)
    session.close()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    made = Ground(tmp_path_factory.mktemp("attacks"))
    yield made
    made.session.close()


ATTACKS = {
    # more than one statement, and text that ends the one that it stands in
    "two statements": "SELECT 1; SELECT 2",
    "copy behind a semicolon": "SELECT 1; COPY (SELECT 1) TO '<other>/x.parquet'",
    "closing our parenthesis": "SELECT 1) TO '<other>/x.parquet'; COPY (SELECT 1",
    "closing our parenthesis into a view": "SELECT 1); DROP VIEW orders; CREATE VIEW o AS (SELECT 1",
    "closing with options": "SELECT 1) TO '<inputs>/orders.parquet' (FORMAT parquet) --",
    "comment that swallows": "SELECT 1 /*",
    "quote that swallows": "SELECT 'a",
    "dollar quote that swallows": "SELECT $$a",
    "escape string": r"SELECT e'\\'; SELECT 2 --'",
    "nul character": "SELECT 1\0) TO '<other>/x'; --",
    "lone surrogate": "SELECT '\ud800'",
    "nothing": "",
    "only a comment": "-- SELECT 1",
    "semicolon in a unicode space": "SELECT 1\u00a0;\u00a0SELECT 2",
    "line separator after a comment": "SELECT 1 --\u2028; COPY orders TO '<other>/x'\n; DROP VIEW orders",
    # statements that are no SELECT
    "copy to": "COPY orders TO '<other>/x.parquet'",
    "copy over an input": "COPY (SELECT 1 AS id) TO '<inputs>/orders.parquet' (FORMAT parquet)",
    "copy from": "COPY kept FROM '<other>/hidden.csv'",
    "export": "EXPORT DATABASE '<other>/dump'",
    "import": "IMPORT DATABASE '<other>'",
    "attach a file": "ATTACH '<other>/hidden.db' AS h",
    "attach sqlite": "ATTACH '<other>/hidden.db' (TYPE sqlite)",
    "detach": "DETACH fleet",
    "install": "INSTALL httpfs",
    "load": "LOAD '<other>/evil.duckdb_extension'",
    "set": "SET enable_external_access = true",
    "set global": "SET GLOBAL allowed_paths = ['<other>/hidden.parquet']",
    "reset": "RESET lock_configuration",
    "pragma": "PRAGMA enable_profiling",
    "pragma call": "CALL pragma_database_size()",
    "use": "USE fleet",
    "create": "CREATE TABLE t AS SELECT 1",
    "create macro": "CREATE MACRO m() AS 1",
    "create secret": "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "create function in a view": "CREATE OR REPLACE VIEW orders AS SELECT 1",
    "drop": "DROP VIEW orders",
    "alter": "ALTER TABLE kept ADD COLUMN z INT",
    "comment on": "COMMENT ON TABLE kept IS 'x'",
    "insert": "INSERT INTO kept VALUES (1, 'x')",
    "update": "UPDATE kept SET note = 'y'",
    "delete": "DELETE FROM kept",
    "truncate": "TRUNCATE kept",
    "merge": "MERGE INTO kept USING orders ON kept.id = orders.id WHEN MATCHED THEN DELETE",
    "prepare": "PREPARE p AS SELECT 1",
    "execute": "EXECUTE p",
    "begin": "BEGIN TRANSACTION",
    "checkpoint": "CHECKPOINT",
    "vacuum": "VACUUM",
    "explain analyze": "EXPLAIN ANALYZE SELECT 1",
    "variable": "SET VARIABLE x = 1",
    # what the parser calls a SELECT and is none
    "insert in a with": "WITH a AS (INSERT INTO kept VALUES (99, 'x') RETURNING *) SELECT * FROM a",
    "update in a with": "WITH a AS (UPDATE kept SET note = 'y' RETURNING *) SELECT * FROM a",
    "delete in a with": "WITH a AS (DELETE FROM kept RETURNING *) SELECT 1",
    "copy in a with": "WITH a AS (COPY orders TO '<other>/x.parquet') SELECT 1",
    "copy over an input in a with": "WITH a AS (COPY (SELECT 1) TO '<inputs>/orders.parquet') SELECT 1",
    "copy in a nested with": "SELECT * FROM (WITH a AS (COPY orders TO '<out>/x') SELECT 1)",
    "copy in a with in a subquery": "SELECT (WITH a AS (COPY orders TO '<out>/x') SELECT 1)",
    "copy in a with in EXISTS": "SELECT 1 WHERE EXISTS (WITH a AS (COPY orders TO '<out>/x') SELECT 1)",
    "copy in a with in a union": "SELECT 1 UNION (WITH a AS (COPY orders TO '<out>/x') SELECT 1)",
    "copy in a recursive with": "WITH RECURSIVE a AS (COPY orders TO '<out>/x') SELECT 1",
    "copy in a with of DESCRIBE": "DESCRIBE WITH a AS (COPY orders TO '<out>/x') SELECT 1",
    "copy in a with of SUMMARIZE": "SUMMARIZE WITH a AS (COPY orders TO '<out>/x') SELECT 1",
    "copy in a with of a pivot": "PIVOT (WITH a AS (COPY orders TO '<out>/x') SELECT 1 b) ON b IN (1) USING count(*)",
    "copy in a with of LIMIT": "SELECT 1 LIMIT (WITH a AS (COPY orders TO '<out>/x') SELECT 1)",
    "copy in a with of ORDER BY": "SELECT 1 ORDER BY (WITH a AS (COPY orders TO '<out>/x') SELECT 1)",
    "copy in a with of a lambda": "SELECT list_transform([1], lambda i: (WITH a AS (COPY orders TO '<out>/x') SELECT 1))",
    "copy in a with of a window": "SELECT sum((WITH a AS (COPY orders TO '<out>/x') SELECT 1)) OVER ()",
    "pivot that makes a type": "PIVOT orders ON note USING count(*)",
    # files
    "file by name": "SELECT * FROM '<other>/hidden.parquet'",
    "csv by name": "FROM '<other>/hidden.csv'",
    "json by name": "FROM '<other>/hidden.json'",
    "granted file by name": "FROM '<inputs>/people.parquet'",
    "file by quoted name": 'FROM "<other>/hidden.parquet"',
    "file by catalog name": 'FROM main."<other>/hidden.parquet"',
    "file in a join": "SELECT * FROM orders JOIN '<other>/hidden.parquet' ON true",
    "file in a subquery": "SELECT (SELECT max(secret) FROM '<other>/hidden.parquet')",
    "file in DESCRIBE": "DESCRIBE '<other>/hidden.parquet'",
    "file in SUMMARIZE": "SUMMARIZE '<other>/hidden.parquet'",
    "pattern": "FROM '<other>/*'",
    "climbing": "FROM '<out>/../other/hidden.parquet'",
    "home": "FROM '~/.bashrc'",
    "relative": "FROM 'hidden.csv'",
    "url": "FROM 'http://127.0.0.1:1/x.parquet'",
    "s3": "FROM 's3://bucket/x.parquet'",
    "data url": "FROM 'data:;base64,YQ=='",
    "read_parquet": "FROM read_parquet('<other>/hidden.parquet')",
    "parquet_scan": "FROM parquet_scan('<other>/hidden.parquet')",
    "read_csv": "FROM read_csv('<other>/hidden.csv')",
    "read_csv_auto": "FROM read_csv_auto(['<other>/hidden.csv'])",
    "read_json": "FROM read_json('<other>/hidden.json')",
    "read_text": "FROM read_text('<other>/hidden.sql')",
    "read_blob": "FROM read_blob('<other>/hidden.db')",
    "read_text of a granted file": "FROM read_text('<inputs>/people.parquet')",
    "read_duckdb": "FROM read_duckdb('<other>/hidden.db')",
    "sniff_csv": "FROM sniff_csv('<other>/hidden.csv')",
    "glob": "FROM glob('<other>/*')",
    "glob of the granted folder": "FROM glob('<out>/*')",
    "parquet_metadata": "FROM parquet_metadata('<inputs>/people.parquet')",
    "parquet_kv_metadata": "FROM parquet_kv_metadata('<other>/hidden.parquet')",
    "parquet_bloom_probe": "FROM parquet_bloom_probe('<other>/hidden.parquet', 'secret', 'a')",
    "quoted function": "FROM \"read_text\"('<other>/hidden.sql')",
    "qualified function": "FROM system.main.read_text('<other>/hidden.sql')",
    "capital function": "FROM READ_TEXT('<other>/hidden.sql')",
    "lateral function": "SELECT * FROM orders, LATERAL (SELECT * FROM read_text('<other>/hidden.sql'))",
    "standard input": "FROM read_csv('/dev/stdin')",
    "process environment": "FROM read_blob('/proc/self/environ')",
    # text that becomes a query
    "query": "FROM query('SELECT 1')",
    "query that copies": "FROM query('COPY orders TO ''<out>/x''')",
    "query_table": "FROM query_table('orders')",
    "query_table of a file": "FROM query_table('<other>/hidden.parquet')",
    "serialized sql": "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "serialize": "SELECT json_serialize_sql('SELECT 1')",
    "serialize a plan": "SELECT json_serialize_plan('SELECT * FROM ''<other>/hidden.csv''')",
    "histogram by name": "FROM histogram_values('duckdb_settings', name)",
    # what tells about the engine, its grant and its secrets
    "secrets": "FROM duckdb_secrets()",
    "which_secret": "FROM which_secret('s3://a', 's3')",
    "settings": "FROM duckdb_settings()",
    "one setting": "SELECT current_setting('allowed_paths')",
    "one setting by a dot": "SELECT 'allowed_paths'.current_setting()",
    "environment": "SELECT getenv('HOME')",
    "views and their text": "FROM duckdb_views()",
    "views as a table": "FROM duckdb_views",
    "sqlite_master": "FROM sqlite_master",
    "information schema": "FROM information_schema.tables",
    "pg_catalog": "FROM pg_catalog.pg_views",
    "view text": "SELECT pg_get_viewdef(1)",
    "functions": "FROM duckdb_functions()",
    "databases": "FROM duckdb_databases()",
    "memory": "FROM duckdb_memory()",
    "logs": "FROM duckdb_logs",
    "temporary files": "FROM duckdb_temporary_files()",
    "external file cache": "FROM duckdb_external_file_cache()",
    "show tables": "SHOW TABLES",
    "show all tables": "FROM (SHOW ALL TABLES)",
    "show databases": "SHOW DATABASES",
    "storage info": "FROM pragma_storage_info('kept')",
    "table info": "FROM pragma_table_info('kept')",
    "current query": "SELECT current_query()",
    "statistics": "SELECT stats(id) FROM orders",
    "engine variable": "SELECT getvariable('x')",
    "write to the log": "SELECT write_log('x')",
    "enable logging": "FROM enable_logging()",
    "sequence": "SELECT nextval('s')",
    "sleep": "SELECT sleep_ms(1)",
    "python variable": "FROM ATTACKS",
    "python function": "FROM python_map_function(1, 2, 3)",
    "arrow pointer": "FROM arrow_scan(1, 2, 3)",
    "pandas pointer": "FROM pandas_scan(1)",
    "raw table": "FROM seq_scan('kept')",
    "external resource": "FROM create_external_resource('x')",
    # names that shadow and names from elsewhere
    "system view behind a with": "WITH a AS (WITH duckdb_tables AS (SELECT 1) FROM duckdb_tables) FROM duckdb_tables",
    "system view named by itself": "WITH duckdb_tables AS (FROM duckdb_tables) FROM duckdb_tables",
    "full name of the own catalog": "FROM memory.main.duckdb_views",
    "other name": "FROM fleet.people.other",
    "half a name": "FROM people.list",
    "undeclared name": "FROM customers",
    "temp catalog": "FROM temp.main.x",
    # types and depth
    "deep parentheses": "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "deep subqueries": "SELECT * FROM " + "(SELECT * FROM " * 1500 + "orders" + ")" * 1500,
    "unknown type": "SELECT 1::\"<other>/hidden.csv\"",
}  # fmt: skip

WRITING = [sql for sql in ATTACKS.values() if "COPY" in sql or "INSERT" in sql or "DELETE" in sql]
WAYS = ("rows", "columns", "stage", "define", "keep", "stream")


def run(ground: Ground, way: str, sql: str) -> None:
    session = ground.session
    match way:
        case "rows":
            session.rows(sql)
        case "columns":
            session.columns(sql)
        case "stage":
            session.stage(sql, ground.out / "staged.parquet")
        case "define":
            session.define("attack", sql)
        case "keep":
            session.define("attack", sql, keep=True)
        case "stream":
            session.stream(sql).__arrow_c_stream__()


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_a_hostile_text_is_refused_everywhere_and_changes_nothing(
    ground: Ground, attack: str
) -> None:
    """Every way into the session refuses the text with a clear error, and no file differs after."""
    sql = ground.text(attack)
    for way in WAYS:
        with pytest.raises(ModelError) as refused:
            run(ground, way, sql)
        assert refused.value.code
        assert SECRET not in str(refused.value)
        assert "\n" not in refused.value.message
    assert ground.digests() == ground.before
    assert ground.session.rows("SELECT count(*), count(DISTINCT note) FROM kept") == [(10, 1)]
    assert ground.session.rows("SELECT name FROM fleet.people.list") == [("Ada",)]


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "read_text"(1) FROM "orders"',
        "SELECT * FROM \"orders\" WHERE 'x'e'a' = 'b'",
        "SELECT e'a' FROM \"orders\"",
        'SELECT * FROM "duckdb_settings"',
        'SELECT * FROM "orders", "pg_catalog"."pg_views"',
        'SELECT * FROM "a.parquet"',
        "SELECT * FROM 'a.parquet'",
        "SELECT * FROM 'folder/a'",
        'WITH "a" AS (COPY "orders" TO \'x\') SELECT count(*) FROM "a"',
        'WITH "a" AS (DELETE FROM "kept") SELECT count(*) FROM "a"',
        'SELECT count(*) FROM "orders"; SELECT count(*) FROM "orders"',
        'SELECT count(*) -- FROM "orders"',
        'SELECT count(*) /* FROM */ FROM "orders"',
        'SELECT $x FROM "orders"',
        "SELECT current_setting('allowed_paths') FROM \"orders\"",
        'SHOW "orders"',
        "SELECT count(*) FROM \"orders\" WHERE 'a' = \\'",
        'SELECT "a"\'b\' FROM "orders"',
        'SELECT\u00a0count(*) FROM "orders"',
        "SELECT '\ud800'",
    ],
)
def test_only_listed_words_avoid_the_gate(sql: str) -> None:
    """A text is plain by a closed list of words and signs; every doubt sends it through the gate."""
    assert not is_plain(sql)


def test_compiled_queries_avoid_the_gate() -> None:
    """What audits are made of is plain."""
    assert is_plain(
        'WITH "mesh sample" AS MATERIALIZED (SELECT "a" FROM "departures") SELECT\n  count(*),\n'
        '  quantile_cont(CAST("a" AS DOUBLE), [0.05, 0.5]),\n  sum("b") FILTER (WHERE NOT '
        "regexp_matches(\"c\", '^N[0-9A-Z]{1,5}$'))\nFROM \"mesh sample\""
    )


@pytest.mark.parametrize("attack", WRITING)
def test_trust_never_covers_writing(ground: Ground, attack: str) -> None:
    """A text that Meshwright says it composed itself still cannot write, should a quote have failed."""
    with pytest.raises(ModelError):
        ground.session.rows(ground.text(attack), trusted=True)
    assert ground.digests() == ground.before
    assert ground.session.rows("SELECT count(*), count(DISTINCT note) FROM kept") == [(10, 1)]


def test_there_are_enough_attacks() -> None:
    """The list of attacks stays long."""
    assert len(ATTACKS) >= 60


HARMLESS = {
    "a semicolon at the end": "SELECT 1 AS a;",
    "semicolons and comments at the end": "SELECT 1 AS a;; -- done; really\n/* ; */",
    "a semicolon in a text": "SELECT ';' AS a",
    "a quote in an escape text": r"SELECT e'\'; COPY orders TO x --' AS a",
    "a comment at the end": "SELECT 1 AS a -- ) TO 'x'",
    "the word copy": "SELECT 1 AS copy, 'COPY orders TO x' AS a",
    "a name with a dot": 'SELECT 1 AS "a.b"',
    "a with that shadows": "WITH orders AS (SELECT 1 AS a) SELECT * FROM orders",
    "a with named like a system view": "WITH duckdb_views AS (SELECT 1 AS a) SELECT * FROM duckdb_views",
    "a recursive with": "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r WHERE a < 3) FROM r",
    "nested withs": "WITH a AS (WITH b AS (SELECT 1 AS c) FROM b), d AS (FROM a) FROM d, a",
    "capital names": "SELECT * FROM ORDERS, Fleet.People.List",
    "a pivot with its values": "FROM orders PIVOT (count(*) FOR note IN ('x', 'y'))",
    "unpivot": "UNPIVOT orders ON id",
    "describe": "DESCRIBE orders",
    "summarize": "SUMMARIZE orders",
    "from first": "FROM orders SELECT id LIMIT 3",
    "table functions": "FROM range(3) r(a), generate_series(1, 2) g(b), unnest([1]) u(c)",
    "lambda": "SELECT list_transform([1, 2], lambda i: i + 1) AS a",
    "asof": "FROM orders o ASOF JOIN kept k ON o.id >= k.id SELECT o.id",
    "json": "SELECT '{\"a\": 1}'::JSON->>'a' AS a FROM json_each('[1]')",
    "unicode": "SELECT 'é漢' AS \"ü\"",
}  # fmt: skip


@pytest.mark.parametrize("sql", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_plain_select_passes_every_way(ground: Ground, sql: str) -> None:
    """What looks like an attack, or is only unusual, works like any SELECT."""
    try:
        for way in WAYS:
            run(ground, way, sql)
    finally:
        (ground.out / "staged.parquet").unlink(missing_ok=True)
    assert ground.digests() == ground.before


def test_nothing_is_staged_outside_the_write_folders_or_over_a_file(ground: Ground) -> None:
    """A caller's mistake about the path is refused as well, and inputs are never written over."""
    for path in (ground.other / "x.parquet", ground.out / ".." / "other" / "x.parquet"):
        with pytest.raises(ModelError, match="outside"):
            ground.session.stage("SELECT 1 AS a", path)
    with pytest.raises(ModelError, match="outside"):
        ground.session.stage("SELECT 1 AS a", ground.inputs / "orders.parquet")
    assert ground.digests() == ground.before


def test_a_file_outside_the_grant_cannot_be_scanned(ground: Ground) -> None:
    """Only granted files get a name."""
    with pytest.raises(ModelError, match="not among the files"):
        ground.session.scan("hidden", [ground.other / "hidden.parquet"])


def test_the_configuration_is_locked_below_the_gate(ground: Ground) -> None:
    """Were the gate passed, the engine itself would still refuse files, settings and extensions."""
    connection = ground.session._lockdown.connection.cursor()  # type: ignore[attr-defined]
    for sql in (
        "SET enable_external_access = true",
        "SET allowed_paths = ['/']",
        "INSTALL httpfs",
        "LOAD httpfs",
        f"FROM read_text('{ground.other / 'hidden.sql'}')",
        f"FROM glob('{ground.other}/*')",
        f"ATTACH '{ground.other / 'hidden.db'}'",
        f"COPY (SELECT 1) TO '{ground.other / 'x.csv'}'",
        "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
    ):
        with pytest.raises(Exception, match=r"(?i)error"):
            connection.execute(sql).fetchall()
    assert connection.execute("FROM duckdb_secrets()").fetchall() == []
    connection.close()


def test_a_query_that_runs_too_long_is_interrupted(tmp_path: Path) -> None:
    """A grant's seconds end a query."""
    session = DuckDBEngine().open(Grant(seconds=0.2))
    with pytest.raises(ExhaustedError) as ended:
        session.rows("SELECT count(*) FROM range(10000000) a, range(10000) b WHERE a.range * b.range % 7 = 3")
    assert ended.value.code == "query-interrupted"
    session.close()
