"""How each column of a port is shown to somebody who may read it: as it is, masked, or NULL; and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meshwright.access.marks import ColumnMarks, PortMarks
from meshwright.access.rules import Saying
from meshwright.access.standing import Standing
from meshwright.model.access import (
    ALLOW,
    DENY,
    MASK,
    NULLED,
    AccessGrant,
    AccessPolicy,
    Conditions,
    Mask,
    Reason,
    strictest,
)

OWNER, DEFAULT = "owner", "default"  # what decides where neither a policy nor a grant does
_NOTHING = Conditions()


@dataclass(frozen=True, slots=True)
class Allowed:
    """Why somebody may read a port at all, and the grant that counts, if any."""

    reason: Reason
    grant: AccessGrant | None = None
    is_bound: bool = False  # to what the grant gives, and no more


@dataclass(frozen=True, slots=True)
class Shown:
    """The mask of each column that is not shown as it is; `help` is what would lift masks."""

    masks: Mapping[str, Mask]
    reasons: tuple[Reason, ...]
    help: str


@dataclass(frozen=True, slots=True)
class _Masked:
    """One thing that masks a column."""

    mask: Mask
    policy: str
    effect: str
    text: str


def show_columns(standing: Standing, marks: PortMarks, saying: Saying, allowed: Allowed) -> Shown:
    """Return how columns are shown. The strictest mask of a column holds; each that masks is named."""
    masks = dict[str, Mask]()
    said: dict[tuple[str, str, str], list[str]] = {}
    wanted: list[str] = []
    for column in marks.columns:
        found = [
            *_by_policies(saying, column.name),
            *_by_standing(standing.is_owner, column, allowed),
        ]
        for one in found:
            said.setdefault((one.policy, one.effect, one.text), []).append(column.name)
        mask = strictest(one.mask for one in found)
        if mask is None:
            continue
        masks[column.name] = mask
        others = strictest(one.mask for one in found if one.policy != DEFAULT)
        if others != mask:
            wanted.append(column.name)  # a grant that gives it raw would show more
    reasons = tuple(Reason(*key, tuple(columns)) for key, columns in said.items())
    raw = _raw(standing.is_owner, marks, allowed, masks)
    columns = ",".join(wanted)
    ask = f'mesh access request {marks.address} --purpose "…" --columns {columns}' if wanted else ""
    return Shown(masks, (*raw, *reasons), ask)


def why(policy: AccessPolicy) -> str:
    """Return what is added to a reason: what its author says of the policy."""
    return f": {policy.description}" if policy.description else ""


def _by_policies(saying: Saying, column: str) -> Iterable[_Masked]:
    for policy in saying.of_column(DENY, column):
        yield _Masked(NULLED, policy.name, DENY, f"denied, so it is NULL{why(policy)}")
    for policy in saying.of_column(MASK, column):
        mask = policy.mask or NULLED
        yield _Masked(mask, policy.name, MASK, f"shown as {mask}{why(policy)}")


def _by_standing(is_owner: bool, column: ColumnMarks, allowed: Allowed) -> Iterable[_Masked]:
    """Return what masks a column that no policy speaks of: the grant, or that it is classified."""
    grant = allowed.grant
    given = grant.conditions if grant else _NOTHING
    name = f"grant:{grant.id}" if grant else ""
    other = next((m for c, m in given.masks.items() if c.lower() == column.name.lower()), None)
    if allowed.is_bound and given.columns and not _has(given.columns, column.name):
        yield _Masked(NULLED, name, MASK, "not among the columns granted")
    elif other is not None:
        yield _Masked(other, name, MASK, f"granted as {other}")
    elif column.is_classified and not is_owner and not _has(given.raw, column.name):
        yield _Masked(column.mask, DEFAULT, MASK, _by_default(column))


def _by_default(column: ColumnMarks) -> str:
    if column.is_by_contract:
        return f"classified: {column.mask} by its contract"
    return "classified: NULL, as no contract says a `mask`"


def _raw(
    is_owner: bool, marks: PortMarks, allowed: Allowed, masks: Mapping[str, Mask]
) -> tuple[Reason, ...]:
    """Say why classified columns are shown as they are."""
    raw = tuple(c.name for c in marks.columns if c.is_classified and c.name not in masks)
    if not raw:
        return ()
    if is_owner:
        return (Reason(OWNER, ALLOW, "classified, and shown to its owner", raw),)
    grant = allowed.grant.id if allowed.grant else ""
    return (Reason(f"grant:{grant}", ALLOW, "classified, and granted raw", raw),)


def _has(names: tuple[str, ...], column: str) -> bool:
    return column.lower() in {name.lower() for name in names}
