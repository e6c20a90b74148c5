"""Deliveries of an outbox, side by side for a bounded time: to sinks of lineage, to webhooks."""

from collections.abc import Sequence
from threading import Thread
from time import monotonic
from typing import Protocol


class Delivery(Protocol):
    """What one receiver is told, in a thread of its own."""

    def run(self, deadline: float) -> None:
        """Tell until there is nothing more to tell, or the deadline (`monotonic`) has passed."""

    def give_up(self) -> None:
        """Take note that the receiver keeps its thread busy, which is left alone."""


def run_all(deliveries: Sequence[Delivery], seconds: float) -> None:
    """Run them; one that is still busy as many seconds after its time is given up."""
    deadline = monotonic() + seconds
    threads = [Thread(target=one.run, args=(deadline,), daemon=True) for one in deliveries]
    for thread in threads:
        thread.start()
    for thread, delivery in zip(threads, deliveries, strict=True):
        thread.join(max(0.0, deadline + seconds - monotonic()))
        if thread.is_alive():
            delivery.give_up()
