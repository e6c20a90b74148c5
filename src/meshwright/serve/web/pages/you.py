"""Who I am to this mesh: teams and roles, tokens, sessions, password."""

from typing import Any

from starlette.responses import Response

from meshwright.access.durations import parse_days
from meshwright.app.identity import credentials
from meshwright.app.identity.tokens import Issued, TokenLine, issue_token, list_tokens, revoke_token
from meshwright.app.identity.users import set_password
from meshwright.app.mesh import Mesh
from meshwright.errors import DeniedError, MeshwrightError, UsageError
from meshwright.identity.tokens import SCOPES
from meshwright.serve.api.errors import status_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import DOOR, Visit
from meshwright.serve.wording import told

LENGTHS = (("30d", "30 days"), ("90d", "90 days"), ("1y", "a year"), ("0", "without an end"))


async def show(visit: Visit) -> Response:
    """Show it."""
    return await _page(visit)


async def make_token(visit: Visit) -> Response:
    """Make a token; its text is on this page, and never again."""
    lasting = visit.said("lasting") or "90d"

    def make(mesh: Mesh) -> Issued:
        return issue_token(
            mesh.wiring,
            title=visit.said("title"),
            scopes=visit.all_said("scope"),
            purpose=visit.said("purpose"),
            days=0 if lasting == "0" else parse_days(lasting),
        )

    try:
        made = await visit.read(make)
    except MeshwrightError as error:
        return await _page(visit, error=error)
    return await _page(visit, made=made)


async def revoke(visit: Visit) -> Response:
    """End a token."""
    token = visit.path_word("token")
    await visit.read(lambda mesh: revoke_token(mesh.wiring, token, reason=visit.said("reason")))
    return visit.go("/you", f"the token {token} opens nothing any more")


async def end_sessions(visit: Visit) -> Response:
    """End one session, or all but this one."""
    who, only = visit.who, visit.said("session")
    count = visit.service.sessions.end_those(
        who.principal.name, only=only, behind=who.behind, but="" if only else visit.token
    )
    await _tell(visit, count)
    return visit.go("/you", f"{count} session{'s' if count != 1 else ''} ended")


async def change_password(visit: Visit) -> Response:
    """Set another password, on the word of the one before; every other session ends."""
    service, name = visit.service, visit.who.principal.name
    old, new = visit.said("old"), visit.said("new")
    try:
        if new != visit.said("again"):
            raise UsageError("passwords-differ", "the new password was typed in two ways")
        where = visit.request.client.host if visit.request.client else ""
        service.attempts.count(f"from {where}", f"name {name}")
        await service.threads.password(lambda: service.proving.by_password(name, old))
        await service.threads.password(
            lambda: set_password(service.mesh_of(visit.who, DOOR).wiring, name, new)
        )
    except DeniedError as error:
        reason = error.code
        await service.threads.who(lambda: service.proving.refused(name, DOOR, reason))
        return await _page(visit, error=error)
    except MeshwrightError as error:
        return await _page(visit, error=error)
    count = service.sessions.end_those(name, but=visit.token)
    await _tell(visit, count)
    return visit.go("/you", f"your password is another one; {count} other sessions ended")


async def _tell(visit: Visit, count: int) -> None:
    who, proving = visit.who, visit.service.proving
    if count:
        await visit.service.threads.read(
            lambda: proving.signed_out(who.principal.name, DOOR, count, who.behind)
        )


async def _page(
    visit: Visit, made: Issued | None = None, error: MeshwrightError | None = None
) -> Response:
    who, sessions = visit.who, visit.service.sessions

    def read(mesh: Mesh) -> dict[str, Any]:
        with mesh.wiring.store.read() as reader:
            has_password = credentials.has_password(reader, who.principal.name)
        return {"tokens": _tokens(mesh, who.principal.name), "has_password": has_password}

    found = await visit.read(read)
    return visit.page(
        "you.html",
        status=status_of(error) if error else 200,
        fault=told(error, visit.service.wiring.root) if error else None,
        made=made,
        sessions=sessions.of(who.principal.name, who.behind),
        here=sessions.id_of(visit.token),
        scopes=SCOPES,
        lengths=LENGTHS,
        **found,
    )


def _tokens(mesh: Mesh, name: str) -> tuple[TokenLine, ...]:
    """Return their tokens; none for the owner of the files, who may be nobody that the mesh lists."""
    try:
        return list_tokens(mesh.wiring, name)
    except UsageError:
        return ()


PAGES = (
    Page("/you", show),
    Page("/you/tokens", make_token, "POST"),
    Page("/you/tokens/{token}/revoke", revoke, "POST"),
    Page("/you/sessions", end_sessions, "POST"),
    Page("/you/password", change_password, "POST"),
)
