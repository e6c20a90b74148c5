"""Tell hooks of facts: an outbox over the ledger, one place in it for each hook.

What must stay true: a fact is told after it is committed, in the order of the facts, at least once (its
message has the same id whenever it is sent); whatever a hook does, nothing here fails a build, or delays it
by more than the time it is given; one that fails for days is told nothing any more, and that is a fact.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from time import monotonic, time

from meshwright.app.catalog.knowing import Knowing, knowing_of
from meshwright.app.catalog.veil import Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.app.deliveries import run_all
from meshwright.app.webhooks import targets
from meshwright.app.webhooks.concern import OF_PRODUCTS, about, is_within, listener, may_hear
from meshwright.app.webhooks.hooks import Webhook, lost, read_webhooks
from meshwright.app.webhooks.messages import message_of
from meshwright.app.webhooks.posting import post
from meshwright.app.webhooks.reach import Place, reach
from meshwright.app.webhooks.signing import signed_headers
from meshwright.app.wiring import Wiring
from meshwright.errors import InternalError, MeshwrightError, UnreachableError
from meshwright.model.exact import loads
from meshwright.model.facts import Entry, WebhookDisabled
from meshwright.model.principal import ADMINISTRATOR, Principal

LOCK = "webhooks"
SECONDS = 3.0
CHUNK = 100  # facts that are read and remembered at once
# Seconds, as the specification recommends them.
PAUSES = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
GIVEN_UP_AFTER = timedelta(days=5)
GONE = 410


@dataclass(slots=True)
class HookTold:
    """How telling one hook went: `sent` messages arrived."""

    webhook: str
    sent: int = 0
    error: str = ""
    message: str = ""
    is_disabled: bool = False


def deliver(
    wiring: Wiring, now: datetime, *, seconds: float = SECONDS, force: bool = False
) -> tuple[HookTold, ...]:
    """Tell each hook what it does not know, for so many seconds; with `force` also one that failed just now.

    Raises `UnreachableError` (`held-elsewhere`) while another process tells.
    """
    if not _due(wiring, now, force=force):
        return ()
    from meshwright.app.run import holder

    with wiring.store.hold(LOCK, holder(wiring), seconds):
        due = _due(wiring, now, force=force)  # again: another process may have told meanwhile
        deliveries = [_Delivery(wiring, hook) for hook in due]
        run_all(deliveries, seconds)
        return tuple(delivery.finished(now) for delivery in deliveries)


def deliver_quietly(wiring: Wiring, warn: Callable[[str, str], None]) -> None:
    """Deliver at the end of something else: what goes wrong is told (what, why), never raised."""
    try:
        for told in deliver(wiring, wiring.now()):
            for text in warnings_of(told):
                warn(f"webhook {told.webhook}", text)
    except MeshwrightError as error:
        warn("webhooks", f"{error}; they are told next time")
    except Exception as error:
        warn("webhooks", f"not told: {type(error).__name__}; they are told next time")


def _due(wiring: Wiring, now: datetime, *, force: bool) -> list[Webhook]:
    with wiring.store.read() as reader:
        hooks = read_webhooks(reader)
    last = _newest(wiring) if hooks else 0
    return [
        one
        for one in hooks
        if one.told < last
        and (force or not one.again_at or datetime.fromisoformat(one.again_at) <= now)
    ]


def _newest(wiring: Wiring) -> int:
    with wiring.store.read() as reader:
        return int(str(reader.rows("SELECT max(seq) FROM facts")[0][0] or 0))


class _Delivery:
    """Tells one hook, in a thread of its own."""

    def __init__(self, wiring: Wiring, hook: Webhook) -> None:
        self._wiring = wiring
        self._hook = hook
        self._seq = hook.told
        self._wait = 0
        self._error: MeshwrightError | None = None
        self._is_over = False  # for good
        self._is_given_up = False
        self.told = HookTold(hook.webhook)

    def run(self, deadline: float) -> None:
        """Tell until there is nothing left, the time is over or the hook fails."""
        try:
            target = targets.find(self._wiring, self._hook.webhook)
            if target is None:
                raise lost(self._hook.webhook)
            with self._wiring.store.read() as reader:
                who = listener(self._wiring, reader, self._hook.principal)
            if who is None or not may_hear(self._wiring, who, self._hook.address):
                self._is_over = True  # they left, or own nothing any more of what it is about
                raise UnreachableError(
                    "webhook-not-entitled", f"`{self._hook.principal}` may not be told any more"
                )
            place = reach(target.url, self._wiring.mesh.webhooks, is_own=target.is_own)
            head = _newest(self._wiring)
            while self._tell_chunk(place, target.key, who, deadline):
                self._remember(self._seq)
            if monotonic() <= deadline and not self._is_given_up:
                self._seq = max(self._seq, head)  # what it does not want to hear is behind it too
        except MeshwrightError as error:
            self._error = self._error or error
        except Exception as error:
            self._error = self._error or InternalError(
                "webhook-broken", f"`{self._hook.webhook}` broke: {type(error).__name__}"
            )

    def give_up(self) -> None:
        """Count as failed, whatever the thread does from now on."""
        self._is_given_up = True
        self._error = UnreachableError(
            "webhook-slow", f"`{self._hook.host}` did not answer in time"
        )

    def finished(self, now: datetime) -> HookTold:
        """Remember the place, or that it is over, and return how it went."""
        hook, error = self._hook, self._error
        if error is None:
            self._remember(self._seq)
            return self.told
        has_moved = self._seq > hook.told and self.told.sent > 0
        failures = 1 if has_moved else hook.failures + 1
        since = now.isoformat() if has_moved or not hook.failing_since else hook.failing_since
        self._is_over |= now - datetime.fromisoformat(since) > GIVEN_UP_AFTER
        self.told.error, self.told.message = error.code, error.message
        self.told.is_disabled = self._is_over
        if self._is_over:
            self._wiring.ledger.record([WebhookDisabled(hook.webhook, error.code, since)])
            targets.erase(self._wiring, hook.webhook)
            return self.told
        pause = max(_pause(failures), self._wait)
        again = (now + timedelta(seconds=pause)).isoformat()
        self._remember(self._seq, failures, since, again, error.code)
        return self.told

    def _tell_chunk(self, place: Place, key: bytes, who: Principal, deadline: float) -> bool:
        """Tell some facts; say whether there may be more."""
        knowing = knowing_of(self._wiring, who)
        veil = veil_of(self._wiring, knowing)
        entries = self._wiring.ledger.entries(self._seq, self._hook.kinds, CHUNK)
        for entry in entries:
            if monotonic() > deadline or self._is_given_up:
                return False
            if self._is_wanted(entry, knowing):
                self._send(entry, place, key, veil)
            if self._is_given_up:
                return False
            self._seq = entry.seq
        return len(entries) == CHUNK

    def _is_wanted(self, entry: Entry, knowing: Knowing) -> bool:
        who, address = knowing.principal, about(loads(entry.payload))
        if not is_within(address, self._hook.address) or not may_hear(self._wiring, who, address):
            return False
        is_of_all = who.owns_mesh or ADMINISTRATOR in who.roles
        if not is_of_all and entry.kind not in OF_PRODUCTS:
            return False
        return knowing.of(address) if "." in address else knowing.of_domain(address)

    def _send(self, entry: Entry, place: Place, key: bytes, veil: Veil) -> None:
        message, body = message_of(self._hook.webhook, entry, self._wiring.mesh.name, veil)
        status, self._wait = post(place, body, signed_headers(message, int(time()), body, key))
        if 200 <= status < 300:
            self.told.sent += 1
            return
        self._is_over = status == GONE
        raise UnreachableError("webhook-failing", f"`{self._hook.host}` answered {status}")

    def _remember(
        self, seq: int, failures: int = 0, since: str = "", again: str = "", error: str = ""
    ) -> None:
        with self._wiring.store.write() as writer:
            writer.run(
                "INSERT INTO webhook_places (webhook, seq, failures, failing_since, again_at, error)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (webhook) DO UPDATE SET seq = excluded.seq,"
                " failures = excluded.failures, failing_since = excluded.failing_since,"
                " again_at = excluded.again_at, error = excluded.error",
                (self._hook.webhook, seq, failures, since, again, error),
            )


def warnings_of(told: HookTold) -> Iterator[str]:
    """Yield what somebody should know of a delivery."""
    if told.is_disabled:
        yield f"{told.message}; it is told nothing any more"
    elif told.error:
        yield f"{told.message}; it is told later"


def _pause(failures: int) -> float:
    """Return how many seconds to wait after so many failures in a row: ever longer, never quite the same."""
    return PAUSES[min(failures, len(PAUSES)) - 1] * uniform(1.0, 1.2)
