"""Two versions of a port, compared: schema, rows, and by key which rows came, went or changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.spi.engine import Session

EXAMPLES = 10
LEFT, RIGHT = "before", "after"


@dataclass(frozen=True, slots=True)
class ColumnDifference:
    """A column that was added, removed, or got another type."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two versions. Key counts are None where the contract has no key."""

    before: str
    after: str
    columns: tuple[ColumnDifference, ...]
    rows_before: int
    rows_after: int
    key: tuple[str, ...] = ()
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    changed_columns: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, tuple[tuple[object, ...], ...]] = field(default_factory=dict)


def compare_columns(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> tuple[ColumnDifference, ...]:
    """Return the columns that differ, in the order of the newer version."""
    old, new = dict(before), dict(after)
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        ColumnDifference(name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    )


def compare_rows(
    session: Session, key: Sequence[str], shared: Sequence[str], hidden: frozenset[str]
) -> dict[str, object]:
    """Compare the relations `before` and `after` of a session by key, exactly.

    Returns added, removed, changed, changed_columns and examples (keys only; none when a key column is
    classified).
    """
    on = " AND ".join(f"a.{_name(c)} IS NOT DISTINCT FROM b.{_name(c)}" for c in key)
    rest = [column for column in shared if column not in key]
    keys = ", ".join(f"b.{_name(c)}" for c in key)
    differs = [f"a.{_name(c)} IS DISTINCT FROM b.{_name(c)}" for c in rest]
    added = f"FROM {RIGHT} b ANTI JOIN {LEFT} a ON {on}"
    removed = f"FROM {LEFT} b ANTI JOIN {RIGHT} a ON {on}"
    changed = f"FROM {LEFT} a JOIN {RIGHT} b ON {on} WHERE {' OR '.join(differs) or 'false'}"
    counts = ", ".join(f"count(*) FILTER ({expression})" for expression in differs)
    totals = session.rows(f"SELECT count(*){', ' + counts if counts else ''} {changed}")[0]
    parts = {"added": added, "removed": removed, "changed": changed}
    examples = {} if hidden & set(key) else {
        kind: tuple(session.rows(f"SELECT DISTINCT {keys} {part} ORDER BY ALL LIMIT {EXAMPLES}"))
        for kind, part in parts.items()
    }
    return {
        "added": _count(session, added),
        "removed": _count(session, removed),
        "changed": int(str(totals[0])),
        "changed_columns": {
            column: int(str(number))
            for column, number in zip(rest, totals[1:], strict=True)
            if number
        },
        "examples": {kind: rows for kind, rows in examples.items() if rows},
    }


def _count(session: Session, part: str) -> int:
    return int(str(session.rows(f"SELECT count(*) {part}")[0][0]))


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
