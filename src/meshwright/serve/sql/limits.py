"""What the server allows its clients, whoever they are."""

from collections.abc import Callable
from dataclasses import dataclass


def _ignore(_error: Exception) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Sizes are bytes, times seconds. `report` is told of every error, for whoever keeps a log."""

    connections: int = 500
    unproven: int = 100  # that have not signed in yet
    unproven_per_address: int = 20
    startup_bytes: int = 16 << 10
    startup_seconds: float = 20.0
    message_bytes: int = 16 << 20
    message_seconds: float = 60.0  # from a message's first byte to its last
    stalled_seconds: float = 300.0  # that a client may take to read what was sent
    idle_seconds: float = 8 * 3600.0
    threads: int = 48
    report: Callable[[Exception], None] = _ignore


DEFAULT_LIMITS = ServerLimits()
