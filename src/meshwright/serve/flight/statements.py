"""Prepared statements between calls: few, for an hour at most, each of the one who prepared it."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

MOST, MOST_OF_ONE = 10_000, 500
LASTS = 3600.0


@dataclass(slots=True)
class Statement:
    """A text, and the values that were bound to it last."""

    principal: str
    sql: str
    ends: float
    parameters: tuple[object, ...] = ()


class Statements:
    """Every prepared statement, by its handle."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[bytes, Statement] = OrderedDict()

    def add(self, principal: str, sql: str) -> bytes:
        """Keep a text; the oldest of a principal that keeps too many is forgotten."""
        handle = secrets.token_bytes(16)
        with self._lock:
            own = [one for one, found in self._known.items() if found.principal == principal]
            for one in own[: len(own) - MOST_OF_ONE + 1]:
                del self._known[one]
            while len(self._known) >= MOST:
                self._known.popitem(last=False)
            self._known[handle] = Statement(principal, sql, self._clock() + LASTS)
        return handle

    def find(self, principal: str, handle: bytes) -> Statement:
        """Return a statement; raise `ValueError` for one that is gone, or somebody else's."""
        with self._lock:
            found = self._known.get(handle)
            if found is not None and found.ends > self._clock() and found.principal == principal:
                return found
        raise ValueError("this prepared statement is closed or too old: prepare it again")

    def close(self, principal: str, handle: bytes) -> None:
        """Forget a statement; one that is gone already is no error."""
        with self._lock:
            found = self._known.get(handle)
            if found is not None and found.principal == principal:
                del self._known[handle]
