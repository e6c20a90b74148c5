"""A mesh with personal data in it, people who ask for it, and short ways to say what is decided."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from meshwright.app.access.deciding import decide
from meshwright.app.wiring import Wiring
from meshwright.model.access import Decision
from meshwright.model.address import Address
from meshwright.model.facts import AccessGranted, Fact, PrincipalAdded
from meshwright.model.principal import Asker, Principal
from meshwright.publish.reading import pin
from tests.integration.shop import KEY, column
from tests.meshes import write_mesh

PEOPLE = (
    "id,name,email,born,points,region\n"
    "1,ada,ada@example.com,1815-12-10,70,north\n"
    "2,bob,bob@example.com,1990-05-01,5,south\n"
)
PII = {"classification": "confidential", "tags": ["pii"]}
PEOPLE_COLUMNS = [
    column("id", **KEY),
    column("name", "string", **PII),
    column(
        "email", "string", **PII, customProperties=[{"property": "mask", "value": "show-last-4"}]
    ),
    column("born", "date", classification="restricted"),
    column("points", classification="internal"),
    column("region", "string"),
]
MESH: dict[str, dict[str, dict[str, Any]]] = {
    "crm": {
        "people": {
            "inputs": {"raw": PEOPLE},
            "ports": {"people": "select id, name, email, born, points, region from raw"},
            "contracts": {"people": {"columns": PEOPLE_COLUMNS}},
            "product": {"team": {"members": [{"username": "olga@example.com", "role": "owner"}]}},
        }
    },
    "web": {
        "visits": {
            "inputs": {"raw": "page,n\nhome,3\n"},
            "ports": {"visits": "select page, n from raw"},
            "contracts": {"visits": {"columns": [column("page", "string"), column("n")]}},
        }
    },
}
PORT, VISITS = "crm.people.people", "web.visits.visits"
OWNER, TEAM, ANALYST = "person:olga@example.com", "person:crm@example.com", "person:anna"
LATER = (datetime.now(UTC) + timedelta(days=30)).isoformat()
BEFORE = (datetime.now(UTC) - timedelta(days=30)).isoformat()


def write_crm(folder: Path, policies: Mapping[str, str] | None = None) -> Path:
    """Write the mesh; `policies` are texts of access.yaml by domain ('' for the federation)."""
    write_mesh(folder, MESH)
    for domain, text in (policies or {}).items():
        put_policies(folder, text, domain)
    return folder


def put_policies(folder: Path, text: str, domain: str = "") -> Path:
    """Write an access.yaml of the federation, or of a domain."""
    home = folder / "domains" / domain if domain else folder
    (home / "policies").mkdir(exist_ok=True)
    path = home / "policies" / "access.yaml"
    path.write_text(text)
    return path


@contextmanager
def wired(folder: Path, *facts: Fact, now: datetime | None = None) -> Iterator[Wiring]:
    """Open a mesh and record facts; Anna is an analyst whom everybody knows."""
    wiring = Wiring(folder, now=(lambda: now)) if now else Wiring(folder)
    try:
        wiring.ledger.record([known(ANALYST), *facts])
        yield wiring
    finally:
        wiring.close()


def known(name: str, *teams: str, title: str = "", **attributes: str) -> PrincipalAdded:
    """Return the fact that somebody is known."""
    return PrincipalAdded(name, title, list(teams), attributes=attributes)


def granted(principal: str = ANALYST, address: str = PORT, **said: Any) -> AccessGranted:
    """Return a grant: for 30 days from 30 days ago, unless said otherwise."""
    product = address.rpartition(".")[0]
    defaults = {"grant": "g-1", "purpose": "churn", "since": BEFORE, "until": LATER}
    return AccessGranted(principal=principal, address=address, product=product, **(defaults | said))


def decided(
    wiring: Wiring, principal: str = ANALYST, address: str = PORT, purpose: str = ""
) -> Decision:
    """Return what is decided."""
    with wiring.store.read() as reader:
        port = pin(reader, Address.parse(address))
        return decide(wiring, reader, Asker(Principal(principal), purpose), port)


def shown(decision: Decision) -> dict[str, str]:
    """Return the masks of a decision as text."""
    return {column: str(mask) for column, mask in decision.masks.items()}
