"""The demo's descriptor files are what a good mesh's files are: valid, owned, described, tested."""

from pathlib import Path

import pytest

from meshwright.app.demo.lay_out import MESH
from meshwright.app.demo.silos import DATA
from meshwright.documents.workspace import Workspace, open_workspace
from meshwright.model.product import Product


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return open_workspace(MESH, None)


@pytest.fixture(scope="module")
def products(workspace: Workspace) -> dict[str, Product]:
    return {str(address): workspace.product(address) for address in workspace.cards}


def test_the_files_are_valid(workspace: Workspace) -> None:
    """Not even a warning is left in the demo's files."""
    assert [str(problem) for problem in workspace.problems()] == []


def test_six_domains_publish_eight_ports(products: dict[str, Product]) -> None:
    """Each domain has a product, one has two, and the ports are those that the README names."""
    ports = {f"{address}.{port.name}" for address, p in products.items() for port in p.outputs}
    assert ports == {
        "experience.delay_risk.routes",
        "experience.home_delays.members",
        "fleet.aircraft.airlines",
        "fleet.aircraft.planes",
        "geography.airports.airports",
        "loyalty.members.profiles",
        "operations.flights.departures",
        "weather.observations.hourly",
    }


def test_every_promise_is_described_and_owned(products: dict[str, Product]) -> None:
    """Each contract has a purpose, an owner and a key, and says in words what each column is."""
    for address, product in products.items():
        assert product.owners, address
        for port in product.outputs:
            assert port.contract is not None
            described = port.contract.object_for(port.name)
            assert described is not None
            assert port.contract.owners, port.name
            assert port.contract.description, port.name
            assert described.key, port.name
            assert [c.name for c in described.columns if not c.description] == [], port.name


def test_the_consumer_joins_four_domains(products: dict[str, Product]) -> None:
    """`delay_risk` reads ports of the four other domains with real data, and nothing else."""
    inputs = products["experience.delay_risk"].inputs
    assert {port.port.domain for port in inputs if port.port} == {
        "operations",
        "weather",
        "fleet",
        "geography",
    }
    assert all(port.source is None for port in inputs)


def test_personal_columns_are_classified(products: dict[str, Product]) -> None:
    """Whatever tells who a member is is classified, so that no literal of it is kept anywhere."""
    contract = products["loyalty.members"].outputs[0].contract
    assert contract is not None
    described = contract.object_for("profiles")
    assert described is not None
    assert described.classified == {"first_name", "last_name", "email", "phone", "birth_date"}
    assert "synthetic" in contract.tags


def test_the_data_is_small_and_licensed() -> None:
    """All packed data together stays below 4 MB, and its licence lies beside it."""
    assert sum(file.stat().st_size for file in DATA.glob("*.parquet")) < 4_000_000
    assert "CC0" in Path(DATA / "README.md").read_text()
