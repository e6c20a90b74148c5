"""Access over HTTP: ask for it, say yes or no, end and renew grants. The caller acts as themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from meshwright.app.exchange import to_plain
from meshwright.app.mesh import Mesh
from meshwright.model.principal import Asker
from meshwright.serve.api.answering import cached_response
from meshwright.serve.api.bodies import Words
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter, doing, path_word
from meshwright.serve.api.paging import page, paged
from meshwright.serve.api.service import service_of

if TYPE_CHECKING:
    from meshwright.app.access.desk import AccessDesk

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


def _desk(mesh: Mesh, asker: Asker) -> "AccessDesk":
    from meshwright.app.access.desk import AccessDesk  # loaded when it is first asked for

    return AccessDesk(mesh.wiring, asker)


def _request(mesh: Mesh, asker: Asker, request: Request, said: RequestBody) -> Any:  # noqa: ARG001
    return _desk(mesh, asker).request(
        said.address,
        purpose=said.purpose,
        lasting=said.lasting,
        columns=said.columns,
        reason=said.reason,
        for_principal=said.for_principal,
    )


def _approve(mesh: Mesh, asker: Asker, request: Request, said: ApproveBody) -> Any:
    return _desk(mesh, asker).approve(
        path_word(request, "request"),
        note=said.note,
        raw=said.raw,
        masks=said.masks,
        filter=said.filter,
        lasting=said.lasting,
    )


def _refuse(mesh: Mesh, asker: Asker, request: Request, said: NoteBody) -> Any:
    return _desk(mesh, asker).refuse(path_word(request, "request"), note=said.note)


def _revoke(mesh: Mesh, asker: Asker, request: Request, said: ReasonBody) -> Any:
    return _desk(mesh, asker).revoke(path_word(request, "grant"), reason=said.reason)


def _renew(mesh: Mesh, asker: Asker, request: Request, said: RenewBody) -> Any:
    return _desk(mesh, asker).renew(
        path_word(request, "grant"), lasting=said.lasting, reason=said.reason
    )


def _keep(mesh: Mesh, asker: Asker, request: Request, said: NoteBody) -> Any:
    return _desk(mesh, asker).keep(path_word(request, "grant"), note=said.note)


def _requests(desk: "AccessDesk", words: Words) -> Any:
    found = desk.requests(
        mine=words.flag("mine"), to_approve=words.flag("to_approve"), closed=words.flag("all")
    )
    return page(Requests, found, lambda one: f"{one['at']} {one['request']}", words)


def _grants(desk: "AccessDesk", words: Words) -> Any:
    found = desk.grants(
        words.text("address"), principal=words.text("principal"), ended=words.flag("all")
    )
    return page(Grants, found, lambda one: f"{one['since']} {one['grant']}", words)


def _review(desk: "AccessDesk", words: Words) -> Any:
    return Reviews(tuple(desk.review(unused=words.text("unused", "90d"))))


def _explain(desk: "AccessDesk", words: Words) -> Any:
    address = words.needed("address")
    return desk.explain(address, principal=words.text("principal"), purpose=words.text("purpose"))


def _who(desk: "AccessDesk", words: Words) -> Any:
    return {"who": desk.who(words.needed("address"), purpose=words.text("purpose"))}


def _what(desk: "AccessDesk", words: Words) -> Any:
    return {"what": desk.what(words.text("principal"), purpose=words.text("purpose"))}


def listing(
    path: str,
    about: str,
    answers: Any,
    read: Callable[["AccessDesk", Words], Any],
    *parameters: Parameter,
) -> Operation:
    """Return a GET of what concerns the asker."""

    async def run(request: Request) -> Response:
        service = service_of(request)
        asker = await service.asker(request, "access")
        words = Words(request, *(one.name for one in parameters))
        shape = await service.in_turn(lambda mesh: to_plain(read(_desk(mesh, asker), words)))
        return cached_response(request, shape)

    return Operation(
        "GET", path, run, about, "", answers, parameters=parameters, scope="access", statuses=(304,)
    )


OPERATIONS: Sequence[Operation] = (
    doing(
        "/api/v1/access/requests", "Ask for access to a port.", RequestBody, ANY, _request, scope="access",
        example={"address": "sales.orders.orders", "purpose": "billing", "lasting": "30d"},
    ),
    listing(
        "/api/v1/access/requests", "List requests that concern you, the oldest first.", Requests, _requests,
        Parameter("mine", "Only your own.", "boolean"),
        Parameter("to_approve", "Only those that wait for your word.", "boolean"),
        Parameter("all", "With those that ended.", "boolean"), LIMIT, CURSOR,
    ),
    doing("/api/v1/access/requests/{request}/approve", "Agree to a request.", ApproveBody, ANY, _approve,
          REQUEST, scope="access", example={"note": "for a month", "masks": ["email=show-first-4"]}),
    doing("/api/v1/access/requests/{request}/refuse", "Say no to a request, or withdraw it.", NoteBody, ANY,
          _refuse, REQUEST, scope="access", example={"note": "ask for the totals instead"}),
    listing(
        "/api/v1/access/grants", "List grants that you may see.", Grants, _grants,
        Parameter("address", "Only of this port or product.", example="sales.orders.orders"),
        Parameter("principal", "Only of this principal.", example="person:ada@example.com"),
        Parameter("all", "With those that ended.", "boolean"), LIMIT, CURSOR,
    ),
    doing("/api/v1/access/grants/{grant}/revoke", "End a grant at once.", ReasonBody, ANY, _revoke, GRANT,
          scope="access", example={"reason": "the campaign is over"}),
    doing("/api/v1/access/grants/{grant}/renew", "Let a grant last longer.", RenewBody, ANY, _renew, GRANT,
          scope="access", example={"lasting": "30d"}),
    doing("/api/v1/access/grants/{grant}/keep", "Say that a grant was looked at and stays.", NoteBody, ANY,
          _keep, GRANT, scope="access", example={"note": "still needed"}),
    listing("/api/v1/access/explain", "Say what a principal (or you) sees of a port, and why.",
            ANY, _explain, ADDRESSED, WHO, PURPOSE),
    listing("/api/v1/access/who", "Say who can read a port or column.", ANY, _who, ADDRESSED, PURPOSE),
    listing("/api/v1/access/what", "Say what a principal (or you) can read.",
            ANY, _what, WHO, PURPOSE),
    listing("/api/v1/access/review", "List the grants that you answer for, unused ones first.",
            Reviews, _review, Parameter("unused", "Unused for so long.", example="90d")),
)  # fmt: skip
