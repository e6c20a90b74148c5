"""`mesh incidents`, as a person and as a script use it."""

from pathlib import Path

import click
import pytest

from meshwright.cli.commands.incidents import command
from tests.e2e.shell import mesh

ITEM = {
    "id", "product", "opened", "resolved", "business_date", "address", "severity", "state", "cause",
    "impact", "explanation", "owner", "kind", "mark", "build",
}  # fmt: skip


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read it as wide as a terminal is by default."""
    monkeypatch.setenv("COLUMNS", "80")


def test_a_list_reads_at_eighty_columns_and_names_the_next_step(broken: Path) -> None:
    ended = mesh(broken, "incidents")
    lines = ended.out.splitlines()
    assert (ended.code, max(map(len, lines)) <= 80) == (0, True)
    assert lines[0] == "inc-1  high  ✘ open  sales.orders.orders"
    assert "reaches 2 ports downstream" in " ".join(ended.out.split())
    assert ended.err == "next: mesh incidents show inc-1\n"


def test_a_list_as_json_has_one_shape(broken: Path) -> None:
    (one,) = mesh(broken, "incidents", "--json").json["incidents"]
    assert set(one) == ITEM
    assert one["impact"] == ["insight.report.names", "insight.report.spending"]
    assert mesh(broken, "incidents", "insight.*", "--json").json == {"incidents": []}
    assert mesh(broken, "incidents", "--all", "sales.*", "--json").json["incidents"] == [one]


def test_one_is_shown_with_its_story_its_impact_and_the_next_command(broken: Path) -> None:
    mesh(broken, "query", "select * from insight.report.names")
    ended = mesh(broken, "incidents", "show", "1")
    assert max(map(len, ended.out.splitlines())) <= 80
    text = " ".join(ended.out.split())
    for told in (
        "`orders` fails `primaryKey` in 2 of 4 rows",
        "owner sales@example.com",
        "it may be because • input `raw`",
        "└── insight.report names, spending",
        "owners: insight@example.com",
        "asked it lately: ",
        "opened by ",
        'next: mesh incidents ack inc-1 --note "…"',
    ):
        assert told in text
    shown = mesh(broken, "incidents", "show", "inc-1", "--json").json
    assert set(shown) == ITEM | {"signals", "hints", "timeline", "impact_tree", "people"}
    assert set(shown["timeline"][0]) == {"at", "actor", "event", "text", "business_date"}
    assert set(shown["people"]) == {"owners", "readers"}


def test_people_take_care_of_it(broken: Path) -> None:
    assert mesh(broken, "incidents", "ack", "1", "--note", "asked").out == (
        "inc-1 of sales.orders.orders is acknowledged\n"
    )
    mesh(broken, "incidents", "comment", "inc-1", "--note", "they answer tomorrow")
    marked = mesh(broken, "incidents", "mark", "inc-1", "real", "--json").json
    assert (marked["mark"], marked["state"]) == ("real", "acknowledged")
    assert mesh(broken, "incidents", "resolve", "inc-1").code == 0
    ended = mesh(broken, "incidents")
    assert (ended.out, ended.err) == ("", "no open incidents\n")
    assert "inc-1" in mesh(broken, "incidents", "--all").out
    assert mesh(broken, "incidents", "reopen", "inc-1").code == 0
    story = mesh(broken, "incidents", "show", "inc-1", "--json").json["timeline"]
    assert [event["event"] for event in story] == [
        "opened", "acknowledged", "commented", "marked real", "resolved", "reopened",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "inc-99"], 2, "there is no incident `inc-99`"),
        (["show"], 2, "Missing argument 'INCIDENT'"),
        (["comment", "inc-1"], 2, "a comment needs words"),
        (["mark", "inc-1", "maybe"], 2, "'maybe' is not one of"),
        (["reopen", "inc-1"], 1, "inc-1 is open"),
        (["nowhere.nothing"], 2, "selects no product"),
        (["--nothing"], 2, "No such option"),
    ],
)
def test_mistakes_are_told(broken: Path, arguments: list[str], code: int, said: str) -> None:
    ended = mesh(broken, "incidents", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert "next: " in ended.err


def test_every_command_has_help_with_an_example() -> None:
    assert isinstance(command, click.Group)
    for name, below in command.commands.items():
        assert "mesh incidents" in (below.epilog or ""), name


def test_show_names_open_incidents(broken: Path) -> None:
    assert "open incident inc-1" in mesh(broken, "show", "sales.orders").out
    assert mesh(broken, "show", "sales.orders", "--json").json["incidents"][0]["id"] == "inc-1"
