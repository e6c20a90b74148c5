"""My tokens in a browser, and people for those who look after the mesh."""

import re

from meshwright.app.asking import as_principal
from meshwright.app.identity import links
from meshwright.app.identity.users import set_roles, show_user
from tests.integration.club import ANA, BOB
from tests.integration.pages.conftest import mesh_of
from tests.serving import Serving, error_of
from tests.visiting import Visitor, seen

SECRET = re.compile(r'<pre id="secret"[^>]*><code>([^<]+)</code>')


def test_a_token_is_shown_once_opens_what_was_ticked_and_is_revoked(club: Serving) -> None:
    ana, bob = Visitor(club, ANA), Visitor(club, BOB)
    made = ana.send(
        "/you/tokens", title="notebook", scope=["query"], purpose="churn", lasting="30d"
    )
    token = SECRET.search(made.text)
    assert token
    assert "no-store" in made.headers["cache-control"]
    assert club.get("/api/v1/me", token=token[1]).json()["principal"] == ANA
    assert error_of(club.get("/api/v1/trail", token=token[1])) == (403, "token-scope")
    again = ana.get("/you").text
    assert "notebook" in again
    assert token[1] not in again
    id = token[1].split("_")[1]
    assert bob.send(f"/you/tokens/{id}/revoke").status_code == 404
    assert "opens nothing any more" in ana.follow(ana.send(f"/you/tokens/{id}/revoke"))
    assert club.get("/api/v1/me", token=token[1]).status_code == 401


def test_an_administrator_lets_people_in_and_out_and_nobody_else_does(club: Serving) -> None:
    wiring = mesh_of(club).wiring
    ana = Visitor(club, ANA)
    refused = ana.get("/people")
    assert refused.status_code == 403
    assert "may not do user list whoever is administrator, governance or auditor may" in seen(
        refused
    )
    assert ana.send("/people", name="eve@example.com").status_code == 403
    assert ana.send(f"/people/{ANA}/roles", role=["administrator"]).status_code == 403
    set_roles(wiring, BOB, add=["administrator"])
    bob = Visitor(club, BOB)
    added = bob.send("/people", name="eve@example.com", title="Eve", role=["auditor"], password="1")
    password = SECRET.search(added.text)
    assert password
    assert password[1] not in bob.get("/people").text
    eve = Visitor(club, None)
    signed = eve.send("/sign-in", name="eve@example.com", password=password[1])
    assert signed.status_code == 303
    bob.follow(bob.send("/people/person:eve@example.com/roles", role=["governance"]))
    assert show_user(wiring, "eve@example.com").principal.roles == ("governance",)
    gone = bob.send("/people/person:eve@example.com/remove", reason="she left")
    assert "has left" in bob.follow(gone)
    assert eve.get("/you").status_code == 303


def test_a_token_of_a_service_is_made_by_an_administrator_and_of_a_person_by_nobody_else(
    club: Serving,
) -> None:
    set_roles(mesh_of(club).wiring, BOB, add=["administrator"])
    bob = Visitor(club, BOB)
    made = bob.send("/people/service:bi/tokens", title="dashboards", scope=["query"])
    token = SECRET.search(made.text)
    assert token
    assert club.get("/api/v1/me", token=token[1]).json()["principal"] == "service:bi"
    assert bob.send(f"/people/{ANA}/tokens", title="as Ana").status_code == 403


def test_where_one_is_signed_in_is_said_in_words(club: Serving) -> None:
    ana = Visitor(club, ANA)
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0"
    key = links.make(as_principal(club.service.wiring, ANA))
    ana.client.get(f"/enter/{key}", headers={"User-Agent": agent})
    assert "Firefox on Windows" in ana.text("/you")
