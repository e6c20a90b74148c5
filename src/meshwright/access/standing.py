"""How somebody stands to a port before any policy speaks: owner, team, and what was granted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meshwright.model.access import AccessGrant, plain_purpose
from meshwright.spi.policy_engine import Subject


@dataclass(frozen=True, slots=True)
class Standing:
    """One principal before one port. `grants` are those of its names, of any purpose, that were not revoked.

    `is_owner`: of the product, who sees its classified columns; `is_team`: of its domain.
    """

    subject: Subject
    is_owner: bool = False
    is_team: bool = False
    grants: tuple[AccessGrant, ...] = ()

    @property
    def is_within(self) -> bool:
        """Say whether it may read the port without being granted it."""
        return self.is_owner or self.is_team

    def holding(self, now: str, days: int = 0) -> tuple[AccessGrant, ...]:
        """Return the grants that hold at a time, none for longer than a ceiling's days (0: no ceiling)."""
        return tuple(grant for grant in self.grants if shortened(grant, days).holds(now))

    def changes_after(self, now: str) -> str:
        """Return when a grant next begins or ends: until then what is decided now may be decided again."""
        times = [t for grant in self.grants for t in (grant.since, grant.until) if t > now]
        return min(times, default="")


def shortened(grant: AccessGrant, days: int) -> AccessGrant:
    """Return a grant that ends when a ceiling says, where that is earlier."""
    if not days:
        return grant
    try:
        end = (datetime.fromisoformat(grant.since) + timedelta(days=days)).isoformat(
            timespec="microseconds"
        )
    except ValueError:
        return replace(grant, until=grant.since)  # nobody knows since when: it holds no more
    return replace(grant, until=min(end, grant.until or end))


def for_purpose(grants: Iterable[AccessGrant], purpose: str) -> tuple[AccessGrant, ...]:
    """Return the grants that are for a purpose; all of them where none is said."""
    if not purpose:
        return tuple(grants)
    wanted = plain_purpose(purpose)
    return tuple(grant for grant in grants if plain_purpose(grant.purpose) == wanted)


def widest(grants: Iterable[AccessGrant]) -> AccessGrant | None:
    """Return the one grant that counts: they are never added up, as a filter of one guards its raw."""
    return min(grants, key=_narrowness, default=None)


def _narrowness(grant: AccessGrant) -> tuple[bool, bool, int, int, str, str]:
    given = grant.conditions
    return (
        bool(given.filter),
        bool(given.columns),
        -len(given.columns),
        -len(given.raw),
        grant.since,
        grant.id,
    )
