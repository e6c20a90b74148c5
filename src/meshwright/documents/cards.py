"""Cards: what is worth knowing of a product without reading it, kept in the cache as JSON.

A card is decoded when something of it is asked for; its address, folder and soundness are known before.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshwright.model.address import Address
from meshwright.model.json_value import Json
from meshwright.model.product import InputPort, Product, SourceSpec, Tolerance


@dataclass(frozen=True, slots=True)
class CardOutput:
    """An output port on a card; the contract's values are empty where the port has none."""

    name: str
    contract_id: str
    contract_version: str
    contract_digest: str
    kind: str
    interval: str


class Card:
    """One product at a glance. `is_broken` says that its files have errors."""

    __slots__ = ("_data", "_load", "_root", "address", "folder", "is_broken")

    def __init__(
        self,
        address: Address,
        folder: str,
        is_broken: bool,
        root: str,
        load: Callable[[str], Mapping[str, Any]],
    ) -> None:
        self.address = address
        self.folder = folder
        self.is_broken = is_broken
        self._root = root
        self._load = load
        self._data: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return f"Card({self.address})"

    @property
    def _value(self) -> Mapping[str, Any]:
        if self._data is None:
            self._data = self._load(self.folder)
        return self._data

    @property
    def signature(self) -> str:
        """Return a text that changes when any file of the product changes."""
        return str(self._value["signature"])

    @property
    def inputs(self) -> tuple[InputPort, ...]:
        """Return the product's input ports, with addresses and source specs."""
        base = Path(os.path.join(self._root, self.folder))
        return tuple(_input_from_json(item, base) for item in self._value["inputs"])

    @property
    def outputs(self) -> tuple[CardOutput, ...]:
        """Return the product's output ports."""
        return tuple(CardOutput(*item) for item in self._value["outputs"])

    @property
    def formerly(self) -> tuple[Address, ...]:
        """Return the product's earlier addresses; none of a broken one, which may not be what it seems."""
        if self.is_broken:
            return ()
        return tuple(Address.parse(text) for text in self._value["formerly"])

    @property
    def title(self) -> str:
        """Return the product's title, or an empty text."""
        return str(self._value["title"])

    @property
    def description(self) -> str:
        """Return what the product is for, or an empty text."""
        return str(self._value["description"])

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the product's tags."""
        return tuple(self._value["tags"])

    @property
    def version(self) -> str:
        """Return the product's own version (of ODPS), or an empty text."""
        return str(self._value["version"])

    @property
    def status(self) -> str:
        """Return the product's status as its descriptor says it."""
        return str(self._value["status"])

    @property
    def owners(self) -> tuple[str, ...]:
        """Return who owns the product."""
        return tuple(self._value["owners"])

    @property
    def engine(self) -> str:
        """Return the name of the engine that builds the product."""
        return str(self._value["engine"])

    @property
    def schedule(self) -> str:
        """Return the cron schedule, or an empty text."""
        return str(self._value["schedule"])

    @property
    def extra(self) -> Mapping[str, Any]:
        """Return what `enrich` said of the product when it was last read."""
        extra: Mapping[str, Any] = self._value["extra"]
        return extra


def card_to_json(
    product: Product | None, signature: str, extra: Mapping[str, Json]
) -> dict[str, Any]:
    """Return the card of a product (None: it could not be read) as JSON."""
    if product is None:
        return {
            "signature": signature, "inputs": [], "outputs": [], "formerly": [], "title": "",
            "description": "", "tags": [],
            "version": "", "status": "", "owners": [], "engine": "", "schedule": "", "extra": {},
        }  # fmt: skip
    return {
        "signature": signature,
        "inputs": [_input_to_json(port) for port in product.inputs],
        "outputs": [
            [
                port.name,
                port.contract.id if port.contract else "",
                port.contract.version if port.contract else "",
                port.contract.digest if port.contract else "",
                port.materialisation.kind,
                port.materialisation.interval,
            ]
            for port in product.outputs
        ],
        "formerly": [str(address) for address in product.formerly],
        "title": product.title,
        "description": product.description,
        "tags": list(product.tags),
        "version": product.version,
        "status": product.status,
        "owners": list(product.owners),
        "engine": product.engine,
        "schedule": product.schedule,
        "extra": dict(extra),
    }


def _input_to_json(port: InputPort) -> list[Any]:
    source = port.source
    spec = None
    if source is not None:
        spec = [
            source.kind,
            list(source.paths),
            source.format,
            dict(source.options),
            dict(source.columns),
        ]
    return [
        port.name,
        str(port.port) if port.port else "",
        spec,
        [port.tolerance.rows, port.tolerance.share],
        port.version,
        port.contract_id,
        port.line,
    ]


def _input_from_json(item: list[Any], base: Path) -> InputPort:
    name, port, spec, (rows, share), version, contract_id, line = item
    source = None
    if spec is not None:
        kind, paths, form, options, columns = spec
        source = SourceSpec(kind, base, tuple(paths), form, options, columns)
    return InputPort(
        name=name,
        port=Address.parse(port) if port else None,
        source=source,
        tolerance=Tolerance(rows, share),
        version=version,
        contract_id=contract_id,
        line=line,
    )
