"""Write small meshes for tests: real files, as a person would write them."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

SQL_TO_LOGICAL = {"BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "number", "DATE": "date"}


def write_mesh(folder: Path, domains: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Path:
    """Write a mesh: {domain: {product: {inputs, ports, contracts, models, build, tests}}}.

    An input is CSV text (laid out in silos/) or a mapping for build.yaml; a port is a model's SQL;
    `contracts` maps a port to {version, columns: [property…], and any other key of the contract}. A port
    without one promises nothing about columns.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "silos").mkdir(exist_ok=True)
    dump(folder / "mesh.yaml", {"name": "test", "domains": [f"domains/{d}" for d in domains]})
    for domain, products in domains.items():
        home = folder / "domains" / domain
        dump(home / "domain.yaml", {"name": domain, "team": {"owners": [f"{domain}@example.com"]}})
        for product, parts in products.items():
            write_product(folder, domain, product, parts)
    return folder


def write_product(folder: Path, domain: str, product: str, parts: Mapping[str, Any]) -> None:
    """Write one product's files, replacing those that exist."""
    home = folder / "domains" / domain / product
    inputs = dict(parts.get("inputs", {}))
    for name, content in inputs.items():
        if isinstance(content, str):
            silo = folder / "silos" / f"{domain}.{product}.{name}.csv"
            silo.write_text(content)
            inputs[name] = {"files": f"../../../silos/{silo.name}"}
    version = parts.get("version", "1.0.0")
    contracts = parts.get("contracts", {})
    dump(
        home / "product.odps.yaml",
        {
            "apiVersion": "v1.0.0",
            "kind": "DataProduct",
            "id": f"{domain}-{product}",
            "name": product,
            "domain": domain,
            "version": version,
            "status": "active",
            "inputPorts": [
                {"name": name, "version": "1.0.0", "contractId": _contract_of(name, entry)}
                for name, entry in inputs.items()
            ],
            "outputPorts": [
                {
                    "name": port,
                    "version": contracts.get(port, {}).get("version", "1.0.0"),
                    "contractId": f"{domain}-{product}-{port}",
                }
                for port in parts["ports"]
            ],
            **parts.get("product", {}),
        },
    )
    dump(home / "build.yaml", {"inputs": inputs, **parts.get("build", {})})
    for port, sql in parts["ports"].items():
        write_contract(home, domain, product, port, contracts.get(port, {}))
        write_text(home / "models" / f"{port}.sql", sql + "\n")
    for name, sql in parts.get("models", {}).items():
        write_text(home / "models" / f"{name}.sql", sql + "\n")
    for name, tests in parts.get("tests", {}).items():
        dump(home / "tests" / f"{name}.yaml", tests)


def _contract_of(name: str, entry: Mapping[str, Any]) -> str:
    """Return the id of the contract that an input relies on, as `write_contract` names those of ports."""
    return str(entry["port"]).replace(".", "-") if "port" in entry else f"input-{name}"


def write_contract(
    home: Path, domain: str, product: str, port: str, contract: Mapping[str, Any]
) -> None:
    """Write a port's ODCS contract."""
    rest = {k: v for k, v in contract.items() if k not in ("columns", "version", "quality")}
    described: dict[str, Any] = {"name": port, "physicalType": "table"}
    if "columns" in contract:
        described["properties"] = contract["columns"]
    if "quality" in contract:
        described["quality"] = contract["quality"]
    dump(
        home / "contracts" / f"{port}.odcs.yaml",
        {
            "apiVersion": "v3.2.0",
            "kind": "DataContract",
            "id": f"{domain}-{product}-{port}",
            "name": port,
            "version": contract.get("version", "1.0.0"),
            "status": "active",
            "schema": [described],
            **rest,
        },
    )


def dump(path: Path, document: object) -> None:
    """Write YAML, making the folders."""
    write_text(path, yaml.safe_dump(document, sort_keys=False))


def write_text(path: Path, text: str) -> None:
    """Write text, making the folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def home_of(folder: Path, product: str) -> Path:
    """Return the folder of a product's files."""
    domain, name = product.split(".")
    return folder / "domains" / domain / name


def set_silo(folder: Path, name: str, text: str) -> None:
    """Replace the CSV text of an input, named `domain.product.input`."""
    (folder / "silos" / f"{name}.csv").write_text(text)


def set_model(folder: Path, product: str, model: str, sql: str) -> None:
    """Replace a model's SQL."""
    write_text(home_of(folder, product) / "models" / f"{model}.sql", sql + "\n")


def settled(folder: Path) -> Path:
    """Wait until what was written is old enough not to be read, and counted as changed, a second time."""
    time.sleep(0.03)
    return folder


def change_yaml(path: Path, change: Callable[[Any], object]) -> None:
    """Read a YAML file, let a function change the document in place, and write it back."""
    document = yaml.safe_load(path.read_text())
    change(document)
    dump(path, document)


def change_contract(folder: Path, port: str, change: Callable[[Any], object]) -> None:
    """Change the contract of `domain.product.port`; the descriptor names the contract's new version."""
    product, _, name = port.rpartition(".")
    home = home_of(folder, product)
    path = home / "contracts" / f"{name}.odcs.yaml"
    change_yaml(path, change)
    version = yaml.safe_load(path.read_text())["version"]

    def named(document: Any) -> None:
        for output in document["outputPorts"]:
            if output["name"] == name:
                output["version"] = version

    change_yaml(home / "product.odps.yaml", named)


def files_of(folder: Path, port: str) -> dict[str, bytes]:
    """Return the data files of a port in the default place, by name."""
    place = folder / ".mesh" / "data" / Path(*port.split("."))
    return {path.name: path.read_bytes() for path in sorted(place.glob("*.parquet"))}
