"""What policies see of a port: tags, levels, and how its classified columns are shown by default."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from meshwright.model.access import NULLED, Mask, read_mask, strictest
from meshwright.model.address import Address
from meshwright.model.classification import CONFIDENTIAL, is_open, level_of, plain_word, rank


@dataclass(frozen=True, slots=True)
class ColumnMarks:
    """One column. `level` is of classification or ''; `mask` holds by default where it is classified.

    `is_by_contract`: a contract says that mask; else it is NULL because nobody says how.
    """

    name: str
    level: str = ""
    tags: frozenset[str] = frozenset()
    is_classified: bool = False
    mask: Mask = NULLED
    is_by_contract: bool = False

    def joined(self, other: "ColumnMarks") -> "ColumnMarks":
        """Return the stricter of what two sources say of one column; the words for a mask of both."""
        both = [one for one in (self, other) if one.is_classified]
        mask = strictest(one.mask for one in both) or NULLED
        return ColumnMarks(
            self.name,
            max(self.level, other.level, key=rank),
            self.tags | other.tags,
            self.is_classified or other.is_classified,
            mask,
            any(one.is_by_contract for one in both if one.mask == mask),
        )


@dataclass(frozen=True, slots=True)
class PortMarks:
    """One port, by what its contracts and the open suggestions say; `columns` are those of its data."""

    address: Address
    columns: tuple[ColumnMarks, ...]
    tags: frozenset[str] = frozenset()
    level: str = ""

    @property
    def classified(self) -> frozenset[str]:
        """Return the columns that are above internal, or personal."""
        return frozenset(column.name for column in self.columns if column.is_classified)


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a port: columns by name in lower case, and words that stand on the port.

    `declared` has all columns that it names, also those of which it says nothing.
    """

    columns: Mapping[str, ColumnMarks]
    tags: frozenset[str] = frozenset()
    level: str = ""
    declared: frozenset[str] = frozenset()


def marked(name: str, classification: str, tags: Iterable[str], mask: object = None) -> ColumnMarks:
    """Return the marks of a column by its words; `mask` is what a contract says, None for nothing."""
    said = tuple(tags)
    return ColumnMarks(
        name,
        level_of(classification),
        frozenset(map(plain_word, said)),
        not is_open(classification, said),
        mask_of(mask),
        mask is not None,
    )


def mask_of(said: object) -> Mask:
    """Read a contract's word for a mask: `show-last-4`, `round-to=10`, or {kind, value}; else NULL."""
    found = read_mask(said)
    return found if found is not None and is_whole(found) else NULLED


def is_whole(mask: Mask) -> bool:
    """Say whether a mask has the value that it needs, and none that it has no use for."""
    if mask.kind == "round-to":
        value = mask.value
        return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return (mask.value is not None) == (mask.kind == "mask-to-fixed-value")


def gone(published: Said, present: Said) -> Said:
    """Return the columns that a version was published with and the port no longer has, as classified.

    What became of them is not known: one that was renamed may have been classified since.
    """
    names = published.declared - present.declared if present.declared else frozenset()
    return Said({name: marked(name, CONFIDENTIAL, ()) for name in names})


def port_marks(address: Address, columns: Iterable[str], sources: Iterable[Said]) -> PortMarks:
    """Return the marks of a port's columns by several sources: the stricter holds."""
    said = tuple(sources)
    return PortMarks(
        address,
        tuple(_joined(name, said) for name in columns),
        frozenset(tag for one in said for tag in one.tags),
        max((one.level for one in said), key=rank, default=""),
    )


def _joined(name: str, sources: Iterable[Said]) -> ColumnMarks:
    key = name.lower()
    said = [source.columns[key] for source in sources if key in source.columns]
    if not said:
        return ColumnMarks(name)
    found = reduce(ColumnMarks.joined, said)
    return found if found.name == name else replace(found, name=name)
