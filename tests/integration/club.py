"""A mesh about whose data people ask each other: members with e-mail addresses, and who wants them."""

from pathlib import Path
from typing import Any

from meshwright.app.access.desk import AccessDesk
from meshwright.app.mesh import Mesh
from meshwright.app.wiring import Wiring
from meshwright.model.facts import PrincipalAdded
from meshwright.model.principal import Asker, Principal
from tests.integration.shop import KEY, column
from tests.meshes import write_mesh

PEOPLE = (
    "id,email,tier,born\n1,ada@example.org,gold,1990-01-01\n2,bob@example.org,staff,1985-05-05\n"
)
EMAIL = {"classification": "confidential", "tags": ["pii"]}
CLUB: dict[str, dict[str, dict[str, Any]]] = {
    "loyalty": {
        "members": {
            "inputs": {"raw": PEOPLE},
            "ports": {
                "profiles": "select id, email, tier, born from raw",
                "tiers": "select tier, count(*) as members from raw group by all",
            },
            "contracts": {
                "profiles": {
                    "columns": [
                        column("id", **KEY),
                        column("email", "string", **EMAIL),
                        column("tier", "string"),
                        column("born", "date", classification="restricted"),
                    ]
                },
                "tiers": {
                    "columns": [column("tier", "string", **KEY), column("members")],
                    "roles": [
                        {
                            "role": "reader",
                            "access": "read",
                            "firstLevelApprovers": "fay@example.com, team:desk",
                            "secondLevelApprovers": "sam@example.com",
                        }
                    ],
                },
            },
            "product": {"team": {"members": [{"username": "elena@example.com", "role": "owner"}]}},
        }
    },
    "insight": {"churn": {"inputs": {"raw": "x\n1\n"}, "ports": {"risk": "select x from raw"}}},
}
PROFILES, TIERS = "loyalty.members.profiles", "loyalty.members.tiers"
ANA, ELENA = "person:ana@example.com", "person:elena@example.com"
FAY, SAM, BOB = "person:fay@example.com", "person:sam@example.com", "person:bob@example.com"
OWNER_OF_DOMAIN = "person:loyalty@example.com"


def write_club(folder: Path) -> Path:
    """Write the mesh."""
    return write_mesh(folder, CLUB)


def add_people(wiring: Wiring) -> None:
    """Let everybody be known."""
    wiring.ledger.record(
        [
            PrincipalAdded(ANA, "Ana", ["team:insight"]),
            PrincipalAdded(ELENA, "Elena", ["team:loyalty"]),
            PrincipalAdded(FAY),
            PrincipalAdded(SAM),
            PrincipalAdded(BOB, "Bob", ["team:desk"]),
            PrincipalAdded("person:gov@example.com", roles=["governance"]),
            PrincipalAdded("person:aud@example.com", roles=["auditor"]),
            PrincipalAdded("service:bi", attributes={"owner": "ana@example.com"}),
            PrincipalAdded("team:desk"),
        ]
    )


def asker(name: str, *teams: str, roles: tuple[str, ...] = (), purpose: str = "") -> Asker:
    """Return somebody who asks."""
    return Asker(Principal(name, teams, roles), purpose, door="test")


def desk(mesh: Mesh, name: str, *teams: str, roles: tuple[str, ...] = ()) -> AccessDesk:
    """Return the desk of access, as somebody."""
    return AccessDesk(mesh.wiring, asker(name, *teams, roles=roles))
