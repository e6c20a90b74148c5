"""One address of apprise as a notifier.

What must stay true: neither the address nor what the library says of a failure reaches an error, a log or a
terminal, because both may hold a secret.
"""

from typing import Any

from meshwright.adapters.apprise.library import apprise
from meshwright.adapters.apprise.muffled import muffled
from meshwright.errors import DescriptorError, UnreachableError
from meshwright.spi.notifier import Message

CONNECT_SECONDS = 4.0
_KINDS = {"low": "info", "medium": "warning", "high": "failure", "critical": "failure"}


class AppriseNotifier:
    """Sends through whatever the address names; each message opens a service of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._asset = apprise.AppriseAsset(
            app_id="Meshwright",
            app_desc="Meshwright",
            app_url="",
            plugin_paths=[],
            interpret_emojis=False,
            interpret_escapes=False,
        )
        self._open()

    def send(self, message: Message) -> None:
        """Deliver a message; raise `UnreachableError` (`notifier-unreachable`)."""
        service = self._open()
        service.socket_connect_timeout = min(service.socket_connect_timeout, CONNECT_SECONDS)
        kind = "success" if message.event == "resolved" else _KINDS.get(message.severity, "info")
        body = message.body + (f"\n\n{message.link}" if message.link else "")
        try:
            with muffled():
                is_sent = service.notify(
                    body=body,
                    title=message.title,
                    notify_type=apprise.NotifyType(kind),
                    body_format=apprise.NotifyFormat.TEXT,
                )
        except Exception:
            is_sent = False
        if not is_sent:
            raise UnreachableError(
                "notifier-unreachable",
                "the message was not accepted, or nobody answers at the address",
                hint="see its address in mesh.yaml, and the secrets that it names",
            )

    def _open(self) -> Any:
        """Return a new service: one that is used again would wait between its messages."""
        try:
            with muffled():
                service = apprise.Apprise.instantiate(self._url, asset=self._asset)
        except Exception:
            service = None
        if service is None:
            raise DescriptorError(
                "notifier-invalid",
                "this is no address that a message can be sent to",
                hint="for example jsons://HOST/PATH, mailtos://USER:PASSWORD@HOST, slack://TOKEN/#CHANNEL",
            )
        return service
