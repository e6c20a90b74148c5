"""`mesh access` and `mesh trail`, typed: refused, asked, granted, read with a mask, revoked."""

import csv
import io
import json
from pathlib import Path

import pytest
import yaml

from tests.e2e.shell import mesh
from tests.integration.club import PROFILES, TIERS, write_club
from tests.integration.shop import copied
from tests.meshes import dump

ANA = ("--as", "person:ana@example.com")
ELENA = ("--as", "person:elena@example.com")
READ = ("query", f"select email, tier from {PROFILES} order by id", "--json")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_club(tmp_path_factory.mktemp("club") / "mesh")
    assert mesh(folder, "run").code == 0
    assert mesh(folder, "user", "add", "ana@example.com").code == 0
    return folder


@pytest.fixture
def club(built: Path, tmp_path: Path) -> Path:
    return copied(built, tmp_path / "mesh")


def test_the_story_from_refusal_to_revocation(club: Path) -> None:
    refused = mesh(club, *ANA, *READ)
    assert (refused.code, refused.json["error"]["code"]) == (4, "access-denied")
    assert f"mesh access request {PROFILES}" in refused.json["error"]["hint"]
    asked = mesh(club, *ANA, "access", "request", PROFILES, "--purpose", "churn", "--for", "30d")
    assert asked.code == 0
    assert "req-1 of person:ana@example.com" in asked.out
    assert "asked are: person:elena@example.com" in asked.out.replace("\n ", "")
    waiting = mesh(club, *ELENA, "access", "requests", "--to-approve", "--json").json["requests"]
    assert [one["request"] for one in waiting] == ["req-1"]
    own = mesh(club, *ANA, "access", "approve", "req-1")
    assert (own.code, "own-request" in own.err) == (4, True)
    approved = mesh(
        club, *ELENA, "access", "approve", "req-1", "--note", "fine", "--mask", "email=show-last-4",
        "--for", "14d",
    )  # fmt: skip
    assert "is approved" in approved.out
    assert "email as show-last-4" in approved.out.replace("\n  ", " ")
    rows = mesh(club, *ANA, *READ).json["rows"]
    assert [tier for _, tier in rows] == ["gold", "staff"]
    assert all(email.endswith(".org") and "example" not in email for email, _ in rows)
    revoked = mesh(club, *ELENA, "access", "revoke", "g-1", "--reason", "over")
    assert "revoked" in revoked.out
    assert mesh(club, *ANA, *READ).code == 4
    told = mesh(club, "trail", "--address", PROFILES).out
    for word in ("asked req-1", "approved req-1", "granted g-1", "email masked", "revoked g-1"):
        assert word in " ".join(told.split()), word


def test_lists_say_so_where_they_are_empty(club: Path) -> None:
    assert "no request" in mesh(club, "access", "requests").out
    assert "no grant" in mesh(club, "access", "grants").out
    assert "no grant to review" in mesh(club, "access", "review").out
    assert "nothing in the trail" in mesh(club, "trail", "--since", "2999-01-01").out


def test_a_purpose_is_said_with_the_query(club: Path) -> None:
    granted(club)
    assert mesh(club, *ANA, *READ, "--purpose", "churn").code == 0
    assert mesh(club, *ANA, *READ, "--purpose", "sales").code == 4
    told = mesh(club, "trail", "--kind", "query", "--json").json["trail"]
    assert [line["purpose"] for line in told] == ["churn", "sales"]


def test_who_comes_too_late_is_told_what_to_look_at(club: Path) -> None:
    granted(club)
    again = mesh(club, *ELENA, "access", "approve", "1")
    assert (again.code, f"next: mesh access grants {PROFILES}" in again.err) == (1, True)
    revoke = ("access", "revoke", "g-1", "--reason", "over")
    assert mesh(club, *ELENA, *revoke).code == 0
    again = mesh(club, *ELENA, *revoke)
    assert (again.code, f"next: mesh access grants {PROFILES} --all" in again.err) == (1, True)


