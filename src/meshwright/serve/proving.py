"""Who a caller is, by what they send: the one question that every door asks of `app.identity`."""

from dataclasses import dataclass, field
from typing import Protocol

from meshwright.errors import DeniedError
from meshwright.model.principal import Asker, Principal


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody who proved who they are. No scopes: all that the principal may; `token` is its public id."""

    principal: Principal
    token: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    purpose: str = ""


class Proving(Protocol):
    """Proves callers. Called in threads; argon2 makes `by_password` slow on purpose."""

    def by_token(self, text: str, scope: str = "") -> Proven:
        """Return whose token it is; raise `DeniedError` (`token-invalid`, `scope-missing`…)."""

    def by_password(self, name: str, password: str) -> Proven:
        """Return who signs in; raise `DeniedError` (`password-wrong`…)."""

    def principal(self, name: str) -> Principal | None:
        """Return somebody as they are known now; None once they left."""

    def refused(self, name: str, door: str, reason: str) -> None:
        """Record that somebody could not prove who they are."""


def asker_of(proven: Proven, purpose: str, door: str) -> Asker:
    """Return who asks; a token for one purpose asks for no other: `DeniedError` (`purpose-not-of-token`)."""
    if proven.purpose and purpose and purpose != proven.purpose:
        raise DeniedError(
            "purpose-not-of-token",
            f"this token is for the purpose `{proven.purpose}` alone",
            hint="say no purpose, or use another token",
        )
    return Asker(proven.principal, proven.purpose or purpose, door=door)


class Nobody:
    """Knows nobody."""

    def by_token(self, text: str, scope: str = "") -> Proven:  # noqa: ARG002
        """Refuse."""
        raise DeniedError("token-invalid", "nobody has this token")

    def by_password(self, name: str, password: str) -> Proven:  # noqa: ARG002
        """Refuse."""
        raise DeniedError("password-wrong", "the name or the password is wrong")

    def principal(self, name: str) -> Principal | None:  # noqa: ARG002
        """Know nobody."""
        return None

    def refused(self, name: str, door: str, reason: str) -> None:
        """Keep nothing."""
