"""`mesh user`, `team`, `token`, `whoami`, and `--as`: judged as somebody else, and recorded."""

import json
from functools import cached_property
from pathlib import Path

import click
import pytest

import meshwright
from meshwright.app.access.desk import AccessDesk
from meshwright.app.catalog.desk import CatalogDesk
from meshwright.app.catalog.query_shelf import QueryShelf
from meshwright.app.identity import proving
from meshwright.app.identity.verbs import VERBS
from meshwright.app.incident_desk import IncidentDesk
from meshwright.app.mesh import Mesh
from meshwright.app.wiring import Wiring
from meshwright.cli.main import COMMANDS, Commands
from meshwright.errors import DeniedError
from tests.e2e.shell import mesh, process

SALES = ("--as", "person:sales@example.com")
ANALYST = ("--as", "person:ada@example.com")


@pytest.fixture
def staffed(shop: Path) -> Path:
    """The shop with an analyst, a service and an administrator."""
    assert mesh(shop, "user", "add", "ada@example.com", "--title", "Ada").code == 0
    assert mesh(shop, "user", "add", "service:bi").code == 0
    assert mesh(shop, "user", "add", "root@example.com", "--role", "administrator").code == 0
    return shop


def acted(folder: Path) -> list[dict[str, str]]:
    with meshwright.open(folder) as opened:
        return [entry["fact"] for entry in opened.ledger_entries(["ActedAs"])]


def test_on_one_s_own_machine_the_user_owns_the_mesh(shop: Path) -> None:
    ended = mesh(shop, "whoami", "--json")
    assert ended.json["owns_mesh"]
    assert ended.json["principal"].startswith("person:")
    assert acted(shop) == []


def test_users_are_added_listed_shown_and_removed(staffed: Path) -> None:
    assert "person:ada@example.com" in mesh(staffed, "user", "list").out
    listed = mesh(staffed, "user", "list", "--role", "administrator", "--json").json["users"]
    assert [one["principal"] for one in listed] == ["person:root@example.com"]
    assert "title: Ada" in mesh(staffed, "user", "show", "ada@example.com").out
    assert mesh(staffed, "user", "role", "ada@example.com", "--add", "auditor").code == 0
    assert "roles: auditor" in mesh(staffed, "user", "show", "ada@example.com").out
    assert mesh(staffed, "user", "remove", "ada@example.com", "--reason", "left").code == 0
    assert mesh(staffed, "user", "show", "ada@example.com").code == 2
    assert mesh(staffed, *ANALYST, "whoami").code == 4


def test_what_is_not_there_yet_is_told_with_the_command_that_makes_it(staffed: Path) -> None:
    nobody = mesh(staffed, "user", "list", "--role", "auditor").out
    assert "nobody has the role auditor; give it: mesh user role NAME --add auditor" in nobody
    team = mesh(staffed, "team", "remove-member", "desk", "ada@example.com")
    assert (team.code, "next: mesh team add desk" in team.err) == (2, True)


@pytest.mark.parametrize("lasting", ["365", "365d", "1y", "0"])
def test_a_token_lasts_as_long_as_one_says_elsewhere(staffed: Path, lasting: str) -> None:
    made = mesh(staffed, "token", "create", "service:bi", "--for", lasting, "--json").json
    plain = mesh(staffed, "token", "create", "service:bi", "--for", "365", "--json").json
    assert made["expires"][:10] == ("" if lasting == "0" else plain["expires"][:10])


def test_the_last_administrator_is_not_removed(staffed: Path) -> None:
    ended = mesh(staffed, "user", "remove", "root@example.com")
    assert ended.code == 1
    assert "last-administrator" in ended.err


def test_a_password_is_read_from_stdin_and_never_an_argument(staffed: Path) -> None:
    word = "correct horse battery"
    done = process(staffed, "user", "password", "ada@example.com", "--password-stdin", stdin=word)
    assert done.code == 0
    assert word not in done.out + done.err
    with meshwright.open(staffed) as opened:
        assert proving.by_password(opened.wiring, "ada@example.com", word)
        assert all(word not in entry.payload for entry in opened.wiring.ledger.entries())
    without = process(staffed, "user", "password", "ada@example.com", stdin=word)
    assert without.code == 2
    assert "--password-stdin" in without.err


def test_a_weak_password_is_refused(staffed: Path) -> None:
    done = process(
        staffed, "user", "password", "ada@example.com", "--password-stdin", stdin="short"
    )
    assert done.code == 2
    assert "password-weak" in done.err


def test_teams_are_made_filled_shown_and_ended(staffed: Path) -> None:
    made = mesh(staffed, "team", "add", "analysts", "ada@example.com", "service:bi", "--json").json
    assert made["members"] == ["person:ada@example.com", "service:bi"]
    assert mesh(staffed, "team", "remove-member", "analysts", "service:bi").code == 0
    assert "service:bi" not in mesh(staffed, "team", "show", "analysts").out
    assert "team:analysts" in mesh(staffed, "team", "list").out
    assert mesh(staffed, "team", "remove", "analysts").code == 0
    assert "analysts" not in mesh(staffed, "team", "list").out


