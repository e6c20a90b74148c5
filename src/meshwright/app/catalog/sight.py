"""What somebody sees of a port now, told so that they know what to do next.

What must stay true: it is what the governed query decides, of the same state; nothing is opened here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.app.access.deciding import decisions_in
from meshwright.app.access.explain_shapes import NULL, shown_as
from meshwright.app.access.kept import KeptRequest, read_requests
from meshwright.app.governed.pinning import pin
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.access import PURPOSE, Decision
from meshwright.model.address import Address
from meshwright.model.principal import Asker, Principal
from meshwright.spi.state_store import Reader

WHOLE, LIMITED, DENIED, UNPUBLISHED = "whole", "limited", "denied", "unpublished"
SOME_PURPOSE = "whatever is said"  # stands for a purpose where one must be said


@dataclass(frozen=True, slots=True)
class PortSight:
    """How a port is seen. `needs_purpose`: one must be said; `request`: their own one that waits.

    `masks` is column -> how it is shown instead of as it is; `until`: when the grant ends.
    """

    state: str
    why: str = ""
    policy: str = ""
    help: str = ""
    masks: Mapping[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()  # masked columns that are shown as NULL
    filters: tuple[str, ...] = ()
    minimum_group: int = 0
    needs_purpose: bool = False
    purpose: str = ""
    grant: str = ""
    until: str = ""
    request: KeptRequest | None = None
    reasons: tuple[tuple[str, str, str], ...] = ()  # policy, effect, text
    classified: frozenset[str] = frozenset()

    @property
    def is_readable(self) -> bool:
        """Say whether rows are shown at all."""
        return self.state in (WHOLE, LIMITED)

    def shows_values(self, column: str) -> bool:
        """Say whether single values of a column are theirs to see: as they are, of every row."""
        is_open = self.is_readable and not self.filters and not self.minimum_group
        return is_open and column not in self.masks


def sight_of(
    wiring: Wiring, principal: Principal, address: Address, purpose: str = ""
) -> PortSight:
    """Return how somebody sees a port; with no purpose said, as if they said one where one is needed."""
    with wiring.store.read() as reader:
        try:
            port = pin(wiring, reader, address)
        except MeshwrightError as error:
            return PortSight(UNPUBLISHED, error.message, help=error.hint or "")
        deciding = decisions_in(wiring, reader)
        decision, needs = deciding.of(Asker(principal, purpose), port), False
        if not decision.is_allowed and not purpose and _asks_purpose(decision):
            decision, needs = deciding.of(Asker(principal, SOME_PURPOSE), port), True
        request = _open_request(reader, principal, address)
        until = _until(reader, decision.grant)
    return _sight(decision, needs, request, until)


def _asks_purpose(decision: Decision) -> bool:
    return bool(decision.reasons) and decision.reasons[0].effect == PURPOSE


def _sight(decision: Decision, needs: bool, request: KeptRequest | None, until: str) -> PortSight:
    state = DENIED
    if decision.is_allowed:
        state = WHOLE if decision.is_whole else LIMITED
    first = decision.reasons[0] if decision.reasons else None
    return PortSight(
        state=state,
        why=first.text if first else "",
        policy=first.policy if first else "",
        help=decision.help,
        masks={name: shown_as(mask) for name, mask in decision.masks.items()},
        empty=tuple(name for name, mask in decision.masks.items() if mask.kind == NULL),
        filters=decision.filters,
        minimum_group=decision.minimum_group,
        needs_purpose=needs,
        purpose="" if needs else decision.purpose,
        grant=decision.grant,
        until=until,
        request=request,
        reasons=tuple((one.policy, one.effect, one.text) for one in decision.reasons),
        classified=decision.classified,
    )


def _open_request(reader: Reader, principal: Principal, address: Address) -> KeptRequest | None:
    names = sorted(principal.names)
    marks = ", ".join("?" * len(names))
    found = read_requests(
        reader,
        f"state = 'open' AND product = ? AND address = ? AND principal IN ({marks})",
        (str(address.product_address), str(address.port_address), *names),
    )
    return found[-1] if found else None


def _until(reader: Reader, grant: str) -> str:
    rows = reader.rows("SELECT until FROM grants WHERE grant_id = ?", (grant,)) if grant else []
    return str(rows[0][0]) if rows else ""
