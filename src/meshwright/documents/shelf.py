"""One domain as the cache keeps it: a row for each product, enough to see that nothing has changed.

A row is a list (see `Row`), so that those of ten thousand products are decoded in one step. Edges are kept
beside the rows, in a value of their own that is read only when something changed. Both carry the same
`generation`; values of two generations are never mixed.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from meshwright.spi.cache import Cache

SECTION = "workspace"
RACY = -2  # stands for a time that no file has: the row is read again next time


class Row(NamedTuple):
    """One product. `names` and `stamps` are its files; `problems` and `variables` are mostly empty."""

    folder: str
    address: str
    is_broken: bool
    names: list[str]
    stamps: list[int]
    problems: list[list[Any]]
    variables: list[list[Any]]


@dataclass(slots=True)
class Shelf:
    """The products of one domain. `key` is the domain's folder relative to the mesh."""

    key: str
    identity: list[Any] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)
    problems: list[list[Any]] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    generation: str = ""

    def edges(self, cache: Cache | None) -> dict[str, list[Any]]:
        """Return the kept edges by folder; empty when they are of another generation."""
        stored = cache.get(SECTION, f"edges:{self.key}") if cache is not None else None
        if stored is None:
            return {}
        value = json.loads(stored)
        edges: dict[str, list[Any]] = value["edges"]
        return edges if value["generation"] == self.generation else {}

    def renewed(self, edges: dict[str, list[Any]]) -> dict[str, bytes]:
        """Give the shelf a new generation; return what the cache must keep."""
        self.generation = uuid.uuid4().hex
        value = {
            "identity": self.identity,
            "watched": self.watched,
            "stamps": self.stamps,
            "problems": self.problems,
            "generation": self.generation,
            "rows": list(self.rows.values()),
        }
        kept_edges = {"generation": self.generation, "edges": edges}
        return {
            f"shelf:{self.key}": json.dumps(value, ensure_ascii=False).encode(),
            f"edges:{self.key}": json.dumps(kept_edges, ensure_ascii=False).encode(),
        }


def load_shelf(cache: Cache | None, key: str, identity: Sequence[Any]) -> Shelf:
    """Return a domain's shelf; an empty one where the cache has none for this identity."""
    stored = cache.get(SECTION, f"shelf:{key}") if cache is not None else None
    if stored is not None:
        value = json.loads(stored)
        if value["identity"] == list(identity):
            rows = {row[0]: Row(*row) for row in value["rows"]}
            return Shelf(
                key, value["identity"], value["watched"], value["stamps"], value["problems"], rows,
                value["generation"],
            )  # fmt: skip
    return Shelf(key, list(identity))
