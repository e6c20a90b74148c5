"""What every cache must do.

Subclass `CacheConformance`, give `opening`, and let pytest collect it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from meshwright.spi.cache import Cache

Opening = Callable[[], Cache]


class CacheConformance:
    """Subclass this once for an adapter. `outlives_closing` says whether it remembers when opened again."""

    outlives_closing = True

    def opening(self, folder: Path) -> Opening:
        """Return what opens the one cache of `folder`, as often as it is called."""
        raise NotImplementedError

    @pytest.fixture
    def open_cache(self, tmp_path: Path) -> Opening:
        """What opens the cache of this test."""
        return self.opening(tmp_path / "state")

    @pytest.fixture
    def cache(self, open_cache: Opening) -> Iterator[Cache]:
        """An empty cache, closed at the end."""
        cache = open_cache()
        yield cache
        cache.close()

    def test_a_new_cache_is_empty(self, cache: Cache) -> None:
        """What was never put is a miss, not an error."""
        assert cache.load("cards") == {}
        assert cache.get("cards", "a") is None
        cache.drop("cards", ["a"])

    def test_values_come_back_byte_for_byte(self, cache: Cache) -> None:
        """Any bytes and any key, empty and large ones too."""
        items = {"": b"", "é/漢": bytes(range(256)), "large": b"x" * 2_000_000}
        cache.put("cards", items)
        assert cache.load("cards") == items
        assert cache.get("cards", "é/漢") == bytes(range(256))

    def test_the_last_value_wins(self, cache: Cache) -> None:
        """Putting a key again replaces its value and leaves the others."""
        cache.put("cards", {"a": b"1", "b": b"1"})
        cache.put("cards", {"a": b"2"})
        assert cache.load("cards") == {"a": b"2", "b": b"1"}

    def test_sections_are_apart(self, cache: Cache) -> None:
        """The same key in two sections is two values."""
        cache.put("one", {"a": b"1"})
        cache.put("two", {"a": b"2"})
        cache.drop("one", ["a"])
        assert cache.load("one") == {}
        assert cache.load("two") == {"a": b"2"}

    def test_what_is_dropped_is_gone(self, cache: Cache) -> None:
        """Only the named keys go; unknown ones are no error."""
        cache.put("cards", {"a": b"1", "b": b"1"})
        cache.drop("cards", iter(["a", "unknown"]))
        assert cache.load("cards") == {"b": b"1"}

    def test_what_is_given_out_is_a_copy(self, cache: Cache) -> None:
        """Changing what `load` gave changes nothing inside."""
        cache.put("cards", {"a": b"1"})
        cache.load("cards").clear()
        assert cache.get("cards", "a") == b"1"

    def test_putting_nothing_does_nothing(self, cache: Cache) -> None:
        """An empty mapping is fine."""
        cache.put("cards", {})
        assert cache.load("cards") == {}

    def test_a_reader_sees_a_put_whole(self, cache: Cache) -> None:
        """While two threads put pairs and others load, both of a pair are always of one put."""

        def put(number: int) -> None:
            cache.put("cards", {"a": b"%d" % number, "b": b"%d" % number})

        def look(_: int) -> bool:
            seen = cache.load("cards")
            return seen.get("a") == seen.get("b")

        with ThreadPoolExecutor(4) as pool:
            writing = [pool.submit(put, number) for number in range(40)]
            assert all(pool.map(look, range(80)))
            assert all(future.result() is None for future in writing)

    def test_two_openers_share_it(self, cache: Cache, open_cache: Opening) -> None:
        """What one puts, another that has it open gets."""
        if not self.outlives_closing:
            pytest.skip("each opening is a cache of its own")
        other = open_cache()
        cache.put("cards", {"a": b"1"})
        assert other.get("cards", "a") == b"1"
        other.put("cards", {"a": b"2"})
        assert cache.get("cards", "a") == b"2"
        other.close()

    def test_it_remembers(self, open_cache: Opening) -> None:
        """Opened again, it still has what was put (where it says that it does)."""
        cache = open_cache()
        cache.put("cards", {"a": b"1"})
        cache.close()
        cache = open_cache()
        assert cache.get("cards", "a") == (b"1" if self.outlives_closing else None)
        cache.close()
