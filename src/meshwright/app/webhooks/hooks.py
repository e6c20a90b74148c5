"""Webhooks: make, list, end and try them. Administrators hear of anything, owners of what is theirs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from time import time

from meshwright.app.webhooks import targets
from meshwright.app.webhooks.concern import OF_PRODUCTS, may_hear
from meshwright.app.webhooks.messages import test_message
from meshwright.app.webhooks.posting import post
from meshwright.app.webhooks.reach import reach
from meshwright.app.webhooks.signing import signed_headers
from meshwright.app.webhooks.targets import Target
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, UnreachableError, UsageError, did_you_mean
from meshwright.model.facts import KINDS, WebhookAdded, WebhookRemoved
from meshwright.model.principal import Principal
from meshwright.spi.state_store import Reader, Row

MOST = 100  # hooks of one principal
_COLUMNS = (
    "w.webhook, w.principal, w.host, w.kinds, w.address, w.state, w.error, w.seq,"
    " coalesce(p.seq, w.seq), coalesce(p.failures, 0), coalesce(p.failing_since, ''),"
    " coalesce(p.again_at, ''), coalesce(p.error, '')"
)
_FROM = " FROM webhooks w LEFT JOIN webhook_places p ON p.webhook = w.webhook"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A hook. No kinds: all that its principal may hear of. `state`: active, removed or disabled.

    `told`: the number of the last fact that it was told of, or passed over; `failures`: tries in a row
    that failed since; `error`: what went wrong last.
    """

    webhook: str
    principal: str
    host: str
    kinds: tuple[str, ...]
    address: str
    state: str
    error: str
    told: int
    failures: int
    failing_since: str
    again_at: str


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A hook that was just made; its secret is told once."""

    webhook: str
    secret: str
    host: str
    kinds: tuple[str, ...]
    address: str


def add_webhook(
    wiring: Wiring, url: str, *, kinds: Sequence[str] = (), address: str = "", secret: str = ""
) -> MadeWebhook:
    """Send facts to a URL from now on, signed with a secret (one that is made, unless it is given).

    Raises `UsageError` (`webhook-url-invalid`, `webhook-secret-invalid`, `fact-kind-unknown`,
    `address-unknown`) and `DeniedError` (`webhook-denied`, `webhook-refused`).
    """
    from meshwright.app.muting import known_as

    who = wiring.asker().principal
    chosen = _kinds(kinds)
    place = known_as(wiring, address) if address else ""
    _require_may(wiring, who, place, chosen)
    given = targets.require_secret(secret) if secret else targets.new_secret()
    host = reach(url, wiring.mesh.webhooks, is_own=who.owns_mesh).host
    name = f"hook-{token_hex(6)}"
    targets.keep(wiring, name, Target(url, given, who.owns_mesh))
    wiring.ledger.record([WebhookAdded(name, who.name, host, list(chosen), place)])
    return MadeWebhook(name, given, host, chosen, place)


def list_webhooks(wiring: Wiring, *, ended: bool = False) -> tuple[Webhook, ...]:
    """Return the hooks of who asks, or as an administrator everybody's."""
    who = wiring.asker().principal
    with wiring.store.read() as reader:
        found = read_webhooks(reader, ended=ended)
    return tuple(one for one in found if one.principal == who.name or may_hear(wiring, who, ""))


def remove_webhook(wiring: Wiring, webhook: str, *, reason: str = "") -> Webhook:
    """End a hook, one's own or (an administrator) anybody's; raise `UsageError` (`webhook-unknown`)."""
    found = _mine(wiring, webhook)
    wiring.ledger.record([WebhookRemoved(found.webhook, wiring.asker().principal.name, reason)])
    targets.erase(wiring, found.webhook)
    return found


def try_webhook(wiring: Wiring, webhook: str) -> int:
    """Send a test message at once; return the status that the other side answered with.

    Raises `UnreachableError` (`webhook-unreachable`, `webhook-failing`) where it did not take it.
    """
    found = _mine(wiring, webhook)
    target = targets.find(wiring, found.webhook)
    if target is None:
        raise lost(found.webhook)
    place = reach(target.url, wiring.mesh.webhooks, is_own=target.is_own)
    at = wiring.now().isoformat(timespec="microseconds")
    message, body = test_message(found.webhook, at, wiring.mesh.name, token_hex(4))
    status, _ = post(place, body, signed_headers(message, int(time()), body, target.key))
    if not 200 <= status < 300:
        raise UnreachableError(
            "webhook-failing", f"`{found.host}` answered {status}", hint="it must answer 200 to 299"
        )
    return status


def read_webhooks(reader: Reader, *, ended: bool = False) -> tuple[Webhook, ...]:
    """Return every hook, the oldest first."""
    where = "" if ended else " WHERE w.state = 'active'"
    rows = reader.rows(f"SELECT {_COLUMNS}{_FROM}{where} ORDER BY w.seq")
    return tuple(map(_webhook, rows))


def lost(webhook: str) -> UsageError:
    """Return the error of a hook whose file is gone."""
    return UsageError(
        "webhook-lost",
        f"where `{webhook}` leads is not known any more",
        hint=f"mesh webhook remove {webhook}",
    )


def _mine(wiring: Wiring, webhook: str) -> Webhook:
    known = {one.webhook: one for one in list_webhooks(wiring)}
    if webhook not in known:
        raise UsageError(
            "webhook-unknown",
            f"there is no webhook `{webhook[:60]}` of yours",
            hint=did_you_mean(webhook, known),
        )
    return known[webhook]


def _kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(
                "fact-kind-unknown", f"no fact is a `{kind[:60]}`", hint=did_you_mean(kind, KINDS)
            )
    return tuple(sorted(set(kinds)))


def _require_may(wiring: Wiring, who: Principal, place: str, kinds: Sequence[str]) -> None:
    """Raise `DeniedError` (`webhook-denied`) for what somebody may not hear of, or for too many hooks."""
    if may_hear(wiring, who, ""):
        return
    other = next((kind for kind in kinds if kind not in OF_PRODUCTS), "")
    if not may_hear(wiring, who, place) or other:
        about = f"`{other}`" if other else f"`{place}`" if place else "the whole mesh"
        raise DeniedError(
            "webhook-denied",
            f"`{who.name}` may not be told of {about}",
            hint="owners hear of their products and domains, administrators of everything",
        )
    with wiring.store.read() as reader:
        count = sum(one.principal == who.name for one in read_webhooks(reader))
    if count >= MOST:
        raise DeniedError("webhook-denied", f"`{who.name}` has {MOST} webhooks already")


def _webhook(row: Row) -> Webhook:
    name, who, host, kinds, address, state, ended, _, told, failures, since, again, error = row
    return Webhook(
        str(name),
        str(who),
        str(host),
        tuple(json.loads(str(kinds))),
        str(address),
        str(state),
        str(ended or error),
        int(str(told)),
        int(str(failures)),
        str(since),
        str(again),
    )
