"""Ask: for access, and what access there is."""

from typing import Annotated

from msgspec import Meta

from meshwright.app.access.desk import AccessDesk
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


def request_access(caller: Caller, said: RequestAccess) -> Shape:
    """File a request; a rule may approve it at once."""
    address = caller.port(said.address)
    asked = _desk(caller, said.purpose).request(
        str(address.port_address),
        purpose=said.purpose,
        lasting=f"{said.days}d",
        columns=said.columns,
        reason=said.reason,
    )
    if asked.get("grant"):
        return {**asked, "note": "approved at once by a rule: ask now, with this purpose"}
    return {
        **asked,
        "note": f"waits for {', '.join(asked['asked_now'])}: tell your person; see my_access",
    }


def my_access(caller: Caller, said: MyAccess) -> Shape:
    """Return what the caller may read, what was granted, and what they asked for."""
    desk = _desk(caller, said.purpose)
    asker = desk.asker
    return {
        "principal": asker.principal.name,
        "on_behalf_of": asker.on_behalf_of or None,
        "teams": list(asker.principal.teams),
        "roles": list(asker.principal.roles),
        "requests": [_request(one) for one in desk.requests(mine=True) if _knows(caller, one)],
        "grants": [_grant(one) for one in desk.grants(principal=asker.principal.name)],
        "may_read": _readable(caller, desk, said.purpose),
    }


def _readable(caller: Caller, desk: AccessDesk, purpose: str) -> list[Shape] | str:
    if desk.asker.principal.owns_mesh:
        return "every port, whole: you own the files of this mesh"
    return [_sight(one) for one in desk.what(purpose=purpose) if _knows(caller, one)]


def _desk(caller: Caller, purpose: str) -> AccessDesk:
    return AccessDesk(caller.mesh.wiring, caller.asker(purpose))


def _knows(caller: Caller, shape: Shape) -> bool:
    return caller.knowing.of(str(shape["address"]))


def _request(shape: Shape) -> Shape:
    named = ("request", "address", "purpose", "state", "asked_now", "at")
    return {name: shape[name] for name in named}


def _grant(shape: Shape) -> Shape:
    named = ("grant", "address", "purpose", "until", "state", "columns")
    return {name: shape[name] for name in named}


def _sight(shape: Shape) -> Shape:
    named = ("address", "masked", "filters", "minimum_group", "needs_purpose")
    return {name: shape[name] for name in named if shape[name]}


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
