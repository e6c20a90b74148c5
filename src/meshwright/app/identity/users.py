"""People, services and agents: added, changed, removed. What they prove themselves with is set here too.

What must stay true: a mesh that had an administrator keeps one; whoever leaves loses, in the same
transaction, password, tokens and grants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from meshwright.app.catalog.saved_queries import forget_queries
from meshwright.app.identity import credentials
from meshwright.app.identity.managing import Manager, require_administrator, require_known
from meshwright.app.identity.principals import (
    LOCAL,
    Record,
    find_principal,
    find_record,
    list_principals,
)
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError, UsageError, did_you_mean
from meshwright.identity import passwords
from meshwright.identity.names import parse_name, shown
from meshwright.model.facts import PasswordChanged, PrincipalAdded, PrincipalRemoved
from meshwright.model.principal import ADMINISTRATOR, PERSON, PRODUCT, ROLES, TEAM, Principal
from meshwright.spi.state_store import Reader, Writer


@dataclass(frozen=True, slots=True)
class UserLine:
    """A principal as it may be listed."""

    principal: Principal
    can_sign_in: bool  # has a password here


def add_user(
    wiring: Wiring,
    name: str,
    *,
    manager: Manager | None = None,
    title: str = "",
    teams: Sequence[str] = (),
    roles: Sequence[str] = (),
    attributes: Mapping[str, str] | None = None,
    password: str = "",
) -> Principal:
    """Make somebody known. Raises `UsageError`: `principal-known`, `principal-alike`, `role-unknown`…"""
    who = manager or Manager.of(wiring)
    require_administrator(who, "add anybody")
    parsed = _usable_name(name)
    said = tuple(parse_name(team, TEAM) for team in teams)
    record = Record(
        parsed, shown(title), said, known_roles(roles), dict(attributes or {}), LOCAL, ""
    )
    digest = _hashed(parsed, password) if password else ""
    with wiring.store.write() as writer:
        _require_new(writer, parsed)
        for team in said:
            require_known(wiring, writer, team)
        say(wiring, writer, who, record)
        if digest:
            _set_password(wiring, writer, who, parsed, digest)
    return show_user(wiring, parsed).principal


def remove_user(
    wiring: Wiring, name: str, *, manager: Manager | None = None, reason: str = ""
) -> str:
    """End somebody: nothing of what they could do holds any more.

    Raises `RefusedError` (`last-administrator`).
    """
    who = manager or Manager.of(wiring)
    parsed = parse_name(name)
    if parsed.partition(":")[0] == PRODUCT:
        raise UsageError(
            "principal-invalid", f"`{parsed}` is a data product: `mesh retire` ends it"
        )
    require_administrator(who, f"remove `{parsed}`")
    with wiring.store.write() as writer:
        require_known(wiring, writer, parsed)
        _keep_an_administrator(wiring, writer, parsed)
        wiring.ledger.append(writer, [PrincipalRemoved(parsed, who.name, reason)], actor=who.actor)
        credentials.erase_all(writer, parsed)
        forget_queries(writer, parsed)
    return parsed


def set_password(
    wiring: Wiring, name: str, password: str, *, manager: Manager | None = None
) -> str:
    """Give a person another password; their own, or as an administrator."""
    who = manager or Manager.of(wiring)
    parsed = parse_name(name or who.name)
    if parsed != who.name:
        require_administrator(who, f"set the password of `{parsed}`")
    digest = _hashed(parsed, password)
    with wiring.store.write() as writer:
        require_known(wiring, writer, parsed)
        _set_password(wiring, writer, who, parsed, digest)
    return parsed


def set_roles(
    wiring: Wiring,
    name: str,
    *,
    manager: Manager | None = None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> tuple[str, ...]:
    """Give somebody roles of the mesh, or take them; return those that they have then."""
    who = manager or Manager.of(wiring)
    parsed = parse_name(name)
    require_administrator(who, f"change the roles of `{parsed}`")
    more, less = set(known_roles(add)), set(known_roles(remove))
    with wiring.store.write() as writer:
        require_known(wiring, writer, parsed)
        if ADMINISTRATOR in less - more:
            _keep_an_administrator(wiring, writer, parsed)
        record = find_record(writer, parsed) or Record(parsed, "", (), (), {}, LOCAL, "")
        roles = tuple(role for role in ROLES if role in (set(record.roles) - less) | more)
        say(wiring, writer, who, replace(record, roles=roles))
        found = find_principal(wiring, writer, parsed)
    return found.roles if found else ()


def list_users(wiring: Wiring, *, kind: str = "", role: str = "") -> tuple[UserLine, ...]:
    """Return who there is (teams and products aside), by name."""
    with wiring.store.read() as reader:
        found = list_principals(wiring, reader, kind)
        return tuple(
            UserLine(one, credentials.has_password(reader, one.name))
            for one in found
            if one.kind not in (TEAM, PRODUCT) and (not role or role in one.roles)
        )


def show_user(wiring: Wiring, name: str) -> UserLine:
    """Return all that is known of somebody; raise `UsageError` (`principal-unknown`)."""
    with wiring.store.read() as reader:
        found = require_known(wiring, reader, name)
        return UserLine(found, credentials.has_password(reader, found.name))


def say(wiring: Wiring, writer: Writer, who: Manager, record: Record) -> None:
    """Record what a source knows of somebody."""
    fact = PrincipalAdded(
        record.principal,
        record.title,
        sorted(set(record.teams)),
        list(record.roles),
        record.attributes,
        record.source,
    )
    wiring.ledger.append(writer, [fact], actor=who.actor)


def known_roles(words: Sequence[str]) -> tuple[str, ...]:
    """Return roles; raise `UsageError` (`role-unknown`) for a word that is none."""
    for word in words:
        if word not in ROLES:
            raise UsageError(
                "role-unknown",
                f"a mesh has no role `{shown(word)}`",
                hint=did_you_mean(word, ROLES),
            )
    return tuple(role for role in ROLES if role in words)


def administrators(wiring: Wiring, reader: Reader) -> tuple[Principal, ...]:
    """Return who has the role now."""
    found = list_principals(wiring, reader)
    return tuple(one for one in found if ADMINISTRATOR in one.roles)


def _usable_name(name: str) -> str:
    parsed = parse_name(name)
    kind = parsed.partition(":")[0]
    if kind in (TEAM, PRODUCT):
        hint = f"mesh team add {parsed}" if kind == TEAM else "mesh new product"
        raise UsageError("principal-invalid", f"`{parsed}` is no user", hint=hint)
    return parsed


def _require_new(writer: Writer, name: str) -> None:
    if find_record(writer, name) is not None:
        raise UsageError(
            "principal-known", f"`{name}` is known already", hint=f"mesh user show {name}"
        )
    alike = [
        str(row[0])
        for row in writer.rows(
            "SELECT principal FROM principals WHERE lower(principal) = ? AND principal <> ?",
            [name.lower(), name],
        )
    ]
    if alike:
        raise UsageError(
            "principal-alike",
            f"`{name}` differs from `{alike[0]}` by nothing but the case of its letters",
            hint="choose another name",
        )


def _keep_an_administrator(wiring: Wiring, reader: Reader, name: str) -> None:
    having = administrators(wiring, reader)
    if [one.name for one in having] == [name]:
        raise RefusedError(
            "last-administrator",
            f"`{name}` is the last administrator",
            hint="mesh user role NAME --add administrator",
        )


def _hashed(name: str, password: str) -> str:
    if not name.startswith(f"{PERSON}:"):
        raise UsageError(
            "password-not-for-kind",
            f"`{name}` has no password: only people have",
            hint=f"mesh token create {name}",
        )
    passwords.require_good(password)
    return passwords.hash_password(password)


def _set_password(wiring: Wiring, writer: Writer, who: Manager, name: str, digest: str) -> None:
    (entry,) = wiring.ledger.append(writer, [PasswordChanged(name, who.name)], actor=who.actor)
    credentials.keep(writer, name, credentials.PASSWORD, digest, at=entry.at)
