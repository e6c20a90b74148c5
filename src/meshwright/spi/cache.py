"""A cache may be deleted at any time; losing it costs time, never a fact."""

from collections.abc import Iterable, Mapping
from typing import Protocol


class Cache(Protocol):
    """Bytes by section and key. Safe between processes: the last writer wins, a reader sees whole values."""

    def load(self, section: str) -> dict[str, bytes]:
        """Return everything of a section."""

    def get(self, section: str, key: str) -> bytes | None:
        """Return one value."""

    def put(self, section: str, items: Mapping[str, bytes]) -> None:
        """Store values, all at once."""

    def drop(self, section: str, keys: Iterable[str]) -> None:
        """Forget values."""

    def close(self) -> None:
        """Close the file. Called once."""
