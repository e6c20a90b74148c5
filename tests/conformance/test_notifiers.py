"""Each kind of notifier passes the suite against a listener that really listens."""

import html
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.listeners import mail, unquoted, web

from meshwright.adapters.apprise import AppriseNotifier
from meshwright.adapters.notices import FileNotifier, StderrNotifier
from meshwright.errors import DescriptorError
from meshwright.spi.notifier import Message
from meshwright.testing.notifier import CANARY, Listening, NotifierConformance


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class OverHttp(NotifierConformance):
    """What kinds of address over HTTP have in common: `{place}` is host and port."""

    factory = AppriseNotifier
    address = ""

    @contextmanager
    def listening(self, folder: Path) -> Iterator[Listening]:
        with web() as heard:
            url = self.address.format(place=f"127.0.0.1:{heard.port}")
            yield Listening(url, lambda: self.texts(heard.bodies))

    def texts(self, bodies: list[str]) -> list[str]:
        import json

        return ["\n".join(_leaves(json.loads(body))) for body in bodies]

    @pytest.fixture(autouse=True)
    def _refusing(self) -> Iterator[None]:
        with web(status=500) as heard:
            self.refusing = f"127.0.0.1:{heard.port}"
            yield

    def unreachable(self, folder: Path) -> list[str]:
        places = (f"127.0.0.1:{closed_port()}", self.refusing, "no-such-host.invalid")
        return [self.address.format(place=place) for place in places]

    def invalid(self) -> list[str]:
        return [f"jsn://{CANARY}", f"slack://{CANARY}", f"json://:{CANARY}@", CANARY, ""]


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [str(value)]


class TestJson(OverHttp):
    address = "json://user:" + CANARY + "@{place}/alerts"


class TestForm(OverHttp):
    address = "form://{place}/" + CANARY

    def texts(self, bodies: list[str]) -> list[str]:
        return unquoted(bodies)()


class TestXml(OverHttp):
    address = "xml://{place}/" + CANARY

    def texts(self, bodies: list[str]) -> list[str]:
        return [html.unescape(body) for body in bodies]


class TestChatWebhook(OverHttp):
    """Mattermost's incoming webhook, which speaks as Slack's does and can stand on one's own machine."""

    address = "mmost://{place}/" + CANARY.replace("-", "")


class TestNtfy(OverHttp):
    address = "ntfy://" + CANARY + ":" + CANARY + "@{place}/mesh"


class TestMail(NotifierConformance):
    factory = AppriseNotifier

    @contextmanager
    def listening(self, folder: Path) -> Iterator[Listening]:
        with mail() as heard:
            yield Listening(self.at(heard.port), heard.texts)

    def at(self, port: int) -> str:
        return f"mailto://127.0.0.1:{port}?from=mesh@example.com&to=team@example.com&name={CANARY}&format=text"

    @pytest.fixture(autouse=True)
    def _refusing(self) -> Iterator[None]:
        with mail(refuse=True) as heard:
            self.refusing = self.at(heard.port)
            yield

    def unreachable(self, folder: Path) -> list[str]:
        return [self.at(closed_port()), self.refusing]

    def invalid(self) -> list[str]:
        return [f"mailto://{CANARY}@"]

    def test_a_mail_is_from_and_to_whom_the_address_says(self) -> None:
        """And a title is one header, whatever stands in it."""
        with mail() as heard:
            AppriseNotifier(self.at(heard.port)).send(Message("title\r\nBcc: x@example.com", "b"))
            (got,) = heard.mails
        assert "mesh@example.com" in got["from"]
        assert got["to"] == "team@example.com"
        assert got["bcc"] is None


class TestFile(NotifierConformance):
    factory = FileNotifier

    @contextmanager
    def listening(self, folder: Path) -> Iterator[Listening]:
        import json

        path = folder / "new" / "alerts.ndjson"

        def heard() -> list[str]:
            lines = path.read_text("utf-8").splitlines()
            return ["\n".join(_leaves(json.loads(line))) for line in lines]

        yield Listening(f"file:{path}", heard)

    def unreachable(self, folder: Path) -> list[str]:
        (folder / "file").write_text("")
        return [f"file:{folder}/file/{CANARY}", f"file:{folder}"]

    def invalid(self) -> list[str]:
        return ["file:", f"file:\0{CANARY}"]


def test_stderr_says_the_message_and_takes_no_other_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is for whoever reads the log of the loop."""
    StderrNotifier("stderr:").send(Message("title", "body"))
    assert capsys.readouterr().err == "title\nbody\n\n"
    with pytest.raises(DescriptorError) as caught:
        StderrNotifier(f"stderr:{CANARY}")
    assert CANARY not in str(caught.value)
