"""One domain as the cache keeps it: a row for each product, enough to see that nothing has changed.

A row is a list (see `Row`), so that those of ten thousand products are decoded in one step. Edges (read
only when something changed) and briefs (read only by a plan) are kept beside the rows, each in a value of
its own. All carry the same `generation`; values of two generations are never mixed. `edges_digest` outlives
a generation in which only what no other product sees was changed.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from meshwright.documents.digest import digest
from meshwright.spi.cache import Cache

SECTION = "workspace"
EDGES, BRIEFS = "edges", "briefs"
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
    edges_digest: str = ""
    _beside: dict[str, dict[str, Any]] = field(default_factory=dict)

    def beside(self, cache: Cache | None, kind: str) -> dict[str, Any]:
        """Return the kept edges or briefs by folder; empty when they are of another generation."""
        if kind not in self._beside:
            stored = cache.get(SECTION, f"{kind}:{self.key}") if cache is not None else None
            value = json.loads(stored) if stored is not None else {}
            is_ours = value.get("generation") == self.generation
            self._beside[kind] = value[kind] if is_ours else {}
        return self._beside[kind]

    def renewed(self, beside: dict[str, dict[str, Any]]) -> dict[str, bytes]:
        """Give the shelf a new generation and what is beside it; return what the cache must keep."""
        self.generation = uuid.uuid4().hex
        self.edges_digest = digest(beside[EDGES])
        value = {
            "identity": self.identity,
            "watched": self.watched,
            "stamps": self.stamps,
            "problems": self.problems,
            "generation": self.generation,
            "edges_digest": self.edges_digest,
            "rows": list(self.rows.values()),
        }
        self._beside = beside
        kept = {kind: {"generation": self.generation, kind: beside[kind]} for kind in beside}
        return {
            f"{name}:{self.key}": json.dumps(each, ensure_ascii=False).encode()
            for name, each in {"shelf": value, **kept}.items()
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
                value["generation"], value["edges_digest"],
            )  # fmt: skip
    return Shelf(key, list(identity))
