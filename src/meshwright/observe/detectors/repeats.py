"""Values that stay exactly the same although they usually change."""

from meshwright.model.series import Sensitivity

_CHANCE: dict[Sensitivity, float] = {"low": 1e-6, "normal": 1e-4, "high": 1e-3}
_GIVING_IN = 14  # repeats after which it is the habit
_AFTER = 3  # repeats below which nobody calls a value stuck


class Repeats:
    """How often a value equals the one before it, and for how long it does now."""

    __slots__ = ("_chance", "_last", "_often", "_pairs", "_repeats", "run")

    def __init__(self, sensitivity: Sensitivity) -> None:
        self._chance = _CHANCE[sensitivity]
        self._last: float | None = None
        self._pairs = 0
        self._repeats = 0
        self._often: dict[float | None, int] = {}  # how often each value was come to
        self.run = 0

    @property
    def share(self) -> float:
        """Return how often values repeated, or were this one: cautiously when few were seen."""
        repeated = self._repeats + 1
        same = self._often.get(self._last, 0)
        return max(repeated, same) / (self._pairs + 2)

    def see(self, value: float, *, is_bound: bool, is_learning: bool = False) -> bool:
        """Take a value in and say whether it is stuck. A value at its unit's bound (0 rows) never is.

        A run that goes on for long after it was noticed is taken for the new habit.
        """
        if is_bound or value != self._last:
            if not self._is_stuck():
                self.forgive()
            self.run = 0
            self._pairs += 1
            self._last = value
            self._often[value] = self._often.get(value, 0) + 1
            return False
        self.run += 1
        is_stuck = self._is_stuck()
        if is_learning or (is_stuck and self.run > _AFTER + _GIVING_IN):
            self.forgive()
            return False
        return is_stuck

    def forgive(self) -> None:
        """Count the present run as usual."""
        self._pairs += self.run
        self._repeats += self.run
        self._often[self._last] = self._often.get(self._last, 0) + self.run
        self.run = 0

    def _is_stuck(self) -> bool:
        return self.run >= _AFTER and self.share**self.run < self._chance
