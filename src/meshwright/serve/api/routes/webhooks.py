"""Webhooks over HTTP: facts, sent to other programs, signed as Standard Webhooks has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meshwright.app.webhooks.hooks import (
    MadeWebhook,
    Webhook,
    add_webhook,
    list_webhooks,
    remove_webhook,
    try_webhook,
)
from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page, paged

HOOK = Parameter("webhook", "Its id.", place="path", example="hook-1a2b3c4d5e6f")


@dataclass(frozen=True, slots=True)
class WebhookBody:
    """Where facts go. No kinds: all that you may hear of; `address`: a domain, product, port; '': all."""

    url: str
    kinds: tuple[str, ...] = ()
    address: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the other side answered to a test message."""

    webhook: str
    status: int


Webhooks = paged(Webhook, "Webhooks", "webhooks")


def _list(look: Look) -> Any:
    found = list_webhooks(look.wiring, ended=look.words.flag("all"))
    return page(Webhooks, found, lambda one: one.webhook, look.words)


def _add(look: Look, said: WebhookBody) -> MadeWebhook:
    if said.address:
        look.known(said.address)
    return add_webhook(
        look.wiring, said.url, kinds=said.kinds, address=said.address, secret=said.secret
    )


def _remove(look: Look, said: None) -> Webhook:  # noqa: ARG001
    return remove_webhook(look.wiring, look.path("webhook"))


def _test(look: Look, said: None) -> Tried:  # noqa: ARG001
    name = look.path("webhook")
    return Tried(name, try_webhook(look.wiring, name))


OPERATIONS: Sequence[Operation] = (
    looking("/api/v1/webhooks", "List your webhooks; as an administrator, everybody's.", Webhooks, _list,
            Parameter("all", "With those that ended.", "boolean"), LIMIT, CURSOR, scope="admin"),
    acting("POST", "/api/v1/webhooks", "Send facts to a URL from now on.", WebhookBody, MadeWebhook, _add,
           details="Signed as Standard Webhooks 1.0.0 has it, with the secret of the answer, told once."
           " Owners hear of their products and domains, administrators of everything.",
           example={"url": "https://example.com/hook", "kinds": ["VersionPublished"]}),
    acting("DELETE", "/api/v1/webhooks/{webhook}", "End a webhook.", None, Webhook, _remove, HOOK),
    acting("POST", "/api/v1/webhooks/{webhook}/test", "Send a test message to a webhook.", None, Tried, _test,
           HOOK),
)  # fmt: skip
