"""The queries that somebody asked, as the trail has them, with their texts where these are kept.

What must stay true: it tells nobody of another's queries; a kept text holds no value, so what is told of it
says `'?'` and 0 where the query named one.
"""

import json
import re
from dataclasses import dataclass

from meshwright.app.kept_queries import find_text
from meshwright.app.wiring import Wiring
from meshwright.model.principal import Principal

_GAP = re.compile(r"'\?'|(?<![\w.])0(?![\w.])")


@dataclass(frozen=True, slots=True)
class PastQuery:
    """A query that was asked: the last time, and how often among those looked at. `sql` '': not kept."""

    query: str
    at: str
    sql: str
    door: str
    purpose: str
    reads: tuple[str, ...]
    rows: int | None
    seconds: float
    error: str
    times: int = 1

    @property
    def has_gaps(self) -> bool:
        """Say whether the text may name values that were not kept: texts, and longer numbers."""
        return _GAP.search(self.sql) is not None


LOOKED_AT = 400


def past_queries(wiring: Wiring, who: Principal, limit: int = 30) -> tuple[PastQuery, ...]:
    """Return somebody's own last queries, each text once, the newest first."""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT query, at, sql, door, purpose, read, rows, seconds, error FROM queries"
            " WHERE principal = ? ORDER BY at DESC LIMIT ?",
            [who.name, LOOKED_AT],
        )
    times: dict[str, int] = {}
    for row in rows:
        times[str(row[2])] = times.get(str(row[2]), 0) + 1
    newest = {str(row[2]): row for row in reversed(rows)}
    found = sorted(newest.items(), key=lambda item: str(item[1][1]), reverse=True)[:limit]
    return tuple(
        PastQuery(
            str(row[0]),
            str(row[1]),
            find_text(wiring, digest) or "",
            str(row[3]),
            str(row[4]),
            tuple(json.loads(str(row[5] or "[]"))),
            None if row[6] is None else int(str(row[6])),
            float(str(row[7])),
            str(row[8]),
            times[digest],
        )
        for digest, row in found
    )
