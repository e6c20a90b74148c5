"""Write the DAG as a mesh: descriptors, contracts with eight checks a port, and the models.

Two layouts of the same models: one product with every port, and products of five ports each over
several domains, whose models read each other's ports through declared input ports. The models are
split in DAG order, so no two products need each other.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from descriptors import (
    describe_columns,
    describe_contract,
    describe_domain,
    describe_product,
    stable_id,
    write_yaml,
)
from models_dag import SOURCES, Model

PRODUCTS_A_DOMAIN = 5
SOURCES_FROM_PRODUCT = "../../../../../sources"


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


def _contract(model: Model, contract_id: str, domain: str, product: str) -> dict[str, Any]:
    address = (domain, product, model.name)
    return describe_contract(contract_id, address, describe_columns(model.columns))
