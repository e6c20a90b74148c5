"""The descriptors of generated meshes: domain, product and contract files, as open standards say.

Shared by the generators of the build bench and of the scale bench. Contracts are ODCS 3.2.0 with
eight checks a table: key required and unique, amount required and in a range, quantity in a range,
accepted values, a pattern, and rows at all. Products are Bitol ODPS 1.0.0.
"""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from models_dag import CODE_PATTERN, STATUSES, TYPES

AMOUNT_MAXIMUM = 1_000_000_000
NAMESPACE = uuid.UUID("6f0d1a52-7a61-4a0d-9e55-0a5a3f6a9d11")
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


def write_yaml(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(document, Dumper=DUMPER, sort_keys=False, width=100))


def stable_id(address: str) -> str:
    return str(uuid.uuid5(NAMESPACE, address))


def describe_domain(name: str) -> dict[str, Any]:
    return {"name": name, "team": {"name": f"Team {name}", "owners": [f"{name}@example.com"]}}


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
