"""How far a column's values went from what they were: against the pooled profiles of earlier versions.

A reference has fixed edges, and a new build's values are counted between the same ones, so that the counts
compare. Distances are the population stability index (0 for the same, above 0.25 by custom a large change)
and the Jensen-Shannon divergence (0 for the same, 1 for nothing in common).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, log2

from meshwright.model.check import ColumnProfile
from meshwright.model.json_value import Json

FEW = 20  # up to so many values, a column's top values are all of them
LEAST = 20  # values that a number about their distribution needs
_MEMORY = 14  # builds after which an earlier one counts for about a third
_UNIQUE = 0.9  # share of distinct values from which they say nothing about each other
_OUTSIDE = 0.5  # share beyond the outer edges from which the edges no longer fit
_SMOOTHING = 0.5
Pool = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ColumnReference:
    """What a column was like. `edges` are of bins whose outer ones are open; `bins` is empty before the
    first build that was counted by them. `values` maps each value of a column of few to its rows."""

    edges: tuple[float, ...] = ()
    bins: tuple[float, ...] = ()
    values: Pool = field(default_factory=dict)
    is_known: bool = False  # whether `values` are all that there were


def read_reference(profile: Mapping[str, object]) -> dict[str, ColumnReference]:
    """Return the references that a version's profile, as its side file has it, leads to."""
    found = {}
    for column in _mappings(profile.get("columns")):
        reference = _after(column)
        if reference is not None:
            found[str(column.get("column"))] = reference
    return found


def pooled(reference: ColumnReference) -> dict[str, Json]:
    """Return what a profile keeps of the reference that it was compared with."""
    return {
        "bins": [round(rows, 3) for rows in reference.bins],
        "values": {value: round(rows, 3) for value, rows in reference.values.items()},
    }


def edges_of(references: Mapping[str, ColumnReference]) -> dict[str, tuple[float, float]]:
    """Return the lowest and highest edge to count the values of each column by."""
    return {name: (r.edges[0], r.edges[-1]) for name, r in references.items() if r.edges}


def distances(profile: ColumnProfile, reference: ColumnReference) -> dict[str, float]:
    """Return `psi`, `js` and `new_values` of a column, as far as there is something to compare with."""
    found: dict[str, float] = {}
    counted = [rows for _, _, rows in profile.histogram]
    if profile.is_open and reference.bins and len(counted) == len(reference.bins):
        if sum(counted) >= LEAST:
            found = _compared(reference.bins, counted)
    elif reference.values and profile.top and _is_few(profile.distinct):
        rows = dict(_texts(profile.top))
        total = sum(rows.values())
        if total >= LEAST:
            names = sorted({*reference.values, *rows})
            before = [reference.values.get(name, 0.0) for name in names]
            found = _compared(before, [rows.get(name, 0) for name in names])
            if reference.is_known:
                new = sum(n for name, n in rows.items() if name not in reference.values)
                found["new_values"] = new / total
    return found


def _compared(before: Sequence[float], now: Sequence[float]) -> dict[str, float]:
    p, q = _shares(before), _shares(now)
    psi = sum((b - a) * log(b / a) for a, b in zip(p, q, strict=True))
    js = sum(
        (a * log2(2 * a / (a + b)) + b * log2(2 * b / (a + b))) / 2
        for a, b in zip(p, q, strict=True)
    )
    return {"psi": round(max(psi, 0.0), 6), "js": round(min(max(js, 0.0), 1.0), 6)}


def _shares(counts: Sequence[float]) -> list[float]:
    """Return shares, none of them 0: what was not seen may still happen."""
    total = sum(counts) + _SMOOTHING * len(counts)
    return [(count + _SMOOTHING) / total for count in counts]


def _after(column: Mapping[str, object]) -> ColumnReference | None:
    kind = str(column.get("type"))
    top = dict(_texts(_pairs(column.get("top"))))
    rows = sum(top.values())
    pool = column.get("reference")
    before = pool if isinstance(pool, Mapping) else {}
    histogram = [[float(str(x)) for x in bin_] for bin_ in _lists(column.get("histogram"))]
    if histogram:
        return _after_numbers(column, histogram, before)
    distinct = column.get("distinct")
    if not top or kind not in ("VARCHAR", "BOOLEAN") or not _is_few(distinct):
        return None
    old = before.get("values")
    kept = {str(k): float(str(v)) for k, v in old.items()} if isinstance(old, Mapping) else {}
    values = _summed(kept, top)
    return ColumnReference(values=values, is_known=len(values) <= 5 * FEW) if rows else None


def _after_numbers(
    column: Mapping[str, object], histogram: list[list[float]], before: Mapping[object, object]
) -> ColumnReference | None:
    counts = [bin_[2] for bin_ in histogram]
    distinct, total = column.get("distinct"), sum(counts)
    nulls, rows = column.get("nulls"), column.get("rows")
    is_counted = isinstance(distinct, int) and isinstance(rows, int) and isinstance(nulls, int)
    if is_counted and distinct > _UNIQUE * max(rows - nulls, 1):  # type: ignore[operator]
        return None
    edges = tuple([bin_[0] for bin_ in histogram] + [histogram[-1][1]])
    old = [float(str(n)) for n in before.get("bins", ())] if before else []  # type: ignore[attr-defined]
    if column.get("is_open") is True:
        bins = _decayed(old, counts)
        if bins[0] + bins[-1] <= _OUTSIDE * sum(bins):
            return ColumnReference(edges, bins)
    robust = _robust(column, edges)
    return ColumnReference(robust) if robust and total else None


def _robust(column: Mapping[str, object], edges: tuple[float, ...]) -> tuple[float, float] | None:
    """Return a range that holds nearly all values, whatever the few farthest are."""
    quantiles = column.get("quantiles")
    if not isinstance(quantiles, list | tuple) or len(quantiles) < 2:
        return None
    low, high = float(quantiles[0]), float(quantiles[-1])
    beyond = (high - low) / 2
    low, high = low - beyond, high + beyond
    if column.get("is_open") is not True:
        low, high = max(low, edges[0]), min(high, edges[-1])
    return (low, high) if low < high else None


def _decayed(old: Sequence[float], counts: Sequence[float]) -> tuple[float, ...]:
    if len(old) != len(counts):
        return tuple(counts)
    keep = 1 - 1 / _MEMORY
    return tuple(keep * before + now for before, now in zip(old, counts, strict=True))


def _summed(old: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    keep = 1 - 1 / _MEMORY
    return {name: keep * old.get(name, 0.0) + now.get(name, 0) for name in {**old, **now}}


def _is_few(distinct: object) -> bool:
    return isinstance(distinct, int) and distinct <= FEW


def _texts(pairs: Iterable[tuple[object, float]]) -> Iterable[tuple[str, float]]:
    return ((str(value), rows) for value, rows in pairs)


def _pairs(value: object) -> list[tuple[object, float]]:
    return [(each[0], float(str(each[1]))) for each in _lists(value)]


def _lists(value: object) -> list[list[object]]:
    return [list(each) for each in value] if isinstance(value, list | tuple) else []


def _mappings(value: object) -> list[Mapping[str, object]]:
    listed = value if isinstance(value, list | tuple) else ()
    return [each for each in listed if isinstance(each, Mapping)]