@pytest.mark.parametrize("columns", ["80", "120"])
def test_lists_break_no_name(club: Path, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    mesh(club, *ANA, "access", "request", PROFILES, "--purpose", "churn of everybody who left us")
    asked = mesh(club, *ELENA, "access", "requests", "--to-approve")
    assert "next: mesh access approve req-1" in asked.err
    mesh(club, *ELENA, "access", "approve", "1", "--mask", "email=show-last-4")
    mesh(club, *ANA, *READ)
    listed = [asked] + [
        mesh(club, *words) for words in (
            ("access", "grants"), ("access", "review"), ("access", "who", PROFILES), ("trail",),
        )
    ]  # fmt: skip
    for ended in listed:
        assert "ana@example.com" in ended.out
        assert PROFILES in ended.out
        assert all(len(line) <= int(columns) for line in ended.out.splitlines())


def test_a_grant_that_was_kept_is_told_though_the_next_fails(club: Path) -> None:
    granted(club)
    ended = mesh(club, *ELENA, "access", "review", "--keep", "g-1", "--revoke", "g-99")
    assert (ended.code, ended.out.startswith("g-1: person:ana@example.com")) == (2, True)


def granted(club: Path) -> None:
    assert mesh(club, *ANA, "access", "request", PROFILES, "--purpose", "churn").code == 0
    assert mesh(club, *ELENA, "access", "approve", "1").code == 0


def test_grants_are_listed_renewed_reviewed_and_kept(club: Path) -> None:
    granted(club)
    assert "g-1" in mesh(club, *ANA, "access", "grants").out
    assert "until" in mesh(club, *ELENA, "access", "renew", "g-1", "--for", "1y").out
    assert "never" in mesh(club, *ELENA, "access", "review").out
    kept = mesh(club, *ELENA, "access", "review", "--keep", "g-1", "--json").json["grants"]
    assert kept[0]["reviewed_at"]
    ended = mesh(club, *ELENA, "access", "review", "--revoke", "g-1", "--json").json["grants"]
    assert ended[0]["state"] == "revoked"
    again = mesh(club, *ELENA, "access", "renew", "g-1", "--for", "1y")
    assert (again.code, "grant-ended" in again.err) == (1, True)


def test_files_of_grants_are_planned_and_applied(club: Path) -> None:
    entry = {
        "principal": "ana@example.com", "address": TIERS, "purpose": "boards", "for": "90d",
    }  # fmt: skip
    dump(club / "access" / "team.yaml", {"grants": [entry]})
    planned = mesh(club, "access", "plan").out
    assert planned.startswith("+ grant")
    assert "1 change to make" in planned
    assert "1 change made" in mesh(club, "access", "apply").out
    assert "0 changes made, 1 grant as it is" in mesh(club, "access", "apply").out
    assert mesh(club, *ANA, "query", f"select * from {TIERS}").code == 0
    assert mesh(club, *ANA, "access", "apply").code == 4
    dump(club / "access" / "team.yaml", {"grants": [{**entry, "purpose": ""}]})
    broken = mesh(club, "access", "plan")
    assert (broken.code, "access/team.yaml:" in broken.err) == (2, True)
    assert mesh(club, "check").code == 2


def test_access_is_exported(club: Path) -> None:
    granted(club)
    mesh(club, *ANA, "access", "request", TIERS, "--purpose", "churn")
    document = mesh(club, "access", "export").json
    assert [one["grant"] for one in document["grants"]] == ["g-1"]
    assert [one["request"] for one in document["requests"]] == ["req-2"]
    ended = mesh(club, "access", "export", "--format", "oaas")
    first, second = yaml.safe_load_all(ended.out)
    assert "draft" in ended.err
    assert (first["apiVersion"], first["kind"], first["status"]) == (
        "v0.9.0",
        "AccessAgreement",
        "approved",
    )
    assert first["provider"]["dataProductId"] == "loyalty-members"
    assert first["provider"]["outputPortId"] == "profiles"
    assert first["provider"]["teamId"] == "loyalty"
    assert first["consumer"] == {"userId": "ana@example.com"}
    assert first["description"]["purpose"] == "churn"
    assert first["startTimestamp"].endswith("Z")
    assert second["status"] == "requested"


def test_the_trail_has_formats_for_programs(club: Path) -> None:
    granted(club)
    mesh(club, *ANA, *READ)
    lines = [
        json.loads(line)
        for line in mesh(club, "trail", "--format", "ndjson").out.split("\n")
        if line
    ]
    assert lines[-1]["kind"] == "query"
    assert mesh(club, "trail", "--json").json["trail"] == lines
    rows = list(csv.DictReader(io.StringIO(mesh(club, "trail", "--format", "csv").out)))
    assert [row["kind"] for row in rows] == [line["kind"] for line in lines]
    assert len(mesh(club, "trail", "--limit", "1", "--json").json["trail"]) == 1
    mine = mesh(club, *ANA, "trail", "--kind", "query", "--json").json["trail"]
    assert {line["principal"] for line in mine} == {"person:ana@example.com"}
    verified = mesh(club, "trail", "--verify")
    assert (verified.code, "as they were written" in verified.err) == (0, True)
    assert mesh(club, "trail", "--kind", "quary").code == 2
