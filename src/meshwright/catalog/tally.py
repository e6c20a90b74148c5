"""Every place under the values of its facets, laid out once, so that very much is counted at once.

What must stay true: it is made of one generation of the index and serves the next ones: places that went
count for nothing, and those that came are counted one by one, until there are too many of both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import Any

_WORN = 4  # one place in so many went or came: it is made anew
Marks = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Tally:
    """`slots`: where each place stands; `of_value`: takes out of all counts those of a value.

    `gone`: the slots of places that are no longer there; `came`: places that have no slot.
    """

    slots: Mapping[int, int]
    of_value: Sequence[Callable[[list[int]], tuple[Any, ...]]]
    gone: set[int] = field(default_factory=set)
    came: set[int] = field(default_factory=set)

    @property
    def is_worn(self) -> bool:
        """Say whether so much changed that it is to be made anew."""
        return _WORN * (len(self.gone) + len(self.came)) > len(self.slots)

    def without(self, numbers: Iterable[int]) -> "Tally":
        """Return the same for a generation without some places; their numbers may come again."""
        numbers = set(numbers)
        gone = {self.slots[number] for number in numbers if number in self.slots}
        return Tally(self.slots, self.of_value, self.gone | gone, self.came - numbers)

    def count(self, found: Mapping[int, int], marks: Marks, size: int) -> list[int]:
        """Return how many documents have each of so many values; `found`: place -> how many documents."""
        counts = [*map(found.get, self.slots, repeat(0)), 0]
        for slot in self.gone:
            counts[slot] = 0
        whole = [sum(take(counts)) for take in self.of_value]
        whole += repeat(0, size - len(whole))
        for number in self.came:
            for mark in marks[number]:
                whole[mark] += found.get(number, 0)
        return whole


def lay_out(marks: Marks, size: int) -> Tally:
    """Return the tally of places, each with its values; `size`: how many values there are."""
    slots = {number: slot for slot, number in enumerate(marks)}
    end = len(slots)  # counts nothing, and is taken twice: of two and more there is always a tuple
    each: list[list[int]] = [[end, end] for _ in range(size)]
    for slot, said in enumerate(marks.values()):
        for mark in said:
            each[mark].append(slot)
    return Tally(slots, [itemgetter(*taken) for taken in each])
