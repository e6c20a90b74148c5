"""Sessions of people who signed in by password or at their OIDC provider: short-lived, in memory only.

What must stay true: a token is never kept, only its digest; who left the mesh, an hour without a request,
half a day in all, or the end of the server, ends a session; each sign-in has a token of its own; nobody
tries passwords faster than the limit, whatever name they try.
"""

import hashlib
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from time import monotonic

from meshwright.app.identity.proving import Proven
from meshwright.errors import DeniedError
from meshwright.model.principal import Principal
from meshwright.serve.api.errors import HttpError
from meshwright.serve.proving import Proving

PREFIX = "mesh-session-"
LASTS = 3600.0  # seconds without a request
AT_MOST = 12 * 3600.0  # seconds in all, however busy
MOST = 10_000
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class About:
    """How a session began: by `password`, `provider` or `link`, from which address, with what program."""

    how: str = ""
    where: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as whoever it is of may list it. `id` names it, and opens nothing."""

    id: str
    about: About
    began: datetime
    seen: datetime
    behind: str = ""


@dataclass(slots=True)
class _Session:
    name: str
    ends: float
    id: str
    about: About
    began: datetime
    seen: datetime
    at_most: float
    behind: str = ""
    owner: Principal | None = None


class Sessions:
    """Who is signed in."""

    def __init__(self, proving: Proving, clock: Clock = monotonic) -> None:
        self._proving = proving
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[str, _Session] = OrderedDict()

    def begin(self, principal: Principal, behind: str = "", about: About = About()) -> str:
        """Return the token of a new session; `behind`: who signed in as somebody else."""
        token, moment, now = PREFIX + secrets.token_urlsafe(32), self._clock(), datetime.now(UTC)
        with self._lock:
            while len(self._known) >= MOST:
                self._known.popitem(last=False)
            owner = principal if principal.owns_mesh else None
            self._known[_digest(token)] = _Session(
                principal.name,
                moment + LASTS,
                secrets.token_hex(6),
                about,
                now,
                now,
                moment + AT_MOST,
                behind,
                owner,
            )
        return token

    def proven(self, token: str) -> Proven:
        """Return whose session it is, as they are known now; raise `DeniedError` (`token-invalid`)."""
        moment = self._clock()
        with self._lock:
            session = self._known.get(_digest(token))
            if session is not None and min(session.ends, session.at_most) <= moment:
                del self._known[_digest(token)]
                session = None
            if session is not None:
                session.ends, session.seen = moment + LASTS, datetime.now(UTC)  # who goes on stays
        principal = (session.owner or self._proving.principal(session.name)) if session else None
        if principal is None:
            raise DeniedError(
                "token-invalid", "this session is over", hint="sign in again: POST /api/v1/login"
            )
        return Proven(principal, behind=session.behind if session else "")

    def end(self, token: str) -> bool:
        """End a session; return whether there was one."""
        with self._lock:
            return self._known.pop(_digest(token), None) is not None

    def of(self, name: str, behind: str = "") -> tuple[SessionLine, ...]:
        """Return somebody's sessions, the newest first; those that others began as them are not theirs."""
        moment = self._clock()
        with self._lock:
            found = [
                SessionLine(one.id, one.about, one.began, one.seen, one.behind)
                for one in self._known.values()
                if (one.name, one.behind) == (name, behind) and min(one.ends, one.at_most) > moment
            ]
        return tuple(sorted(found, key=lambda one: one.began, reverse=True))

    def id_of(self, token: str) -> str:
        """Return the name of a session by which it is listed; '' where it is over."""
        with self._lock:
            session = self._known.get(_digest(token))
        return session.id if session else ""

    def end_those(self, name: str, *, only: str = "", behind: str = "", but: str = "") -> int:
        """End somebody's sessions: all, the one of an id, or all `but` that of a token; return how many."""
        with self._lock:
            chosen = [
                digest
                for digest, one in self._known.items()
                if one.name == name
                and (not behind or one.behind == behind)
                and (not only or one.id == only)
                and digest != (_digest(but) if but else "")
            ]
            for digest in chosen:
                del self._known[digest]
        return len(chosen)


class Attempts:
    """How often somebody tried, by name and by where from; what is over the limit waits."""

    def __init__(self, most: int = 10, seconds: float = 60.0, clock: Clock = monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._lock = Lock()
        self._tried: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, *keys: str) -> None:
        """Count one more try under each key; raise 429 (`sign-in-too-often`) where that is too many."""
        now = self._clock()
        with self._lock:
            counts = [self._count(key[:200], now) for key in keys]
        if max(counts) > self._most:
            raise HttpError(
                429, "sign-in-too-often", "too many tries to sign in", hint="wait a minute"
            )

    def forget(self, *keys: str) -> None:
        """Forget the tries of who succeeded."""
        with self._lock:
            for key in keys:
                self._tried.pop(key[:200], None)

    def _count(self, key: str, now: float) -> int:
        tries = self._tried.setdefault(key, deque(maxlen=self._most + 1))
        self._tried.move_to_end(key)
        while tries and tries[0] <= now - self._seconds:
            tries.popleft()
        tries.append(now)
        while len(self._tried) > MOST:
            self._tried.popitem(last=False)
        return len(tries)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
