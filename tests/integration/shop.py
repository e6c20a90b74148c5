"""A small mesh that most of these tests begin with: two products of a domain, two that read them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.model.plan import BuildResult
from tests.meshes import write_mesh

ORDERS = "id,customer,amount\n1,1,10\n2,1,20\n3,2,5\n"
MORE_ORDERS = ORDERS + "4,2,7\n"
BAD_ORDERS = ORDERS + "3,2,-1\n"
CUSTOMERS = "id,name\n1,ada\n2,bob\n"


def column(name: str, kind: str = "integer", **promises: Any) -> dict[str, Any]:
    """Return an ODCS property."""
    return {"name": name, "logicalType": kind, **promises}


KEY = {"primaryKey": True, "primaryKeyPosition": 1}
SHOP: dict[str, dict[str, dict[str, Any]]] = {
    "sales": {
        "orders": {
            "inputs": {"raw": ORDERS},
            "models": {"clean": "select id, customer, amount from raw"},
            "ports": {
                "orders": "select id, customer, amount from clean",
                "totals": "select customer, sum(amount)::BIGINT as total from clean group by all",
            },
            "contracts": {
                "orders": {
                    "columns": [
                        column("id", **KEY),
                        column("customer", required=True),
                        column("amount", logicalTypeOptions={"minimum": 0}),
                    ]
                },
                "totals": {"columns": [column("customer", **KEY), column("total")]},
            },
        },
        "customers": {
            "inputs": {"people": CUSTOMERS},
            "ports": {"customers": "select id, name from people"},
            "contracts": {
                "customers": {"columns": [column("id", **KEY), column("name", "string")]}
            },
        },
    },
    "insight": {
        "report": {
            "inputs": {
                "orders": {"port": "sales.orders.orders"},
                "customers": {"port": "sales.customers.customers"},
            },
            "ports": {
                "spending": "select c.name, sum(o.amount)::BIGINT as amount from orders o"
                " join customers c on c.id = o.customer group by all",
                "names": "select name from customers",
            },
        },
        "lonely": {"inputs": {"raw": "x\n1\n"}, "ports": {"lonely": "select x from raw"}},
    },
}
PRODUCTS = ("sales.orders", "sales.customers", "insight.report", "insight.lonely")


def write_shop(folder: Path) -> Path:
    """Write the mesh."""
    return write_mesh(folder, SHOP)


def build(folder: Path, *select: str, **how: Any) -> dict[str, BuildResult]:
    """Run a mesh and return how each product ended (the last time, when days are replayed)."""
    with meshwright.open(folder) as mesh:
        return {str(result.product): result for result in mesh.run(*select, **how)}


def statuses(results: dict[str, BuildResult]) -> dict[str, str]:
    """Return the status of each product."""
    return {product: result.status for product, result in results.items()}


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """Query a mesh."""
    with meshwright.open(folder) as mesh:
        return mesh.query(sql).rows()


def copied(built: Path, folder: Path) -> Path:
    """Return a copy of a built mesh, files as old as in the original."""
    return Path(shutil.copytree(built, folder))


@contextmanager
def state(folder: Path, sql: str) -> Iterator[list[tuple[Any, ...]]]:
    """Read the state store."""
    with meshwright.open(folder) as mesh, mesh.wiring.store.read() as reader:
        yield [tuple(row) for row in reader.rows(sql)]


def opened(folder: Path) -> Mesh:
    """Open a mesh."""
    return meshwright.open(folder)
