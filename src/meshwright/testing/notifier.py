"""What every notifier must do.

Subclass `NotifierConformance`, give `listening`, `unreachable` and `invalid`, and let pytest collect it. What
was received comes from a real listener: a server that the test starts, a file.
"""

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from meshwright.errors import DescriptorError, MeshwrightError, UnreachableError
from meshwright.spi.notifier import Message, NotifierFactory

CANARY = "c4n4ry-0f-th3-n0t1f13r"  # a secret in every address that these tests make
SECONDS = 10.0
BODY = "what  late: nothing for 26 hours\nowner ops@example.com\nnext  mesh incidents show i-1 <b>&amp;"


@dataclass(frozen=True)
class Listening:
    """A place that hears: the address to send to, and the texts that arrived, whole, oldest first."""

    url: str
    heard: Callable[[], list[str]]


class NotifierConformance:
    """Subclass this once for each kind of address of an adapter."""

    factory: NotifierFactory

    def listening(self, folder: Path) -> AbstractContextManager[Listening]:
        """Start to listen. `CANARY` is in the address where it may hold a secret."""
        raise NotImplementedError

    def unreachable(self, folder: Path) -> list[str]:
        """Return addresses, with `CANARY` in them, where nobody listens or a message is refused."""
        raise NotImplementedError

    def invalid(self) -> list[str]:
        """Return addresses, with `CANARY` in them, that make no sense."""
        raise NotImplementedError

    def test_a_message_arrives_whole(self, tmp_path: Path) -> None:
        """Title, each line of the body and the link, as they were written."""
        with self.listening(tmp_path) as place:
            self.factory(place.url).send(Message("LATE orders ü", BODY, link="http://localhost/i"))
            (text,) = place.heard()
        for part in ("LATE orders ü", *BODY.splitlines(), "http://localhost/i"):
            assert part in text

    @pytest.mark.parametrize("event", ["opened", "worsened", "reminder", "resolved", "digest"])
    @pytest.mark.parametrize("severity", ["low", "critical"])
    def test_every_event_and_severity_arrives(
        self, tmp_path: Path, event: str, severity: str
    ) -> None:
        """None of them is unknown."""
        with self.listening(tmp_path) as place:
            self.factory(place.url).send(Message("title", "body", severity, event))
            assert len(place.heard()) == 1

    def test_messages_of_threads_all_arrive(self, tmp_path: Path) -> None:
        """None is lost, none comes twice, and none waits for another."""
        with self.listening(tmp_path) as place:
            notifier = self.factory(place.url)
            messages = [Message(f"number-{n}.", "body") for n in range(6)]
            started = monotonic()
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(notifier.send, messages))
            assert monotonic() - started < SECONDS
            heard = place.heard()
        assert len(heard) == len(messages)
        for message in messages:
            assert sum(message.title in text for text in heard) == 1

    def test_what_does_not_arrive_is_said_without_the_secret(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        """An `UnreachableError` with a next step, within seconds; nothing of the address anywhere."""
        caplog.set_level(0)
        for url in self.unreachable(tmp_path):
            started = monotonic()
            with pytest.raises(UnreachableError) as caught:
                self.factory(url).send(Message("title", "body"))
            assert monotonic() - started < SECONDS
            assert caught.value.hint
            _assert_untold(caught.value, capfd, caplog)

    def test_an_address_that_makes_no_sense_is_refused_without_being_shown(
        self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        """At once, as `notifier-invalid`, with an example of one that does."""
        caplog.set_level(0)
        for url in self.invalid():
            with pytest.raises(DescriptorError) as caught:
                self.factory(url)
            assert caught.value.code == "notifier-invalid"
            assert caught.value.hint
            _assert_untold(caught.value, capfd, caplog)


def _assert_untold(
    error: MeshwrightError, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    told = capfd.readouterr()
    texts = [str(error), error.hint, repr(error), told.out, told.err, caplog.text]
    texts.append("".join(traceback.format_exception(error)))
    assert not any(CANARY in text for text in texts)
