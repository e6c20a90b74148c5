"""What detectors say, and what they know of the table around a column."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.govern.classifying.headers import Header
from meshwright.govern.classifying.sample import ColumnSample

SUGGESTED_FROM = 0.6  # below it nothing is said


@dataclass(frozen=True, slots=True)
class Finding:
    """A column looks like a kind. `evidence` names reasons and shares; it never holds a value."""

    kind: str
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """The table a column is in: does a row stand for a person, for something else, or count several?"""

    persons: str = ""  # why rows are taken for persons; '' where nothing says so
    things: str = ""  # why they are taken for places, companies, animals
    counts: str = ""  # why they are taken for counts of many
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """One column with all that a detector may look at."""

    header: Header
    sample: ColumnSample
    around: Around = field(default_factory=Around)

    @property
    def is_text(self) -> bool:
        """Say whether values came as text."""
        return self.sample.type in ("VARCHAR", "ENUM")

    def found(self, kind: str, confidence: float, *evidence: str) -> Finding:
        """Make a finding: fewer than five values are worth little."""
        few = min(1.0, 0.75 + len(self.sample.values) / 20)
        return Finding(kind, round(min(0.99, confidence * few), 2), tuple(e for e in evidence if e))


def named(word: str) -> str:
    """Return the evidence that a header gives."""
    return f"header says `{word}`" if word else ""


def percent(what: str, share: float) -> str:
    """Return the evidence that values give."""
    return f"{what}: {share:.0%} of distinct values"


def of_persons(seen: Seen, kind: str, confidence: float, *evidence: str) -> Finding:
    """Weigh what is personal only where a row is a person: a table that counts many, or of things, is not."""
    around = seen.around
    if around.counts or (around.things and not around.persons):
        return seen.found(kind, 0.4, *evidence, around.counts or around.things)
    if around.persons:
        return seen.found(kind, min(0.97, confidence + 0.12), *evidence, around.persons)
    return seen.found(kind, confidence, *evidence)
