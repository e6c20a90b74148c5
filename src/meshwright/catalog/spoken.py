"""What people say that counts, beside what descriptors say: for whatever is made of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from meshwright.catalog.provenance import DESCRIPTION, TAGS, TERMS, Value
from meshwright.model.contract import ContractColumn
from meshwright.model.glossary import SCHEME


@dataclass(frozen=True, slots=True)
class Spoken:
    """People's words by address and field, of fields that no descriptor holds."""

    by_key: Mapping[tuple[str, str], Value] = field(default_factory=dict)

    def text(self, address: str, written: str = "") -> str:
        """Return the description of an address, before what files say beside it."""
        said = str(self.by_key.get((address, DESCRIPTION), ""))
        return f"{said}\n{written}" if said and written else said or written

    def tags(self, address: str) -> tuple[str, ...]:
        """Return the tags of an address."""
        return self._labels(address, TAGS)

    def terms(self, address: str) -> tuple[str, ...]:
        """Return the business terms of an address."""
        return self._labels(address, TERMS)

    def of(self, column: ContractColumn, address: str) -> ContractColumn:
        """Return a column with what people say of it."""
        if not self.by_key:
            return column
        terms = (f"{SCHEME}{term}" for term in self.terms(address))
        return replace(
            column,
            description=self.text(address, column.description),
            tags=(*column.tags, *self.tags(address)),
            definitions=(*column.definitions, *terms),
        )

    def _labels(self, address: str, name: str) -> tuple[str, ...]:
        found = self.by_key.get((address, name), ())
        return found if isinstance(found, tuple) else ()


NOTHING = Spoken()
