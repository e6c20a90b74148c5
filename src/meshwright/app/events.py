"""What a run tells while it goes on."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunEvent:
    """`kind`: due, planned (it will be built), started, stage and warning (with `detail`), finished (with
    `status`).
    """

    kind: str
    product: str
    detail: str = ""
    status: str = ""


OnEvent = Callable[[RunEvent], None]


def ignore(event: RunEvent) -> None:
    """Take an event and do nothing."""
