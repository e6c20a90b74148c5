"""What contracts say of the classification of their columns, and what owners have declassified."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from meshwright.lineage.carrying import Carried, declared, joined
from meshwright.model.address import Address
from meshwright.model.contract import Contract, ContractColumn
from meshwright.spi.state_store import Reader

NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Word:
    """An owner's word on a column: what it may be declared as, whatever flows in. `expires`: ISO, or ''."""

    column: str
    product: str
    classification: str
    tags: tuple[str, ...]
    owner: str
    reason: str
    expires: str
    at: str

    def holds(self, today: date) -> bool:
        """Say whether it has not expired: the day that it names is its last."""
        return not self.expires or date.fromisoformat(self.expires) >= today


def words(reader: Reader, product: str = "") -> list[Word]:
    """Return the declassifications of all products or of one, also those that expired, by column."""
    rows = reader.rows(
        "SELECT column_name, product, classification, tags, owner, reason, expires, at"
        " FROM declassified" + (" WHERE product = ?" if product else "") + " ORDER BY column_name",
        (product,) if product else (),
    )
    return [
        Word(str(column), str(owning), str(level), tuple(json.loads(str(tags))), *map(str, rest))
        for column, owning, level, tags, *rest in rows
    ]


def contract_classes(port: Address, contract: Contract | None) -> dict[str, Carried]:
    """Return what the columns of a port carry because its contract says so; only those that do."""
    described = contract.object_for(port.port) if contract else None
    found = {}
    for column in described.columns if described else ():
        said = column_says(str(port), column)
        if said:
            found[column.name.lower()] = said
    return found


def column_says(dataset: str, column: ContractColumn) -> Carried:
    """Return what a column carries by its own contract, with all that lies in it."""
    return joined(
        declared(dataset, column.name, part.classification, part.tags) for part in _parts(column)
    )


def classification_of(column: ContractColumn | None) -> tuple[str, tuple[str, ...]]:
    """Return the level and the tags that a column is declared as, the highest of its parts."""
    if column is None:
        return "", ()
    if not any(part.classification or part.tags for part in _parts(column)):
        return "", ()
    said = column_says("", column)
    tags = {tag for part in _parts(column) for tag in part.tags}
    return said.level or column.classification, tuple(sorted({*tags, *said.tags}))


def _parts(column: ContractColumn) -> Iterator[ContractColumn]:
    yield column
    for part in (*column.properties, column.items, column.map_key, column.map_value):
        if part is not None:
            yield from _parts(part)


def holding(
    reader: Reader, today: date, former_names: Mapping[str, str] = NO_NAMES
) -> Mapping[str, Word]:
    """Return the declassifications that hold today, by column, under the names that products have now."""
    held = (_present(word, former_names) for word in words(reader) if word.holds(today))
    return {word.column: word for word in held}


def _present(word: Word, former_names: Mapping[str, str]) -> Word:
    name = former_names.get(word.product)
    if name is None:
        return word
    return replace(word, product=name, column=name + word.column.removeprefix(word.product))
