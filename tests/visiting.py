"""A person with a browser, for tests: signed in by a link, they see pages and send forms."""

import re
import weakref
from html import unescape
from typing import Any

import httpx

from meshwright.app.asking import as_principal
from meshwright.app.identity import links
from tests.serving import Serving

_CSRF = re.compile(r'name="csrf" (?:content|value)="([0-9a-f]+)"')


class Visitor:
    """One browser. `name`: whom they are signed in as; '' the owner of the mesh, None nobody."""

    def __init__(self, server: Serving, name: str | None = "") -> None:
        self.server = server
        self.client = httpx.Client(
            base_url=server.url, timeout=30, verify=server.verify, trust_env=False
        )
        weakref.finalize(self, self.client.close)
        if name is not None:
            wiring = server.service.wiring
            key = links.make(as_principal(wiring, name) if name else wiring)
            entered = self.client.get(f"/enter/{key}")
            assert entered.status_code == 303, entered.text

    @property
    def session(self) -> str:
        """Return the token of the session; '' where there is none."""
        return self.client.cookies.get("mesh-session") or ""

    def get(self, path: str, **words: Any) -> httpx.Response:
        """Return a page; what is asked for as a browser asks."""
        headers = {"Accept": "text/html", **words.pop("headers", {})}
        return self.client.get(path, params=words or None, headers=headers)

    def text(self, path: str, **words: Any) -> str:
        """Return what a page says, without its tags."""
        answer = self.get(path, **words)
        assert answer.status_code == 200, (path, answer.status_code, seen(answer))
        return seen(answer)

    def csrf(self) -> str:
        """Return the word that forms of this session carry, as a page has it."""
        page = self.get("/you")
        found = _CSRF.search((page if page.status_code == 200 else self.get("/sign-in")).text)
        assert found, "a page has the word for its forms"
        return found[1]

    def send(self, path: str, /, *, csrf: str | None = None, **said: Any) -> httpx.Response:
        """Send a form; with the word of the session, unless another is given."""
        headers = said.pop("headers", {})
        data = {"csrf": self.csrf() if csrf is None else csrf, **said}
        return self.client.post(path, data=data, headers={"Accept": "text/html", **headers})

    def script(self, path: str, **said: Any) -> httpx.Response:
        """Send what a script of a page sends: with the word of the session in a header."""
        return self.client.post(path, data=said, headers={"X-CSRF-Token": self.csrf()})

    def follow(self, sent: httpx.Response) -> str:
        """Return what the page says where a form leads to."""
        assert sent.status_code == 303, (sent.status_code, seen(sent))
        return self.text(sent.headers["location"])


def seen(answer: httpx.Response) -> str:
    """Return what somebody reads of a page: its text, blanks made single."""
    without = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without)).split())
