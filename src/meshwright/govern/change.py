"""A difference between two contracts, item by item, each with its level and whom it breaks."""

from collections.abc import Iterable
from dataclasses import dataclass

NONE, PATCH, MINOR, MAJOR = "none", "patch", "minor", "major"
LEVELS = (NONE, PATCH, MINOR, MAJOR)


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """One difference. `path` is a column (`address.city`), a rule or a key of the contract.

    `what` says what changed, `breaks` what a consumer will notice; empty when nothing breaks.
    """

    level: str
    path: str
    what: str
    breaks: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.breaks}" if self.breaks else self.what


@dataclass(frozen=True, slots=True)
class Change:
    """All differences between two contracts of a port, the worst first."""

    port: str
    items: tuple[ChangeItem, ...] = ()

    @classmethod
    def of(cls, port: str, items: Iterable[ChangeItem]) -> "Change":
        """Order items by level, then path."""
        return cls(port, tuple(sorted(items, key=lambda i: (-LEVELS.index(i.level), i.path))))

    @property
    def level(self) -> str:
        """Return the worst level of all items: none, patch, minor or major."""
        return worst(item.level for item in self.items)

    @property
    def breaking(self) -> tuple[ChangeItem, ...]:
        """Return the items that need a new major version."""
        return tuple(item for item in self.items if item.level == MAJOR)


def worst(levels: Iterable[str]) -> str:
    """Return the highest of some levels."""
    return max(levels, key=LEVELS.index, default=NONE)
