"""Access over HTTP: ask for it, say yes or no, end and renew grants. The caller acts as themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page, paged

ANY = dict[str, Any]
Requests = paged(ANY, "Requests", "requests")
Grants = paged(ANY, "Grants", "grants")
Reviews = paged(ANY, "Reviews", "grants")
REQUEST = Parameter("request", "Its id.", place="path", example="request-1")
ADDRESSED = Parameter("address", "A port or column.", example="sales.orders.orders", is_needed=True)
WHO = Parameter("principal", "Whom it is about.", example="person:ada@example.com")
PURPOSE = Parameter("purpose", "As if they asked for this.")
GRANT = Parameter("grant", "Its id.", place="path", example="grant-1")


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What is asked for. `lasting`: as `30d`; no columns: all; `for_principal`: a team or service."""

    address: str
    purpose: str
    lasting: str = "30d"
    columns: tuple[str, ...] = ()
    reason: str = ""
    for_principal: str = ""


@dataclass(frozen=True, slots=True)
class ApproveBody:
    """Under which conditions. `raw`: classified columns as they are; `masks`: `column=mask`."""

    note: str = ""
    raw: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    filter: str = ""
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class NoteBody:
    """Why."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class ReasonBody:
    """Why; a reason is needed."""

    reason: str


@dataclass(frozen=True, slots=True)
class RenewBody:
    """How long from now, as `30d`, and why."""

    lasting: str
    reason: str = ""


def _request(look: Look, said: RequestBody) -> Any:
    return look.mesh.access.request(
        said.address,
        purpose=said.purpose or look.proven.purpose,
        lasting=said.lasting,
        columns=said.columns,
        reason=said.reason,
        for_principal=said.for_principal,
    )


def _approve(look: Look, said: ApproveBody) -> Any:
    return look.mesh.access.approve(
        look.path("request"),
        note=said.note,
        raw=said.raw,
        masks=said.masks,
        filter=said.filter,
        lasting=said.lasting,
    )


def _refuse(look: Look, said: NoteBody) -> Any:
    return look.mesh.access.refuse(look.path("request"), note=said.note)


def _revoke(look: Look, said: ReasonBody) -> Any:
    return look.mesh.access.revoke(look.path("grant"), reason=said.reason)


def _renew(look: Look, said: RenewBody) -> Any:
    return look.mesh.access.renew(look.path("grant"), lasting=said.lasting, reason=said.reason)


def _keep(look: Look, said: NoteBody) -> Any:
    return look.mesh.access.keep(look.path("grant"), note=said.note)


def _requests(look: Look) -> Any:
    words = look.words
    found = look.mesh.access.requests(
        mine=words.flag("mine"), to_approve=words.flag("to_approve"), closed=words.flag("all")
    )
    return page(Requests, found, lambda one: f"{one['at']} {one['request']}", words)


def _grants(look: Look) -> Any:
    words = look.words
    found = look.mesh.access.grants(
        words.text("address"), principal=words.text("principal"), ended=words.flag("all")
    )
    return page(Grants, found, lambda one: f"{one['since']} {one['grant']}", words)


def _review(look: Look) -> Any:
    return Reviews(tuple(look.mesh.access.review(unused=look.words.text("unused", "90d"))))


def _explain(look: Look) -> Any:
    words = look.words
    return look.mesh.access.explain(
        words.needed("address"), principal=words.text("principal"), purpose=words.text("purpose")
    )


def _who(look: Look) -> Any:
    address = look.words.needed("address")
    return {"who": look.mesh.access.who(address, purpose=look.words.text("purpose"))}


def _what(look: Look) -> Any:
    words = look.words
    return {"what": look.mesh.access.what(words.text("principal"), purpose=words.text("purpose"))}


OPERATIONS: Sequence[Operation] = (
    acting(
        "POST", "/api/v1/access/requests", "Ask for access to a port.", RequestBody, ANY, _request,
        scope="access", example={"address": "sales.orders.orders", "purpose": "billing", "lasting": "30d"},
    ),
    looking(
        "/api/v1/access/requests", "List requests that concern you, the oldest first.", Requests, _requests,
        Parameter("mine", "Only your own.", "boolean"),
        Parameter("to_approve", "Only those that wait for your word.", "boolean"),
        Parameter("all", "With those that ended.", "boolean"), LIMIT, CURSOR, scope="access",
    ),
    acting("POST", "/api/v1/access/requests/{request}/approve", "Agree to a request.", ApproveBody, ANY,
           _approve, REQUEST, scope="access",
           example={"note": "for a month", "masks": ["email=show-first-4"]}),
    acting("POST", "/api/v1/access/requests/{request}/refuse", "Say no to a request, or withdraw it.",
           NoteBody, ANY, _refuse, REQUEST, scope="access", example={"note": "ask for the totals instead"}),
    looking(
        "/api/v1/access/grants", "List grants that you may see.", Grants, _grants,
        Parameter("address", "Only of this port or product.", example="sales.orders.orders"),
        Parameter("principal", "Only of this principal.", example="person:ada@example.com"),
        Parameter("all", "With those that ended.", "boolean"), LIMIT, CURSOR, scope="access",
    ),
    acting("POST", "/api/v1/access/grants/{grant}/revoke", "End a grant at once.", ReasonBody, ANY, _revoke,
           GRANT, scope="access", example={"reason": "the campaign is over"}),
    acting("POST", "/api/v1/access/grants/{grant}/renew", "Let a grant last longer.", RenewBody, ANY, _renew,
           GRANT, scope="access", example={"lasting": "30d"}),
    acting("POST", "/api/v1/access/grants/{grant}/keep", "Say that a grant was looked at and stays.",
           NoteBody, ANY, _keep, GRANT, scope="access", example={"note": "still needed"}),
    looking("/api/v1/access/explain", "Say what a principal (or you) sees of a port, and why.",
            ANY, _explain, ADDRESSED, WHO, PURPOSE, scope="access"),
    looking("/api/v1/access/who", "Say who can read a port or column.", ANY, _who, ADDRESSED, PURPOSE,
            scope="access"),
    looking("/api/v1/access/what", "Say what a principal (or you) can read.",
            ANY, _what, WHO, PURPOSE, scope="access"),
    looking("/api/v1/access/review", "List the grants that you answer for, unused ones first.",
            Reviews, _review, Parameter("unused", "Unused for so long.", example="90d"), scope="access"),
)  # fmt: skip
