"""A text that was read once is never parsed again."""

import pytest
from transform_products import MemoryCache

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.errors import ModelError
from meshwright.spi.sql_reader import SqlReader
from meshwright.transform.cached_reader import LINEAGE_SECTION, SECTION, CachedSqlReader

SQL = "select a, $p as b\nfrom t, read_csv('x')"


def refuse() -> SqlReader:
    raise AssertionError("the reader was asked for")


def test_facts_come_back_whole_without_a_reader() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as first:
        wanted = first.read(SQL)
    assert CachedSqlReader(refuse, cache).read(SQL) == wanted == SqlglotReader().read(SQL)


def test_many_texts_are_stored_at_once() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as reader:
        for number in range(20):
            reader.read(f"select {number} from t")
    assert (cache.puts, len(cache.load(SECTION))) == (1, 20)


def test_a_broken_entry_is_read_again() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as reader:
        wanted = reader.read(SQL)
    cache.put(SECTION, dict.fromkeys(cache.load(SECTION), b"[1"))
    assert CachedSqlReader(SqlglotReader, cache).read(SQL) == wanted


def test_an_error_is_not_remembered_as_facts() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as reader, pytest.raises(ModelError):
        reader.read("drop table t")
    assert cache.load(SECTION) == {}


TABLES = {"t": ["a"], "u": None}


def test_lineage_comes_back_whole_without_a_reader() -> None:
    sql = "select a, md5(b) as b, count(*) n from t, u where a is null group by all"
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as first:
        wanted = first.trace(sql, TABLES)
    again = CachedSqlReader(refuse, cache).trace(sql, {"u": None, "t": ("a",)})
    assert again == wanted == SqlglotReader().trace(sql, TABLES)
    assert cache.puts == 1


def test_a_table_that_gains_a_column_is_traced_again() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as reader:
        assert reader.trace("select * from t", {"t": ["a"]}).columns == ("a",)
    with CachedSqlReader(SqlglotReader, cache) as reader:
        assert reader.trace("select * from t", {"t": ["a", "b"]}).columns == ("a", "b")
        assert reader.trace("select * from t", {"t": None}).columns == ()


def test_a_broken_lineage_is_traced_again() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as reader:
        wanted = reader.trace("select a from t", TABLES)
    cache.put(LINEAGE_SECTION, dict.fromkeys(cache.load(LINEAGE_SECTION), b'[["a"],[["a"]]]'))
    assert CachedSqlReader(SqlglotReader, cache).trace("select a from t", TABLES) == wanted
