"""`mesh impact` and `mesh declassify` as people and scripts see them: words, JSON, exit codes."""

from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.shop import copied
from tests.integration.web import KEY_OF_VISIT, WEB
from tests.meshes import change_contract, write_mesh


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_mesh(tmp_path_factory.mktemp("web") / "mesh", WEB)
    assert mesh(folder, "run").code == 0
    return folder


@pytest.fixture
def web(built: Path, tmp_path: Path) -> Path:
    return copied(built, tmp_path / "mesh")


def test_the_exit_code_says_whether_something_breaks(web: Path) -> None:
    for arguments, code in (
        (("crm.people.people.email", "--drop"), 1),
        (("crm.people.people.email", "--rename", "mail"), 1),
        (("crm.people.people.email", "--type", "BLOB"), 1),
        (("crm.people.people.email", "--type", "VARCHAR"), 0),
        (("crm.people.people.email",), 0),
        (("crm.people.people.email", "--drop", "--rename", "mail"), 2),
        (("crm.people.people.mail", "--drop"), 2),
        ((), 2),
    ):
        assert mesh(web, "impact", *arguments).code == code, arguments


def test_places_are_whole_however_narrow_the_terminal(web: Path) -> None:
    shown = mesh(web, "impact", "crm.people.people.email", "--drop").out
    assert "domains/web/visits/models/hashed.sql:1\n" in shown
    assert "domains/web/visits/contracts/visits.odcs.yaml:" in shown
    assert "owners: top@example.com, web@example.com" in shown
    assert "granted:" not in shown, "nobody holds a grant"


def test_queries_are_shown_without_their_values(web: Path) -> None:
    assert (
        mesh(web, "query", "select id from crm.people.people where email = 'ada@x.org'").code == 0
    )
    shown = mesh(web, "impact", "crm.people.people.email", "--drop").out
    assert "select id from crm.people.people where email = '?'" in shown
    assert "ada@x.org" not in shown
    kept = list((web / ".mesh" / "queries").glob("*.sql"))
    assert kept
    assert all("ada" not in text.read_text() for text in kept)


def test_nothing_rests_on_the_last_port(web: Path) -> None:
    ended = mesh(web, "impact", "top.summary.named.pages", "--json")
    assert (ended.code, ended.json["columns"], ended.json["breaks"]) == (0, [], False)


def test_a_word_is_given_listed_and_taken_back(web: Path) -> None:
    def lowered(document: dict[str, object]) -> None:
        columns = document["schema"][0]["properties"]  # type: ignore[index]
        columns[0].update(classification="internal", tags=[])

    change_contract(web, "web.visits.visits", lowered)
    assert mesh(web, "plan").code == 1
    says = ("--reason", "the key was destroyed", "--owner", "web@example.com")
    ended = mesh(web, "declassify", KEY_OF_VISIT, "--as", "internal", *says, "--json")
    assert ended.json == {
        "column": KEY_OF_VISIT,
        "classification": "internal",
        "tags": [],
        "owner": "web@example.com",
        "reason": "the key was destroyed",
        "expires": None,
    }
    assert mesh(web, "plan").code == 0
    assert "the key was destroyed" in " ".join(mesh(web, "declassify", "--list").out.split())
    (said,) = mesh(web, "declassify", "--list", "--json").json["declassified"]
    assert said["holds"] is True
    assert mesh(web, "declassify", KEY_OF_VISIT, "--withdraw", *says).code == 0
    assert mesh(web, "plan").code == 1
    assert mesh(web, "ledger", "verify").code == 0


def test_a_word_needs_a_level_a_reason_and_an_owner(web: Path) -> None:
    for arguments, code, told in (
        ((KEY_OF_VISIT,), 2, "--as"),
        ((KEY_OF_VISIT, "--as", "internal"), 2, "reason-missing"),
        ((KEY_OF_VISIT, "--as", "internal", "--reason", "x"), 4, "not-an-owner"),
        ((), 2, "--list"),
    ):
        ended = mesh(web, "declassify", *arguments)
        assert (ended.code, told in ended.err) == (code, True), (arguments, ended.err)


def test_a_mesh_without_words_says_so(web: Path) -> None:
    assert "no column is declassified" in mesh(web, "declassify", "--list").out
