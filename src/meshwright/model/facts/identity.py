"""Who there is. What proves an identity lies beside the ledger, where it can be erased."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.model.facts.fact import Fact


@dataclass(frozen=True, slots=True)
class PrincipalAdded(Fact):
    """Somebody is known to a source, or otherwise than before: all that it knows is said again."""

    principal: str
    title: str = ""
    teams: Sequence[str] = ()
    roles: Sequence[str] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    source: str = ""  # local, oidc:<issuer>, file:<path>


@dataclass(frozen=True, slots=True)
class PrincipalRemoved(Fact):
    """Somebody left: nothing of what they could do holds any more."""

    principal: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PasswordChanged(Fact):
    """A principal signs in with another password from now on."""

    principal: str
    by: str


@dataclass(frozen=True, slots=True)
class TokenIssued(Fact):
    """A principal has another token. `token` is its public id, `scopes` what it opens (none: all)."""

    token: str
    principal: str
    title: str = ""
    scopes: Sequence[str] = ()
    purpose: str = ""
    expires: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class TokenRevoked(Fact):
    """A token opens nothing any more."""

    token: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SignInRefused(Fact):
    """Somebody could not prove who they are. `name` is what they said, shortened."""

    name: str
    door: str
    reason: str


@dataclass(frozen=True, slots=True)
class SignedIn(Fact):
    """Somebody began a session. `how`: password, provider, or link (of whoever sits at the machine)."""

    principal: str
    door: str
    how: str


@dataclass(frozen=True, slots=True)
class SignedOut(Fact):
    """Somebody ended so many of their sessions, or they were ended for them."""

    principal: str
    door: str
    sessions: int = 1


@dataclass(frozen=True, slots=True)
class ActedAs(Fact):
    """The owner of the mesh did something as somebody else."""

    principal: str
    by: str
    what: str
