"""Hints at the root cause of an incident: one sentence each, the strongest first. They guess, and say so."""

from collections.abc import Sequence
from dataclasses import dataclass

LARGE = 0.5  # a segment with at least this share of a change explains it


@dataclass(frozen=True, slots=True)
class Above:
    """An open incident of a product that this one rests on."""

    incident: str
    product: str
    explanation: str


@dataclass(frozen=True, slots=True)
class PortChange:
    """How a port differs from the version before. Columns are what was `added`, `removed`, `retyped`."""

    port: str
    contract: tuple[str, str] | None = None  # contract version before and now
    code: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputChange:
    """How an input differs: `versions` before and now for a product's port, else just that it does."""

    input: str
    address: str
    has_changed: bool
    versions: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SegmentShare:
    """How much of a metric's change one segment makes."""

    port: str
    metric: str
    segment: str
    share: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found about a build or a product; `since` is the version that it is compared with."""

    above: Sequence[Above] = ()
    ports: Sequence[PortChange] = ()
    has_new_code: bool = False  # of the product as a whole
    inputs: Sequence[InputChange] = ()
    segments: Sequence[SegmentShare] = ()
    is_late: bool = False
    since: int | None = None


def hints(evidence: Evidence) -> tuple[str, ...]:
    """Return what may have caused it, the strongest first."""
    return (
        *_above(evidence),
        *_schema(evidence),
        *_contract(evidence),
        *_code(evidence),
        *_segments(evidence),
        *_inputs(evidence),
    )


def _above(evidence: Evidence) -> list[str]:
    return [
        f"`{one.product}`, which it rests on, is unhealthy ({one.incident}): {one.explanation}"
        for one in evidence.above
    ]


def _schema(evidence: Evidence) -> list[str]:
    found = []
    for port in evidence.ports:
        changes = [
            f"{word} {', '.join(f'`{name}`' for name in names)}"
            for word, names in (
                ("lost", port.removed),
                ("changed the type of", port.retyped),
                ("gained", port.added),
            )
            if names
        ]
        if changes:
            found.append(f"`{port.port}` {' and '.join(changes)}{_since(evidence)}")
    return found


def _contract(evidence: Evidence) -> list[str]:
    found = []
    for port in evidence.ports:
        if port.contract is not None:
            old, new = port.contract
            became = f" ({old} → {new})" if old != new else ""
            found.append(f"the contract of `{port.port}` changed{_since(evidence)}{became}")
    return found


def _code(evidence: Evidence) -> list[str]:
    changed = [f"`{port.port}`" for port in evidence.ports if port.code]
    if changed:
        what = "the model" if len(changed) == 1 else "the models"
        return [f"{what} of {', '.join(changed)} changed{_since(evidence)}"]
    if evidence.has_new_code:
        return [f"the product's code changed{_since(evidence)}"]
    return []


def _segments(evidence: Evidence) -> list[str]:
    strong = [one for one in evidence.segments if one.share >= LARGE]
    return [
        f"{one.segment} makes {one.share:.0%} of the change of {one.metric} in `{one.port}`"
        for one in sorted(strong, key=lambda one: (-one.share, one.port, one.metric))
    ]


def _inputs(evidence: Evidence) -> list[str]:
    found = []
    for one in evidence.inputs:
        name = f"input `{one.input}` ({one.address})" if one.address else f"input `{one.input}`"
        if one.versions is not None and one.has_changed:
            old, new = one.versions
            found.append(f"{name} moved from version {old} to {new}")
        elif one.has_changed:
            found.append(f"{name} changed{_since(evidence)}")
        elif evidence.is_late:
            found.append(f"nothing new came from {name}{_since(evidence)}")
    return found


def _since(evidence: Evidence) -> str:
    return f" since version {evidence.since}" if evidence.since is not None else ""
