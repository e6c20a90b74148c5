"""`SQLiteCache` (and the in-memory one) passes the suite of caches; a broken file is only a miss."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from meshwright.adapters.sqlite import SQLiteCache
from meshwright.spi.cache import Cache
from meshwright.testing.cache import CacheConformance


class TestSQLiteCache(CacheConformance):
    """The common suite."""

    def opening(self, folder: Path) -> Callable[[], Cache]:
        return lambda: SQLiteCache(folder)


class TestMemoryCache(CacheConformance):
    """The common suite."""

    outlives_closing = False

    def opening(self, folder: Path) -> Callable[[], Cache]:
        memory = pytest.importorskip("meshwright.testing.memory")
        opening: Callable[[], Cache] = memory.MemoryCache
        return opening


def _works(folder: Path) -> bool:
    cache = SQLiteCache(folder)
    cache.put("cards", {"a": b"1"})
    cache.put("cards", {"a": b"2"})
    value = cache.get("cards", "a")
    cache.close()
    return value == b"2"


def test_a_file_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    """Text in place of the cache is thrown away without a word."""
    (tmp_path / "cache.db").write_text("not a database " * 500)
    assert _works(tmp_path)


def test_a_damaged_cache_is_replaced(tmp_path: Path) -> None:
    """Garbage in the middle of the file is a miss, and then a new cache."""
    cache = SQLiteCache(tmp_path)
    cache.put("cards", {str(n): b"x" * 500 for n in range(100)})
    cache.close()
    damaged = bytearray(cache.path.read_bytes())
    damaged[4096:] = b"\xa5" * len(damaged[4096:])
    cache.path.write_bytes(bytes(damaged))
    assert SQLiteCache(tmp_path).load("cards") == {}
    assert _works(tmp_path)


@pytest.mark.parametrize("version", [0, 99])
def test_a_cache_of_another_format_is_replaced(tmp_path: Path, version: int) -> None:
    """Tables of an older or newer format are dropped."""
    connection = sqlite3.connect(tmp_path / "cache.db")
    connection.execute("CREATE TABLE entries (other)")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()
    assert _works(tmp_path)


def test_a_cache_without_its_table_is_replaced(tmp_path: Path) -> None:
    """A file that says the right format and has no table is a miss, and then a new cache."""
    assert _works(tmp_path)
    connection = sqlite3.connect(tmp_path / "cache.db")
    connection.execute("DROP TABLE entries")
    connection.close()
    cache = SQLiteCache(tmp_path)
    assert cache.get("cards", "a") is None
    cache.close()
    assert _works(tmp_path)


def test_a_place_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    """Where no file can be, everything is a miss and nothing an error."""
    (tmp_path / "file").write_text("")
    cache = SQLiteCache(tmp_path / "file" / "state")
    cache.put("cards", {"a": b"1"})
    assert cache.get("cards", "a") is None
    cache.close()
