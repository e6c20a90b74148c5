"""A text that was read once is never parsed again."""

import pytest
from transform_products import MemoryCache

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.errors import ModelError
from meshwright.spi.sql_reader import SqlReader
from meshwright.transform.cached_reader import SECTION, TRACES, CachedSqlReader

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


def test_lineage_comes_back_whole_without_a_reader() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as first:
        wanted = first.trace("select a, b + 1 as c from t", {"t": ("a", "b")})
    second = CachedSqlReader(refuse, cache)
    assert second.trace("select a, b + 1 as c from t", {"t": ("a", "b")}) == wanted
    assert wanted.columns == ("a", "c")
    assert {edge.table for edge in wanted.edges} == {"t"}


def test_lineage_is_traced_anew_over_other_columns() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as reader:
        reader.trace("select * from t", {"t": ("a",)})
        reader.trace("select * from t", {"t": ("a", "b")})
        reader.trace("select * from t", {"t": None})
    assert len(cache.load(TRACES)) == 3


def test_a_broken_trace_is_traced_again() -> None:
    cache = MemoryCache()
    with CachedSqlReader(SqlglotReader, cache) as reader:
        wanted = reader.trace("select a from t", {"t": ("a",)})
    cache.put(TRACES, dict.fromkeys(cache.load(TRACES), b'[["a"],[["a"]]]'))
    assert CachedSqlReader(SqlglotReader, cache).trace("select a from t", {"t": ("a",)}) == wanted
