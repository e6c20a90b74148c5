"""How a value depends on columns of tables, and what becomes of that where the value is used further.

A `Dep` says what a value takes from one column of one table; a `Use` is what an expression does with a
value. `through` joins the two: the dependency of what comes out. No sqlglot here.
"""

from collections.abc import Iterable
from typing import NamedTuple

from meshwright.model.lineage import (
    AGGREGATION,
    CONDITIONAL,
    DIRECT,
    FILTER,
    GROUP_BY,
    IDENTITY,
    INDIRECT,
    JOIN,
    SORT,
    TRANSFORMATION,
    UNKNOWN,
    WINDOW,
)

_RANKS = {IDENTITY: 0, TRANSFORMATION: 1, AGGREGATION: 2}


class Dep(NamedTuple):
    """What a value takes from one column of one table."""

    table: str
    column: str
    kind: str = DIRECT
    how: str = IDENTITY
    is_masked: bool = False
    reveals: bool = True


class Use(NamedTuple):
    """What is done with a value."""

    kind: str = DIRECT
    how: str = IDENTITY
    is_masked: bool = False
    reveals: bool = True

    def changed(self) -> "Use":
        """Return the use of what a scalar expression is made of."""
        return TRANSFORM if self is SAME else self._ranked(TRANSFORMATION)

    def summed(self) -> "Use":
        """Return the use of what an aggregate takes."""
        return self._ranked(AGGREGATION)

    def masked(self) -> "Use":
        """Return the use of what is hashed."""
        return self.changed()._replace(is_masked=True)

    def hidden(self) -> "Use":
        """Return a use that tells nothing of the value."""
        return self._replace(reveals=False) if self.reveals else self

    def aside(self, how: str, *, reveals: bool = False) -> "Use":
        """Return the use of what decides about the value without being part of it."""
        if self.kind == INDIRECT:
            return self if reveals else self.hidden()
        return Use(INDIRECT, how, False, reveals)

    def _ranked(self, how: str) -> "Use":
        if self.kind != DIRECT or _RANKS[self.how] >= _RANKS[how]:
            return self
        return self._replace(how=how)


SAME = Use()
TRANSFORM = Use(how=TRANSFORMATION)
FILTERED = Use(INDIRECT, FILTER, False, False)
PINNED = Use(INDIRECT, FILTER, False, True)
JOINED = Use(INDIRECT, JOIN, False, False)
GROUPED = Use(INDIRECT, GROUP_BY, False, False)
SORTED = Use(INDIRECT, SORT, False, False)
WINDOWED = Use(INDIRECT, WINDOW, False, False)
DECIDED = Use(INDIRECT, CONDITIONAL, False, True)


def through(use: Use, deps: Iterable[Dep]) -> Iterable[Dep]:
    """Return what depends on the columns once the value is used so."""
    return deps if use is SAME else [_through(use, dep) for dep in deps]


def _through(use: Use, dep: Dep) -> Dep:
    if dep.kind == UNKNOWN:
        return dep
    table, column, kind, how, is_masked, reveals = dep
    is_masked = is_masked or use.is_masked
    if use.kind == INDIRECT:
        return Dep(table, column, INDIRECT, use.how, is_masked, reveals and use.reveals)
    if kind == INDIRECT:
        return Dep(table, column, kind, how, is_masked, reveals)
    how = use.how if _RANKS[use.how] > _RANKS[how] else how
    return Dep(table, column, kind, how, is_masked, reveals and use.reveals)


def rows_through(use: Use, deps: Iterable[Dep]) -> Iterable[Dep]:
    """Return what a value depends on because the rows of a subquery do.

    Whatever a row of the subquery was chosen by is told by the value, so it reveals as much.
    """
    for dep in deps:
        if dep.kind == UNKNOWN or use.kind == DIRECT:
            yield dep
        else:
            yield dep._replace(how=use.how)


def unknown(deps: Iterable[Dep]) -> set[Dep]:
    """Return the same columns, as what may be taken."""
    return {Dep(dep.table, dep.column, UNKNOWN) for dep in deps}