def test_a_token_is_alone_on_stdout_and_shown_once(staffed: Path) -> None:
    made = mesh(staffed, "token", "create", "service:bi", "--scope", "query", "--for", "30")
    text = made.out.strip()
    assert text.startswith("mesh_")
    assert text not in made.err
    with meshwright.open(staffed) as opened:
        assert proving.by_token(opened.wiring, text, "query").principal.name == "service:bi"
    listed = mesh(staffed, "token", "list", "--json")
    assert text not in listed.out
    (line,) = listed.json["tokens"]
    assert (line["state"], line["scopes"]) == ("active", ["query"])
    assert line["used"]
    assert mesh(staffed, "token", "revoke", line["token"]).code == 0
    assert mesh(staffed, "token", "list", "--json").json["tokens"][0]["state"] == "revoked"


@pytest.mark.parametrize(
    "name", ["person:nobody@example.com", "robot:x", "a\nb", "product:x.y", "x" * 9999]
)
@pytest.mark.parametrize("command", [["query", "select 1"], ["show"], ["scan", "x.csv"], ["check"]])
def test_an_unknown_principal_sees_nothing(shop: Path, name: str, command: list[str]) -> None:
    ended = mesh(shop, "--as", name, *command)
    assert (ended.code, ended.out) == (4, "")
    assert "principal-unknown" in ended.err


def test_a_query_as_somebody_else_is_theirs(staffed: Path) -> None:
    ended = mesh(staffed, *ANALYST, "query", "select * from sales.orders.orders")
    assert ended.code == 4
    assert ended.out == ""
    assert "access-denied" in ended.err
    with meshwright.open(staffed) as opened:
        (entry,) = [e for e in opened.wiring.ledger.newest(9, ["QueryRan"]) if "ada" in e.payload]
        ran = json.loads(entry.payload)
        assert ran["principal"] == "person:ada@example.com"
        assert ran["on_behalf_of"] == entry.actor == opened.wiring.actor
        assert ran["door"] == "cli"


def test_acting_as_somebody_is_recorded_with_the_verb_and_never_a_value(staffed: Path) -> None:
    mesh(staffed, *ANALYST, "query", "select 'secret' as x")
    mesh(staffed, *SALES, "accept", "sales.orders", "--reason", "secret reason")
    mesh(staffed, *ANALYST, "token", "create", "--title", "secret title")
    assert [fact["what"] for fact in acted(staffed)] == [
        "query",
        "accept sales.orders",
        "token create",
    ]
    assert "secret" not in json.dumps(acted(staffed))


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["run", "sales.orders"],
        ["run", "sales.*"],
        ["run", "+insight.report"],
        ["accept", "sales.orders", "--reason", "x"],
        ["accept", "sales.orders", "--reason", "x", "--owner", "sales@example.com"],
        ["rollback", "sales.orders"],
        ["retire", "sales.orders", "--until", "2030-01-01"],
        ["vacuum"],
        ["declassify", "sales.orders.orders.id", "--as", "public", "--reason", "x"],
        ["diff", "sales.orders.orders"],
        ["classify", "find", "sales.orders"],
        ["classify", "accept", "sales.orders.orders.id"],
        ["mute", "sales.orders", "--for", "2d"],
        ["mute", "sales", "--for", "2d"],
        ["new", "domain", "mine", "--owner", "ada@example.com"],
        ["new", "product", "sales.mine", "--from", "x.csv"],
        ["observe", "--once"],
        ["serve"],
        ["ledger", "list"],
        ["ledger", "rebuild"],
        ["policy", "add"],
        ["scan", "silos/sales.orders.raw.csv"],
        ["user", "list"],
        ["user", "add", "eve@example.com"],
        ["user", "role", "ada@example.com", "--add", "administrator"],
        ["token", "create", "service:bi"],
        ["init"],
        ["demo"],
        ["schema"],
    ],
)  # fmt: skip
def test_what_is_not_theirs_is_refused_to_others(staffed: Path, command: list[str]) -> None:
    """One clear refusal, whatever the verb; nothing is done."""
    before = _facts(staffed)
    ended = mesh(staffed, *ANALYST, *command)
    assert (ended.code, ended.out) == (4, ""), ended.err
    assert "verb-denied" in ended.err or "not-an-administrator" in ended.err
    assert set(_facts(staffed)) - set(before) <= {"ActedAs"}


def _facts(folder: Path) -> list[str]:
    with meshwright.open(folder) as opened:
        return [entry.kind for entry in opened.wiring.ledger.entries() if entry.kind != "ActedAs"]


