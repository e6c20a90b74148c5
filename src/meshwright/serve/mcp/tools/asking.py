"""Ask: for access, and what access there is."""

from typing import Annotated, cast

from msgspec import Meta

from meshwright.app.access.desk import AccessDesk
from meshwright.serve.mcp.answers import picked
from meshwright.serve.mcp.answers.asking import Access, Asked, GrantCard, RequestCard, Sight
from meshwright.serve.mcp.caller import Caller
from meshwright.serve.mcp.tool import Arguments, Port, Purpose, Shape, Text, Tool


class RequestAccess(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for, what for, and how long."""

    address: Port
    purpose: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="What the data is for, in a word or two; owners read it.",
            examples=["billing"],
        ),
    ]
    days: Annotated[int, Meta(ge=1, le=3650, description="For how long.")] = 30
    columns: Annotated[
        tuple[Text, ...], Meta(max_length=200, description="Only these; none: all.")
    ] = ()
    reason: Annotated[
        str, Meta(max_length=1000, description="Why it is needed; owners read it.")
    ] = ""


class MyAccess(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As if one asked for this purpose."""

    purpose: Purpose = ""


def request_access(caller: Caller, said: RequestAccess) -> Asked:
    """File a request; a rule may approve it at once."""
    address = caller.port(said.address)
    shape = _desk(caller, said.purpose).request(
        str(address.port_address),
        purpose=said.purpose,
        lasting=f"{said.days}d",
        columns=said.columns,
        reason=said.reason,
    )
    asked = cast("Asked", shape)
    if "grant" in asked:
        note = "approved at once by a rule: ask now, with this purpose"
    else:
        note = f"waits for {', '.join(asked['asked_now'])}: tell your person; see my_access"
    return {**asked, "note": note}


def my_access(caller: Caller, said: MyAccess) -> Access:
    """Return what the caller may read, what was granted, and what they asked for."""
    desk = _desk(caller, said.purpose)
    asker = desk.asker
    return {
        "principal": asker.principal.name,
        "on_behalf_of": asker.on_behalf_of or None,
        "teams": list(asker.principal.teams),
        "roles": list(asker.principal.roles),
        "requests": [
            picked(one, RequestCard) for one in desk.requests(mine=True) if _knows(caller, one)
        ],
        "grants": [picked(one, GrantCard) for one in desk.grants(principal=asker.principal.name)],
        "may_read": _readable(caller, desk, said.purpose),
    }


def _readable(caller: Caller, desk: AccessDesk, purpose: str) -> list[Sight] | str:
    if desk.asker.principal.owns_mesh:
        return "every port, whole: you own the files of this mesh"
    return [_sight(one) for one in desk.what(purpose=purpose) if _knows(caller, one)]


def _desk(caller: Caller, purpose: str) -> AccessDesk:
    return AccessDesk(caller.mesh.wiring, caller.asker(purpose))


def _knows(caller: Caller, shape: Shape) -> bool:
    return caller.knowing.of(str(shape["address"]))


def _sight(shape: Shape) -> Sight:
    return picked({name: value for name, value in shape.items() if value}, Sight)


TOOLS = (
    Tool(
        "request_access",
        "Ask for access",
        "Ask the owners of a port for access, for a purpose and a time. A person may have to approve it:"
        " say so to yours, and do not ask twice.",
        RequestAccess,
        request_access,
        scope="access",
        is_read_only=False,
    ),
    Tool(
        "my_access",
        "What I may read",
        "Say who you are here, which ports you may read and how, your grants, and how your requests stand.",
        MyAccess,
        my_access,
        advice="Ask get_schema how you see one port.",
        scope="access",
    ),
)
