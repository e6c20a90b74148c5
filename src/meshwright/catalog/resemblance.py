"""How alike two ports are: by their columns' names, and by the values of their keys.

Values are compared by bottom-k sketches (Cohen and Kaplan 2007): the smallest of the hashes of a column's
distinct values, which say how large two sets' common part is and, the hashes being keyed, nothing of a value.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import log

from meshwright.catalog.words import spelled

SIZE = 256  # hashes of a sketch
LEAST_VALUES = 10  # fewer would let a guess at single values be tried


@dataclass(frozen=True, slots=True)
class Sketch:
    """A column's distinct values: how many, and the smallest of their hashes. `family`: their type."""

    family: str
    count: int
    smallest: tuple[str, ...]


def contained(one: Sketch, other: Sketch) -> float:
    """Return which share of the smaller of two sets is in the other, as far as sketches tell; 0 to 1."""
    if one.family != other.family or min(one.count, other.count) < LEAST_VALUES:
        return 0.0
    both = set(one.smallest) & set(other.smallest)
    first = sorted({*one.smallest, *other.smallest})[:SIZE]
    alike = sum(hash_ in both for hash_ in first) / len(first)
    common = (one.count + other.count) * alike / (1 + alike)
    return min(1.0, common / min(one.count, other.count))


def may_join(one: str, other: str, family: str) -> bool:
    """Say whether two columns may mean the same by their names: whole numbers are everywhere alike."""
    return family != "number" or bool(set(spelled(one)) & set(spelled(other)))


def rarity(ports: Mapping[str, Collection[str]]) -> dict[str, float]:
    """Return how much it says that a port has a column of a name: the rarer, the more."""
    counts: dict[str, int] = {}
    for columns in ports.values():
        for name in columns:
            counts[name] = counts.get(name, 0) + 1
    return {name: log(1 + len(ports) / count) for name, count in counts.items()}


def named_alike(
    ours: Collection[str], others: Collection[str], weights: Mapping[str, float]
) -> float:
    """Return how alike the names of columns are, rare ones counting more; 0 to 1."""
    shared, whole = set(ours) & set(others), set(ours) | set(others)
    if len(shared) < 2:
        return 0.0
    return sum(weights[name] for name in shared) / sum(weights[name] for name in whole)


def family_of(kind: str) -> str:
    """Return which values of a SQL type can equal those of another: numbers, texts, or none."""
    plain = kind.upper().partition("(")[0].strip()
    if plain.endswith("INT") or plain in ("INTEGER", "BIGINT", "DECIMAL", "HUGEINT"):
        return "number"
    return "text" if plain in ("VARCHAR", "UUID") else ""
