"""Compare the grants that files want with those that there are: what is to be granted, changed, revoked.

What must stay true: only grants that came from files are touched; the same files twice change nothing; what
somebody revoked by hand is not granted again as it was.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meshwright.model.access import AccessGrant

GRANT, CHANGE, REVOKE, KEEP, HOLD, OVER = KINDS = (
    "grant", "change", "revoke", "keep", "hold", "over",
)  # fmt: skip
BY_FILE = "file:"
TIME = "time"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A grant that a file wants; its `since` and its id are not known yet. `days` 0: it has its `until`."""

    grant: AccessGrant
    days: int = 0


@dataclass(frozen=True, slots=True)
class Present:
    """A grant from a file as it is. `ended_by` is who revoked it, `time`, or '' for one that left."""

    grant: AccessGrant
    is_ended: bool = False
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of `plan` and `apply`: `before` is the grant as it is, `grant` as it becomes (or ends)."""

    kind: str
    grant: AccessGrant
    before: AccessGrant | None = None

    @property
    def is_needed(self) -> bool:
        """Say whether applying it does anything."""
        return self.kind in (GRANT, CHANGE, REVOKE)

    @property
    def what(self) -> tuple[str, ...]:
        """Return the names of what becomes different."""
        if self.before is None or self.kind != CHANGE:
            return ()
        old, new = self.before, self.grant
        pairs = (
            ("until", old.until, new.until),
            ("columns", old.conditions.columns, new.conditions.columns),
            ("raw", old.conditions.raw, new.conditions.raw),
            ("masks", dict(old.conditions.masks), dict(new.conditions.masks)),
            ("filter", old.conditions.filter, new.conditions.filter),
            ("file", old.source, new.source),
        )
        return tuple(name for name, a, b in pairs if a != b)


def reconcile(wanted: Sequence[Wanted], present: Sequence[Present], now: str) -> tuple[Change, ...]:
    """Return one change for each grant, by principal, address and purpose."""
    known = {_key(one.grant): one for one in present}
    taken = {one.grant.id for one in present}
    found = [_change(one, known.get(_key(one.grant)), taken, now) for one in wanted]
    named = {_key(one.grant) for one in wanted}
    found += [
        Change(REVOKE, one.grant, one.grant)
        for key, one in known.items()
        if key not in named and not one.is_ended and one.grant.holds(now)
    ]
    return tuple(sorted(found, key=lambda change: _key(change.grant)))


def grant_id(grant: AccessGrant, taken: Iterable[str]) -> str:
    """Return the id of a new grant of a file: the same for the same principal, port and purpose."""
    digest = hashlib.sha256("|".join(_key(grant)).encode()).hexdigest()[:10]
    others = set(taken)
    names = (f"f-{digest}", *(f"f-{digest}-{number}" for number in range(2, len(others) + 3)))
    return next(name for name in names if name not in others)


def _change(wanted: Wanted, known: Present | None, taken: Iterable[str], now: str) -> Change:
    if known is None:
        new = replace(wanted.grant, id=grant_id(wanted.grant, taken), since=now)
        new = _dated(new, wanted.days)
        return Change(OVER if _is_over(new, now) else GRANT, new)
    before = known.grant
    again = _dated(replace(wanted.grant, id=before.id, since=before.since), wanted.days)
    if known.is_ended:
        return _revived(wanted, known, again, now)
    if _is_over(again, now):
        is_held = before.holds(now)
        return Change(REVOKE if is_held else OVER, before if is_held else again, before)
    return Change(KEEP if _terms(again) == _terms(before) else CHANGE, again, before)


def _revived(wanted: Wanted, known: Present, again: AccessGrant, now: str) -> Change:
    """Decide of a grant that ended, and that a file still (or again) wants."""
    by_hand = known.ended_by not in ("", TIME) and not known.ended_by.startswith(BY_FILE)
    is_same = _terms(again)[:-1] == _terms(known.grant)[:-1]
    if by_hand and is_same:
        return Change(HOLD, known.grant, known.grant)
    if known.ended_by == TIME and _is_over(again, now):
        return Change(OVER, again, known.grant)
    new = _dated(replace(again, since=now), wanted.days)
    return Change(OVER if _is_over(new, now) else GRANT, new, known.grant)


def _dated(grant: AccessGrant, days: int) -> AccessGrant:
    if not days:
        return grant
    end = datetime.fromisoformat(grant.since) + timedelta(days=days)
    return replace(grant, until=end.isoformat(timespec="microseconds"))


def _is_over(grant: AccessGrant, now: str) -> bool:
    return bool(grant.until) and grant.until <= now


def _key(grant: AccessGrant) -> tuple[str, str, str]:
    return grant.principal, str(grant.address), grant.purpose


def _terms(grant: AccessGrant) -> tuple[object, ...]:
    given = grant.conditions
    masks: Mapping[str, object] = {name: str(mask) for name, mask in given.masks.items()}
    return (grant.until, given.columns, given.raw, masks, given.filter, grant.source)
