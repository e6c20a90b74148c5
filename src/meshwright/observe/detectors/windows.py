"""The newest values of something, kept sorted: medians and quantiles without sorting again."""

from bisect import bisect_left, insort
from collections import deque


class Window:
    """At most `size` values, the oldest falling out; adding costs a binary search."""

    __slots__ = ("_arrived", "_sorted", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self._arrived: deque[float] = deque()
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._sorted)

    def add(self, value: float) -> None:
        """Take a value in."""
        self._arrived.append(value)
        insort(self._sorted, value)
        if len(self._arrived) > self.size:
            oldest = self._arrived.popleft()
            del self._sorted[bisect_left(self._sorted, oldest)]

    def shift(self, step: float) -> None:
        """Move every value by the same step."""
        self._arrived = deque(value + step for value in self._arrived)
        self._sorted = [value + step for value in self._sorted]

    def clear(self) -> None:
        """Forget every value."""
        self._arrived.clear()
        self._sorted.clear()

    def median(self) -> float:
        """Return the median; 0 of nothing."""
        count = len(self._sorted)
        if not count:
            return 0.0
        half = count // 2
        if count % 2:
            return self._sorted[half]
        return (self._sorted[half - 1] + self._sorted[half]) / 2

    def ranked(self, rank: int) -> float:
        """Return the value at a rank: 0 is the smallest, -1 the largest."""
        return self._sorted[rank]
