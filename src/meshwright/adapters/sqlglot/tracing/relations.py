"""What a part of a query gives: columns with what they are made of, and what its rows depend on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from meshwright.adapters.sqlglot.tracing.uses import Dep, Use, rows_through, through, unknown
from meshwright.model.lineage import UNKNOWN

Deps = Iterable[Dep]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. A name that cannot be told is empty."""

    name: str
    deps: frozenset[Dep]


@dataclass(frozen=True, slots=True)
class Rest:
    """Columns whose names are not known: `find` says what one of that name would be made of, if there is
    one; `all` what they might be made of taken together.
    """

    find: Callable[[str], Deps]
    all: Callable[[], Deps]

    @classmethod
    def of_table(cls, table: str) -> "Rest":
        """Return the columns of a table of which nothing is known."""
        return cls(lambda name: (Dep(table, name),), lambda: (Dep(table, "", UNKNOWN),))

    @classmethod
    def of(cls, deps: Deps) -> "Rest":
        """Return columns that are all made of the same."""
        held = frozenset(deps)
        return cls(lambda name: held, lambda: unknown(held))

    def used(self, use: Use) -> "Rest":
        """Return the columns once each is used so."""
        return Rest(lambda name: through(use, self.find(name)), self.all)

    def doubted(self, deps: Deps) -> "Rest":
        """Return the columns where each may take of `deps` too."""
        held = unknown(deps)
        return Rest(lambda name: {*self.find(name), *held}, lambda: {*self.all(), *held})


@dataclass(slots=True)
class Relation:
    """Columns in order, what further ones there may be, and what its rows depend on."""

    columns: list[Column]
    rest: list[Rest] = field(default_factory=list)
    every: set[Dep] = field(default_factory=set)
    names: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column in self.columns:
            self.names.setdefault(column.name.lower(), column)

    def find(self, name: str) -> Deps | None:
        """Return what the column of that name is made of; None where there is none."""
        column = self.names.get(name.lower()) if name else None
        if column is not None:
            return column.deps
        nameless = self.names.get("")
        unnamed = nameless.deps if nameless is not None else None
        open_ = [rest.find(name) for rest in self.rest]
        if not open_:
            return unnamed
        if len(open_) == 1 and unnamed is None:
            return open_[0]
        return unknown([*(unnamed or ()), *(dep for deps in open_ for dep in deps)])

    def all(self) -> Iterator[Dep]:
        """Yield what any of its columns is made of."""
        for column in self.columns:
            yield from column.deps
        for rest in self.rest:
            yield from rest.all()

    def renamed(self, names: Sequence[str]) -> "Relation":
        """Return the same columns under other names, the first ones first."""
        if not names:
            return self
        if self.rest and len(names) > len(self.columns):
            # which columns the names stand for cannot be told
            held = unknown(self.all())
            columns = [Column(name, frozenset(held)) for name in names]
            return Relation(columns, self.rest, self.every)
        renamed = [
            Column(name, column.deps) for name, column in zip(names, self.columns, strict=False)
        ]
        return Relation([*renamed, *self.columns[len(names) :]], self.rest, self.every)

    def as_rows(self, use: Use) -> Deps:
        """Return what a value depends on when the rows decide about it."""
        return rows_through(use, self.every)


def deduplicated(names: Iterable[str]) -> list[str]:
    """Return names as the engine tells equal ones apart in a derived table: `a`, `a_1`, `a_2`."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        unique = name
        while name and unique.lower() in seen:
            count = seen[name.lower()] = seen.get(name.lower(), 0) + 1
            unique = f"{name}_{count}"
        seen.setdefault(unique.lower(), 0)
        result.append(unique)
    return result
