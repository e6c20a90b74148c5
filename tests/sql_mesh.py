"""A small mesh behind its SQL endpoint: ada reads sales and, masked, people; nobody reads the vault."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.serve.sql.limits import DEFAULT_LIMITS, ServerLimits
from meshwright.serve.sql.server import SqlServer
from tests.e2e.shell import mesh as command
from tests.integration.shop import column
from tests.meshes import write_mesh, write_text

ADA = "person:ada@example.com"
KEY = {"primaryKey": True, "primaryKeyPosition": 1}
ORDERS = (
    "id,customer,amount,placed\n1,1,10.50,2024-01-01\n2,1,20.25,2024-02-29\n3,2,5.00,2024-03-01\n"
)
PEOPLE = "id,email,city\n1,eve@example.org,Delft\n2,bob@example.org,Graz\n"
DOMAINS: dict[str, dict[str, dict[str, Any]]] = {
    "sales": {
        "orders": {
            "inputs": {"raw": ORDERS},
            "ports": {
                "orders": "select id::BIGINT id, customer::INTEGER customer, amount::DECIMAL(9,2) amount,"
                " placed::DATE placed from raw",
                "totals": "select customer::INTEGER customer, sum(amount)::DOUBLE total from raw group by 1",
            },
            "contracts": {
                "orders": {
                    "description": {"purpose": "Orders as they were placed."},
                    "columns": [
                        column("id", description="The order's number.", **KEY),
                        column("customer"),
                        column("amount", "number"),
                        column("placed", "date"),
                    ],
                }
            },
        },
    },
    "crm": {
        "people": {
            "inputs": {"raw": PEOPLE},
            "ports": {"people": "select id::BIGINT id, email, city from raw"},
            "contracts": {
                "people": {
                    "columns": [
                        column("id", **KEY),
                        column("email", "string", description="Where they are written to.",
                               classification="confidential"),
                        column("city", "string"),
                    ]
                }
            },
        },
    },
    "vault": {"gold": {"inputs": {"raw": "bars\n7\n"}, "ports": {"bars": "select bars from raw"}}},
}  # fmt: skip
_OWN: dict[Path, str] = {}
OPEN = """\
policies:
  - {{id: open, effect: allow, subjects: {{principals: ["{who}"]}}, objects: {{addresses: ["{domain}.*.*"]}}}}
"""


def write_sql_mesh(folder: Path) -> Path:
    """Write the mesh, build it, and say who may read what."""
    write_mesh(folder, DOMAINS)
    assert command(folder, "run").code == 0
    assert command(folder, "user", "add", "ada@example.com", "--title", "Ada").code == 0
    for domain in ("sales", "crm"):
        policies = folder / "domains" / domain / "policies" / "access.yaml"
        write_text(policies, OPEN.format(who=ADA, domain=domain))
    return folder


def own_token(folder: Path) -> str:
    """Return ada's token of a mesh: one for all servers, since a bare name signs in by the newest."""
    if folder not in _OWN:
        _OWN[folder] = new_token(folder)
    return _OWN[folder]


def new_token(folder: Path, *options: str) -> str:
    """Return a new token of ada."""
    made = command(folder, "--as", ADA, "token", "create", *options)
    assert made.code == 0, made.err
    return made.out.strip()


@dataclass(frozen=True)
class Served:
    """A server that runs, and what a client needs to speak to it."""

    folder: Path
    mesh: Mesh
    server: SqlServer
    token: str

    @property
    def dsn(self) -> str:
        """Return a connection string of libpq."""
        return (
            f"host=127.0.0.1 port={self.server.port} user={ADA} password={self.token} dbname=test"
        )

    def url(self, driver: str) -> str:
        """Return a URL of SQLAlchemy."""
        user = ADA.replace(":", "%3A").replace("@", "%40")
        return f"{driver}://{user}:{self.token}@127.0.0.1:{self.server.port}/test"


@contextmanager
def served(
    folder: Path, token: str = "", limits: ServerLimits = DEFAULT_LIMITS, **how: Any
) -> Iterator[Served]:
    """Serve a mesh while the block runs; an error of our own making fails the test."""
    broken: list[Exception] = []
    watched = replace(limits, report=broken.append)
    with meshwright.open(folder) as mesh:
        server = SqlServer(mesh.wiring, "127.0.0.1", 0, server_limits=watched, **how).start()
        try:
            yield Served(folder, mesh, server, token or own_token(folder))
        finally:
            server.stop()
    from meshwright.serve.sql.faults import wire_error

    internal = [error for error in broken if wire_error(error).state == "XX000"]
    assert not internal, internal
