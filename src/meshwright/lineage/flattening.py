"""From the models of a product to its ports: what a port's column is made of, the models between left out.

An edge through a model is as strong as the weaker of its two halves: what decides only which rows there are
decides no more of what is made of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from meshwright.lineage.reading import EVERY, WHOLE, Link
from meshwright.model.lineage import (
    AGGREGATION,
    DIRECT,
    FILTER,
    GROUP_BY,
    IDENTITY,
    INDIRECT,
    JOIN,
    TRANSFORMATION,
    UNKNOWN,
)

_STRENGTH = (IDENTITY, TRANSFORMATION, AGGREGATION)
_OF_ROWS = (FILTER, JOIN, GROUP_BY)  # these decide about whole rows

Columns = dict[
    str, list[Link]
]  # a data set's columns (or EVERY), each with the links that end in it


def composed(outer: Link, inner: Link) -> Link:
    """Return the link that two make, the source of `outer` being the data set of `inner`."""
    kinds = (outer.kind, inner.kind)
    if UNKNOWN in kinds:
        kind, how = UNKNOWN, ""
    elif kinds == (DIRECT, DIRECT):
        kind, how = DIRECT, max(outer.how, inner.how, key=_strength)
    else:
        kind, how = INDIRECT, (outer if outer.kind == INDIRECT else inner).how
    return replace(
        outer,
        source=inner.source,
        source_column=inner.source_column,
        kind=kind,
        how=how,
        is_masked=outer.is_masked or inner.is_masked,
        reveals=outer.reveals and inner.reveals,
    )


def flattened(links: Iterable[Link], ports: Collection[str]) -> tuple[Link, ...]:
    """Return the links of one product's ports over what it reads; `ports` are the data sets that stay.

    A port that another port of the product reads stays in between.
    """
    into: dict[str, list[Link]] = {}
    for link in links:
        into.setdefault(link.dataset, []).append(link)
    between = into.keys() - set(ports)
    try:
        order = TopologicalSorter(
            {name: {link.source for link in found} & between for name, found in into.items()}
        ).static_order()
        resolved: dict[str, Columns] = {}
        for name in order:
            resolved[name] = _resolved(into[name], between, resolved)
    except CycleError:
        return tuple(sorted(link for found in into.values() for link in found))
    return tuple(
        sorted(
            link
            for name, columns in resolved.items()
            if name in ports
            for found in columns.values()
            for link in found
        )
    )


def rows_of(links: Iterable[Link]) -> list[Link]:
    """Return what decides which rows a data set has, of all links that end in it."""
    found = {}
    for link in links:
        if link.column == EVERY and link.kind != UNKNOWN:
            found[link] = link
        else:
            rows = replace(
                link, column=EVERY, source_column=WHOLE, kind=INDIRECT, how=FILTER,
                is_masked=False, reveals=False,
            )  # fmt: skip
            found[rows] = rows
    return list(found.values())


def _resolved(
    links: Sequence[Link], between: Collection[str], resolved: Mapping[str, Columns]
) -> Columns:
    columns: Columns = {}
    for link in links:
        through = [link]
        if link.source in between:
            through = [composed(link, inner) for inner in _inner(link, resolved[link.source])]
        columns.setdefault(link.column, []).extend(through)
    return _shared({column: _merged(found) for column, found in columns.items()})


def _inner(link: Link, columns: Columns) -> list[Link]:
    """Return the links of a model that a link to it goes on with."""
    if link.source_column != WHOLE:
        return [*columns.get(link.source_column, ()), *columns.get(EVERY, ())]
    everything = [inner for found in columns.values() for inner in found]
    return rows_of(everything) if link.kind == INDIRECT else everything


def _merged(links: Iterable[Link]) -> list[Link]:
    """Say the same dependency once: it is masked if it always is, and reveals if it ever does."""
    found: dict[tuple[str, ...], Link] = {}
    for link in links:
        key = (link.source, link.source_column, link.kind, link.how)
        known = found.get(key)
        found[key] = (
            link
            if known is None
            else replace(
                known,
                is_masked=known.is_masked and link.is_masked,
                reveals=known.reveals or link.reveals,
            )
        )
    return list(found.values())


def _shared(columns: Columns) -> Columns:
    """Say once of all columns what is said of each: that it depends on what decides the rows."""
    own = [name for name in columns if name != EVERY]
    if not own:
        return columns
    counted: dict[tuple[object, ...], list[Link]] = {}
    for name in own:
        for link in columns[name]:
            if link.kind == INDIRECT and link.how in _OF_ROWS and link.source_column != WHOLE:
                counted.setdefault(_said(link), []).append(link)
    shared = {said: links[0] for said, links in counted.items() if len(links) == len(own)}
    if not shared:
        return columns
    every = [*columns.get(EVERY, ()), *(replace(link, column=EVERY) for link in shared.values())]
    rest = {name: [x for x in columns[name] if _said(x) not in shared] for name in own}
    return {**rest, EVERY: _merged(every)}


def _said(link: Link) -> tuple[object, ...]:
    return (link.source, link.source_column, link.kind, link.how, link.is_masked, link.reveals)


def _strength(how: str) -> int:
    return _STRENGTH.index(how) if how in _STRENGTH else 1
