"""Rows of metadata of what files say: a domain's, and a product's, from their values alone."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from meshwright.govern.rules.declared import DECLARED
from meshwright.model.address import Address, is_name
from meshwright.model.classification import is_personal, level_of
from meshwright.model.contract import Contract, ContractColumn, ContractObject, QualityRule
from meshwright.model.mesh import Domain
from meshwright.model.product import InputPort, OutputPort, Product

Row = tuple[object, ...]
Rows = dict[str, list[Row]]
Reasons = Mapping[
    str, Mapping[str, str]
]  # port -> service level -> why nothing enforces it, '' if enforced
PRODUCT_FILE = "product.odps.yaml"


def domain_rows(domain: Domain, root: Path) -> Rows:
    """Return what a domain's file says."""
    folder = _relative(domain.path, root)
    row = (
        domain.name, "", domain.name, domain.title, domain.description, domain.team,
        list(domain.owners), domain.engine, folder, _relative(domain.storage, root),
        f"{folder}/domain.yaml",
    )  # fmt: skip
    owners: list[Row] = [(domain.name, "", domain.name, owner, "domain") for owner in domain.owners]
    return {"domains": [row], "owners": owners}


def broken_rows(address: Address, folder: str) -> Rows:
    """Return what is known of a product whose files have errors."""
    row: Row = (
        str(address), str(address), address.domain, address.product, "", "", "", "", [], [], "", "",
        True, folder, f"{folder}/{PRODUCT_FILE}",
    )  # fmt: skip
    return {"products": [row]}


def product_rows(product: Product, root: Path, reasons: Reasons) -> Rows:
    """Return what a product's files say."""
    return _Describer(product, root, reasons).rows


