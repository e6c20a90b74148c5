"""Somebody with a browser that runs no script: signed in by a link, with a cookie, sending forms."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

import meshwright
from meshwright.app.identity import links
from tests.serving import Serving


class Visitor:
    """One who is signed in. `get` and `post` follow no redirect."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        page = client.get("/console")
        found = re.search(r'name="csrf" content="(\w+)"', page.text)
        self.csrf = found[1] if found else ""

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.client.get(path, **how)

    def post(self, path: str, csrf: str | None = None, **said: Any) -> httpx.Response:
        """Send a form; with the word that its page carries, where no other is given."""
        return self.client.post(path, data={"csrf": self.csrf if csrf is None else csrf, **said})

    def script(self, path: str, **said: Any) -> httpx.Response:
        """Send a form as a script of ours does."""
        return self.client.post(path, data=said, headers={"X-CSRF-Token": self.csrf})


@contextmanager
def visiting(server: Serving, who: str = "") -> Iterator[Visitor]:
    """Sign somebody in; '' is the owner of the mesh's files."""
    root = server.service.wiring.root
    with meshwright.open(root, as_=who) as mesh:
        key = links.make(mesh.wiring)
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        assert client.get(f"/enter/{key}").status_code == 303
        yield Visitor(client)
