"""`mesh access explain|who|what|test`, as a person sees them."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.shell import mesh
from tests.integration.granted import (
    ANALYST,
    OWNER,
    PORT,
    VISITS,
    granted,
    known,
    put_policies,
    wired,
    write_crm,
)
from tests.integration.shop import build, copied, statuses

FEDERATION = """\
policies:
  - id: born-by-year
    description: Dates of birth are shown by year.
    effect: mask
    objects: {addresses: ["*.*.*.born"]}
    mask: truncate-to-year
  - id: no-agents
    description: Agents read nothing of customers.
    effect: deny
    subjects: {kinds: [agent]}
    objects: {addresses: [crm.*.*]}
"""
CRM = """\
policies:
  - id: north
    effect: filter
    objects: {addresses: [crm.people.people]}
    filter: region = 'north'
    unless: {domains: [crm]}
  - id: bi
    effect: allow
    subjects: {principals: ["service:*"]}
    objects: {addresses: [crm.people.people]}
"""
TESTS = """\
tests:
  - name: services see the north, masked
    principal: service:bi
    address: crm.people.people
    expect:
      allowed: true
      filtered: true
      masked: {name: replace-with-null, email: show-last-4, born: replace-with-null}
  - name: agents see nothing
    principal: agent:helper
    address: crm.people.people
    purpose: churn
    granted: true
    expect: {allowed: false}
  - name: the owner sees years of birth
    principal: person:olga@example.com
    address: crm.people.people
    expect: {raw: [email], masked: {born: truncate-to-year}, filtered: false}
