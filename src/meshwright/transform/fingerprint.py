"""Fingerprints: the same code over the same input versions gives the same rows, so nothing is built.

A model's `code` covers all that can change its rows but the rows it reads; `data_key` adds those.
White space, comments, descriptions and tolerances are in neither.
"""

import json
from collections.abc import Mapping
from hashlib import sha256

from meshwright.model.product import InputPort, Materialisation, Parameter, Product
from meshwright.transform.graph import ModelGraph, ModelNode

VERSION = "code-1"  # a change of it rebuilds every product of every mesh


def model_codes(
    graph: ModelGraph, product: Product, *, engine: str = "", timezone: str = ""
) -> dict[str, str]:
    """Return the code of each model. `engine` and `timezone` are those in effect, the product's by default.

    Every model depends on the zone: it decides how a moment without one compares with one that has one.
    """
    zone = timezone or product.timezone
    inputs = {port.name: _input_identity(port) for port in product.inputs}
    parameters = {
        parameter.name: _parameter_identity(parameter) for parameter in product.parameters
    }
    ports = {port.name: port.materialisation for port in product.outputs}
    codes: dict[str, str] = {}
    for name, node in graph.nodes.items():
        codes[name] = _digest(
            VERSION,
            engine or product.engine or "duckdb",
            node.facts.digest,
            {p: parameters[p] for p in node.parameters if p in parameters},
            {read: codes[read] for read in node.models},
            {read: inputs[read] for read in node.inputs},
            _making(ports.get(name), node, zone),
            *([] if zone == "UTC" else [zone]),
        )
    return codes


def product_code(product: Product, codes: Mapping[str, str]) -> str:
    """Return one code over all ports, their contracts and the product's semantic version."""
    ports = {
        port.name: [codes.get(port.name, ""), port.contract.digest if port.contract else ""]
        for port in product.outputs
    }
    return _digest(VERSION, str(product.address), product.version, ports)


def data_key(
    graph: ModelGraph, codes: Mapping[str, str], model: str, stamps: Mapping[str, str], as_of: str
) -> str:
    """Return what decides a model's rows: its code, its inputs' stamps, and `as_of` where it is used.

    `stamps` are by input port; a port whose key is unchanged need not be made again.
    """
    reach = graph.reach[model]
    read = {name: stamps[name] for name in reach.inputs}
    return _digest(VERSION, codes[model], read, as_of if reach.uses_as_of else "")


def _input_identity(port: InputPort) -> object:
    if port.port is not None:
        return [port.name, str(port.port)]
    source = port.source
    if source is None:
        return [port.name]
    return [
        port.name,
        source.kind,
        source.paths,
        source.format,
        dict(source.options),
        dict(source.columns),
    ]


def _parameter_identity(parameter: Parameter) -> object:
    return [parameter.type, type(parameter.value).__name__, str(parameter.value)]


def _making(making: Materialisation | None, node: ModelNode, timezone: str) -> object:
    if making is None or making.kind == "full":
        return "full"
    # not the end: closing a port must not make its history again, whose source may be gone
    return [node.name, making.kind, making.interval, making.column, making.start, timezone]


def _digest(*parts: object) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()[:32]
