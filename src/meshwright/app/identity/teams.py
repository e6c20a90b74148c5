"""Teams: each domain has one of its own, others are added; who is in them is said of each member.

What must stay true: into the team of a domain, whose members read what the domain owns, nobody is put but by
one who is in it (or owns the mesh): no role of the mesh lets read data.
"""

from dataclasses import dataclass, replace

from meshwright.app.identity import credentials
from meshwright.app.identity.known import filed
from meshwright.app.identity.managing import Manager, require_administrator, require_known
from meshwright.app.identity.principals import (
    LOCAL,
    Record,
    find_record,
    list_principals,
)
from meshwright.app.identity.users import say
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, UsageError
from meshwright.identity.names import parse_name, shown
from meshwright.model.facts import PrincipalRemoved
from meshwright.model.principal import PRODUCT, TEAM
from meshwright.spi.state_store import Reader, Writer


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team and who is in it; `is_domain`: the team of a domain."""

    name: str
    title: str
    members: tuple[str, ...]
    is_domain: bool


def list_teams(wiring: Wiring) -> tuple[TeamLine, ...]:
    """Return the teams of the mesh, by name."""
    with wiring.store.read() as reader:
        return _teams(wiring, reader)


def show_team(wiring: Wiring, team: str) -> TeamLine:
    """Return one team; raise `UsageError` (`principal-unknown`)."""
    with wiring.store.read() as reader:
        name = require_known(wiring, reader, parse_name(team, TEAM)).name
        return next(line for line in _teams(wiring, reader) if line.name == name)


def add_team(
    wiring: Wiring, team: str, *members: str, manager: Manager | None = None, title: str = ""
) -> TeamLine:
    """Make a team known, unless it is, and put members into it."""
    who = manager or Manager.of(wiring)
    name = _team_name(team)
    with wiring.store.write() as writer:
        _require_may(wiring, who, name)
        is_new = name not in filed(wiring).teams and find_record(writer, name) is None
        if is_new or title:
            say(wiring, writer, who, Record(name, shown(title), (), (), {}, LOCAL, ""))
        for member in members:
            _change(wiring, writer, who, member, name, is_in=True)
    return show_team(wiring, name)


def remove_members(
    wiring: Wiring, team: str, *members: str, manager: Manager | None = None
) -> TeamLine:
    """Take members out of a team. Raises `UsageError` (`member-by-file`) for one whom files put there."""
    who = manager or Manager.of(wiring)
    name = _team_name(team)
    with wiring.store.write() as writer:
        require_known(wiring, writer, name)
        _require_may(wiring, who, name)
        for member in members:
            _change(wiring, writer, who, member, name, is_in=False)
    return show_team(wiring, name)


def remove_team(
    wiring: Wiring, team: str, *, manager: Manager | None = None, reason: str = ""
) -> str:
    """End a team and its grants. Raises `UsageError` (`team-of-a-domain`) for that of a domain."""
    who = manager or Manager.of(wiring)
    name = _team_name(team)
    if name in filed(wiring).teams:
        raise UsageError(
            "team-of-a-domain", f"`{name}` is made by files: it ends when they no longer say it"
        )
    require_administrator(who, f"remove `{name}`")
    with wiring.store.write() as writer:
        require_known(wiring, writer, name)
        wiring.ledger.append(writer, [PrincipalRemoved(name, who.name, reason)], actor=who.actor)
        credentials.erase_all(writer, name)
    return name


def _teams(wiring: Wiring, reader: Reader) -> tuple[TeamLine, ...]:
    everybody = list_principals(wiring, reader)
    domains = {f"{TEAM}:{domain}" for domain in wiring.workspace.domains}
    members: dict[str, list[str]] = {}
    for one in everybody:
        for team in one.teams:
            members.setdefault(team, []).append(one.name)
    return tuple(
        TeamLine(one.name, one.title, tuple(members.get(one.name, ())), one.name in domains)
        for one in everybody
        if one.kind == TEAM
    )


def _change(
    wiring: Wiring, writer: Writer, who: Manager, member: str, team: str, *, is_in: bool
) -> None:
    found = require_known(wiring, writer, member)
    if found.kind in (TEAM, PRODUCT):
        raise UsageError("member-invalid", f"a {found.kind} is in no team: `{found.name}`")
    record = find_record(writer, found.name) or Record(found.name, "", (), (), {}, LOCAL, "")
    if not is_in and team in found.teams and team not in record.teams:
        raise UsageError(
            "member-by-file",
            f"`{found.name}` is in `{team}` by a descriptor, the file of groups or the provider",
            hint="change it there",
        )
    teams = set(record.teams) | {team} if is_in else set(record.teams) - {team}
    if teams != set(record.teams):
        say(wiring, writer, who, replace(record, teams=tuple(sorted(teams))))


def _require_may(wiring: Wiring, who: Manager, team: str) -> None:
    if team.removeprefix(f"{TEAM}:") not in wiring.workspace.domains:
        require_administrator(who, f"change `{team}`")
    elif not who.principal.owns_mesh and team not in who.principal.teams:
        raise DeniedError(
            "not-in-the-team",
            f"`{who.name}` may not change `{team}`: who is in it decides who reads the domain's data",
            hint=f"ask one of them: mesh team show {team}",
        )


def _team_name(team: str) -> str:
    name = parse_name(team, TEAM)
    if not name.startswith(f"{TEAM}:"):
        raise UsageError("principal-invalid", f"`{name}` is no team", hint=f"{TEAM}:fleet")
    return name
