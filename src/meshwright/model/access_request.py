"""A request for access, who may answer it, and the rules by which some are answered at once."""

from dataclasses import dataclass
from datetime import timedelta

from meshwright.model.address import Address

OPEN, APPROVED, REFUSED = STATES = ("open", "approved", "refused")


@dataclass(frozen=True, slots=True)
class ContractRole:
    """An ODCS role of a contract: who says yes first to whoever wants it, and who after them."""

    name: str
    access: str = ""
    first: tuple[str, ...] = ()  # first-level approvers, as the contract writes them
    second: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """Say whether the role lets read: only such roles are what a request here can be about."""
        said = self.access.lower()
        return not said or any(word in said for word in ("read", "select", "all", "admin"))


@dataclass(frozen=True, slots=True)
class Said:
    """One word on a request: `word` is approved or refused."""

    at: str
    by: str
    word: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """What somebody asks for. `approvers` has the names of each level; `level` says how many agreed.

    `by` filed it, perhaps for somebody else; `escalated` are asked too, since nobody answered.
    """

    id: str
    principal: str
    address: Address
    purpose: str
    days: int
    columns: tuple[str, ...] = ()
    reason: str = ""
    approvers: tuple[tuple[str, ...], ...] = ()
    state: str = OPEN
    level: int = 0
    said: tuple[Said, ...] = ()
    escalated: tuple[str, ...] = ()
    at: str = ""
    ended_at: str = ""
    by: str = ""
    escalated_at: str = ""

    @property
    def quiet_since(self) -> str:
        """Return when something was last done about it."""
        return max(self.at, self.escalated_at, *(said.at for said in self.said))

    @property
    def asked_now(self) -> tuple[str, ...]:
        """Return whose word is waited for: the next level's, and those it was escalated to."""
        level = self.approvers[self.level] if self.level < len(self.approvers) else ()
        return tuple(dict.fromkeys((*level, *self.escalated))) if self.state == OPEN else ()


@dataclass(frozen=True, slots=True)
class AutomaticRule:
    """A rule that approves at once. All that is said must hold; `days` 0 sets no bound.

    `same_domain`: who asks belongs to the port's domain; `not_personal`: nothing classified is asked for.
    """

    name: str
    same_domain: bool = False
    not_personal: bool = False
    days: int = 0
    addresses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """What one query of a principal may take; `rows` 0: as many as there are, `memory` in bytes."""

    rows: int = 0
    seconds: int = 60
    memory: int = 2 * 1024**3
    at_once: int = 4


@dataclass(frozen=True, slots=True)
class AccessTerms:
    """What mesh.yaml says of requests, and of what a query may take."""

    automatic: tuple[AutomaticRule, ...] = ()
    escalate_after: timedelta | None = None
    limits: QueryTerms = QueryTerms()


NO_TERMS = AccessTerms()
