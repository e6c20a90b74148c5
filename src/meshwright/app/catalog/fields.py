"""The fields of a product, its ports and columns, each with where it comes from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from meshwright.app.catalog.guesses import guesses
from meshwright.app.catalog.known import known
from meshwright.app.wiring import Wiring
from meshwright.catalog.provenance import DESCRIPTOR, PERSON, Field, Said, settle
from meshwright.catalog.spoken import NOTHING, Spoken
from meshwright.documents import fields
from meshwright.documents.document import Document
from meshwright.documents.fields import FIELDS, Spot
from meshwright.documents.yaml_text import parse
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.product import Product
from meshwright.spi.state_store import Reader

Key = tuple[str, str]


@dataclass(frozen=True)
class Fields:
    """Every field of one product, of its ports and of their columns."""

    product: Address
    by_key: Mapping[Key, Field] = field(default_factory=dict)

    def of(self, address: str | Address, name: str) -> Field:
        """Return a field; an empty one where there is no such."""
        key = (str(address), name)
        return self.by_key.get(key) or Field(*key)

    def below(self, address: str | Address) -> Iterator[Field]:
        """Yield the fields of an address and of what is in it."""
        start = str(address)
        for (name, _), found in self.by_key.items():
            if name == start or name.startswith(f"{start}."):
                yield found


class Descriptors:
    """A product's descriptor and its contracts, each parsed once."""

    def __init__(self, wiring: Wiring, product: Product) -> None:
        self._root = wiring.root
        names = (f"{product.folder}/product.odps.{end}" for end in ("yaml", "yml"))
        file = next((name for name in names if (wiring.root / name).is_file()), "")
        self._read: dict[str, Document] = {}
        self.product = self._document(file)
        self.contracts = {
            port.name: self._document(port.contract.file) if port.contract else None
            for port in product.outputs
        }

    def _document(self, file: str) -> Document:
        if file not in self._read:
            self._read[file] = parse(file, read_bytes(self._root / file))
        return self._read[file]

    def spot(self, address: Address, name: str) -> Spot | None:
        """Return where a field stands or would stand; None where no descriptor has a place for it."""
        if not address.port:
            return fields.product_spot(self.product, name)
        contract = self.contracts.get(address.port)
        if not address.column:
            return fields.port_spot(self.product, contract, address.port, name)
        return fields.column_spot(contract, address.port, address.column, name)


def fields_of(wiring: Wiring, text: str) -> Fields:
    """Return the fields of the product that an address is in; raise what `known` does."""
    address = known(wiring, text)
    product = wiring.workspace.product(address.product_address)
    descriptors = Descriptors(wiring, product)
    with wiring.store.read() as reader:
        said = read_said(reader, str(product.address))
        addresses = list(_addresses(reader, product, descriptors))
    guessed = guesses(wiring, product.address, addresses)
    keys = [(str(one), name) for one in addresses for name in FIELDS]
    return Fields(
        product.address,
        {key: _settled(descriptors, key, said.get(key), guessed.get(key)) for key in keys},
    )


def spoken_of(wiring: Wiring, product: Product, said: Mapping[Key, Said]) -> Spoken:
    """Return, of what people say of a product, what is shown: where no descriptor holds the field."""
    if not said:
        return NOTHING
    descriptors = Descriptors(wiring, product)
    found = {key: _settled(descriptors, key, word) for key, word in said.items()}
    return Spoken({key: one.value for key, one in found.items() if one.source == PERSON})


def field_of(wiring: Wiring, text: str, name: str) -> Field:
    """Return one field; raise `UsageError` (`field-unknown`, `column-unknown`), and what `known` does."""
    if name not in FIELDS:
        raise UsageError(
            "field-unknown", f"there is no field `{name[:60]}`", hint=did_you_mean(name, FIELDS)
        )
    address = known(wiring, text)
    found = fields_of(wiring, str(address))
    key = (str(address), name)
    if key not in found.by_key:
        columns = [
            one.rpartition(".")[2]
            for one, _ in found.by_key
            if one.startswith(f"{address.port_address}.")
        ]
        raise UsageError(
            "column-unknown",
            f"`{address.port_address}` has no column `{address.column[:60]}`",
            hint=did_you_mean(address.column, columns),
        )
    return found.by_key[key]


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; raise `UsageError` (`file-unreadable`)."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise UsageError("file-unreadable", f"`{path.name}` cannot be read: {reason}") from error


def _settled(
    descriptors: Descriptors, key: Key, person: Said | None, guess: Said | None = None
) -> Field:
    address, name = key
    spot = descriptors.spot(Address.parse(address), name)
    file = spot.document.file if spot else ""
    return settle(address, name, _held(spot), person, guess, file)


def _held(spot: Spot | None) -> Said | None:
    if spot is None or not spot.held:
        return None
    return Said(spot.held, DESCRIPTOR, spot.document.file, spot.line)


def read_said(reader: Reader, product: str) -> dict[Key, Said]:
    """Return the newest that people said of each field of a product, whether it counts or not."""
    rows = reader.rows(
        "SELECT address, field, value, said_by, at FROM said WHERE product = ?", (product,)
    )
    found = {}
    for address, name, value, by, at in rows:
        plain = json.loads(str(value))
        said = tuple(map(str, plain)) if isinstance(plain, list) else str(plain)
        found[str(address), str(name)] = Said(said, PERSON, by=str(by), at=str(at))
    return found


def _addresses(reader: Reader, product: Product, descriptors: Descriptors) -> Iterator[Address]:
    """Yield the product, its ports and their columns: those that are promised, and those that are served."""
    served = _served(reader, str(product.address))
    domain, name = product.address.domain, product.address.product
    yield product.address
    for port in product.outputs:
        yield Address(domain, name, port.name)
        described = fields.columns_of(descriptors.contracts.get(port.name), port.name)
        for column in dict.fromkeys((*described, *served.get(port.name, ()))):
            yield Address(domain, name, port.name, column)


def _served(reader: Reader, product: str) -> dict[str, list[str]]:
    rows = reader.rows(
        "SELECT v.port, v.columns FROM version_ports v JOIN products p"
        " ON p.product = v.product AND p.served = v.version WHERE v.product = ?",
        (product,),
    )
    return {str(port): [str(one[0]) for one in json.loads(str(columns))] for port, columns in rows}
