"""Who read what."""

from collections.abc import Sequence
from dataclasses import dataclass

from meshwright.model.facts.fact import Fact


@dataclass(frozen=True, slots=True)
class QueryRan(Fact):
    """Somebody read data. `sql` is a digest of the text; `read` are addresses with their versions."""

    query: str
    sql: str
    read: Sequence[str]
    rows: int | None
    seconds: float
    purpose: str = ""
    error: str = ""
