"""Grants as code: what `access/*.yaml` would change, and making the mesh as they say."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from meshwright.access.durations import written
from meshwright.access.reconciling import (
    CHANGE,
    GRANT,
    REVOKE,
    Change,
    Present,
    Wanted,
    reconcile,
)
from meshwright.app.access.ceilings import require_within
from meshwright.app.access.filed import filed_grants
from meshwright.app.access.filters import require_filter
from meshwright.app.access.kept import masks_text, read_grants
from meshwright.app.access.ports import find_wanted
from meshwright.app.access.requesting import unknown_principal
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, DescriptorError, MeshwrightError
from meshwright.model.access import AccessGrant
from meshwright.model.facts import AccessGranted, AccessRevoked, Fact
from meshwright.model.principal import ADMINISTRATOR, Asker
from meshwright.model.problem import Problem
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """What applying the files would do, and what is wrong with them: with an error, nothing is done."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    wanted: tuple[Wanted, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Say whether it can be applied."""
        return not any(problem.is_error for problem in self.problems)


def plan_grants(wiring: Wiring) -> AccessPlan:
    """Say what the files of grants would change."""
    wiring.look_again()
    with wiring.store.read() as reader:
        return _plan(wiring, reader)


def apply_grants(wiring: Wiring, asker: Asker) -> AccessPlan:
    """Make the mesh as the files say, in one transaction; return what was done.

    Raises `DescriptorError` with the first error of the files, `DeniedError` (`not-an-administrator`).
    """
    who = asker.principal
    if not (who.owns_mesh or ADMINISTRATOR in who.roles):
        raise DeniedError(
            "not-an-administrator",
            f"`{who.name}` may not apply files of grants",
            hint="an administrator does, or who owns the mesh",
        )
    wiring.look_again()
    with wiring.store.read() as reader:
        plan = _plan(wiring, reader)
    for problem in plan.problems:
        if problem.is_error:
            raise DescriptorError(
                problem.code, problem.message, hint=problem.hint, place=str(problem.place)
            )
    with wiring.store.write() as writer:
        changes = reconcile(plan.wanted, _present(writer), written(wiring.now()))
        facts = [_fact(change, who.name) for change in changes if change.is_needed]
        wiring.ledger.append(writer, facts, actor=asker.on_behalf_of or who.name)
    return AccessPlan(changes, plan.problems)


def _plan(wiring: Wiring, reader: Reader) -> AccessPlan:
    filed = filed_grants(wiring)
    problems = list(filed.problems)
    moment = wiring.now()
    for entry, wanted in filed.wanted:
        try:
            _require_grantable(wiring, reader, wanted, moment)
        except MeshwrightError as error:
            problems.append(Problem(error.code, error.message, entry.place, error.hint, entry.key))
    wanted_ones = tuple(wanted for _, wanted in filed.wanted)
    changes = reconcile(wanted_ones, _present(reader), written(moment))
    return AccessPlan(changes, tuple(problems), wanted_ones)


def _require_grantable(wiring: Wiring, reader: Reader, wanted: Wanted, moment: datetime) -> None:
    """Raise for somebody unknown, a port that is not published, a filter or an end that is not allowed."""
    grant = wanted.grant
    principal = find_principal(wiring, reader, grant.principal)
    if principal is None:
        raise unknown_principal(reader, grant.principal)
    given = grant.conditions
    port = find_wanted(
        wiring,
        reader,
        str(grant.address),
        (*given.columns, *given.raw, *given.masks),
        promised=not given.filter,  # a filter is judged by the types that were published
    ).port
    require_filter(wiring, reader, port, given.filter)
    days = wanted.days or _days_until(grant.until, moment)
    if days > 0:
        require_within(wiring, reader, principal, port, days, grant.purpose)


def _days_until(until: str, moment: datetime) -> int:
    return ceil((datetime.fromisoformat(until) - moment).total_seconds() / 86400)


def _present(reader: Reader) -> list[Present]:
    """Return the grants that came from files; of the same three names, the newest."""
    found = {}
    for kept in read_grants(reader, "source LIKE 'file:%'"):
        grant = kept.grant
        found[grant.principal, str(grant.address), grant.purpose] = Present(
            grant, bool(kept.revoked_at), kept.revoked_by
        )
    return list(found.values())


def _fact(change: Change, by: str) -> Fact:
    grant = change.grant
    if change.kind == REVOKE:
        return AccessRevoked(grant.id, grant.source, f"{grant.source} gives it no more")
    assert change.kind in (GRANT, CHANGE)
    return _granted(grant, by)


def _granted(grant: AccessGrant, by: str) -> AccessGranted:
    given = grant.conditions
    return AccessGranted(
        grant=grant.id,
        principal=grant.principal,
        address=str(grant.address),
        product=str(grant.address.product_address),
        purpose=grant.purpose,
        since=grant.since,
        until=grant.until,
        columns=list(given.columns),
        raw=list(given.raw),
        masks=masks_text(dict(given.masks)),
        filter=given.filter,
        by=by,
        source=grant.source,
    )


def changes_shape(plan: AccessPlan) -> dict[str, object]:
    """Return the JSON shape of a plan."""
    from meshwright.app.shapes import problem_shape

    return {
        "changes": [_shape(change) for change in plan.changes],
        "problems": [problem_shape(problem) for problem in plan.problems],
    }


def _shape(change: Change) -> dict[str, object]:
    grant = change.grant
    return {
        "change": change.kind,
        "grant": grant.id,
        "principal": grant.principal,
        "address": str(grant.address),
        "purpose": grant.purpose,
        "until": grant.until or None,
        "source": grant.source,
        "what": list(change.what),
    }
