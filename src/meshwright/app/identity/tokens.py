"""API tokens: issue, list and revoke. A text is shown once, when it is made.

What must stay true: nobody gets by a token more than who issues it may; a token ends with its principal.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from meshwright.app.identity import credentials
from meshwright.app.identity.managing import Manager, require_administrator, require_known
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, UsageError
from meshwright.identity import scram
from meshwright.identity import tokens as forms
from meshwright.identity.names import shown
from meshwright.model.facts import TokenIssued, TokenRevoked
from meshwright.model.principal import AGENT, PERSON, PRODUCT, SERVICE
from meshwright.spi.state_store import Reader, Row

DAYS, MOST_DAYS = 90, 3650
BEARERS = (PERSON, SERVICE, AGENT)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as its text is told: once."""

    token: str
    text: str
    principal: str
    scopes: tuple[str, ...]
    purpose: str
    expires: str


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as it may be listed."""

    token: str
    principal: str
    title: str
    scopes: tuple[str, ...]
    purpose: str
    expires: str
    made: str
    used: str
    state: str  # active, expired, revoked


def issue_token(
    wiring: Wiring,
    principal: str = "",
    *,
    manager: Manager | None = None,
    title: str = "",
    scopes: Sequence[str] = (),
    purpose: str = "",
    days: int = DAYS,
) -> Issued:
    """Make a token of a principal (who asks, if none is named); `days` 0 for one that does not expire.

    A principal issues its own, with no scope that its own sign-in lacks; an administrator those of services
    and agents, but of no other person: that would be a way to read as they do.
    """
    who = manager or Manager.of(wiring)
    wanted = forms.parse_scopes(tuple(scopes))
    if not 0 <= days <= MOST_DAYS:
        raise UsageError("days-invalid", f"a token lasts from 1 to {MOST_DAYS} days, not {days}")
    made, now = forms.new_token(), wiring.now().astimezone(UTC)
    verifier = str(scram.make_verifier(made.text))
    with wiring.store.write() as writer:
        name = require_known(wiring, writer, principal or who.name).name
        _require_bearer(name)
        allowed = _allowed_scopes(who, name, wanted)
        fact = TokenIssued(
            made.id,
            name,
            shown(title),
            allowed,
            purpose,
            _moment(now + timedelta(days=days)) if days else "",
            who.name,
        )
        wiring.ledger.append(writer, [fact], actor=who.actor)
        credentials.keep(writer, made.id, credentials.TOKEN, made.digest, verifier, at=_moment(now))
    return Issued(made.id, made.text, name, allowed, purpose, fact.expires)


def list_tokens(
    wiring: Wiring, principal: str = "", *, manager: Manager | None = None
) -> tuple[TokenLine, ...]:
    """Return the tokens of a principal, the newest first; an administrator sees everybody's."""
    who = manager or Manager.of(wiring)
    with wiring.store.read() as reader:
        name = require_known(wiring, reader, principal).name if principal else ""
        if name != who.name and not who.is_administrator:
            if name:
                require_administrator(who, f"list the tokens of `{name}`")
            name = who.name
        return _lines(wiring, reader, name)


def revoke_token(
    wiring: Wiring, token: str, *, manager: Manager | None = None, reason: str = ""
) -> str:
    """End a token, its own or (an administrator) anybody's; return whose it was."""
    who = manager or Manager.of(wiring)
    found = forms.token_id(token) or token
    with wiring.store.write() as writer:
        rows = writer.rows("SELECT principal, revoked_at FROM tokens WHERE token = ?", [found])
        owner = str(rows[0][0]) if rows else ""
        if not rows or (owner != who.name and not who.is_administrator):
            raise UsageError(
                "token-unknown",
                f"there is no token `{shown(token)}` of yours",
                hint="`mesh token list` says which there are",
            )
        credentials.erase(writer, found, credentials.TOKEN)
        if not rows[0][1]:
            wiring.ledger.append(writer, [TokenRevoked(found, who.name, reason)], actor=who.actor)
    return owner


def _allowed_scopes(who: Manager, name: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    if name != who.name:
        require_administrator(who, f"make a token of `{name}`")
        if name.startswith(f"{PERSON}:") and not who.principal.owns_mesh:
            raise DeniedError(
                "token-of-a-person",
                f"nobody but `{name}` makes tokens of `{name}`",
                hint="they sign in and make one: mesh token create",
            )
        return wanted
    if not who.scopes:
        return wanted
    beyond = sorted(set(wanted or forms.SCOPES) - who.scopes)
    if wanted and beyond:
        raise DeniedError(
            "scope-beyond",
            f"this sign-in has no scope `{beyond[0]}` to give",
            hint=f"scopes: {', '.join(sorted(who.scopes))}",
        )
    return wanted or tuple(sorted(who.scopes))


def _require_bearer(name: str) -> None:
    kind = name.partition(":")[0]
    if kind not in BEARERS:
        what = "builds by its grants" if kind == PRODUCT else "is no one"
        raise UsageError(
            "token-not-for-kind",
            f"`{name}` has no tokens: a {kind} {what}",
            hint="name a person, a service or an agent",
        )


def _lines(wiring: Wiring, reader: Reader, name: str) -> tuple[TokenLine, ...]:
    rows = reader.rows(
        "SELECT t.token, t.principal, t.title, t.scopes, t.purpose, t.expires, t.at, t.revoked_at,"
        " coalesce(c.used_at, '') FROM tokens t"
        " LEFT JOIN credentials c ON c.id = t.token AND c.kind = 'token'"
        " WHERE ? = '' OR t.principal = ? ORDER BY t.at DESC, t.token",
        [name, name],
    )
    now = _moment(wiring.now())
    return tuple(_line(row, now) for row in rows)


def _line(row: Row, now: str) -> TokenLine:
    token, principal, title, scopes, purpose, expires, at, revoked_at, used_at = map(str, row)
    state = "revoked" if revoked_at else "expired" if expires and expires <= now else "active"
    return TokenLine(
        token, principal, title, tuple(json.loads(scopes)), purpose, expires, at, used_at, state
    )


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds")
