"""What every route works with, made once for a server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from starlette.requests import Request

from meshwright.app.acting_mesh import ActingMesh
from meshwright.app.asking import for_proven
from meshwright.app.catalog.board import Boards
from meshwright.app.catalog.knowing import Knowing, knowing_of
from meshwright.app.identity.proving import Proven
from meshwright.app.mesh import Mesh
from meshwright.app.wiring import Wiring
from meshwright.model.principal import Asker
from meshwright.serve.answers import Observed
from meshwright.serve.api.budgets import Budgets
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.sessions import PREFIX, About, Attempts, Sessions
from meshwright.serve.api.threads import Threads
from meshwright.serve.builds.child import Order
from meshwright.serve.builds.feed import BuildFeed
from meshwright.serve.builds.runner import BuildRunner, new_run
from meshwright.serve.builds.watching import Watchers
from meshwright.serve.posts import Take
from meshwright.serve.proving import Proving, asker_of
from meshwright.serve.running import RunningQueries


@dataclass(slots=True)
class Service:
    """One server's parts. `observe` and `take` work on a mesh opened a second time, which looks at the files
    again each time: they take turns.

    `is_local`: it listens on this machine alone, where health, metrics and lineage need no token;
    `sql_port`: where the same mesh is asked in PostgreSQL's protocol, None where it is not.
    """

    wiring: Wiring
    proving: Proving
    observe: Callable[[], Observed]
    take: Take
    is_local: bool = True
    sql_port: int | None = None
    running: RunningQueries = field(default_factory=RunningQueries)
    threads: Threads = field(default_factory=Threads)
    attempts: Attempts = field(default_factory=Attempts)
    budgets: Budgets = field(default_factory=Budgets)
    sessions: Sessions = field(init=False)
    boards: Boards = field(init=False)
    builds: BuildRunner = field(default_factory=BuildRunner)
    feed: BuildFeed = field(init=False)
    watchers: Watchers = field(default_factory=Watchers)
    turn: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.proving)
        self.boards = Boards(self.wiring)
        self.feed = BuildFeed(self.wiring, self.builds)

    async def asker(self, request: Request, scope: str, purpose: str = "") -> Asker:
        """Return who asks, by their bearer token; raise 401 (`sign-in-needed`) where there is none."""
        proven = await self.proven(request, scope)
        return asker_of(proven, purpose, "http")

    async def proven(self, request: Request, scope: str) -> Proven:
        """Return who sends a request."""
        token = bearer_of(request)
        if not token:
            raise HttpError(
                401,
                "sign-in-needed",
                "this needs a token",
                hint="send `Authorization: Bearer TOKEN`; `mesh token` makes one",
            )
        if token.startswith(PREFIX):
            return await self.threads.who(lambda: self.sessions.proven(token))
        return await self.threads.who(lambda: self.proving.by_token(token, scope))

    async def begin_session(self, request: Request, proven: Proven, door: str, how: str) -> str:
        """Return the token of a new session, which the trail tells of."""
        where = request.client.host if request.client else ""
        about = About(how, where, request.headers.get("user-agent", "")[:200])
        name, behind = proven.principal.name, proven.behind
        await self.threads.who(lambda: self.proving.signed_in(name, door, how, behind))
        return self.sessions.begin(proven.principal, behind, about)

    def mesh_of(self, proven: Proven, door: str) -> Mesh:
        """Return the mesh as somebody has it: its verbs raise what they may not. Its files are read by a
        lookout, so that any thread may use it.
        """
        if proven.principal.owns_mesh:
            return Mesh(self.wiring)
        wiring = for_proven(self.wiring, proven)
        wiring.door = door
        return ActingMesh(wiring)

    def run_order(self, proven: Proven, **what: Any) -> Order:
        """Return the order of a run as somebody; its words are those of `Order`."""
        name = "" if proven.principal.owns_mesh else proven.principal.name
        return Order(str(self.wiring.root), self.wiring.environment, name, new_run(), **what)

    def knowing(self, proven: Proven) -> Knowing:
        """Return what somebody may know of, be it theirs to read or not."""
        return knowing_of(self.wiring, proven.principal)


def bearer_of(request: Request) -> str:
    """Return the bearer token of a request; '' where it sends none."""
    sent = request.headers.getlist("authorization")
    if len(sent) > 1:
        raise HttpError(400, "authorization-twice", "a request has one Authorization header")
    kind, _, token = (sent[0] if sent else "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def service_of(request: Request) -> Service:
    """Return the service of the application that a request came to."""
    service: Service = request.app.state.service
    return service
