"""Put a product together from its judged files: `Product` with its ports, contracts, models and tests."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from meshwright.documents.column_rules import entries
from meshwright.documents.contract_reader import (
    custom_properties,
    description_text,
    read_contract,
    team_owners,
)
from meshwright.documents.document import Document
from meshwright.documents.monitoring import read_monitoring
from meshwright.documents.product_files import ProductFiles
from meshwright.documents.tolerance import parse_tolerance
from meshwright.model.address import Address
from meshwright.model.contract import Contract
from meshwright.model.json_value import Json
from meshwright.model.mesh import Domain
from meshwright.model.product import (
    InputPort,
    Materialisation,
    ModelTest,
    OutputPort,
    Parameter,
    Product,
    SourceSpec,
    Tolerance,
)

Raw = Mapping[str, Json]
_SOURCE_OPTIONS = ("table", "query")


def read_product(files: ProductFiles, address: Address, domain: Domain, root: Path) -> Product:
    """Return the product of a folder. Its files must be without errors, except where they are unused."""
    raw = _mapping(files.product.raw)
    build = _mapping(files.build.raw if files.build else None)
    custom = custom_properties(raw)
    return Product(
        address=address,
        id=_text(raw, "id"),
        version=_text(raw, "version"),
        folder=files.folder,
        title=str(custom.get("title") or ""),
        description=description_text(raw.get("description")),
        status=_text(raw, "status") or "active",
        owners=team_owners(raw.get("team")) or domain.owners,
        tags=_texts(raw.get("tags")),
        inputs=_inputs(files, build, root),
        outputs=_outputs(files, build),
        models=tuple(files.models.values()),
        tests=tuple(test for document in files.tests for test in _tests(document)),
        parameters=tuple(_parameter(n, p) for n, p in _mapping(build.get("params")).items()),
        schedule=_text(build, "schedule"),
        engine=_text(build, "engine") or domain.engine,
        timezone=domain.timezone,
        formerly=tuple(Address.parse(name) for name in formerly(raw)),
    )


def formerly(raw: Raw) -> list[str]:
    """Return the earlier addresses that a product's `customProperties` name, as they are written."""
    value = [
        item.get("value")
        for _, item in entries(raw.get("customProperties"), ())
        if item.get("property") == "formerly"
    ]
    return [str(name) for one in value for name in (one if isinstance(one, list) else [one])]


def find_contract(files: ProductFiles, port: Raw) -> Document | None:
    """Return the contract of an output port: the one with its `contractId`, or the file of its name."""
    wanted, name = port.get("contractId"), str(port.get("name"))
    if wanted is not None:
        own = files.contracts.get(name)
        if own is not None and _is_promised(_mapping(own.raw), port):
            return (
                own  # nearly always; looking at all contracts of all ports would cost their square
            )
        same = [d for d in files.contracts.values() if _mapping(d.raw).get("id") == wanted]
        version = port.get("version")
        exact = [d for d in same if _mapping(d.raw).get("version") == version]
        if own is not None and own in (exact or same):
            return own
        if exact or same:
            return (exact or same)[0]
    return files.contracts.get(name)


def _is_promised(contract: Raw, port: Raw) -> bool:
    return contract.get("id") == port.get("contractId") and contract.get("version") == port.get(
        "version"
    )


def _inputs(files: ProductFiles, build: Raw, root: Path) -> tuple[InputPort, ...]:
    sources = _mapping(build.get("inputs"))
    ports = []
    for _, port in entries(_mapping(files.product.raw).get("inputPorts"), ()):
        name = str(port.get("name"))
        entry = _mapping(sources.get(name))
        foreign = entry.get("port")
        tolerance = entry.get("tolerance")
        ports.append(
            InputPort(
                name=name,
                port=Address.parse(str(foreign)) if foreign is not None else None,
                source=_source(entry, root / files.folder) if foreign is None else None,
                tolerance=Tolerance() if tolerance is None else parse_tolerance(tolerance),
                version=_text(port, "version"),
                contract_id=_text(port, "contractId"),
                line=files.product.line_of(port),
            )
        )
    return tuple(ports)


def _source(entry: Raw, base: Path) -> SourceSpec:
    kind = "sqlite" if "sqlite" in entry else "files"
    paths = entry.get(kind)
    options: dict[str, object] = dict(_mapping(entry.get("options")))
    options |= {key: entry[key] for key in _SOURCE_OPTIONS if key in entry}
    return SourceSpec(
        kind=kind,
        base=base,
        paths=_texts(paths) if isinstance(paths, list) else (str(paths),),
        format=_text(entry, "format"),
        options=options,
        columns={name: str(kind) for name, kind in _mapping(entry.get("columns")).items()},
    )


def _outputs(files: ProductFiles, build: Raw) -> tuple[OutputPort, ...]:
    kept = _mapping(build.get("ports"))

    @cache
    def contract_of(stem: str) -> Contract:
        return read_contract(files.contracts[stem])

    stems = {id(document): stem for stem, document in files.contracts.items()}
    ports = []
    for _, port in entries(_mapping(files.product.raw).get("outputPorts"), ()):
        document = find_contract(files, port)
        readable = document is not None and not document.is_broken
        name = _text(port, "name")
        entry = _mapping(kept.get(name))
        contract = contract_of(stems[id(document)]) if readable else None
        ports.append(
            OutputPort(
                name=name,
                contract=contract,
                materialisation=_materialisation(entry),
                monitoring=read_monitoring(name, entry, contract),
                version=_text(port, "version"),
                contract_id=_text(port, "contractId"),
                description=description_text(port.get("description")),
                line=files.product.line_of(port),
            )
        )
    return tuple(ports)


def _materialisation(entry: Raw) -> Materialisation:
    return Materialisation(
        kind=_text(entry, "kind") or "full",
        interval=_text(entry, "interval"),
        column=_text(entry, "column"),
        start=_text(entry, "start"),
        end=_text(entry, "end"),
    )


def _parameter(name: str, entry: Json) -> Parameter:
    raw = _mapping(entry)
    return Parameter(name, _text(raw, "type"), raw.get("value"))


def _tests(document: Document) -> list[ModelTest]:
    tests = []
    for _, raw in entries(document.raw, ()):
        expect = _mapping(raw.get("expect"))
        tests.append(
            ModelTest(
                name=_text(raw, "name"),
                model=_text(raw, "model"),
                given={name: _rows(rows) for name, rows in _mapping(raw.get("given")).items()},
                expected=_rows(expect.get("rows")),
                parameters=dict(_mapping(raw.get("params"))),
                is_ordered=expect.get("ordered") is True,
                is_exact=expect.get("columns") == "exact",
                file=document.file,
                line=document.line_of(raw),
            )
        )
    return tests


def _rows(value: Json | None) -> tuple[Mapping[str, object], ...]:
    return tuple(dict(row) for _, row in entries(value, ()))


def _mapping(value: Json | None) -> Raw:
    return value if isinstance(value, dict) else {}


def _text(raw: Raw, key: str) -> str:
    value = raw.get(key)
    return "" if value is None else str(value)


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
