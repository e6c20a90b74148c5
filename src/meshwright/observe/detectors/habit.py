"""What is known of when a product is usually published."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cadence:
    """`usual` is the usual gap, `due` when the next arrival is overdue (None: still learning)."""

    seen: int
    usual: float = 0.0
    due: float | None = None

    def is_late(self, now: float) -> bool:
        """Say whether the next arrival is overdue."""
        return self.due is not None and now > self.due
