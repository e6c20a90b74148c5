"""What the products of a mesh say about each other: small rows, enough to judge the mesh as a whole.

Rows are JSON lists, so that those of ten thousand products are decoded in one step.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from meshwright.documents.column_rules import entries
from meshwright.documents.port_rules import targets
from meshwright.documents.product_files import ProductFiles
from meshwright.documents.product_reader import find_contract
from meshwright.documents.references import split
from meshwright.model.json_value import Json


class InputEdge(NamedTuple):
    """An input port that reads another product's port; lines are of product.odps.yaml and build.yaml."""

    name: str
    port: str
    version: str
    contract_id: str
    line: int
    build_line: int


class OutputEdge(NamedTuple):
    """An output port and its contract."""

    name: str
    contract_id: str
    contract_version: str
    file: str
    line: int


class ReferenceEdge(NamedTuple):
    """A relationship that points to another product's port."""

    address: str
    file: str
    line: int


class Edges(NamedTuple):
    """All of one product. `file` is its product file, `build_file` its build file."""

    address: str
    file: str
    build_file: str
    inputs: list[InputEdge]
    outputs: list[OutputEdge]
    references: list[ReferenceEdge]
    formerly: list[str]
    name_line: int


def edges_from_json(row: list[Any]) -> Edges:
    """Read one product's edges from JSON."""
    address, file, build_file, inputs, outputs, references, formerly, name_line = row
    return Edges(
        address,
        file,
        build_file,
        [InputEdge(*item) for item in inputs],
        [OutputEdge(*item) for item in outputs],
        [ReferenceEdge(*item) for item in references],
        formerly,
        name_line,
    )


def edges_of(files: ProductFiles, address: str, earlier: list[str]) -> Edges:
    """Return the edges of a product, as far as its files can be read."""
    build = files.build
    sources = _mapping(_mapping(build.raw if build else None).get("inputs"))
    raw = _mapping(files.product.raw)
    inputs = []
    for _, port in entries(raw.get("inputPorts"), ()):
        name = str(port.get("name"))
        foreign = _mapping(sources.get(name)).get("port")
        if isinstance(foreign, str) and build is not None:
            inputs.append(
                InputEdge(
                    name,
                    foreign,
                    str(port.get("version") or ""),
                    str(port.get("contractId") or ""),
                    files.product.line_of(port),
                    build.line_of(sources[name]),
                )
            )
    name_line = files.product.line_at(("name",)) if "name" in raw else 1
    outputs, references = _outputs(files, raw)
    return Edges(
        address, files.product.file, build.file if build else "", inputs, outputs, references, earlier,
        name_line,
    )  # fmt: skip


def _outputs(
    files: ProductFiles, raw: Mapping[str, Json]
) -> tuple[list[OutputEdge], list[ReferenceEdge]]:
    outputs, references = [], []
    seen: set[int] = set()
    for _, port in entries(raw.get("outputPorts"), ()):
        contract = find_contract(files, port)
        content = _mapping(contract.raw if contract else None)
        outputs.append(
            OutputEdge(
                str(port.get("name")),
                str(content.get("id") or port.get("contractId") or ""),
                str(content.get("version") or port.get("version") or ""),
                contract.file if contract else "",
                1 if contract else 0,
            )
        )
        if contract is None or id(contract) in seen:
            continue
        seen.add(id(contract))
        for path, item in entries(content.get("schema"), ("schema",)):
            for where, target in targets(path, item):
                parts = target.split(".")
                if split(target) is None and len(parts) == 4 and "/" not in target:
                    references.append(ReferenceEdge(target, contract.file, contract.line_at(where)))
    return outputs, references


def _mapping(value: Json | None) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}
