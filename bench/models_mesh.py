"""Write the DAG as a mesh: descriptors, contracts with eight checks a port, and the models.

Two layouts of the same models: one product with every port, and products of five ports each over
several domains, whose models read each other's ports through declared input ports. The models are
split in DAG order, so no two products need each other.
"""

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from models_dag import CODE_PATTERN, SOURCES, STATUSES, TYPES, Model
from models_peers import AMOUNT_MAXIMUM

PRODUCTS_A_DOMAIN = 5
NAMESPACE = uuid.UUID("6f0d1a52-7a61-4a0d-9e55-0a5a3f6a9d11")
SOURCES_FROM_PRODUCT = "../../../../../sources"
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

LOGICAL_TYPES = {
    "BIGINT": "integer",
    "VARCHAR": "string",
    "DECIMAL(18,2)": "number",
    "DOUBLE": "number",
    "DATE": "date",
}

CONSTRAINTS: dict[str, dict[str, Any]] = {
    "id": {"primaryKey": True, "required": True},
    "amount": {
        "required": True,
        "logicalTypeOptions": {"minimum": 0, "maximum": AMOUNT_MAXIMUM},
    },
    "quantity": {"logicalTypeOptions": {"minimum": 0}},
    "status": {"enum": [{"value": status} for status in STATUSES]},
    "code": {"logicalTypeOptions": {"pattern": CODE_PATTERN}},
}


def write_mesh(folder: Path, models: Sequence[Model], ports_a_product: int) -> Path:
    """Write a mesh of products of so many ports each; return the folder of its domains."""
    groups = [
        models[start : start + ports_a_product] for start in range(0, len(models), ports_a_product)
    ]
    homes = {
        model.name: (f"domain_{number // PRODUCTS_A_DOMAIN:02}", f"product_{number:03}")
        for number, group in enumerate(groups)
        for model in group
    }
    domains = sorted({domain for domain, _ in homes.values()})
    write_yaml(
        folder / "mesh.yaml",
        {"name": "bench", "domains": [f"domains/{domain}" for domain in domains]},
    )
    for domain in domains:
        write_yaml(folder / "domains" / domain / "domain.yaml", describe_domain(domain))
    for group in groups:
        domain, product = homes[group[0].name]
        _write_product(folder / "domains" / domain / product, group, homes)
    return folder / "domains"


def write_yaml(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(document, Dumper=DUMPER, sort_keys=False, width=100))


def stable_id(address: str) -> str:
    return str(uuid.uuid5(NAMESPACE, address))


def describe_domain(name: str) -> dict[str, Any]:
    return {"name": name, "team": {"name": f"Team {name}", "owners": [f"{name}@example.com"]}}


def _write_product(folder: Path, group: Sequence[Model], homes: dict[str, tuple[str, str]]) -> None:
    domain, product = homes[group[0].name]
    own = {model.name for model in group}
    inputs = sorted({parent for model in group for parent in model.parents} - own)
    write_yaml(folder / "build.yaml", {"inputs": {name: _input(name, homes) for name in inputs}})
    descriptor = describe_product(
        domain,
        product,
        inputs={name: _contract_id(name, homes) for name in inputs},
        outputs={model.name: _contract_id(model.name, homes) for model in group},
    )
    write_yaml(folder / "product.odps.yaml", descriptor)
    (folder / "models").mkdir()
    for model in group:
        sql = model.sql(lambda name: name)
        (folder / "models" / f"{model.name}.sql").write_text(sql + "\n")
        write_yaml(
            folder / "contracts" / f"{model.name}.odcs.yaml",
            _contract(model, _contract_id(model.name, homes), domain, product),
        )


def _input(name: str, homes: dict[str, tuple[str, str]]) -> dict[str, str]:
    if name in SOURCES:
        return {"files": f"{SOURCES_FROM_PRODUCT}/{name}.parquet"}
    return {"port": ".".join((*homes[name], name))}


def _contract_id(name: str, homes: dict[str, tuple[str, str]]) -> str:
    return stable_id(".".join((*homes.get(name, ("source",)), name)))


def describe_product(
    domain: str, product: str, inputs: dict[str, str], outputs: dict[str, str]
) -> dict[str, Any]:
    """Return a product descriptor (Bitol ODPS 1.0.0); ports are given with their contract ids."""
    document: dict[str, Any] = {
        "apiVersion": "v1.0.0",
        "kind": "DataProduct",
        "id": stable_id(f"{domain}.{product}"),
        "name": product,
        "version": "1.0.0",
        "status": "active",
        "domain": domain,
        "description": {"purpose": f"What {product} knows, for whoever needs it."},
    }
    if inputs:
        document["inputPorts"] = [
            {"name": name, "version": "1.0.0", "contractId": contract}
            for name, contract in inputs.items()
        ]
    document["outputPorts"] = [
        {"name": name, "type": "tables", "version": "1.0.0", "contractId": contract}
        for name, contract in outputs.items()
    ]
    return document


def describe_columns(columns: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": column,
            "logicalType": LOGICAL_TYPES[TYPES[column]],
            "physicalType": TYPES[column],
            **CONSTRAINTS.get(column, {}),
        }
        for column in columns
    ]


def describe_contract(
    contract_id: str, address: tuple[str, str, str], properties: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return an ODCS 3.2.0 contract of one table that must have rows."""
    domain, product, port = address
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": contract_id,
        "name": port,
        "version": "1.0.0",
        "status": "active",
        "domain": domain,
        "dataProduct": product,
        "schema": [
            {
                "name": port,
                "physicalType": "table",
                "properties": properties,
                "quality": [{"metric": "rowCount", "mustBeGreaterThan": 0}],
            }
        ],
    }


def _contract(model: Model, contract_id: str, domain: str, product: str) -> dict[str, Any]:
    address = (domain, product, model.name)
    return describe_contract(contract_id, address, describe_columns(model.columns))
