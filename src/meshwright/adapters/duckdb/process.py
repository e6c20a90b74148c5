"""One process of the pool, as the pool holds it: asked one thing at a time, and killed rather than begged."""

import json
import pickle
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic

from meshwright.adapters.duckdb import channel as wire
from meshwright.adapters.duckdb.child import Request, source_root
from meshwright.adapters.duckdb.told import error_of, too_large, too_long
from meshwright.errors import ExhaustedError, InternalError, MeshwrightError

_START = (
    "import sys; sys.path.insert(0, sys.argv[2]); sys.modules['numpy'] = None;"  # half of the start
    "from meshwright.adapters.duckdb.child import main; main(int(sys.argv[1]))"
)
_STARTS_WITHIN = 60.0  # seconds; a fifth of one on a quiet machine
_GRACE = 0.5  # the engine stops itself at the limit; whoever does not is killed this much later


class Process:
    """A locked process: `who` it serves is said once. Not for two threads at once, but for `kill`."""

    def __init__(self, parent: int) -> None:
        self.who = ""
        self.memory = 0
        self.idle_since = monotonic()
        self.is_busy = False
        self._is_ready = False
        self._is_stopped = False
        ours, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-c", _START, str(parent), str(source_root())],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,  # a Ctrl-C in the terminal is the parent's alone
            )
        self._channel = ours

    @property
    def pid(self) -> int:
        """Return its number in the system."""
        return int(self._popen.pid)

    @property
    def is_alive(self) -> bool:
        """Say whether it can still be asked."""
        return not self._is_stopped and self._popen.poll() is None and not self._has_hung_up()

    def _has_hung_up(self) -> bool:
        """Say whether its end of the socket is closed: that shows before its death can be waited for."""
        with suppress(OSError, ValueError):
            looking = select.poll()  # `select` takes no descriptor above 1023
            looking.register(self._channel, select.POLLIN)
            return bool(looking.poll(0)) and not self._channel.recv(1, socket.MSG_PEEK)
        return True

    def ask(self, request: Request) -> tuple[bytes, Mapping[str, object]]:
        """Send a query; return the kind and words of the first answer, or raise what it says is wrong."""
        self._wait_until_ready()
        self.is_busy = True
        self._channel.settimeout(request.seconds + _GRACE)
        try:
            wire.send(self._channel, wire.RUN, pickle.dumps(request))
        except (wire.ChannelClosed, TimeoutError) as error:
            raise self._ended() from error
        kind, payload = self.next(request.seconds)
        if kind == wire.COLUMNS:
            self.is_busy = False
        return kind, _words(payload)

    def next(self, seconds: float) -> tuple[bytes, bytes]:
        """Return the next frame; the process may take so long for it, or is killed."""
        self._channel.settimeout(seconds + _GRACE)
        try:
            kind, payload = wire.receive(self._channel)
        except TimeoutError as error:
            self.kill()
            raise too_long() from error
        except (wire.ChannelClosed, OSError) as error:
            raise self._ended() from error
        except BaseException:
            self.kill()  # Ctrl-C while waiting: what is on the way belongs to nobody
            raise
        if kind == wire.FAILED:
            failure = error_of(_words(payload))
            self.is_busy = False
            if failure.code == "query-memory":
                self.kill()  # its heap is full of holes
            raise failure
        return kind, payload

    def kill(self) -> None:
        """End it at once, from any thread."""
        self._is_stopped = True
        with suppress(OSError):
            self._popen.kill()
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for it
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=5)

    def close(self) -> None:
        """End it and let go of its socket; for the one who holds it."""
        self.kill()
        self._channel.close()

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            self._channel.settimeout(_STARTS_WITHIN)
            kind, _ = wire.receive(self._channel)
        except (wire.ChannelClosed, OSError) as error:
            if self._is_stopped:
                raise _interrupted() from error
            self.kill()
            raise InternalError("query-process", "the process of a query does not start") from error
        self._is_ready = kind == wire.READY

    def _ended(self) -> MeshwrightError:
        """Say why it is gone."""
        if self._is_stopped:
            return _interrupted()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=5)
        code = self._popen.returncode
        self.kill()
        return too_long() if code == -signal.SIGXCPU else too_large()


def _interrupted() -> ExhaustedError:
    return ExhaustedError("query-interrupted", "the query was interrupted")


def _words(payload: bytes) -> Mapping[str, object]:
    try:
        words = json.loads(payload)
    except ValueError as error:
        raise InternalError("query-process", "the process of a query speaks nonsense") from error
    return words if isinstance(words, dict) else {}
