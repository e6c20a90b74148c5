"""How classification travels: what flows into each column of a product, and the path that proves it.

A column carries the highest level above `internal` and the personal tags of every column that it depends on
by an edge that reveals. Where it is unknown what a column is made of, it carries all that the tables hold
which are named: nothing is unmasked by guess.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from meshwright.model.classification import INTERNAL, level_of, personal_marks, rank
from meshwright.model.lineage import EVERY, UNKNOWN, Edge, ProductLineage, SelectLineage

ANY_PERSONAL = frozenset(("pii", "personal", "personal-data"))  # say no more than: personal


@dataclass(frozen=True, slots=True)
class Hop:
    """One column on the way. `how` says how it is made of the one before; '' for the first."""

    dataset: str
    column: str
    how: str = ""

    def __str__(self) -> str:
        return f"{self.dataset}.{self.column}"


Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """What a column carries. `level` is confidential, restricted or ''; `paths` proves each by its name."""

    level: str = ""
    tags: tuple[str, ...] = ()
    paths: Mapping[str, Path] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.level or self.tags)

    @property
    def path(self) -> Path:
        """Return the path of the level, or where there is none of the first tag."""
        names = (self.level,) if self.level else self.tags
        return next((self.paths[name] for name in names), ())


Classes = Mapping[
    str, Carried
]  # of one table: by column in lower case, or `EVERY`; only what carries
NO_CLASSES: Mapping[str, Classes] = {}
NOTHING = Carried()


def declared(dataset: str, column: str, classification: str, tags: Iterable[str]) -> Carried:
    """Return what a column carries because its contract says so."""
    level = level_of(classification) if rank(classification) > rank(INTERNAL) else ""
    marks = personal_marks(classification, tags)
    path = (Hop(dataset, column),)
    names = [level, *marks] if level else marks
    return Carried(level, tuple(marks), dict.fromkeys(names, path))


def joined(several: Iterable[Carried]) -> Carried:
    """Return the highest level and all tags of several, each with the shortest path."""
    level, paths = "", dict[str, Path]()
    for one in several:
        if rank(one.level) > rank(level):
            level = one.level
        for name, path in one.paths.items():
            if name not in paths or len(path) < len(paths[name]):
                paths[name] = path
    tags = tuple(sorted(name for name in paths if rank_only(name) == 0))
    return Carried(level, tags, {name: paths[name] for name in (level, *tags) if name})


def rank_only(name: str) -> int:
    """Return the rank of a level's own name, 0 for a tag."""
    return rank(name) if level_of(name) == name else 0


def carried(
    lineage: ProductLineage, inputs: Mapping[str, Classes], own: Mapping[str, Classes] = NO_CLASSES
) -> dict[str, dict[str, Carried]]:
    """Return for each model of a product what flows into its columns; `inputs` are the classes of its inputs.

    `own` is what its contracts declare of its ports, which counts for the models that read them. Columns
    that carry nothing are left out; what holds for every column of a model is under `EVERY`.
    """
    tables: dict[str, Classes] = {name.lower(): classes for name, classes in inputs.items()}
    said = {name.lower(): classes for name, classes in own.items()}
    names = {name.lower(): name for name in lineage.models}
    reads = {
        name: {edge.table.lower() for edge in select.edges} & names.keys() - {name.lower()}
        for name, select in lineage.models.items()
    }
    order = TopologicalSorter({name.lower(): reads[name] for name in lineage.models}).static_order()
    found = {}
    for key in order:
        name = names[key]
        classes = _classes(f"{lineage.product}.{name}", lineage.models[name], tables)
        found[name], tables[key] = classes, _both(classes, said.get(key, {}))
    return found


def of_column(classes: Classes, column: str) -> Carried:
    """Return what one column of a table carries."""
    return joined(filter(None, (classes.get(column.lower()), classes.get(EVERY))))


@dataclass(frozen=True, slots=True)
class Loss:
    """What a contract does not say of a column although it flows in, and the path of the first of it."""

    level: str
    tags: tuple[str, ...]
    path: Path


def loss(flowing: Carried, classification: str, tags: Iterable[str]) -> Loss | None:
    """Return what a declaration says less than what flows in; None where it says enough.

    A tag that says no more than `personal` is covered by any other tag that says it.
    """
    marks = set(personal_marks(classification, tags))
    level = flowing.level if rank(flowing.level) > rank(classification) else ""
    lost = tuple(
        tag for tag in flowing.tags if tag not in marks and not (marks and tag in ANY_PERSONAL)
    )
    if not level and not lost:
        return None
    return Loss(level, lost, flowing.paths[level or lost[0]])


def _both(classes: Classes, others: Classes) -> Classes:
    if not others:
        return classes
    return {
        column: joined((classes.get(column, NOTHING), others.get(column, NOTHING)))
        for column in {*classes, *others}
    }


def _classes(
    dataset: str, select: SelectLineage, tables: Mapping[str, Classes]
) -> dict[str, Carried]:
    found: dict[str, list[Carried]] = {}
    for edge in select.edges:
        if not edge.reveals and edge.kind != UNKNOWN:
            continue
        flowing = _flowing(edge, tables)
        if flowing:
            output = (edge.output or EVERY).lower()
            found.setdefault(output, []).append(_through(flowing, dataset, edge))
    return {column: joined(several) for column, several in found.items()}


def _flowing(edge: Edge, tables: Mapping[str, Classes]) -> Carried:
    if edge.kind == UNKNOWN and not edge.table:
        return joined(one for classes in tables.values() for one in classes.values())
    classes = tables.get(edge.table.lower())
    if not classes:
        return NOTHING
    if edge.column in ("", EVERY):
        return joined(classes.values())
    return of_column(classes, edge.column)


def _through(flowing: Carried, dataset: str, edge: Edge) -> Carried:
    how = edge.kind if edge.kind == UNKNOWN else edge.how
    hop = Hop(dataset, edge.output or EVERY, f"{how}, masked" if edge.is_masked else how)
    paths = {name: (*path, hop) for name, path in flowing.paths.items()}
    return Carried(flowing.level, flowing.tags, paths)
