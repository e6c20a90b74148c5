"""Who there is, over HTTP, for administrators: people, services and agents, teams, tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from meshwright.app.identity.teams import TeamLine, add_team, list_teams, remove_members
from meshwright.app.identity.tokens import (
    DAYS,
    Issued,
    TokenLine,
    issue_token,
    list_tokens,
    revoke_token,
)
from meshwright.app.identity.users import (
    UserLine,
    add_user,
    list_users,
    remove_user,
    set_password,
    set_roles,
    show_user,
)
from meshwright.errors import UsageError, did_you_mean
from meshwright.identity.names import parse_name
from meshwright.model import principal
from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page, page_down, paged

ANY = dict[str, Any]
NAME = Parameter(
    "name", "As `ada@example.com` or `service:loader`.", place="path", example="ada@example.com"
)
TEAM = Parameter("team", "As `team:fleet`.", place="path", example="team:fleet")
TOKEN = Parameter("token", "Its id.", place="path", example="abcdefghjkmn")


@dataclass(frozen=True, slots=True)
class UserView:
    """Somebody. `can_sign_in`: has a password here."""

    principal: str
    kind: str
    title: str
    teams: tuple[str, ...]
    roles: tuple[str, ...]
    attributes: dict[str, str]
    can_sign_in: bool


@dataclass(frozen=True, slots=True)
class UserBody:
    """Who is made known: a person, or `service:…`, `agent:…`."""

    name: str
    title: str = ""
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    password: str = ""


@dataclass(frozen=True, slots=True)
class PasswordBody:
    """A person's next password."""

    password: str


@dataclass(frozen=True, slots=True)
class RolesBody:
    """Roles of the mesh that are given and taken."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamBody:
    """A team, and who is put into it."""

    team: str
    members: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class MembersBody:
    """Who is taken out of a team."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenBody:
    """Whose token (nobody named: your own), what it opens, and for how many days; 0: it does not expire."""

    principal: str = ""
    title: str = ""
    scopes: tuple[str, ...] = ()
    purpose: str = ""
    days: int = DAYS


Users = paged(UserView, "Users", "users")
Teams = paged(TeamLine, "Teams", "teams")
Tokens = paged(TokenLine, "Tokens", "tokens")


def _view(line: UserLine) -> UserView:
    who = line.principal
    return UserView(
        who.name, who.kind, who.title, who.teams, who.roles, dict(who.attributes), line.can_sign_in
    )


def _users(look: Look) -> Any:
    look.require("user list")
    found = list_users(look.wiring, kind=look.words.text("kind"), role=look.words.text("role"))
    return page(Users, map(_view, found), lambda one: one.principal, look.words)


def _user(look: Look) -> UserView:
    look.require("user show")
    return _view(show_user(look.wiring, look.path("name")))


def _add_user(look: Look, said: UserBody) -> UserView:
    made = add_user(
        look.wiring,
        said.name,
        manager=look.manager,
        title=said.title,
        teams=said.teams,
        roles=said.roles,
        attributes=said.attributes,
        password=said.password,
    )
    return _view(show_user(look.wiring, made.name))


def _remove_user(look: Look, said: None) -> Any:  # noqa: ARG001
    return {"removed": remove_user(look.wiring, look.path("name"), manager=look.manager)}


def _password(look: Look, said: PasswordBody) -> Any:
    done = set_password(look.wiring, look.path("name"), said.password, manager=look.manager)
    return {"principal": done}


def _roles(look: Look, said: RolesBody) -> UserView:
    name = look.path("name")
    set_roles(look.wiring, name, manager=look.manager, add=said.add, remove=said.remove)
    return _view(show_user(look.wiring, name))


def _teams(look: Look) -> Any:
    return page(Teams, _known_teams(look), lambda one: one.name, look.words)


def _team(look: Look) -> TeamLine:
    name = parse_name(look.path("team"), principal.TEAM)
    known = {one.name: one for one in _known_teams(look)}
    if name not in known:
        raise UsageError(
            "principal-unknown", f"there is no team `{name}`", hint=did_you_mean(name, known)
        )
    return known[name]


def _known_teams(look: Look) -> tuple[TeamLine, ...]:
    """Return the teams without those of domains that they may not know of."""
    return tuple(
        one
        for one in list_teams(look.wiring)
        if not one.is_domain or look.knows(one.name.partition(":")[2])
    )


def _add_team(look: Look, said: TeamBody) -> TeamLine:
    return add_team(look.wiring, said.team, *said.members, manager=look.manager, title=said.title)


def _remove_members(look: Look, said: MembersBody) -> TeamLine:
    return remove_members(look.wiring, look.path("team"), *said.members, manager=look.manager)


def _tokens(look: Look) -> Any:
    found = list_tokens(look.wiring, look.words.text("principal"), manager=look.manager)
    return page_down(Tokens, found, lambda one: f"{one.made} {one.token}", look.words)


def _issue(look: Look, said: TokenBody) -> Issued:
    return issue_token(
        look.wiring,
        said.principal,
        manager=look.manager,
        title=said.title,
        scopes=said.scopes,
        purpose=said.purpose,
        days=said.days,
    )


def _revoke(look: Look, said: None) -> Any:  # noqa: ARG001
    return {"principal": revoke_token(look.wiring, look.path("token"), manager=look.manager)}


OPERATIONS: Sequence[Operation] = (
    looking("/api/v1/users", "List people, services and agents.", Users, _users,
            Parameter("kind", "Only of this kind.", words=("person", "service", "agent")),
            Parameter("role", "Only with this role of the mesh.", example="administrator"), LIMIT, CURSOR,
            scope="admin"),
    acting("POST", "/api/v1/users", "Make somebody known.", UserBody, UserView, _add_user,
           example={"name": "ada@example.com", "title": "Ada", "teams": ["team:fleet"]}),
    looking("/api/v1/users/{name}", "Show somebody.", UserView, _user, NAME, scope="admin"),
    acting("DELETE", "/api/v1/users/{name}", "End somebody: password, tokens and grants.",
           None, ANY, _remove_user, NAME),
    acting("POST", "/api/v1/users/{name}/password", "Set a person's password.", PasswordBody, ANY,
           _password, NAME, example={"password": "correct horse battery"}),
    acting("POST", "/api/v1/users/{name}/roles", "Give somebody roles of the mesh, or take them.",
           RolesBody, UserView, _roles, NAME, example={"add": ["auditor"]}),
    looking("/api/v1/teams", "List the teams and who is in them.", Teams, _teams, LIMIT, CURSOR),
    acting("POST", "/api/v1/teams", "Make a team known, and put members into it.", TeamBody, TeamLine,
           _add_team, example={"team": "team:pilots", "members": ["ada@example.com"]}),
    looking("/api/v1/teams/{team}", "Show a team.", TeamLine, _team, TEAM),
    acting("POST", "/api/v1/teams/{team}/remove", "Take members out of a team.", MembersBody, TeamLine,
           _remove_members, TEAM, example={"members": ["ada@example.com"]}),
    looking("/api/v1/tokens", "List API tokens: yours, or as an administrator everybody's.", Tokens, _tokens,
            Parameter("principal", "Only of this principal.", example="service:loader"), LIMIT, CURSOR),
    acting("POST", "/api/v1/tokens", "Make an API token; its text is told once.", TokenBody, Issued, _issue,
           scope="", example={"title": "notebook", "scopes": ["query"], "days": 30}),
    acting("DELETE", "/api/v1/tokens/{token}", "End a token.", None, ANY, _revoke, TOKEN, scope=""),
)  # fmt: skip
