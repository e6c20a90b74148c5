"""Answers of one kind, kept in memory and in one section of a cache; new ones are stored in batches."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from meshwright.spi.cache import Cache

_BATCH = 500
Answer = TypeVar("Answer")


class Shelf(Generic[Answer]):
    """Safe to use from several threads when the cache is."""

    def __init__(
        self,
        cache: Cache,
        section: str,
        encode: Callable[[Answer], bytes],
        decode: Callable[[bytes], Answer | None],
    ) -> None:
        self._cache, self._section = cache, section
        self._encode, self._decode = encode, decode
        self._known: dict[str, Answer] = {}
        self._new: dict[str, bytes] = {}
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Answer]) -> Answer:
        """Return the answer of a key; make it where nobody knows it. What `make` raises is not kept."""
        answer = self._known.get(key)
        if answer is None:
            stored = self._cache.get(self._section, key)
            answer = self._decode(stored) if stored is not None else None
        if answer is None:
            answer = make()
            with self._lock:
                self._new[key] = self._encode(answer)
            if len(self._new) >= _BATCH:
                self.flush()
        self._known[key] = answer
        return answer

    def flush(self) -> None:
        """Store what is new since the last time, all at once."""
        with self._lock:
            new, self._new = self._new, {}
        if new:
            self._cache.put(self._section, new)
