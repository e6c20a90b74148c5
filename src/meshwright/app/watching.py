"""What the inputs from outside were when last looked at closely: a few `stat` calls tell that they still are.

Kept in the cache, a row an input, and trusted as the documents' room trusts its own rows: while no file and
no folder that the source watches has another time or size.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from meshwright.documents.scan import is_racy, stamps_of
from meshwright.spi.cache import Cache

SECTION = "inputs"


class WatchedInputs:
    """The stamps of all inputs that read no port."""

    def __init__(self, cache: Cache, root: Path) -> None:
        self._cache = cache
        self._root = str(root)
        self._known: Mapping[str, bytes] | None = None
        self._new: dict[str, bytes] = {}

    def find(self, address: str, described: list[str]) -> str | None:
        """Return the stamp of an input; None when it may have changed, or is `described` otherwise now."""
        if self._known is None:
            self._known = self._cache.load(SECTION)
        stored = self._known.get(address)
        if stored is None:
            return None
        known, names, stamps, stamp = json.loads(stored)
        is_same = known == described and stamps_of(self._root, names) == stamps
        return str(stamp) if is_same else None

    def take(
        self, address: str, described: list[str], watched: Iterable[str], take: Callable[[], str]
    ) -> str:
        """Return the stamp that `take` gives, and remember it by what the watched paths were before."""
        names = [os.path.relpath(path, self._root).replace(os.sep, "/") for path in watched]
        stamps = stamps_of(self._root, names)
        stamp = take()
        if names and not is_racy(stamps):
            value = [described, names, stamps, stamp]
            self._new[address] = json.dumps(value, ensure_ascii=False).encode()
        return stamp

    def flush(self) -> None:
        """Store what was remembered since the last time."""
        if self._new:
            self._cache.put(SECTION, self._new)
            self._new = {}
