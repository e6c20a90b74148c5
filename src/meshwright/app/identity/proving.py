"""Prove who somebody is: by a token, by a password, or by a proof that a SQL client sends.

What must stay true: a refusal does not say whether the name exists; a secret is compared in a time that tells
nothing; a token opens nothing once it is revoked, expired, or its principal has left; refusals are facts, but
never more than a few for one name, nor altogether, in a while.
"""

from dataclasses import dataclass
from datetime import UTC, timedelta
from secrets import token_bytes
from time import monotonic
from weakref import WeakKeyDictionary

from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, MeshwrightError
from meshwright.identity import passwords, scram, tokens
from meshwright.identity.names import parse_name, shown
from meshwright.identity.throttle import Throttle
from meshwright.model.facts import SignedIn, SignedOut, SignInRefused
from meshwright.model.principal import Principal
from meshwright.spi.state_store import Reader

USED_AGAIN = timedelta(hours=1)  # how exactly the last use of a token is kept
_LONGEST_LOGIN = 300
_DECOY_KEY = token_bytes(32)


@dataclass(frozen=True, slots=True)
class Proven:
    """Who proved who they are. `scopes`: what the token opens, none for all; `purpose` is the token's.

    `behind`: the owner of the mesh's files, where they signed in as somebody else.
    """

    principal: Principal
    token: str = ""
    scopes: frozenset[str] = frozenset()
    purpose: str = ""
    behind: str = ""

    def opens(self, scope: str) -> bool:
        """Say whether this sign-in may do what a scope is about."""
        return not scope or not self.scopes or scope in self.scopes


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a token."""

    id: str
    principal: str
    scopes: frozenset[str]
    purpose: str
    expires: str
    revoked_at: str
    digest: str
    verifier: str
    used_at: str


@dataclass(frozen=True, slots=True)
class _Limits:
    """How often one mesh lets names fail, and records that they did."""

    tries: Throttle
    told: Throttle
    told_in_all: Throttle


_LIMITS: "WeakKeyDictionary[Wiring, _Limits]" = WeakKeyDictionary()


def by_token(wiring: Wiring, token_text: str, scope: str = "") -> Proven:
    """Return whose token a text is. Raises `DeniedError`: `token-invalid`, `token-expired`, `token-scope`."""
    found = tokens.token_id(token_text)
    with wiring.store.read() as reader:
        kept = _find_token(reader, found) if found else None
        if kept is None or not tokens.matches(kept.digest, token_text) or kept.revoked_at:
            raise _invalid()
        _require_unexpired(wiring, kept)
        principal = find_principal(wiring, reader, kept.principal)
    if principal is None:
        raise _invalid()
    proven = _proven(principal, kept)
    require_scope(proven, scope)
    _note_use(wiring, kept)
    return proven


def require_scope(proven: Proven, scope: str) -> None:
    """Raise `DeniedError` (`token-scope`) where a sign-in is not for what is asked."""
    if not proven.opens(scope):
        raise DeniedError(
            "token-scope",
            f"this token has no scope `{scope}`",
            hint=f"mesh token create --scope {scope}",
        )


def by_password(wiring: Wiring, name: str, password: str) -> Proven:
    """Return whose name and password these are; takes 0.1 s, whether or not there is such a person.

    Raises `DeniedError`: `sign-in-refused`, or `sign-in-throttled` after too many failures.
    """
    login = _login(name)
    wait = limits_of(wiring).tries.attempt(login, monotonic())
    if wait:
        raise DeniedError(
            "sign-in-throttled",
            f"too many failures to sign in as `{shown(name)}`",
            hint=f"wait {max(1, round(wait))} seconds",
        )
    with wiring.store.read() as reader:
        principal = find_principal(wiring, reader, login)
        kept = _find_password(reader, principal.name) if principal else ""
    if not passwords.verify(kept, password) or principal is None:
        raise DeniedError(
            "sign-in-refused",
            "the name or the password is wrong",
            hint="an administrator can set a new one: mesh user password NAME",
        )
    limits_of(wiring).tries.passed(login)
    if passwords.is_outdated(kept):
        _keep_anew(wiring, principal.name, passwords.hash_password(password))
    return Proven(principal)


def scram_verifier(wiring: Wiring, login: str) -> tuple[str, Proven] | None:
    """Return the SCRAM verifier of a login and who signs in by it; None where there is none.

    A login is a principal's name or its id (of a person), or either with `/<token id>`; the password is an
    API token that may query: the one named, else the newest.
    """
    name, token = _split_login(login)
    with wiring.store.read() as reader:
        principal = find_principal(wiring, reader, name) if name else None
        if principal is None:
            return None
        kept = _newest_token(wiring, reader, principal.name, token)
    if kept is None or not kept.verifier:
        return None
    return kept.verifier, _proven(principal, kept)


def decoy_verifier(login: str) -> str:
    """Return a verifier for a login that has none, so that whoever asks is not told that there is none."""
    return str(scram.decoy(login, _DECOY_KEY))


def note_use(wiring: Wiring, proven: Proven) -> None:
    """Keep that a token was used, where its door compares the proof itself."""
    with wiring.store.read() as reader:
        kept = _find_token(reader, proven.token)
    if kept is not None:
        _note_use(wiring, kept)


def refused(wiring: Wiring, name: str, door: str, reason: str) -> None:
    """Record that somebody could not prove who they are; a few times a name, and a minute."""
    limits, now, said = limits_of(wiring), monotonic(), shown(name)
    if limits.told.attempt(said, now) or limits.told_in_all.attempt("", now):
        return
    wiring.ledger.record([SignInRefused(said, door, reason)])


def signed_in(wiring: Wiring, name: str, door: str, how: str, behind: str = "") -> None:
    """Record that somebody began a session."""
    wiring.ledger.record([SignedIn(name, door, how)], actor=behind or name)


def signed_out(wiring: Wiring, name: str, door: str, sessions: int, behind: str = "") -> None:
    """Record that so many sessions of somebody ended by their own word."""
    wiring.ledger.record([SignedOut(name, door, sessions)], actor=behind or name)


def limits_of(wiring: Wiring) -> _Limits:
    """Return how often names failed of late; one memory for each opened mesh."""
    found = _LIMITS.get(wiring.origin)
    if found is None:
        found = _Limits(Throttle(), Throttle(), Throttle(tries=100, refill=1.0))
        found = _LIMITS.setdefault(wiring.origin, found)
    return found


def _login(name: str) -> str:
    """Return a name as failures of it are counted: one that cannot exist counts too."""
    try:
        return parse_name(name)
    except MeshwrightError:
        return shown(name)


def _split_login(login: str) -> tuple[str, str]:
    if len(login) > _LONGEST_LOGIN:
        return "", ""
    name, slash, token = login.rpartition("/")
    if not slash:
        return login, ""
    return (name, token) if tokens.is_token_id(token) else ("", "")


def _proven(principal: Principal, kept: _Kept) -> Proven:
    return Proven(principal, kept.id, kept.scopes, kept.purpose)


def _require_unexpired(wiring: Wiring, kept: _Kept) -> None:
    if kept.expires and kept.expires <= _now(wiring):
        raise DeniedError(
            "token-expired", f"the token `{kept.id}` expired", hint="mesh token create"
        )


_TOKENS = (
    "SELECT t.token, t.principal, t.scopes, t.purpose, t.expires, t.revoked_at,"
    " c.digest, c.verifier, c.used_at FROM tokens t JOIN credentials c ON c.id = t.token AND c.kind = 'token'"
)


def _find_token(reader: Reader, token: str) -> _Kept | None:
    rows = reader.rows(f"{_TOKENS} WHERE t.token = ?", [token])
    return _kept(rows[0]) if rows else None


def _newest_token(wiring: Wiring, reader: Reader, principal: str, token: str) -> _Kept | None:
    sql = (
        f"{_TOKENS} WHERE t.principal = ? AND t.revoked_at = ''"
        " AND (t.expires = '' OR t.expires > ?) ORDER BY t.at DESC, t.token"
    )
    found = (_kept(row) for row in reader.rows(sql, [principal, _now(wiring)]))
    usable = (one for one in found if not one.scopes or tokens.QUERY in one.scopes)
    return next((one for one in usable if not token or one.id == token), None)


def _kept(row: tuple[object, ...]) -> _Kept:
    import json

    token, principal, scopes, *rest = map(str, row)
    return _Kept(token, principal, frozenset(json.loads(scopes)), *rest)


def _find_password(reader: Reader, principal: str) -> str:
    sql = "SELECT digest FROM credentials WHERE id = ? AND kind = 'password'"
    rows = reader.rows(sql, [principal])
    return str(rows[0][0]) if rows else ""


def _keep_anew(wiring: Wiring, principal: str, digest: str) -> None:
    with wiring.store.write() as writer:
        writer.run(
            "UPDATE credentials SET digest = ? WHERE id = ? AND kind = 'password'",
            [digest, principal],
        )


def _note_use(wiring: Wiring, kept: _Kept) -> None:
    now = _now(wiring)
    if kept.used_at and kept.used_at > _at(wiring, -USED_AGAIN):
        return
    with wiring.store.write() as writer:
        writer.run(
            "UPDATE credentials SET used_at = ? WHERE id = ? AND kind = 'token'", [now, kept.id]
        )


def _now(wiring: Wiring) -> str:
    return _at(wiring, timedelta())


def _at(wiring: Wiring, shift: timedelta) -> str:
    return (wiring.now().astimezone(UTC) + shift).isoformat(timespec="microseconds")


def _invalid() -> DeniedError:
    return DeniedError("token-invalid", "this token opens nothing", hint="mesh token create")