"""


@pytest.fixture(scope="module")
def built_ruled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_crm(tmp_path_factory.mktemp("ruled") / "mesh", {"": FEDERATION, "crm": CRM})
    (folder / "policies" / "access.test.yaml").write_text(TESTS)
    assert set(statuses(build(folder)).values()) == {"published"}
    facts = (granted(raw=["email"]), known("agent:helper"), known("service:bi", title="BI"))
    with wired(folder, *facts):
        pass
    return folder


@pytest.fixture
def ruled(built_ruled: Path, tmp_path: Path) -> Path:
    return copied(built_ruled, tmp_path / "mesh")


def shown(page: dict[str, Any]) -> dict[str, str]:
    return {column["name"]: column["shown"] for column in page["columns"]}


def policies(page: dict[str, Any]) -> set[str]:
    reasons = [*page["reasons"], *(r for column in page["columns"] for r in column["reasons"])]
    return {reason["policy"] for reason in reasons}


def test_an_allow_a_mask_and_a_filter_are_explained_by_their_policies(ruled: Path) -> None:
    ended = mesh(ruled, "access", "explain", "service:bi", PORT, "--json")
    assert ended.code == 0
    page = ended.json
    assert (page["allowed"], page["filters"]) == (True, ["region = 'north'"])
    assert shown(page) == {
        "id": "raw", "name": "null", "email": "show-last-4", "born": "null", "points": "raw",
        "region": "raw",
    }  # fmt: skip
    assert policies(page) == {"crm/bi", "crm/north", "default", "federation/born-by-year"}
    assert page["help"] == f'mesh access request {PORT} --purpose "…" --columns name,email,born'


def test_what_masks_by_default_is_named(ruled: Path) -> None:
    page = mesh(ruled, "access", "explain", "service:bi", PORT, "--json").json
    said = {column["name"]: column["reasons"] for column in page["columns"]}
    assert said["email"][0]["text"] == "classified: show-last-4 by its contract"
    assert said["name"][0]["text"] == "classified: NULL, as no contract says a `mask`"
    told = mesh(ruled, "access", "explain", "service:bi", PORT).out
    assert "default: classified: show-last-4 by its" in told


def test_a_deny_is_explained_and_ends_with_4(ruled: Path) -> None:
    ended = mesh(ruled, "access", "explain", "agent:helper", PORT)
    assert ended.code == 4
    assert "may not read" in ended.out
    assert "federation/no-agents: denied: Agents read nothing of customers." in ended.out


def test_a_grant_is_explained_with_its_purpose_and_what_it_lifts(ruled: Path) -> None:
    page = mesh(ruled, "access", "explain", "anna", PORT, "--json").json
    assert (page["grant"], page["purpose"]) == ("g-1", "churn")
    assert shown(page)["email"] == "raw"
    other = mesh(ruled, "access", "explain", "anna", PORT, "--purpose", "sales", "--json")
    assert other.code == 4
    assert "churn" in other.json["help"]


def test_what_a_column_is_shown_as_is_explained_before_what_is_laxer(ruled: Path) -> None:
    page = mesh(ruled, "access", "explain", "service:bi", f"{PORT}.born", "--json").json
    (born,) = page["columns"]
    assert [r["policy"] for r in born["reasons"]] == ["default", "federation/born-by-year"]
    put_policies(ruled, FEDERATION.replace("truncate-to-year", "replace-with-null"))
    put_policies(ruled, CRM + "  - {id: month, effect: mask, mask: truncate-to-month}\n", "crm")
    page = mesh(ruled, "access", "explain", OWNER, f"{PORT}.born", "--json").json
    (born,) = page["columns"]
    assert [r["policy"] for r in born["reasons"]] == ["federation/born-by-year", "crm/month"]


def test_one_column_is_explained_alone(ruled: Path) -> None:
    page = mesh(ruled, "access", "explain", OWNER, f"{PORT}.BORN", "--json").json
    assert shown(page) == {"born": "truncate-to-year"}


def test_what_is_not_there_is_told_with_the_nearest(ruled: Path) -> None:
    ended = mesh(ruled, "access", "explain", OWNER, f"{PORT}.emial")
    assert (ended.code, "email" in ended.err) == (2, True)
    assert mesh(ruled, "access", "explain", OWNER, "crm.people").code == 2
    assert mesh(ruled, "access", "explain", "robot:x", PORT).code == 2
    assert mesh(ruled, "access", "what", "person:ana").code == 2
    ended = mesh(ruled, "access", "explain", "person:ghost", PORT)
    assert (ended.code, "nobody is known" in ended.out) == (4, True)


def test_everybody_who_reads_a_column_is_listed(ruled: Path) -> None:
    listed = mesh(ruled, "access", "who", f"{PORT}.email", "--json").json["principals"]
    assert {one["principal"]: one["shown"] for one in listed} == {
        ANALYST: "raw", OWNER: "raw", "person:crm@example.com": "show-last-4",
        "service:bi": "show-last-4",
    }  # fmt: skip
    (anna,) = [one for one in listed if one["principal"] == ANALYST]
    assert (anna["purpose"], anna["filters"]) == ("churn", ["region = 'north'"])
    assert "grant:g-1" in anna["policies"]


def test_whoever_must_say_a_purpose_is_listed_too(ruled: Path) -> None:
    say = "  - {id: say-why, effect: require-purpose, objects: {tags: [pii]}}\n"
    put_policies(ruled, FEDERATION + say)
    listed = mesh(ruled, "access", "who", PORT, "--json").json["principals"]
    assert {one["principal"]: one["needs_purpose"] for one in listed} == {
        ANALYST: False, OWNER: True, "person:crm@example.com": True, "service:bi": True,
    }  # fmt: skip
    out = mesh(ruled, "access", "who", PORT).out
    assert "must be said" in out


def test_everything_that_somebody_reads_is_listed(ruled: Path) -> None:
    ports = mesh(ruled, "access", "what", "service:bi", "--json").json["ports"]
    assert [(port["address"], port["policies"][0]) for port in ports] == [(PORT, "crm/bi")]
    assert "can read nothing" in mesh(ruled, "access", "what", "agent:helper").out
    put_policies(ruled, "policies:\n  - {id: open, effect: allow}\n", "web")
    ports = mesh(ruled, "access", "what", "agent:helper", "--json").json["ports"]
    assert [port["address"] for port in ports] == [VISITS]


@pytest.mark.parametrize("columns", ["80", "120"])
def test_pages_fit_the_terminal(ruled: Path, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for arguments in (
        ("explain", "service:bi", PORT), ("who", PORT), ("who", f"{PORT}.email"), ("what", OWNER),
    ):  # fmt: skip
        out = mesh(ruled, "access", *arguments).out
        assert max(map(len, out.splitlines())) <= int(columns)


def test_whom_it_does_not_concern_may_not_ask(ruled: Path) -> None:
    def asked(who: str, *arguments: str) -> int:
        return mesh(ruled, "--as", who, "access", *arguments).code

    assert asked(ANALYST, "explain", ANALYST, PORT) == 0
    assert asked(ANALYST, "what", ANALYST) == 0
    assert asked(ANALYST, "explain", OWNER, PORT) == 4
    assert asked(ANALYST, "who", PORT) == 4
    assert asked(ANALYST, "what", OWNER) == 4
    assert asked(OWNER, "who", PORT) == 0
    assert asked(OWNER, "who", VISITS) == 4


def test_tests_of_policies_pass_without_anything_built(tmp_path: Path) -> None:
    folder = write_crm(tmp_path / "mesh", {"": FEDERATION, "crm": CRM})
    (folder / "policies" / "access.test.yaml").write_text(TESTS)
    ended = mesh(folder, "access", "test")
    assert (ended.code, "3 of 3 tests passed" in ended.out) == (0, True)
    assert "no test would miss" not in ended.err
    assert not (folder / ".mesh" / "state.db").exists()


@pytest.mark.parametrize("policy", ["north", "bi", "no-agents", "born-by-year"])
def test_a_policy_that_is_taken_away_makes_a_case_fail_that_does_not_name_it(
    ruled: Path, policy: str
) -> None:
    for domain, text in (("", FEDERATION), ("crm", CRM)):
        head, *entries = text.split("  - id: ")
        kept = [entry for entry in entries if not entry.startswith(f"{policy}\n")]
        put_policies(ruled, head + "".join(f"  - id: {entry}" for entry in kept), domain)
    assert mesh(ruled, "access", "test").code == 1


def test_a_failed_case_says_what_is_otherwise_and_where_it_stands(ruled: Path) -> None:
    wrong = TESTS.replace("{allowed: false}", "{allowed: true, policy: crm/bi}")
    (ruled / "policies" / "access.test.yaml").write_text(wrong)
    ended = mesh(ruled, "access", "test")
    assert ended.code == 1
    assert "policies/access.test.yaml:9: agent:helper at crm.people.people" in ended.out
    assert "is to be allowed, and is not (federation/no-agents: denied" in ended.out
    assert "`crm/bi` is to decide, and these do: federation/no-agents" in ended.out


def test_a_policy_that_no_case_would_miss_is_told(ruled: Path) -> None:
    put_policies(ruled, FEDERATION.replace("no-agents", "never-tested").replace("agent]", "team]"))
    found = mesh(ruled, "access", "test", "--json").json
    assert found["untested"] == ["federation/never-tested"]


def test_somebody_made_up_has_what_the_case_says(ruled: Path) -> None:
    put_policies(ruled, """\