def test_an_owner_does_what_is_theirs_and_no_more(staffed: Path) -> None:
    assert mesh(staffed, *SALES, "run", "sales.*").code == 0
    assert mesh(staffed, *SALES, "mute", "sales.orders", "--for", "2d").code == 0
    assert mesh(staffed, *SALES, "run", "insight.report").code == 4
    other = mesh(
        staffed, *SALES, "accept", "sales.orders", "--reason", "x", "--owner", "insight@example.com"
    )
    assert other.code == 4
    assert "verb-denied" in other.err
    with meshwright.open(staffed) as opened:
        (muted,) = opened.wiring.ledger.newest(1, ["AddressMuted"])
    assert muted.actor == "person:sales@example.com"


def test_an_administrator_tends_the_mesh_and_reads_no_data(staffed: Path) -> None:
    root = ("--as", "person:root@example.com")
    assert mesh(staffed, *root, "run").code == 0
    assert mesh(staffed, *root, "user", "add", "eve@example.com").code == 0
    assert mesh(staffed, *root, "query", "select * from sales.orders.orders").code == 4
    assert mesh(staffed, *root, "diff", "sales.orders.orders").code == 4


def test_the_refusal_names_who_may(staffed: Path) -> None:
    ended = mesh(staffed, *ANALYST, "rollback", "sales.orders", "--json")
    error = ended.json["error"]
    assert error["message"] == "`person:ada@example.com` may not rollback `sales.orders`"
    assert error["hint"] == "its owners (sales@example.com) and whoever is administrator may"


def test_from_python_it_is_the_same(staffed: Path) -> None:
    with meshwright.open(staffed, as_="person:ada@example.com") as opened:
        for act in (
            lambda: opened.run("sales.orders"),
            lambda: opened.accept("sales.orders", reason="x"),
            lambda: opened.new_domain("mine", owner="ada@example.com"),
            lambda: opened.read("sales.orders.orders"),
            opened.ledger_rebuild,
        ):
            with pytest.raises(DeniedError):
                act()
        assert opened.show("sales.orders").product
    with pytest.raises(DeniedError) as refused:
        meshwright.open(staffed, as_="person:nobody@example.com")
    assert refused.value.code == "principal-unknown"


def test_an_incident_is_its_owner_s_to_take_care_of(broken: Path) -> None:
    assert mesh(broken, "user", "add", "ada@example.com").code == 0
    for who, code in ((ANALYST, 4), (SALES, 0)):
        assert mesh(broken, *who, "incidents", "ack", "1", "--note", "mine").code == code
        assert mesh(broken, *who, "incidents", "show", "1").code == 0
    with meshwright.open(broken, as_="person:ada@example.com") as opened:
        assert opened.incidents.list()
        with pytest.raises(DeniedError):
            opened.incidents.resolve("1")


def test_who_is_removed_meanwhile_sees_nothing_from_then_on(staffed: Path) -> None:
    with meshwright.open(staffed) as owner:
        sales = owner.as_principal("person:sales@example.com")
        assert sales.show("sales.orders").product
        assert mesh(staffed, "user", "remove", "sales@example.com").code == 0
        with pytest.raises(DeniedError) as refused:
            sales.show("sales.orders")
    assert refused.value.code == "principal-unknown"


def test_every_command_is_in_the_table_of_who_may() -> None:
    group = Commands()
    paths = [
        path
        for name in COMMANDS
        for path in _paths(group.get_command(click.Context(group), name), name)
    ]
    assert [path for path in paths if path not in VERBS] == []


def test_every_verb_of_python_is_in_the_table_of_who_may() -> None:
    desks = {
        "incidents": IncidentDesk,
        "access": AccessDesk,
        "catalog": CatalogDesk,
        "queries": QueryShelf,
    }
    verbs = {name.replace("_", " ") for name in _public(Mesh)}
    verbs -= {"as principal", "close", "wiring", *desks}
    verbs |= {f"{word} {name}" for word, desk in desks.items() for name in _public(desk)}
    assert verbs - set(VERBS) == {"access asker", "incidents wiring"}


def _public(kind: type) -> list[str]:
    names = [*dir(kind), *getattr(kind, "__slots__", ())]
    return [name for name in names if not name.startswith("_")]


def test_every_part_of_a_mesh_is_shared_with_who_acts_through_it(shop: Path) -> None:
    parts = {name for name, part in vars(Wiring).items() if isinstance(part, cached_property)}
    with meshwright.open(shop) as opened:
        acting = opened.as_principal("person:sales@example.com").wiring
        shared = parts - {"actor", "ledger"}
        assert {
            name for name in shared if getattr(acting, name) is not getattr(opened.wiring, name)
        } == set()
        assert acting.origin is opened.wiring
        assert acting.actor == "person:sales@example.com"


def test_whoever_is_called_as_an_owner_and_is_no_person_owns_nothing(staffed: Path) -> None:
    for name in ("service:sales@example.com", "agent:sales@example.com"):
        assert mesh(staffed, "user", "add", name).code == 0
        assert mesh(staffed, "--as", name, "run", "sales.orders").code == 4


def _paths(command: click.Command | None, path: str) -> list[str]:
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    below = [
        found
        for name in command.list_commands(context)
        for found in _paths(command.get_command(context, name), f"{path} {name}")
    ]
    return [path, *below] if command.invoke_without_command else below
