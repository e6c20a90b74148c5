"""Decide what a principal sees of a port: the one door of all doors.

What must stay true: a decision is kept only for the very state, files, version and purpose that it was made
of, and only until a grant that it rests on begins or ends. What cannot be known is denied.
"""

from dataclasses import replace
from datetime import UTC
from weakref import WeakKeyDictionary

from meshwright.access.deciding import CheckFilter
from meshwright.access.deciding import decide as decide_by
from meshwright.access.marks import PortMarks
from meshwright.app.access.ground import marks_of, standing_of, subject_of
from meshwright.app.access.policies import DomainRules, rules_of
from meshwright.app.access.state import AccessState
from meshwright.app.identity.known import filed
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError, ModelError
from meshwright.model.access import DENY, AccessGrant, Decision, Reason
from meshwright.model.principal import Asker, Principal
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader

MOST_KEPT, MOST_PORTS = 50_000, 20_000
LONGEST = 200  # of a purpose whose decision is kept: purposes are whatever people type
Kept = dict[tuple[object, ...], tuple[Decision, str]]


def decide(wiring: Wiring, reader: Reader, asker: Asker, port: PinnedPort) -> Decision:
    """Return the decision on a port at a version, for who asks and what for."""
    if asker.principal.owns_mesh:
        return _of_mesh_owner(asker, port)
    return decisions_in(wiring, reader).of(asker, port)


class _Known:
    """What a mesh has decided, the marks of its ports, and the files that say who is in which team."""

    def __init__(self) -> None:
        self.state = AccessState()
        self.filed: object = None
        self.kept: Kept = {}
        self.marks: dict[tuple[object, ...], PortMarks] = {}


class Decisions:
    """Decides within one snapshot of the state, at one moment."""

    def __init__(
        self,
        wiring: Wiring,
        reader: Reader,
        state: int,
        files: str,
        now: str,
        known: _Known,
        broken: str = "",
    ) -> None:
        self.now = now
        self._broken = broken
        self._files = files
        self._ruled: dict[str, DomainRules] = {}
        self._wiring = wiring
        self._reader = reader
        self._state = state
        self._known = known
        self._kept = known.kept

    def of(self, asker: Asker, port: PinnedPort) -> Decision:
        """Return the decision on a port; from what was decided before, where nothing has changed."""
        if asker.principal.owns_mesh:
            return _of_mesh_owner(asker, port)
        name, purpose, address = asker.principal.name, asker.purpose, port.address
        rules = self._rules(address.domain)
        key = (name, purpose, address, self._state, self._files, rules.mark)
        known = self._kept.get(key) if not self._broken else None
        if known is not None and (not known[1] or self.now < known[1]):
            return known[0]
        decision, until = self._decide(asker, port, rules)
        if self._broken or len(purpose) > LONGEST:
            return decision
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (decision, until)
        return decision

    def _marks(self, port: PinnedPort) -> PortMarks:
        """Return the marks of a port: the same for whoever asks."""
        key = (port.address, port.contract, self._state, self._files)
        found = self._known.marks.get(key)
        if found is None:
            found = marks_of(self._wiring, self._reader, port)
            if len(self._known.marks) >= MOST_PORTS:
                self._known.marks.clear()
            self._known.marks[key] = found
        return found

    def _rules(self, domain: str) -> DomainRules:
        """Return the policies of a domain as its files were at the first question of this moment."""
        found = self._ruled.get(domain)
        if found is None:
            found = self._ruled[domain] = rules_of(self._wiring, domain)
        return found

    def _decide(self, asker: Asker, port: PinnedPort, ruled: DomainRules) -> tuple[Decision, str]:
        name = asker.principal.name
        broken = ruled.broken or self._broken
        if broken:
            text = f"a file that decides is broken, so nobody is let in: {broken}"
            return _denied(asker, port, "policies", text, "mesh check"), ""
        principal = find_principal(self._wiring, self._reader, name)
        if principal is None:
            text = f"nobody is known as `{name}`"
            return _denied(asker, port, "unknown-principal", text, "mesh user list"), ""
        return self.judge(principal, port, asker.purpose, ruled)

    def judge(
        self,
        principal: Principal,
        port: PinnedPort,
        purpose: str,
        ruled: DomainRules,
        grants: tuple[AccessGrant, ...] | None = None,
    ) -> tuple[Decision, str]:
        """Decide for a principal as it is given, and until when; `grants` instead of the state's."""
        wiring, reader, address = self._wiring, self._reader, port.address.at(None)
        subject = subject_of(wiring, principal)
        standing = standing_of(wiring, reader, principal, subject, address)
        if grants is not None:
            standing = replace(standing, grants=grants)
        marks = self._marks(port)
        return decide_by(standing, marks, purpose, self.now, ruled.rules, self._checked(port))

    def _checked(self, port: PinnedPort) -> CheckFilter:
        def check(condition: str) -> str:
            try:
                self._wiring.pool.check_filter(condition, port.columns)
            except ModelError as error:
                return str(error)
            return ""

        return check


_KNOWN: "WeakKeyDictionary[Wiring, _Known]" = WeakKeyDictionary()


def decisions_in(wiring: Wiring, reader: Reader) -> Decisions:
    """Return what decides within a snapshot: for many decisions at once."""
    origin = wiring.origin
    known = _KNOWN.get(origin)
    if known is None:
        known = _KNOWN.setdefault(origin, _Known())
    teams, broken = _filed(origin)
    if teams is not known.filed:
        known.filed, known.kept = teams, {}
    now = wiring.now().astimezone(UTC).isoformat(timespec="microseconds")
    state = known.state.read(reader)
    return Decisions(wiring, reader, state, wiring.workspace.mark, now, known, broken)


def _filed(wiring: Wiring) -> tuple[object, str]:
    """Return what files say of teams, or what is wrong with them: a team less may be a denial less."""
    try:
        return filed(wiring), ""
    except DescriptorError as error:
        return None, str(error)


def _of_mesh_owner(asker: Asker, port: PinnedPort) -> Decision:
    reason = Reason("mesh-owner", "allow", "whoever owns the mesh's files reads them")
    return Decision(asker.principal.name, port.address, asker.purpose, True, reasons=(reason,))


def _denied(asker: Asker, port: PinnedPort, policy: str, text: str, hint: str = "") -> Decision:
    reasons = (Reason(policy, DENY, text),)
    address = port.address.at(None)
    return Decision(asker.principal.name, address, asker.purpose, False, reasons=reasons, help=hint)