class _Describer:
    def __init__(self, product: Product, root: Path, reasons: Reasons) -> None:
        self._product, self._root, self._reasons = product, root, reasons
        self._address = str(product.address)
        self._of = (self._address, product.address.domain)
        self._file = f"{product.folder}/{PRODUCT_FILE}"
        self._siblings = _siblings(product)
        self.rows: Rows = {table.name: [] for table in DECLARED if table.name != "domains"}
        self._describe()

    def _describe(self) -> None:
        product = self._product
        self._add(
            "products", self._address, product.address.product, product.title, product.description,
            product.version, product.status, list(product.owners), list(product.tags),
            product.schedule, product.engine, False, product.folder, self._file,
        )  # fmt: skip
        self._owned(self._address, product.owners, "product")
        self._tagged(self._address, product.tags, "product")
        for port in product.inputs:
            self._input(port)
        for output in product.outputs:
            self._output(output)
        ports = {port.name for port in product.outputs}
        for model in product.models:
            address = f"{self._address}.{model.name}"
            self._add("models", address, model.name, model.name in ports, model.file)
        for test in product.tests:
            address = f"{self._address}.{test.model}"
            self._add("tests", address, test.name, test.model, test.file, test.line)

    def _add(self, table: str, address: str, *values: object) -> None:
        self.rows[table].append((address, *self._of, *values))

    def _owned(self, address: str, owners: Iterable[str], kind: str) -> None:
        for owner in dict.fromkeys(owners):
            self._add("owners", address, owner, kind)

    def _tagged(self, address: str, tags: Iterable[str], kind: str) -> None:
        for tag in dict.fromkeys(tags):
            self._add("tags", address, tag, kind)

    def _input(self, port: InputPort) -> None:
        read = port.port
        kind, place = "port", ""
        if port.source is not None:
            kind = port.source.kind
            first = port.source.paths[0] if port.source.paths else ""
            place = _relative(Path(os.path.normpath(port.source.base / first)), self._root)
        self._add(
            "inputs", f"{self._address}.{port.name}", port.name, kind,
            str(read) if read else "", str(read.product_address) if read else "",
            read.domain if read else "", place, port.version, port.contract_id, self._file, port.line,
        )  # fmt: skip

    def _output(self, port: OutputPort) -> None:
        address, making = f"{self._address}.{port.name}", port.materialisation
        self._add(
            "ports", address, port.name, port.description, port.version, port.contract_id,
            port.contract is not None, making.kind, making.interval, self._file, port.line,
        )  # fmt: skip
        if port.contract is not None:
            self._contract(address, port.name, port.contract)

    def _contract(self, port: str, name: str, contract: Contract) -> None:
        described = contract.object_for(name)
        rules = (
            [*described.quality, *(r for c in described.columns for r in c.quality)]
            if described
            else []
        )
        self._add(
            "contracts", port, port, contract.id, contract.name, contract.version, contract.status,
            contract.api_version, contract.description, described.description if described else "",
            described.granularity if described else "", list(contract.owners), list(contract.tags),
            contract.replaces, contract.end_of_life, bool(described and described.key),
            bool(rules), contract.file,
        )  # fmt: skip
        self._owned(port, contract.owners, "contract")
        self._tagged(port, (*contract.tags, *(described.tags if described else ())), "port")
        reasons = self._reasons.get(name, {})
        for level in contract.service_levels:
            reason = reasons.get(level.name, "")
            self._add(
                "service_levels", port, port, level.name, str(level.value), level.unit,
                level.element, level.description, not reason, reason, contract.file, level.line,
            )  # fmt: skip
        if described is not None:
            self._table(port, described, contract.file)

    def _table(self, port: str, described: ContractObject, file: str) -> None:
        self._quality(port, port, described.quality, file)
        for relation in described.relationships:
            for local, written in zip(relation.columns, relation.references, strict=False):
                self._reference(
                    f"{port}.{local}", port, written, relation.kind, file, relation.line
                )
        for name, column in _columns(described.columns):
            address = f"{port}.{name}"
            self._column(address, port, name, column, file)
            self._tagged(address, column.tags, "column")
            self._quality(address, port, column.quality, file)
            for relation in column.relationships:
                for written in relation.references:
                    self._reference(address, port, written, relation.kind, file, relation.line)

    def _column(
        self, address: str, port: str, name: str, column: ContractColumn, file: str
    ) -> None:
        self._add(
            "columns", address, port, name, column.logical_type, column.physical_type,
            column.description, column.business_name, column.semantic_type, list(column.terms),
            column.classification,
            level_of(column.classification), list(column.tags),
            is_personal(column.classification, column.tags), str(column.custom.get("mask") or ""),
            column.required, column.unique, column.key_position, file, column.line,
        )  # fmt: skip

    def _quality(self, address: str, port: str, rules: Iterable[QualityRule], file: str) -> None:
        for rule in rules:
            self._add(
                "quality_rules", address, port, rule.name or rule.key, rule.kind, rule.metric,
                rule.severity, rule.dimension, rule.description, file, rule.line,
            )  # fmt: skip

    def _reference(
        self, address: str, port: str, written: str, kind: str, file: str, line: int
    ) -> None:
        target = _target(written, self._product, self._siblings)
        self._add(
            "relationships", address, port, ".".join(target),
            ".".join(target[:3]), ".".join(target[:2]), written, kind, file, line,
        )  # fmt: skip


def _columns(
    columns: Iterable[ContractColumn], before: str = ""
) -> Iterator[tuple[str, ContractColumn]]:
    """Yield columns and the fields of objects, by their dotted names."""
    for column in columns:
        name = f"{before}{column.name}"
        yield name, column
        inner = column.items.properties if column.items is not None else column.properties
        yield from _columns(inner, f"{name}.")


def _siblings(product: Product) -> dict[str, str]:
    """Return the port of each name that an object of the product's contracts has."""
    names: dict[str, str] = {}
    for port in product.outputs:
        described = port.contract.object_for(port.name) if port.contract else None
        for name in (described.physical_name, described.name) if described else ():
            names.setdefault(name, port.name)
    return names | {port.name: port.name for port in product.outputs}


def _target(written: str, product: Product, siblings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the address that a reference means as four names; none where that cannot be told."""
    parts = written.split(".")
    if len(parts) == 4 and all(is_name(part) for part in parts[:3]):
        return tuple(parts)
    if len(parts) == 2 and parts[0] in siblings:
        own = product.address
        return (own.domain, own.product, siblings[parts[0]], parts[1])
    return ()


def _relative(path: Path, root: Path) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")
