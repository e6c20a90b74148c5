"""Send messages side by side, for a bounded time: one thread a notifier, its messages in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Thread
from time import monotonic

from meshwright.errors import InternalError, MeshwrightError, UnreachableError
from meshwright.observe.incidents.news import Notice
from meshwright.spi.notifier import Message, Notifier

Letter = tuple[Notice, Message]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one message ended; `error` is None when it arrived."""

    notice: Notice
    message: Message
    error: MeshwrightError | None = None


def send_all(
    letters: Sequence[Letter],
    open_notifier: Callable[[str], Notifier],
    ended: Callable[[Outcome], None],
    seconds: float,
) -> None:
    """Send, and call `ended` in this thread for each message that was tried.

    After `seconds` no message is begun any more; those left are tried next time. What is still on its way
    as many seconds later has failed.
    """
    by_notifier: dict[str, list[Letter]] = {}
    for letter in letters:
        by_notifier.setdefault(letter[0].notifier, []).append(letter)
    deadline = monotonic() + seconds
    done: Queue[Outcome | str] = Queue()
    waiting = {name: list(batch) for name, batch in by_notifier.items()}
    for name, batch in by_notifier.items():
        arguments = (name, list(batch), open_notifier, done, deadline)
        Thread(target=_send, args=arguments, daemon=True).start()
    while waiting:
        try:
            outcome = done.get(timeout=max(0.0, deadline + seconds - monotonic()))
        except Empty:
            break
        if isinstance(outcome, str):
            del waiting[outcome]
        else:
            waiting[outcome.notice.notifier].pop(0)
            ended(outcome)
    for name, left in waiting.items():
        if left:
            ended(Outcome(*left[0], error=_slow(name)))


def _send(
    name: str,
    letters: Sequence[Letter],
    open_notifier: Callable[[str], Notifier],
    done: "Queue[Outcome | str]",
    deadline: float,
) -> None:
    for notice, message in letters:
        if monotonic() > deadline:
            break
        error: MeshwrightError | None = None
        try:
            open_notifier(name).send(message)
        except MeshwrightError as caught:
            error = caught
        except Exception as caught:
            error = InternalError(
                "notifier-broken",
                f"notifier `{name}` broke: {type(caught).__name__}",
                hint=f"mesh alerts test {name}",
            )
        done.put(Outcome(notice, message, error))
    done.put(name)


def _slow(name: str) -> UnreachableError:
    return UnreachableError(
        "notifier-slow",
        f"notifier `{name}` did not answer in time",
        hint=f"mesh alerts test {name}",
    )
