"""Real listeners on this machine, for tests of notifiers: an HTTP server and a mail server."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote_plus

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Web:
    """What an HTTP server was asked. `status` is what it answers."""

    port: int = 0
    status: int = 200
    bodies: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Return the bodies as JSON."""
        return [json.loads(body) for body in self.bodies]


@contextmanager
def web(status: int = 200) -> Iterator[Web]:
    """Listen on a free port of 127.0.0.1."""
    heard, lock = Web(status=status), Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            with lock:
                if heard.status < 300:
                    heard.bodies.append(body)
                heard.paths.append(self.path)
            self.send_response(heard.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_PUT = do_POST

        def log_message(self, *args: object) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    heard.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Mail:
    """What a mail server accepted."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)

    def texts(self) -> list[str]:
        """Return each mail's subject and plain text."""
        return [f"{mail['subject']}\n{_plain(mail)}" for mail in self.mails]


def _plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    assert part is not None
    return str(part.get_content())


@contextmanager
def mail(refuse: bool = False) -> Iterator[Mail]:
    """Listen for mail on a free port of 127.0.0.1."""
    heard = Mail()
    logging.getLogger("mail.log").setLevel(
        logging.CRITICAL
    )  # what the server logs is what it was sent

    class Handler:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            if refuse:
                return "554 not here"
            content = envelope.content
            assert isinstance(content, bytes)
            parsed = message_from_bytes(content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            heard.mails.append(parsed)
            return "250 OK"

    controller = _Controller(Handler(), hostname="127.0.0.1", port=0)
    controller.start()
    heard.port = controller.bound
    try:
        yield heard
    finally:
        controller.stop()


class _Controller(Controller):
    """A controller on a free port, which it tells."""

    bound = 0

    def _create_server(self) -> Any:
        return self._telling(super()._create_server())

    async def _telling(self, starting: Any) -> Any:
        server = await starting
        self.bound = server.sockets[0].getsockname()[1]
        return server

    def _trigger_server(self) -> None:
        self.port = self.bound
        super()._trigger_server()


def unquoted(bodies: list[str]) -> Callable[[], list[str]]:
    """Return what reads form-encoded bodies."""
    return lambda: [unquote_plus(body) for body in bodies]
