"""How long a grant of a port may last: as the ceilings of the federation say."""

from meshwright.access.rules import Rules, consult
from meshwright.app.access.ground import marks_of, subject_of
from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError, RefusedError
from meshwright.model.access import CEILING, AccessPolicy
from meshwright.model.principal import Principal
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader


def ceiling_of(
    wiring: Wiring, reader: Reader, principal: Principal, port: PinnedPort, purpose: str = ""
) -> AccessPolicy | None:
    """Return the ceiling that lets a grant of a port last least long; None where none bounds it.

    Raises `DescriptorError` while the federation's policies cannot be read: nothing is granted meanwhile.
    """
    filed = wiring.workspace.access()
    if filed.error is not None:
        raise DescriptorError(
            filed.error.code,
            filed.error.message,
            hint=filed.error.hint,
            place=str(filed.error.place),
        )
    bounds = [policy for policy in filed.policies if policy.effect == CEILING and policy.days]
    if not bounds:
        return None
    rules = Rules.of(bounds, wiring.policy_engine.compile(bounds))
    said = consult(rules, subject_of(wiring, principal), marks_of(wiring, reader, port), purpose)
    return min(said.of(CEILING), key=lambda one: one.days, default=None)


def require_within(
    wiring: Wiring,
    reader: Reader,
    principal: Principal,
    port: PinnedPort,
    days: int,
    purpose: str = "",
) -> None:
    """Raise `RefusedError` (`grant-too-long`) for more days than a ceiling lets; 0 is without an end."""
    ceiling = ceiling_of(wiring, reader, principal, port, purpose)
    if ceiling is not None and not 0 < days <= ceiling.days:
        asked = f"{days} days" if days else "without an end"
        raise RefusedError(
            "grant-too-long",
            f"{asked} is more than the {ceiling.days} days that `{ceiling.name}` allows for"
            f" `{port.address.port_address}`",
            hint=f"--for {ceiling.days}d",
        )
