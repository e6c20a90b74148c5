"""Decide what a principal sees of a port: the one door of all doors.

What must stay true: a decision is kept only for the very state, files, version and purpose that it was made
of, and only until a grant that it rests on begins or ends. What cannot be known is denied.
"""

from datetime import UTC
from weakref import WeakKeyDictionary

from meshwright.access.deciding import CheckFilter
from meshwright.access.deciding import decide as decide_by
from meshwright.access.rules import NO_RULES, Rules
from meshwright.app.access.ground import marks_of, standing_of, subject_of
from meshwright.app.access.state import AccessState
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.access import DENY, Decision, Reason
from meshwright.model.principal import Asker
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader

MOST_KEPT = 200_000
Kept = dict[tuple[object, ...], tuple[Decision, str]]


def decide(wiring: Wiring, reader: Reader, asker: Asker, port: PinnedPort) -> Decision:
    """Return the decision on a port at a version, for who asks and what for."""
    if asker.principal.owns_mesh:
        return _of_mesh_owner(asker, port)
    return decisions_in(wiring, reader).of(asker, port)


class Decisions:
    """Decides within one snapshot of the state, at one moment."""

    def __init__(self, wiring: Wiring, reader: Reader, state: int, now: str, kept: Kept) -> None:
        self.now = now
        self._wiring = wiring
        self._reader = reader
        self._state = state
        self._kept = kept

    def of(self, asker: Asker, port: PinnedPort) -> Decision:
        """Return the decision on a port; from what was decided before, where nothing has changed."""
        if asker.principal.owns_mesh:
            return _of_mesh_owner(asker, port)
        files = self._wiring.workspace.mark
        key = (asker.principal.name, asker.purpose, port.address, files, self._state)
        known = self._kept.get(key)
        if known is not None and (not known[1] or self.now < known[1]):
            return known[0]
        decision, until = self._decide(asker, port)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (decision, until)
        return decision

    def _decide(self, asker: Asker, port: PinnedPort) -> tuple[Decision, str]:
        wiring, reader = self._wiring, self._reader
        name, address = asker.principal.name, port.address.at(None)
        principal = find_principal(wiring, reader, name)
        if principal is None:
            text = f"nobody is known as `{name}`"
            return _denied(asker, port, "unknown-principal", text), ""
        subject = subject_of(wiring, principal)
        standing = standing_of(wiring, reader, principal, subject, address)
        marks = marks_of(wiring, reader, port)
        return decide_by(
            standing, marks, asker.purpose, self.now, self._rules(), self._checked(port)
        )

    def _rules(self) -> Rules:
        return NO_RULES

    def _checked(self, port: PinnedPort) -> CheckFilter:
        def check(condition: str) -> str:
            try:
                self._wiring.pool.check_filter(condition, port.columns)
            except MeshwrightError as error:
                return str(error)
            return ""

        return check


_KEPT: "WeakKeyDictionary[Wiring, tuple[AccessState, Kept]]" = WeakKeyDictionary()


def decisions_in(wiring: Wiring, reader: Reader) -> Decisions:
    """Return what decides within a snapshot: for many decisions at once."""
    state, kept = _KEPT.setdefault(wiring, (AccessState(), {}))
    now = wiring.now().astimezone(UTC).isoformat(timespec="microseconds")
    return Decisions(wiring, reader, state.read(reader), now, kept)


def _of_mesh_owner(asker: Asker, port: PinnedPort) -> Decision:
    reason = Reason("mesh-owner", "allow", "whoever owns the mesh's files reads them")
    return Decision(asker.principal.name, port.address, asker.purpose, True, reasons=(reason,))


def _denied(asker: Asker, port: PinnedPort, policy: str, text: str, hint: str = "") -> Decision:
    reasons = (Reason(policy, DENY, text),)
    address = port.address.at(None)
    return Decision(asker.principal.name, address, asker.purpose, False, reasons=reasons, help=hint)
