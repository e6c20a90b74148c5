"""Who there is, for those who look after the mesh: people, services, agents, teams, tokens."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from meshwright.app.identity import teams, tokens, users
from meshwright.app.identity.managing import Manager
from meshwright.app.identity.verbs import require
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.identity.passwords import new_password
from meshwright.identity.tokens import SCOPES
from meshwright.model.principal import PERSON, ROLES
from meshwright.serve.api.errors import status_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Secret:
    """What is shown once: a first password, or the text of a token."""

    of: str
    what: str
    text: str


async def show(visit: Visit) -> Response:
    """Show everybody, and the teams."""
    return await _everybody(visit)


async def add(visit: Visit) -> Response:
    """Make somebody known; a person with a first password, unless they sign in elsewhere."""
    has_password = bool(visit.said("password"))

    def work(mesh: Mesh) -> Secret | None:
        password = new_password() if has_password else ""
        made = users.add_user(
            mesh.wiring,
            visit.said("name"),
            title=visit.said("title"),
            teams=[one for one in visit.said("teams").replace(",", " ").split() if one],
            roles=visit.all_said("role"),
            attributes={"owner": visit.said("owner")} if visit.said("owner") else None,
            password=password if made_for_person(visit.said("name")) else "",
        )
        return Secret(made.name, "first password", password) if password else None

    try:
        secret = await visit.read(work)
    except MeshwrightError as error:
        return await _everybody(visit, error=error)
    return await _everybody(visit, secret=secret)


def made_for_person(name: str) -> bool:
    """Say whether a name is a person's: only people have passwords."""
    return ":" not in name or name.startswith(f"{PERSON}:")


async def change_team(visit: Visit) -> Response:
    """Put somebody into a team, take them out, or make the team."""
    team, member, word = visit.said("team"), visit.said("member"), visit.said("word")

    def work(mesh: Mesh) -> None:
        if word == "remove":
            teams.remove_members(mesh.wiring, team, member)
        else:
            teams.add_team(mesh.wiring, team, *([member] if member else []))

    try:
        await visit.read(work)
    except MeshwrightError as error:
        return await _everybody(visit, error=error)
    return visit.go("/people#teams", f"{team} is changed")


async def one(visit: Visit) -> Response:
    """Show one of them."""
    return await _one(visit)


async def set_roles(visit: Visit) -> Response:
    """Let them have the roles that are ticked, and no other."""
    name, wanted = visit.path_word("name"), set(visit.all_said("role"))
    rest = [role for role in ROLES if role not in wanted]
    try:
        await visit.read(
            lambda mesh: users.set_roles(mesh.wiring, name, add=sorted(wanted), remove=rest)
        )
    except MeshwrightError as error:
        return await _one(visit, error=error)
    return visit.go(_path(name), f"the roles of {name} are changed")


async def set_password(visit: Visit) -> Response:
    """Give them another password, shown once; their sessions end."""
    name = visit.path_word("name")

    def work(mesh: Mesh) -> Secret:
        password = new_password()
        return Secret(users.set_password(mesh.wiring, name, password), "new password", password)

    try:
        secret = await visit.read(work)
    except MeshwrightError as error:
        return await _one(visit, error=error)
    visit.service.sessions.end_those(secret.of, but=visit.token)
    return await _one(visit, secret=secret)


async def make_token(visit: Visit) -> Response:
    """Make a token of a service or an agent, shown once."""
    name = visit.path_word("name")
    try:
        made = await visit.read(
            lambda mesh: tokens.issue_token(
                mesh.wiring,
                name,
                title=visit.said("title"),
                scopes=visit.all_said("scope"),
                purpose=visit.said("purpose"),
            )
        )
    except MeshwrightError as error:
        return await _one(visit, error=error)
    return await _one(visit, secret=Secret(made.principal, f"token {made.token}", made.text))


async def revoke_token(visit: Visit) -> Response:
    """End a token of theirs."""
    name, token = visit.path_word("name"), visit.said("token")
    await visit.read(
        lambda mesh: tokens.revoke_token(mesh.wiring, token, reason=visit.said("reason"))
    )
    return visit.go(_path(name), f"the token {token} opens nothing any more")


async def remove(visit: Visit) -> Response:
    """End somebody: password, tokens, grants and sessions go with them."""
    name = visit.path_word("name")
    try:
        gone = await visit.read(
            lambda mesh: users.remove_user(mesh.wiring, name, reason=visit.said("reason"))
        )
    except MeshwrightError as error:
        return await _one(visit, error=error)
    visit.service.sessions.end_those(gone)
    return visit.go("/people", f"{gone} has left: nothing of what they could do holds any more")


async def _everybody(
    visit: Visit, *, secret: Secret | None = None, error: MeshwrightError | None = None
) -> Response:
    words = visit.word("q").strip().lower()

    def read(mesh: Mesh) -> dict[str, Any]:
        require(mesh.wiring, "user list")
        listed = users.list_users(mesh.wiring)
        known = [
            one
            for one in listed
            if words in one.principal.name.lower() or words in one.principal.title.lower()
        ]
        manager = Manager.of(mesh.wiring)
        return {
            "users": known[:SHOWN],
            "beyond": max(0, len(known) - SHOWN),
            "teams": teams.list_teams(mesh.wiring),
            "manages": manager.is_administrator,
        }

    found = await visit.read(read)
    return visit.page(
        "people/all.html", **_said(visit, error), secret=secret, words=words, roles=ROLES, **found
    )


async def _one(
    visit: Visit, *, secret: Secret | None = None, error: MeshwrightError | None = None
) -> Response:
    name = visit.path_word("name")

    def read(mesh: Mesh) -> dict[str, Any]:
        require(mesh.wiring, "user show")
        line = users.show_user(mesh.wiring, name)
        manager = Manager.of(mesh.wiring)
        listed = tokens.list_tokens(mesh.wiring, name) if manager.is_administrator else ()
        return {"line": line, "tokens": listed, "manages": manager.is_administrator}

    found = await visit.read(read)
    return visit.page(
        "people/one.html", **_said(visit, error), secret=secret, roles=ROLES, scopes=SCOPES, **found
    )


def _said(visit: Visit, error: MeshwrightError | None) -> dict[str, Any]:
    fault = told(error, visit.service.wiring.root) if error else None
    return {"status": status_of(error) if error else 200, "fault": fault}


def _path(name: str) -> str:
    return f"/people/{name}"


PAGES = (
    Page("/people", show),
    Page("/people", add, "POST"),
    Page("/people/teams", change_team, "POST"),
    Page("/people/{name}", one),
    Page("/people/{name}/roles", set_roles, "POST"),
    Page("/people/{name}/password", set_password, "POST"),
    Page("/people/{name}/tokens", make_token, "POST"),
    Page("/people/{name}/revoke", revoke_token, "POST"),
    Page("/people/{name}/remove", remove, "POST"),
)
