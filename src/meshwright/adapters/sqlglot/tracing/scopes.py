"""Which names an expression can use, and what they stand for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.relations import Column, Deps, Relation, Rest
from meshwright.adapters.sqlglot.tracing.uses import TRANSFORM, Dep, through, unknown
from meshwright.model.lineage import UNKNOWN

# A query, the CTEs that it sees, the scope around it -> what it gives
Tracer = Callable[[exp.Expression, "Names", "Scope | None"], Relation]


@dataclass(frozen=True, slots=True)
class Names:
    """The tables of the query, the CTEs in reach, and how a query is traced."""

    tables: Mapping[str, Relation]
    trace: Tracer
    ctes: Mapping[str, Callable[[], Relation]] = field(default_factory=dict)

    def with_cte(self, name: str, give: Callable[[], Relation]) -> "Names":
        """Return the names that see one more CTE."""
        return Names(self.tables, self.trace, {**self.ctes, name.lower(): give})


@dataclass(slots=True)
class Source:
    """A relation in FROM under its name there; `shown` are its columns under `*`.

    `schema` is what is written before the name of a table that has no alias.
    """

    alias: str
    relation: Relation
    shown: list[Column]
    schema: tuple[str, ...] = ()

    def is_called(self, parts: Sequence[str]) -> bool:
        """Whether `name`, `schema.name` or `catalog.schema.name` means it."""
        name, before = parts[-1].lower(), tuple(part.lower() for part in parts[:-1])
        if self.alias.lower() != name:
            return False
        return not before or not self.schema or self.schema[-len(before) :] == before


@dataclass(slots=True)
class Scope:
    """What the expressions of one SELECT can name. Sources are added in the order of FROM."""

    names: Names
    parent: "Scope | None" = None
    sources: list[Source] = field(default_factory=list)
    merged: dict[str, frozenset[Dep]] = field(default_factory=dict)  # by USING and NATURAL
    aliases: dict[str, Callable[[], Deps]] = field(default_factory=dict)  # of the select list
    windows: dict[str, exp.Expression] = field(default_factory=dict)
    both: bool = False  # an alias counts beside a column of the same name (HAVING, QUALIFY)

    def query(self, node: exp.Expression) -> Relation:
        """Trace a subquery that can see this scope."""
        return self.names.trace(node, self.names, self)

    def add(
        self,
        alias: str,
        relation: Relation,
        hidden: Sequence[str] = (),
        schema: tuple[str, ...] = (),
    ) -> None:
        """Add a source; `hidden` names are those that `*` shows elsewhere already."""
        left_out = {name.lower() for name in hidden}
        shown = [c for c in relation.columns if c.name.lower() not in left_out]
        self.sources.append(Source(alias, relation, shown, schema))

    def resolve(self, parts: Sequence[str]) -> Deps:
        """Return what a name (`column`, `table.column`, `column.field`, …) stands for."""
        found = self.find(parts)
        return found if found is not None else self._unfound(parts)

    def find(self, parts: Sequence[str]) -> Deps | None:
        """Return what a name stands for; None where it is nobody's."""
        if len(parts) > 1:
            qualified = self._qualified(parts)
            if qualified is not None:
                return qualified
        deps = self._plain(parts[0])
        return through(TRANSFORM, deps) if deps is not None and len(parts) > 1 else deps

    def source(self, name: str) -> Source | None:
        """Return the source of that alias, of this scope alone."""
        lowered = name.lower()
        return next((s for s in reversed(self.sources) if s.alias.lower() == lowered), None)

    def _qualified(self, parts: Sequence[str]) -> Deps | None:
        """Look for a source named by all parts but the last, or fewer where fields follow."""
        for length in range(1, min(len(parts), 4)):
            called = [s for s in self.sources if s.is_called(parts[:length])]
            for source in called:
                deps = source.relation.find(parts[length])
                if deps is not None:
                    return through(TRANSFORM, deps) if len(parts) > length + 1 else deps
            if called and parts[length].lower() == "rowid":
                return ()
            if called and not self._knows(parts[0]) and len(parts) == length + 1:
                found = (dep for source in called for dep in source.relation.all())
                return [Dep(dep.table, parts[length], UNKNOWN) for dep in found]
        if self.parent is not None and not any(self._knows(part) for part in parts[:1]):
            return self.parent._qualified(parts)
        return None

    def _knows(self, name: str) -> bool:
        return any(name.lower() in source.relation.names for source in self.sources)

    def _plain(self, name: str) -> Deps | None:
        lowered = name.lower()
        known = self._known(lowered)
        alias = self.aliases.get(lowered)
        if known is not None:
            return known if not (self.both and alias) else {*known, *alias()}
        open_ = [s.relation.find(name) for s in self.sources if self._is_open(s)]
        maybe = [deps for deps in open_ if deps is not None]
        if alias is not None:
            maybe.append(alias())
        elif self.source(name) is not None:
            maybe.append(self._whole(name))
        elif self.parent is not None:
            outer = self.parent._plain(name)
            maybe += [] if outer is None else [outer]
        if len(maybe) > 1:
            return unknown(dep for deps in maybe for dep in deps)
        if maybe:
            return maybe[0]
        return () if lowered == "rowid" and self.sources else None

    def _known(self, lowered: str) -> Deps | None:
        merged = self.merged.get(lowered)
        if merged is not None:
            return merged
        found = [
            source.relation.names[lowered].deps
            for source in self.sources
            if lowered in source.relation.names
        ]
        if len(found) == 1:
            return found[0]
        return {dep for deps in found for dep in deps} if found else None

    @staticmethod
    def _is_open(source: Source) -> bool:
        return bool(source.relation.rest) or "" in source.relation.names

    def _whole(self, name: str) -> Deps:
        source = self.source(name)
        return through(TRANSFORM, source.relation.all()) if source else ()

    def _unfound(self, parts: Sequence[str]) -> Deps:
        """A name that nothing gives: a column may have gone, or the reader does not know better."""
        named = sorted({dep.table for source in self.sources for dep in source.relation.all()})
        return [Dep(table, parts[-1], UNKNOWN) for table in named or [""]]

    def spelled(self, name: str) -> str:
        """Return a column's name as its table has it: so the engine calls an output without an alias."""
        lowered = name.lower()
        for source in self.sources:
            column = source.relation.names.get(lowered)
            if column is not None:
                return column.name
        return name

    def everything(self) -> Iterator[Dep]:
        """Yield what any column in reach is made of."""
        for source in self.sources:
            yield from source.relation.all()

    def rests(self) -> list[Rest]:
        """Return the columns of all sources whose names are not known."""
        return [rest for source in self.sources for rest in source.relation.rest]
