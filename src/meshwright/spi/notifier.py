"""Where alerts go: mail, chat, a pager, a webhook."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What one recipient is told. `body` is plain text; `severity` is low, medium, high or critical.

    `event` is opened, worsened, reminder, resolved or digest. `link` is where to read on, or ''.
    """

    title: str
    body: str
    severity: str = "medium"
    event: str = "opened"
    link: str = ""


class Notifier(Protocol):
    """Delivers messages to one place. May be called from several threads."""

    def send(self, message: Message) -> None:
        """Deliver, within seconds; raise `UnreachableError` when it did not arrive.

        Nothing of the notifier's address or its secrets stands in an error.
        """


class NotifierFactory(Protocol):
    """What a `meshwright.notifiers` entry point names."""

    def __call__(self, url: str) -> Notifier:
        """Make a notifier for an address with its secrets filled in.

        Raises `DescriptorError` (`notifier-invalid`) for one that it cannot read, without quoting it.
        """
