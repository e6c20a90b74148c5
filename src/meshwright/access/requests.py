"""The state machine of a request: whose word is waited for, and what a word makes of it.

What must stay true: nobody decides what they asked for themselves; two levels take two people; what has ended
stays ended.
"""

from collections.abc import Collection, Sequence

from meshwright.errors import DeniedError, RefusedError
from meshwright.model.access_request import APPROVED, OPEN, AccessRequest
from meshwright.model.principal import KINDS, PERSON, Principal

ALL_OF_THEM = 8  # so many names are listed in an error


def principal_name(text: str) -> str:
    """Return the name of a principal that a descriptor or a person writes: a plain id is a person's."""
    plain = text.strip()
    return plain if plain.partition(":")[0] in KINDS else f"{PERSON}:{plain}"


def levels_of(
    first: Collection[str], second: Collection[str], owners: Sequence[str], domain: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Return who approves, by level: whom the contract's roles name, else the owners, else the domain's.

    Where the roles name second approvers alone, the owners are the first.
    """
    otherwise = [*owners] or [*domain]
    begin = _names(first) or _names(otherwise)
    then = _names(second)
    return (begin, then) if then else (begin,)


def approved_level(request: AccessRequest, approver: Principal) -> int:
    """Return how many levels agree once `approver` does.

    Raises `RefusedError` (`request-ended`) and `DeniedError` (`own-request`, `not-an-approver`,
    `approved-already`).
    """
    _require_open(request)
    _require_another(request, approver)
    if any(said.by == approver.name for said in request.said):
        raise DeniedError(
            "approved-already",
            f"`{approver.name}` has agreed to `{request.id}`: its next level takes somebody else",
            hint=_asked(request.asked_now),
        )
    if not approver.owns_mesh and approver.names.isdisjoint(request.asked_now):
        raise DeniedError(
            "not-an-approver",
            f"`{approver.name}` is not asked to approve `{request.id}` of `{request.address}`",
            hint=_asked(request.asked_now),
        )
    return request.level + 1


def is_granted(request: AccessRequest, level: int) -> bool:
    """Say whether so many levels are all that it takes."""
    return level >= max(1, len(request.approvers))


def require_may_refuse(request: AccessRequest, who: Principal) -> None:
    """Let every approver of any level say no, and whoever asked withdraw; raise as `approved_level`."""
    _require_open(request)
    asked = {name for level in request.approvers for name in level} | {*request.escalated}
    is_own = request.by == who.name or request.principal in who.names
    if not is_own and not who.owns_mesh and who.names.isdisjoint(asked):
        raise DeniedError(
            "not-an-approver",
            f"`{who.name}` has no say in `{request.id}` of `{request.address}`",
            hint=_asked(sorted(asked)),
        )


def escalate_to(
    request: AccessRequest, domain: Sequence[str], governance: Sequence[str]
) -> tuple[str, ...]:
    """Return who is asked too, now that nobody answered: the domain's owners, then the governance role.

    Nothing where all of them are asked already, or are whoever asks.
    """
    known = {*request.asked_now, request.principal, request.by}
    for names in (_names(domain), _names(governance)):
        new = tuple(name for name in names if name not in known)
        if new:
            return (*request.escalated, *new)
    return ()


def _require_open(request: AccessRequest) -> None:
    if request.state != OPEN:
        raise RefusedError(
            "request-ended",
            f"`{request.id}` was {request.state} on {request.ended_at[:10]}",
            hint=f"mesh access grants {request.address}"
            if request.state == APPROVED
            else f'mesh access request {request.address} --purpose "…"',
        )


def _require_another(request: AccessRequest, approver: Principal) -> None:
    if approver.name in (request.principal, request.by):
        raise DeniedError(
            "own-request",
            f"`{approver.name}` asked for `{request.id}`, so somebody else approves it",
            hint=_asked(name for name in request.asked_now if name != approver.name),
        )


def _names(written: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(principal_name(name) for name in written if name.strip()))


def _asked(names: object) -> str:
    listed = [str(name) for name in names][:ALL_OF_THEM]  # type: ignore[attr-defined]
    return f"asked are: {', '.join(listed)}" if listed else "nobody else is asked yet"
