"""Look secrets up when they are needed, and keep them out of everything that is said.

What must stay true: a secret reaches the adapter that needs it and nothing else; whatever an adapter says
passes `hide` first.
"""

import re
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from meshwright.errors import MeshwrightError, UnreachableError, UsageError, did_you_mean
from meshwright.model.secret import fill, references
from meshwright.spi import plugins
from meshwright.spi.secret_store import SecretStore

SHORTEST, SHORTEST_PART = 4, 6  # what is hidden in texts: shorter ones stand in many words
_PARTS = (re.compile(r"[^\w.-]+"), re.compile(r"\W+"))
HINTS = {
    "env": "export {name}=…",
    "file": "write the secret, and nothing else, into that file",
}


class Secrets:
    """The secrets of one mesh, by the stores that are installed."""

    def __init__(self, root: Path, load: Callable[[str, str], Any]) -> None:
        self._root = root
        self._load = load
        self._stores: dict[str, SecretStore] = {}
        self._lock = Lock()
        self._hidden: dict[str, str] = {}  # what was handed out -> the reference that stands for it

    def __repr__(self) -> str:
        return f"Secrets({str(self._root)!r})"

    def get(self, store: str, name: str) -> str:
        """Return a secret; raise `UnreachableError` (`secret-missing`) where there is none."""
        secret = self._store(store).find(name)
        if secret is None:
            raise UnreachableError(
                "secret-missing",
                f"there is no secret `${{{store}:{name}}}`",
                hint=HINTS.get(store, "put it into the store `{store}`").format(
                    name=name, store=store
                ),
            )
        self._remember(secret, f"${{{store}:{name}}}")
        return secret

    def fill(self, text: str) -> str:
        """Return a text with its references replaced, as they are."""
        return fill(text, self.get) if "${" in text else text

    def fill_url(self, url: str) -> str:
        """Return an address with its references replaced; a `/` in a secret is none of the address."""
        if url.startswith("${") and next(references(url), None) is not None:
            return self.fill(url)  # the whole address, or its beginning, is the secret
        return fill(url, lambda store, name: quote(self.get(store, name), safe=""))

    def hide(self, text: str) -> str:
        """Return a text in which secrets that were handed out, and parts of them, are references again."""
        with self._lock:
            known = sorted(self._hidden.items(), key=lambda item: -len(item[0]))
        for secret, reference in known:
            text = text.replace(secret, reference)
        return text

    def hidden(self, error: MeshwrightError) -> MeshwrightError:
        """Return the same error without secrets, nor what caused it."""
        said = type(error)(
            error.code, self.hide(error.message), hint=self.hide(error.hint), place=error.place
        )
        said.__cause__, said.__suppress_context__ = None, True
        return said

    def _store(self, name: str) -> SecretStore:
        with self._lock:
            if name not in self._stores:
                known = plugins.names("secret_stores")
                if known and name not in known:
                    raise UsageError(
                        "secret-store-unknown",
                        f"no secret store `{name}` is installed",
                        hint=did_you_mean(name, known),
                    )
                self._stores[name] = self._load("secret_stores", name)(self._root)
            return self._stores[name]

    def _remember(self, secret: str, reference: str) -> None:
        whole = {text for text in (secret, quote(secret, safe="")) if len(text) >= SHORTEST}
        parts = {p for cut in _PARTS for p in cut.split(secret) if len(p) >= SHORTEST_PART}
        with self._lock:
            for part in whole | parts:
                self._hidden.setdefault(part, reference)
