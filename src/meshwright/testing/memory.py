"""In-memory doubles that keep the promises of the real adapters."""

from collections.abc import Iterable, Mapping


class MemoryCache:
    """A cache that lives as long as the process; `reads` counts the values handed out."""

    def __init__(self) -> None:
        self._sections: dict[str, dict[str, bytes]] = {}
        self.reads = 0
        self.writes = 0

    def load(self, section: str) -> dict[str, bytes]:
        """Return everything of a section."""
        found = dict(self._sections.get(section, {}))
        self.reads += len(found)
        return found

    def get(self, section: str, key: str) -> bytes | None:
        """Return one value."""
        self.reads += 1
        return self._sections.get(section, {}).get(key)

    def put(self, section: str, items: Mapping[str, bytes]) -> None:
        """Store values, all at once."""
        self.writes += len(items)
        self._sections.setdefault(section, {}).update(items)

    def drop(self, section: str, keys: Iterable[str]) -> None:
        """Forget values."""
        for key in keys:
            self._sections.get(section, {}).pop(key, None)

    def close(self) -> None:
        """Do nothing: there is no file."""
