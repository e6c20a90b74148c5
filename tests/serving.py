"""A real server over a real mesh, for tests; with a few people whom it knows."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

import meshwright
from meshwright.app.identity.tokens import issue_token
from meshwright.app.identity.users import add_user
from meshwright.app.mesh import Mesh
from meshwright.serve.api.listening import ApiServer, Tls
from meshwright.serve.api.service import Service
from meshwright.serve.opening import open_service
from meshwright.serve.proving import MeshProving

PASSWORD = "correct horse battery"


def known(mesh: Mesh) -> dict[str, str]:
    """Make a few people known, and return the texts of tokens by a name for each.

    Ada is in the teams of both domains of the shop, Gus in none.
    """
    wiring = mesh.wiring
    teams = [f"team:{domain}" for domain in wiring.workspace.domains]
    add_user(wiring, "person:ada", title="Ada", teams=teams, password=PASSWORD)
    add_user(wiring, "person:gus")

    def token(who: str, **how: Any) -> str:
        return issue_token(wiring, who, **how).text

    def owner(domain: str) -> str:
        add_user(wiring, f"person:{domain}@example.com")
        return token(f"person:{domain}@example.com")

    return {
        "ada": token("person:ada"),
        "gus": token("person:gus"),
        **{domain: owner(domain) for domain in wiring.workspace.domains},
        "query": token("person:ada", scopes=["query"]),
        "billing": token("person:ada", purpose="billing"),
        "lineage": token("person:ada", scopes=["lineage"]),
    }


@dataclass
class Serving:
    """A running server, and one who asks it."""

    server: ApiServer
    service: Service
    tokens: Mapping[str, str]
    verify: Any = False

    @property
    def url(self) -> str:
        return self.server.place.url

    def ask(self, method: str, path: str, *, token: str = "ada", **how: Any) -> httpx.Response:
        said = {"Authorization": f"Bearer {self.tokens.get(token, token)}"} if token else {}
        headers = {**said, **how.pop("headers", {})}
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
def serving(
    folder: Path, host: str = "127.0.0.1", tls: Tls | None = None, *, people: bool = True
) -> Iterator[Serving]:
    """Serve a mesh on any free port."""
    with meshwright.open(folder) as mesh, meshwright.open(folder) as metadata:
        service = open_service(mesh, metadata, MeshProving(mesh.wiring))
        tokens = known(mesh) if people else {}
        server = ApiServer(service, host, 0, tls)
        server.start()
        try:
            found = Serving(server, service, tokens)
            yield found
            found.client.close()
        finally:
            server.stop()


def error_of(response: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of an error, whose shape is the one of all errors."""
    error = json.loads(response.content)["error"]
    assert set(error) == {"code", "message", "hint", "kind"}
    return response.status_code, error["code"]
