"""A real server over a real mesh, for tests; who its callers are is said by the test."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

import meshwright
from meshwright.errors import DeniedError
from meshwright.model.principal import Principal
from meshwright.serve.api.listening import ApiServer, Tls
from meshwright.serve.api.service import Service
from meshwright.serve.opening import open_service
from meshwright.serve.proving import Proven

OWNER = Principal("person:ada", title="Ada", owns_mesh=True)
GUEST = Principal("person:gus")


@dataclass
class Known:
    """Proves callers by tables: token -> who, name -> (password, who)."""

    tokens: Mapping[str, Proven] = field(
        default_factory=lambda: {
            "owner-token": Proven(OWNER, "t1"),
            "guest-token": Proven(GUEST, "t2"),
            "query-token": Proven(OWNER, "t3", frozenset({"query"})),
            "purpose-token": Proven(OWNER, "t4", purpose="billing"),
        }
    )
    passwords: dict[str, tuple[str, Principal]] = field(
        default_factory=lambda: {"ada": ("correct horse", OWNER)}
    )
    refusals: list[tuple[str, str, str]] = field(default_factory=list)

    def by_token(self, text: str, scope: str = "") -> Proven:
        found = self.tokens.get(text)
        if found is None:
            raise DeniedError("token-invalid", "nobody has this token")
        if scope and found.scopes and scope not in found.scopes:
            raise DeniedError("scope-missing", f"this token is not for `{scope}`")
        return found

    def by_password(self, name: str, password: str) -> Proven:
        known = self.passwords.get(name)
        if known is None or known[0] != password:
            raise DeniedError("password-wrong", "the name or the password is wrong")
        return Proven(known[1])

    def principal(self, name: str) -> Principal | None:
        return next((who for _, who in self.passwords.values() if who.name == name), None)

    def refused(self, name: str, door: str, reason: str) -> None:
        self.refusals.append((name, door, reason))


@dataclass
class Serving:
    """A running server, and one who asks it."""

    server: ApiServer
    service: Service
    proving: Known
    verify: Any = False

    @property
    def url(self) -> str:
        return self.server.place.url

    def ask(
        self, method: str, path: str, *, token: str = "owner-token", **how: Any
    ) -> httpx.Response:
        headers = {
            **({"Authorization": f"Bearer {token}"} if token else {}),
            **how.pop("headers", {}),
        }
        return self.client.request(method, path, headers=headers, **how)

    @cached_property
    def client(self) -> httpx.Client:
        """One client for all of a test: reading the machine's certificates takes a while."""
        return httpx.Client(base_url=self.url, timeout=20, verify=self.verify, trust_env=False)

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.ask("GET", path, **how)

    def query(self, sql: str, accept: str = "application/json", **how: Any) -> httpx.Response:
        said = {"sql": sql, **how.pop("body", {})}
        return self.ask("POST", "/api/v1/query", json=said, headers={"Accept": accept}, **how)


@contextmanager
def serving(folder: Path, host: str = "127.0.0.1", tls: Tls | None = None) -> Iterator[Serving]:
    """Serve a mesh on any free port."""
    with meshwright.open(folder) as mesh, meshwright.open(folder) as metadata:
        known = Known()
        service = open_service(mesh, metadata, known)
        server = ApiServer(service, host, 0, tls)
        server.start()
        try:
            found = Serving(server, service, known)
            yield found
            found.client.close()
        finally:
            server.stop()


def error_of(response: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of an error, whose shape is the one of all errors."""
    error = json.loads(response.content)["error"]
    assert set(error) == {"code", "message", "hint", "kind"}
    return response.status_code, error["code"]