policies:
  - {id: contractors, effect: deny, subjects: {attributes: {employment: [contractor]}, teams: [ops]}}
""")  # fmt: skip
    (ruled / "policies" / "access.test.yaml").write_text("""\
tests:
  - name: contractors see nothing
    principal: {name: person:x, teams: [ops, crm], attributes: {employment: contractor}}
    address: crm.people.people
    expect: {policy: federation/contractors}
  - name: others of the team do
    principal: {name: person:x, teams: [ops, crm]}
    address: crm.people.people
    expect: {allowed: true, policy: [owner, default], filtered: [], minimum_group: 0}
""")
    assert mesh(ruled, "access", "test").code == 0


def test_check_judges_test_files_and_names_that_are_not_there(ruled: Path) -> None:
    (ruled / "domains/crm/policies/mine.access.test.yaml").write_text(
        "tests:\n  - name: x\n    principal: a\n    addres: b\n    expect: {allowed: true}\n"
    )
    put_policies(ruled, """\
policies:
  - {id: a, effect: deny, objects: {addresses: [crm.peple.people]}}
  - {id: b, effect: deny, objects: {addresses: [crm.people.peple]}}
  - {id: c, effect: deny, subjects: {domains: [crn]}, objects: {addresses: [cmr.*.*]}}
  - {id: d, effect: deny, objects: {addresses: [crm.*.*, "*.*.*.born", crm.people.*]}}
""")  # fmt: skip
    ended = mesh(ruled, "check", "--json")
    found = {(p["code"], p["file"], p["line"]) for p in ended.json["problems"]}
    mine = "domains/crm/policies/mine.access.test.yaml"
    assert {("key-unknown", mine, 4), ("key-missing", mine, 2)} <= found
    own = {(code, line) for code, file, line in found if file == "policies/access.yaml"}
    assert own == {
        ("policy-address-unknown", 2), ("policy-address-unknown", 3),
        ("policy-address-unknown", 4), ("policy-domain-unknown", 4),
    }  # fmt: skip
    assert mesh(ruled, "access", "test").code == 2
