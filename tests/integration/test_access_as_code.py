"""Grants in files: what a plan says, what applying does, and what is left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.mesh import Mesh
from meshwright.errors import DeniedError, DescriptorError, RefusedError
from meshwright.model.facts import PrincipalAdded, PrincipalRemoved
from tests.integration.club import ANA, ELENA, PROFILES, TIERS, add_people, desk, write_club
from tests.integration.shop import build, copied, opened
from tests.meshes import change_yaml, dump

LATER = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
ENTRY: dict[str, Any] = {
    "principal": "ana@example.com",
    "address": PROFILES,
    "purpose": "churn model",
    "for": "90d",
    "columns": ["id", "email"],
    "masks": {"email": "show-last-4"},
}
OTHER: dict[str, Any] = {
    "principal": "service:bi",
    "address": TIERS,
    "purpose": "boards",
    "until": LATER,
}


@pytest.fixture(scope="module")
def built_club(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_club(tmp_path_factory.mktemp("club") / "mesh")
    build(folder)
    with opened(folder) as mesh:
        add_people(mesh.wiring)
    return folder


@pytest.fixture
def mesh(built_club: Path, tmp_path: Path) -> Iterator[Mesh]:
    with opened(copied(built_club, tmp_path / "mesh")) as mesh:
        yield mesh


def write(mesh: Mesh, *entries: dict[str, Any], file: str = "team.yaml") -> None:
    dump(mesh.wiring.root / "access" / file, {"grants": list(entries)})


def kinds(plan: dict[str, Any]) -> list[str]:
    return [one["change"] for one in plan["changes"]]


def facts(mesh: Mesh) -> int:
    return len(mesh.ledger_entries(limit=0))


def test_a_plan_says_what_applying_does_and_twice_changes_nothing(mesh: Mesh) -> None:
    write(mesh, ENTRY, OTHER)
    before = facts(mesh)
    plan = mesh.access.plan()
    assert (kinds(plan), plan["problems"]) == (["grant", "grant"], [])
    assert facts(mesh) == before
    assert kinds(mesh.access.apply()) == ["grant", "grant"]
    assert facts(mesh) == before + 2
    held = {line["address"]: line for line in mesh.access.grants()}
    assert held[PROFILES]["masks"] == {"email": "show-last-4"}
    assert held[PROFILES]["columns"] == ["id", "email"]
    assert held[PROFILES]["source"] == "file:access/team.yaml"
    assert held[TIERS]["until"][:10] > LATER, "its last day is whole"
    assert kinds(mesh.access.apply()) == ["keep", "keep"]
    assert facts(mesh) == before + 2


def test_ids_are_the_same_in_every_mesh(mesh: Mesh) -> None:
    write(mesh, OTHER)
    assert mesh.access.plan()["changes"][0]["grant"] == "f-" + _digest(
        "service:bi", TIERS, "boards"
    )


def _digest(*key: str) -> str:
    import hashlib

    return hashlib.sha256("|".join(key).encode()).hexdigest()[:10]


def test_what_changed_is_changed_and_what_went_is_revoked(mesh: Mesh) -> None:
    write(mesh, ENTRY, OTHER)
    mesh.access.apply()
    write(mesh, {**ENTRY, "for": "120d", "raw": ["id"]})
    plan = mesh.access.plan()
    assert [(one["change"], one["what"]) for one in plan["changes"]] == [
        ("change", ["until", "raw"]),
        ("revoke", []),
    ]
    mesh.access.apply()
    assert [line["raw"] for line in mesh.access.grants()] == [["id"]]
    write(mesh, ENTRY, OTHER)
    assert kinds(mesh.access.apply()) == ["change", "grant"], "what comes back is granted again"
    write(mesh, file="team.yaml")
    write(mesh, ENTRY, OTHER, file="moved.yaml")
    assert [one["what"] for one in mesh.access.plan()["changes"]] == [["file"], ["file"]]


def test_grants_of_requests_are_left_alone(mesh: Mesh) -> None:
    desk(mesh, ANA).request(PROFILES, purpose="churn model")
    desk(mesh, ELENA).approve("req-1")
    write(mesh, OTHER)
    assert kinds(mesh.access.apply()) == ["grant"]
    write(mesh)
    assert kinds(mesh.access.apply()) == ["revoke"]
    assert [line["grant"] for line in mesh.access.grants()] == ["g-1"]


def test_what_was_revoked_by_hand_is_not_granted_again_as_it_was(mesh: Mesh) -> None:
    write(mesh, OTHER)
    grant = mesh.access.apply()["changes"][0]["grant"]
    mesh.access.revoke(grant, reason="leaked")
    assert kinds(mesh.access.apply()) == ["hold"]
    assert mesh.access.grants() == []
    write(mesh, {**OTHER, "columns": ["tier"]})
    assert kinds(mesh.access.apply()) == ["grant"], "a change of the file is another word"


def test_a_grant_whose_time_is_over_is_granted_again_only_when_the_file_says_longer(
    mesh: Mesh,
) -> None:
    write(mesh, {**OTHER, "until": "2020-01-01"})
    assert kinds(mesh.access.apply()) == ["over"]
    write(mesh, OTHER)
    mesh.access.apply()
    write(mesh, {**OTHER, "until": "2020-01-01"})
    assert kinds(mesh.access.apply()) == ["revoke"]
    assert kinds(mesh.access.apply()) == ["over"]
    assert mesh.access.grants() == []


def test_a_grant_in_a_file_is_renewed_there(mesh: Mesh) -> None:
    write(mesh, OTHER)
    grant = mesh.access.apply()["changes"][0]["grant"]
    with pytest.raises(RefusedError) as error:
        mesh.access.renew(grant, lasting="1y")
    assert error.value.code == "grant-in-file"


@pytest.mark.parametrize(
    ("change", "code", "hint"),
    [
        ({"address": "loyalty.members.profile"}, "port-unknown", "profiles"),
        ({"address": "loyalty.member.profiles"}, "product-unknown", "loyalty.members"),
        ({"address": "loyalty.members"}, "address-not-a-port", "domain.product.port"),
        ({"columns": ["emial"]}, "column-unknown", "email"),
        ({"raw": ["tier"]}, "column-not-asked", "id"),
        ({"masks": {"email": "blur"}}, "mask-unknown", "known"),
        ({"masks": {"email": "redact"}, "raw": ["email"]}, "mask-and-raw", "one"),
        ({"for": "soon"}, "duration-invalid", "30d"),
        ({"for": None}, "grant-end-missing", "until"),
        ({"until": LATER}, "grant-end-missing", "until"),
        ({"for": None, "until": "someday"}, "date-invalid", "2027"),
        ({"purpose": "\u202e"}, "purpose-invalid", "200"),
        ({"principal": "robot:x"}, "principal-invalid", "known"),
        ({"days": 3}, "key-unknown", ""),
    ],
)
def test_check_names_the_place_of_what_is_wrong(
    mesh: Mesh, change: dict[str, Any], code: str, hint: str
) -> None:
    entry = {key: value for key, value in {**ENTRY, **change}.items() if value is not None}
    write(mesh, OTHER, entry)
    (problem,) = [one for one in mesh.check() if one.place.file.startswith("access/")]
    assert (problem.code, problem.place.file) == (code, "access/team.yaml")
    assert problem.place.line > 1
    assert hint in problem.hint
    before = facts(mesh)
    with pytest.raises(DescriptorError) as error:
        mesh.access.apply()
    assert error.value.code == code
    assert facts(mesh) == before


def test_the_same_grant_twice_is_told(mesh: Mesh) -> None:
    write(mesh, OTHER)
    write(mesh, OTHER, file="again.yaml")
    (problem,) = [one for one in mesh.check() if one.code == "grant-duplicate"]
    assert "access/again.yaml:" in problem.message


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"principal": "service:bj"}, "principal-unknown"),
        ({"filter": "email = 'ada@example.org'"}, "filter-names-values"),
        ({"address": "insight.churn.risk"}, ""),
    ],
)
def test_a_plan_knows_what_files_alone_do_not(
    mesh: Mesh, change: dict[str, Any], code: str
) -> None:
    entry = {k: v for k, v in ENTRY.items() if k not in ("columns", "masks")}
    write(mesh, {**entry, **change})
    plan = mesh.access.plan()
    assert [one["code"] for one in plan["problems"]] == ([code] if code else [])


def test_a_ceiling_of_the_federation_bounds_every_grant(mesh: Mesh) -> None:
    ceiling = {
        "id": "short",
        "effect": "ceiling",
        "days": 60,
        "objects": {"classifications": ["confidential"]},
    }
    dump(mesh.wiring.root / "policies" / "access.yaml", {"policies": [ceiling]})
    write(mesh, ENTRY)
    (problem,) = mesh.access.plan()["problems"]
    assert problem["code"] == "grant-too-long"
    assert "federation/short" in problem["message"]
    ana = desk(mesh, ANA)
    with pytest.raises(RefusedError) as asked:
        ana.request(PROFILES, purpose="x", lasting="61d")
    assert (asked.value.code, asked.value.hint) == ("grant-too-long", "--for 60d")
    ana.request(PROFILES, purpose="x", lasting="60d")
    desk(mesh, ELENA).approve("req-1", lasting="30d")
    with pytest.raises(RefusedError):
        desk(mesh, ELENA).renew("g-1", lasting="61d")
    change_yaml(
        mesh.wiring.root / "policies" / "access.yaml",
        lambda document: document["policies"][0].update(days=20),
    )
    ana.request(PROFILES, purpose="y", lasting="20d")
    with pytest.raises(RefusedError):
        desk(mesh, ELENA).renew("g-1", lasting="30d")


def test_nothing_is_granted_while_the_ceilings_cannot_be_read(mesh: Mesh) -> None:
    dump(mesh.wiring.root / "policies" / "access.yaml", {"policies": [{"id": "x"}]})
    with pytest.raises(DescriptorError):
        desk(mesh, ANA).request(PROFILES, purpose="x")


def test_who_leaves_loses_it_and_who_comes_back_gets_it_again(mesh: Mesh) -> None:
    write(mesh, OTHER)
    mesh.access.apply()
    mesh.wiring.ledger.record([PrincipalRemoved("service:bi", "person:hr")])
    assert mesh.access.plan()["problems"][0]["code"] == "principal-unknown"
    mesh.wiring.ledger.record([PrincipalAdded("service:bi")])
    assert kinds(mesh.access.apply()) == ["grant"]


def test_only_who_manages_the_mesh_applies(mesh: Mesh) -> None:
    write(mesh, OTHER)
    with pytest.raises(DeniedError):
        desk(mesh, ELENA).apply()
    done = desk(mesh, "person:adm@example.com", roles=("administrator",)).apply()
    assert kinds(done) == ["grant"]


def renamed(document: Any) -> None:
    document.update(
        name="people", customProperties=[{"property": "formerly", "value": "loyalty.members"}]
    )


@pytest.mark.parametrize("rewrite", [False, True])
def test_a_renamed_product_keeps_the_grants_of_files(mesh: Mesh, rewrite: bool) -> None:
    write(mesh, OTHER)
    grant = mesh.access.apply()["changes"][0]["grant"]
    home = mesh.wiring.root / "domains" / "loyalty" / "members" / "product.odps.yaml"
    change_yaml(home, renamed)
    build(mesh.wiring.root)
    if rewrite:
        write(mesh, {**OTHER, "address": "loyalty.people.tiers"})
    (change,) = mesh.access.apply()["changes"]
    assert (change["change"], change["grant"]) == ("keep", grant)
