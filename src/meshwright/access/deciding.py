"""Decide what somebody sees of a port. Deny wins, and what is unknown is denied.

The order of thought: who owns the mesh sees all; a `deny` on the port ends it; then something must allow it
(ownership, a grant for the purpose, an `allow`); a purpose where one is required; masks, the strictest of
which holds; filters, all of which hold.
"""

from collections.abc import Callable
from dataclasses import replace

from meshwright.access.marks import PortMarks
from meshwright.access.masking import DEFAULT, OWNER, Allowed, show_columns, why
from meshwright.access.rules import NO_RULES, Rules, Saying, consult
from meshwright.access.standing import Standing, for_purpose, shortened, widest
from meshwright.model.access import (
    AGGREGATE,
    ALLOW,
    CEILING,
    DENY,
    FILTER,
    MASK,
    PURPOSE,
    AccessPolicy,
    Decision,
    Reason,
)

# What lets somebody in at all is asked first, of the port and its columns: most are not let in.
FIRST = ((DENY, CEILING, ALLOW), (CEILING,))
THEN = ((PURPOSE, FILTER, AGGREGATE), (DENY, MASK, PURPOSE, FILTER, AGGREGATE))
CheckFilter = Callable[[str], str]  # a condition -> what is wrong with it, or ''


def decide(
    standing: Standing,
    marks: PortMarks,
    purpose: str,
    now: str,
    rules: Rules = NO_RULES,
    check_filter: CheckFilter = lambda _: "",
) -> tuple[Decision, str]:
    """Return a decision, and the time until which it holds ('': while nothing changes).

    Raises `InternalError` where policies cannot be evaluated.
    """
    said = _said_purpose(standing, purpose, now)
    saying = consult(rules, standing.subject, marks, said, *FIRST)
    days = min((p.days for p in saying.of(CEILING) if p.days), default=0)
    shorter = tuple(shortened(grant, days) for grant in standing.grants)
    standing = replace(standing, grants=shorter)
    base = Decision(
        standing.subject.principal, marks.address, said, False, classified=marks.classified
    )
    until = standing.changes_after(now)
    for policy in saying.of(DENY):
        return _denied(base, _reason(policy, DENY, f"denied{why(policy)}")), until
    allowed = _allowed(standing, said, now, saying)
    if allowed is None:
        return _nothing_allows(base, standing, purpose, now, saying), until
    saying = saying.and_of(consult(rules, standing.subject, marks, said, *THEN))
    return _limited(base, standing, marks, saying, allowed, check_filter), until


def _said_purpose(standing: Standing, purpose: str, now: str) -> str:
    """Return what is asked for: as said, or as the grant says that somebody relies on."""
    if purpose or standing.is_within:
        return purpose
    grant = widest(standing.holding(now))
    return grant.purpose if grant else ""


def _limited(
    base: Decision,
    standing: Standing,
    marks: PortMarks,
    saying: Saying,
    allowed: Allowed,
    check_filter: CheckFilter,
) -> Decision:
    """Return what somebody who may read a port sees of it."""
    if not base.purpose and saying.of(PURPOSE):
        policy = saying.of(PURPOSE)[0]
        again = f'mesh access explain {base.principal} {base.address} --purpose "…"'
        reason = _reason(policy, PURPOSE, f"a purpose must be said{why(policy)}")
        return _denied(base, reason, again)
    shown = show_columns(standing, marks, saying, allowed)
    filters = _filters(saying, allowed)
    for reason, condition in filters:
        wrong = check_filter(condition)
        if wrong:
            text = f"a row filter does not fit the port, so nobody sees it: {wrong}"
            return _denied(base, Reason(reason.policy, DENY, text))
    groups = [(p, p.minimum_group) for p in saying.of(AGGREGATE)]
    return replace(
        base,
        is_allowed=True,
        masks=shown.masks,
        filters=tuple(dict.fromkeys(condition for _, condition in filters)),
        minimum_group=max((size for _, size in groups), default=0),
        reasons=(
            allowed.reason,
            *shown.reasons,
            *(reason for reason, _ in filters),
            *(
                _reason(p, AGGREGATE, f"only groups of at least {n} rows{why(p)}")
                for p, n in groups
            ),
            *(_reason(p, PURPOSE, f"the purpose is said{why(p)}") for p in saying.of(PURPOSE)),
        ),
        grant=allowed.grant.id if allowed.grant else "",
        help=shown.help,
    )


def _allowed(standing: Standing, purpose: str, now: str, saying: Saying) -> Allowed | None:
    """Return what lets somebody read the port: what leaves most comes first."""
    granted = for_purpose(standing.holding(now), purpose)
    whole = widest(g for g in granted if not g.conditions.filter and not g.conditions.columns)
    if standing.is_owner:
        return Allowed(Reason(OWNER, ALLOW, "an owner of the product"))
    if standing.is_team:
        return Allowed(Reason(OWNER, ALLOW, "the domain's own team"), whole)
    needs_grant = any(policy.by_grant for policy in saying.of(CEILING))
    policies = () if needs_grant else saying.of(ALLOW)
    if policies:
        return Allowed(_reason(policies[0], ALLOW, f"allowed{why(policies[0])}"), whole)
    grant = widest(granted)
    if grant is None:
        return None
    until = f" until {grant.until[:10]}" if grant.until else ""
    text = f"granted to {grant.principal} for `{grant.purpose}`{until}"
    return Allowed(Reason(f"grant:{grant.id}", ALLOW, text), grant, True)


def _nothing_allows(
    base: Decision, standing: Standing, purpose: str, now: str, saying: Saying
) -> Decision:
    """Say why nothing lets somebody read a port, and what would."""
    held = standing.holding(now)
    if held and purpose:
        grant = held[0]
        text = f"its grant {grant.id} is for another purpose: `{grant.purpose}`"
        again = f'mesh access explain {base.principal} {base.address} --purpose "{grant.purpose}"'
        return _denied(base, Reason(f"grant:{grant.id}", DENY, text), again)
    ask = _request(base)
    ended = [grant for grant in standing.grants if grant.until and grant.until <= now]
    if ended:
        last = max(ended, key=lambda grant: grant.until)
        text = f"its grant {last.id} ended on {last.until[:10]}"
        return _denied(base, Reason(f"grant:{last.id}", DENY, text), ask)
    for policy in saying.of(CEILING):
        if policy.by_grant and saying.of(ALLOW):
            text = f"it takes a grant, no policy of a domain is enough{why(policy)}"
            return _denied(base, _reason(policy, CEILING, text), ask)
    return _denied(base, Reason(DEFAULT, DENY, "nothing allows it"), ask)


def _filters(saying: Saying, allowed: Allowed) -> list[tuple[Reason, str]]:
    found = [
        (_reason(p, FILTER, f"only rows where {p.filter}{why(p)}"), p.filter)
        for p in saying.of(FILTER)
    ]
    grant = allowed.grant
    if grant and grant.conditions.filter:
        text = f"granted only rows where {grant.conditions.filter}"
        found.append((Reason(f"grant:{grant.id}", FILTER, text), grant.conditions.filter))
    return found


def _denied(base: Decision, reason: Reason, hint: str = "") -> Decision:
    return replace(base, reasons=(reason,), help=hint)


def _request(base: Decision) -> str:
    return f'mesh access request {base.address} --purpose "…"'


def _reason(policy: AccessPolicy, effect: str, text: str) -> Reason:
    return Reason(policy.name, effect, text)
