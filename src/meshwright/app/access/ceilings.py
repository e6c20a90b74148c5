"""How long a grant of a port may last: as the ceilings of the federation say."""

from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError
from meshwright.model.access import AccessPolicy
from meshwright.model.principal import Principal
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader


def ceiling_of(
    wiring: Wiring, reader: Reader, principal: Principal, port: PinnedPort
) -> AccessPolicy | None:
    """Return the ceiling that lets a grant of a port last least long; None where none bounds it."""
    found: list[AccessPolicy] = []
    return min((one for one in found if one.days), key=lambda one: one.days, default=None)


def require_within(
    wiring: Wiring, reader: Reader, principal: Principal, port: PinnedPort, days: int
) -> None:
    """Raise `RefusedError` (`grant-too-long`) for more days than a ceiling lets; 0 is without an end."""
    ceiling = ceiling_of(wiring, reader, principal, port)
    if ceiling is not None and not 0 < days <= ceiling.days:
        asked = f"{days} days" if days else "without an end"
        raise RefusedError(
            "grant-too-long",
            f"{asked} is more than the {ceiling.days} days that `{ceiling.name}` allows for"
            f" `{port.address.port_address}`",
            hint=f"--for {ceiling.days}d",
        )
