"""Where secrets are kept: outside of descriptors, logs, facts and errors."""

from pathlib import Path
from typing import Protocol


class SecretStore(Protocol):
    """Looks secrets up by name."""

    def find(self, name: str) -> str | None:
        """Return a secret, or None when there is none of that name.

        Raises `UnreachableError` when the store cannot be asked; the error never holds a secret.
        """


class SecretStoreFactory(Protocol):
    """What a `meshwright.secret_stores` entry point names; its name stands in `${NAME:secret}`."""

    def __call__(self, root: Path) -> SecretStore:
        """Open the store; relative names start at the mesh's folder `root`. Cheap: it asks nothing yet."""
