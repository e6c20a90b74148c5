"""Who a caller is, by what they send: the one question that every door asks of `app.identity`."""

from typing import Protocol

from meshwright.app.identity import oidc, proving
from meshwright.app.identity.principals import find_principal
from meshwright.app.identity.proving import Proven
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError
from meshwright.model.principal import Asker, Principal


class Proving(Protocol):
    """Proves callers. Called in threads; argon2 makes `by_password` slow on purpose."""

    def by_token(self, text: str, scope: str = "") -> Proven:
        """Return whose token it is; raise `DeniedError` (`token-invalid`, `token-scope`…)."""

    def by_password(self, name: str, password: str) -> Proven:
        """Return who signs in; raise `DeniedError` (`sign-in-refused`…)."""

    def principal(self, name: str) -> Principal | None:
        """Return somebody as they are known now; None once they left."""

    def refused(self, name: str, door: str, reason: str) -> None:
        """Record that somebody could not prove who they are."""

    def signed_in(self, name: str, door: str, how: str, behind: str = "") -> None:
        """Record that somebody began a session."""

    def signed_out(self, name: str, door: str, sessions: int, behind: str = "") -> None:
        """Record that somebody ended sessions of theirs."""


class MeshProving:
    """Proves callers by what a mesh knows."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    def by_token(self, text: str, scope: str = "") -> Proven:
        """Return whose token it is: one of ours, or a signed one of the OIDC provider."""
        return oidc.by_bearer(self._wiring, text, scope)

    def by_password(self, name: str, password: str) -> Proven:
        """Return who signs in."""
        return proving.by_password(self._wiring, name, password)

    def principal(self, name: str) -> Principal | None:
        """Return somebody as they are known now."""
        with self._wiring.store.read() as reader:
            return find_principal(self._wiring, reader, name)

    def refused(self, name: str, door: str, reason: str) -> None:
        """Record that somebody could not prove who they are."""
        proving.refused(self._wiring, name, door, reason)

    def signed_in(self, name: str, door: str, how: str, behind: str = "") -> None:
        """Record that somebody began a session."""
        proving.signed_in(self._wiring, name, door, how, behind)

    def signed_out(self, name: str, door: str, sessions: int, behind: str = "") -> None:
        """Record that somebody ended sessions of theirs."""
        proving.signed_out(self._wiring, name, door, sessions, behind)


def asker_of(proven: Proven, purpose: str, door: str) -> Asker:
    """Return who asks; a token for one purpose asks for no other: `DeniedError` (`purpose-not-of-token`)."""
    if proven.purpose and purpose and purpose != proven.purpose:
        raise DeniedError(
            "purpose-not-of-token",
            f"this token is for the purpose `{proven.purpose}` alone",
            hint="say no purpose, or use another token",
        )
    return Asker(proven.principal, proven.purpose or purpose, proven.behind, door)
