"""Operations on the mesh as the asker has it: its verbs are judged, and what they may not know is left out.

They run on threads side by side: a lookout reads the files, so that no reading has to wait for another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from meshwright.app.acting import ActingWiring
from meshwright.app.asking import record_acting
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.exchange import to_plain
from meshwright.app.identity.managing import Manager
from meshwright.app.identity.proving import Proven
from meshwright.app.identity.verbs import address_of, judge
from meshwright.app.knowing_mesh import require_all_known
from meshwright.app.mesh import Mesh
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.serve.api.answering import cached_response, json_response
from meshwright.serve.api.bodies import Words, read_body
from meshwright.serve.api.operations import Operation, Parameter
from meshwright.serve.api.service import Service, service_of

DOOR = "http"


@dataclass(frozen=True)
class Look:
    """One request: who sends it, and what they say."""

    service: Service
    request: Request
    proven: Proven
    words: Words

    @cached_property
    def mesh(self) -> Mesh:
        """Return the mesh as they have it."""
        return self.service.mesh_of(self.proven, DOOR)

    @property
    def wiring(self) -> Wiring:
        """Return its parts."""
        return self.mesh.wiring

    @cached_property
    def knowing(self) -> Knowing:
        """Return what they may know of."""
        return self.service.knowing(self.proven)

    @property
    def manager(self) -> Manager:
        """Return them as who manages identities: a token manages no more than its scopes say."""
        return Manager.of(self.wiring, self.proven.scopes)

    def path(self, name: str = "address") -> str:
        """Return a word of the path."""
        return str(self.request.path_params[name])

    def address(self, name: str = "address") -> Address:
        """Return the address in the path; one that they may not know of is told like one that is not."""
        parsed = Address.parse(self.path(name))
        self.known(parsed)
        return parsed

    def known(self, address: Address | str) -> None:
        """Raise `UsageError` (`product-unknown`) for what they may not know of."""
        if not self.knows(address):
            parsed = Address.parse(address) if isinstance(address, str) else address
            raise UsageError("product-unknown", f"there is no product `{parsed.product_address}`")

    def knows(self, address: Address | str) -> bool:
        """Say whether they may know of an address, or of a domain; of the mesh ('') everybody may."""
        if str(address).count(".") == 0:
            return self.knowing.of_domain(str(address))
        return self.knowing.of(address)

    def require(self, verb: str, **named: object) -> None:
        """Raise `DeniedError` where they may not do a verb that the façade has no method for."""
        wiring = self.wiring
        if isinstance(wiring, ActingWiring):
            record_acting(wiring, f"{verb} {address_of(named)}".strip())
            require_all_known(wiring, named)  # a refusal names owners: of what is hidden too
            judge(wiring, verb, named)


def looking(
    path: str,
    about: str,
    answers: Any,
    look: Callable[[Look], Any],
    *parameters: Parameter,
    scope: str = "",
    details: str = "",
    is_long: bool = False,
) -> Operation:
    """Return a GET: what `look` returns, as JSON with an ETag. `is_long`: others do not wait for it."""
    names = [one.name for one in parameters if one.place == "query"]

    async def run(request: Request) -> Response:
        service = service_of(request)
        proven = await service.proven(request, scope)
        words = Words(request, *names)
        for one in parameters:
            if one.words:
                words.among(one.name, one.words)

        def work() -> Response:
            found = look(Look(service, request, proven, words))
            return cached_response(request, to_plain(found, service.wiring.root))

        return await (service.threads.long if is_long else service.threads.read)(work)

    return Operation(
        "GET", path, run, about, details, answers, parameters=parameters, scope=scope, statuses=(304,)
    )  # fmt: skip


def acting(
    method: str,
    path: str,
    about: str,
    body: Any,
    answers: Any,
    act: Callable[[Look, Any], Any],
    *parameters: Parameter,
    scope: str = "admin",
    example: Mapping[str, Any] | None = None,
    status: int = 200,
    details: str = "",
) -> Operation:
    """Return what changes something: what `act` returns, as JSON; `body` None: it takes none."""

    async def run(request: Request) -> Response:
        service = service_of(request)
        proven = await service.proven(request, scope)
        look = Look(service, request, proven, Words(request))
        said = await read_body(request, body) if body is not None else None

        def work() -> Response:
            return json_response(to_plain(act(look, said), service.wiring.root), status)

        return await service.threads.long(work)

    return Operation(
        method, path, run, about, details, answers, body, example, parameters, scope, status=status,
        statuses=(404, 409),
    )  # fmt: skip
