"""Where secrets are kept: outside of descriptors, logs, facts and errors."""

from typing import Protocol


class SecretStore(Protocol):
    """Looks secrets up by name."""

    def find(self, name: str) -> str | None:
        """Return a secret, or None when there is none of that name.

        Raises `UnreachableError` when the store cannot be asked; the error never holds a secret.
        """
