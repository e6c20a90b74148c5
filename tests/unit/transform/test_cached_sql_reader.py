"""A text that was read once is never parsed again."""

import pytest
from transform_products import MemoryCache

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.errors import ModelError
from meshwright.spi.sql_reader import SqlReader
from meshwright.transform.cached_reader import SECTION, CachedSqlReader

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
