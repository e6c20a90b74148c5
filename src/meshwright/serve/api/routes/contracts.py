"""Contracts and versions over HTTP: their texts, what was published when, what changed, and their ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from meshwright.app.contract_texts import read_contract_text
from meshwright.app.exchange import to_plain
from meshwright.app.history import HistoryLine
from meshwright.serve.api.answering import cached, cached_response
from meshwright.serve.api.bodies import Words
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page_down, paged
from meshwright.serve.api.service import service_of

ANY = dict[str, Any]
YAML, JSON = "application/yaml", "application/json"
Versions = paged(HistoryLine, "Versions", "versions")
PORT = Parameter("address", "A port; with `@3` the contract of that version.", place="path",
                 example="sales.orders.orders")  # fmt: skip
FORM = Parameter("form", "Where the Accept header does not say it.", words=("yaml", "json"))
PRODUCT = Parameter("address", "A product.", place="path", example="sales.orders")
ANY_PORT = Parameter("address", "A product or a port.", place="path", example="sales.orders")


@dataclass(frozen=True, slots=True)
class RollbackBody:
    """To which version, and why; none: to the one before."""

    to: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AcceptBody:
    """Why the last rejected build is published; its failed checks are waived for some days."""

    reason: str
    days: int = 7


@dataclass(frozen=True, slots=True)
class RetireBody:
    """The last day of a product."""

    until: str
    reason: str = ""


async def contract(request: Request) -> Response:
    """Return a contract as YAML or JSON."""
    service = service_of(request)
    proven = await service.proven(request, "")
    look = Look(service, request, proven, Words(request, "form"))
    kind = _wanted(request, look.words.text("form"))

    def work() -> Response:
        found = read_contract_text(look.wiring, look.address())
        if kind == JSON:
            return cached_response(request, to_plain(found.document))
        return cached(request, found.yaml.encode(), YAML)

    response = await service.threads.read(work)
    response.headers["Vary"] = "Accept"
    return response


def _wanted(request: Request, form: str) -> str:
    if form not in ("", "yaml", "json"):
        raise HttpError(400, "parameter-invalid", "`form` must be yaml or json")
    if form:
        return YAML if form == "yaml" else JSON
    return YAML if "yaml" in request.headers.get("accept", "") else JSON


def _versions(look: Look) -> Any:
    lines = look.mesh.history(str(look.address()))
    found = [one for one in lines if one.version is not None]
    return page_down(Versions, found, lambda one: f"{one.version:012}", look.words)


def _diff(look: Look) -> Any:
    address, before = look.address(), look.words.text("before")
    if not before:
        return look.mesh.diff(str(address))
    look.known(before)
    return look.mesh.diff(before, str(address))


def _rollback(look: Look, said: RollbackBody) -> Any:
    return look.mesh.rollback(str(look.address()), to=said.to, reason=said.reason)


def _accept(look: Look, said: AcceptBody) -> Any:
    return look.mesh.accept(str(look.address()), reason=said.reason, days=said.days)


def _retire(look: Look, said: RetireBody) -> Any:
    return look.mesh.retire(str(look.address()), until=said.until, reason=said.reason)


OPERATIONS: Sequence[Operation] = (
    Operation(
        "GET", "/api/v1/contracts/{address}", contract, "Return a port's contract (ODCS).",
        "As its file says now, byte for byte as `application/yaml`; at `@version` as it was published.",
        answers=ANY,
        parameters=(PORT, FORM),
        media=(YAML,), statuses=(304,),
    ),
    looking("/api/v1/versions/{address}", "List the versions of a product, the newest first.",
            Versions, _versions, ANY_PORT, LIMIT, CURSOR),
    looking("/api/v1/diff/{address}", "Compare a version of a port with another: schema, rows, keys.",
            ANY, _diff, PORT,
            Parameter("before", "With this one; none said: the one before.", example="sales.orders.orders@1"),
            details="Only for whoever owns the product: it shows keys of rows.", is_long=True),
    acting("POST", "/api/v1/products/{address}/rollback", "Serve an older version again.",
           RollbackBody, ANY, _rollback, PRODUCT, example={"to": 3, "reason": "4 counts twice"}),
    acting("POST", "/api/v1/products/{address}/accept", "Publish the last rejected build on your word.",
           AcceptBody, ANY, _accept, PRODUCT, example={"reason": "the supplier confirmed it", "days": 7}),
    acting("POST", "/api/v1/products/{address}/retire", "Announce the end of a product.",
           RetireBody, ANY, _retire, PRODUCT, example={"until": "2027-06-30"}),
)  # fmt: skip
