"""Requests, approvals and grants: who may say what, and what a word makes of a request."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshwright.app.mesh import Mesh
from meshwright.errors import DeniedError, MeshwrightError, RefusedError, UsageError
from tests.integration.club import (
    ANA,
    BOB,
    ELENA,
    FAY,
    OWNER_OF_DOMAIN,
    PROFILES,
    SAM,
    TIERS,
    add_people,
    desk,
    write_club,
)
from tests.integration.shop import build, copied, opened, statuses
from tests.meshes import change_yaml


@pytest.fixture(scope="module")
def built_club(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_club(tmp_path_factory.mktemp("club") / "mesh")
    assert set(statuses(build(folder)).values()) == {"published"}
    with opened(folder) as mesh:
        add_people(mesh.wiring)
    return folder


@pytest.fixture
def folder(built_club: Path, tmp_path: Path) -> Path:
    return copied(built_club, tmp_path / "mesh")


@pytest.fixture
def mesh(folder: Path) -> Iterator[Mesh]:
    with opened(folder) as mesh:
        yield mesh


def code_of(error: pytest.ExceptionInfo[MeshwrightError]) -> str:
    return error.value.code


def test_an_owner_approves_and_the_grant_has_what_was_asked_and_given(mesh: Mesh) -> None:
    asked = desk(mesh, ANA).request(
        PROFILES, purpose=" churn   model ", lasting="30d", columns=["ID", "email"]
    )
    assert (asked["request"], asked["state"], asked["purpose"]) == ("req-1", "open", "churn model")
    assert asked["asked_now"] == [ELENA]
    done = desk(mesh, ELENA).approve("req-1", note="fine", masks=["email=show-last-4"])
    grant = done["grant"]
    assert (done["state"], grant["grant"], grant["state"]) == ("approved", "g-1", "active")
    assert (grant["columns"], grant["masks"], grant["raw"]) == (
        ["id", "email"],
        {"email": "show-last-4"},
        [],
    )
    assert (grant["principal"], grant["address"], grant["by"]) == (ANA, PROFILES, ELENA)
    assert grant["source"] == "request:req-1"
    assert grant["until"][:10] > grant["since"][:10]


def test_the_grant_is_recorded_with_the_last_word_in_one_transaction(mesh: Mesh) -> None:
    desk(mesh, ANA).request(PROFILES, purpose="churn")
    desk(mesh, ELENA).approve("1")
    entries = mesh.ledger_entries(limit=2)
    assert [entry["kind"] for entry in entries] == ["RequestApproved", "AccessGranted"]
    assert entries[0]["at"] == entries[1]["at"]


def test_two_levels_take_two_people_in_their_order(mesh: Mesh) -> None:
    desk(mesh, ANA).request(TIERS, purpose="churn")
    with pytest.raises(DeniedError) as early:
        desk(mesh, SAM).approve("req-1")
    assert code_of(early) == "not-an-approver"
    first = desk(mesh, BOB, "team:desk").approve("req-1", lasting="14d")
    assert (first["state"], first["level"], first["asked_now"]) == ("open", 1, [SAM])
    with pytest.raises(DeniedError) as again:
        desk(mesh, BOB, "team:desk").approve("req-1")
    assert code_of(again) == "approved-already"
    done = desk(mesh, SAM).approve("req-1")
    assert done["state"] == "approved"
    since, until = done["grant"]["since"][:10], done["grant"]["until"][:10]
    assert (until, since) == (until, since)
    with mesh.wiring.store.read() as reader:
        ((days,),) = reader.rows("SELECT julianday(until) - julianday(since) FROM grants")
    assert round(float(str(days))) == 14


def test_a_later_level_may_give_less_and_not_more(mesh: Mesh) -> None:
    desk(mesh, ANA).request(TIERS, purpose="churn")
    desk(mesh, FAY).approve("req-1", raw=["tier"])
    with pytest.raises(UsageError) as more:
        desk(mesh, SAM).approve("req-1", raw=["members"])
    assert code_of(more) == "raw-not-offered"
    done = desk(mesh, SAM).approve("req-1", masks=["tier=redact"])
    assert (done["grant"]["raw"], done["grant"]["masks"]) == ([], {"tier": "mask-alphanum"})


def test_nobody_approves_what_they_asked_for(mesh: Mesh) -> None:
    """Neither for themselves, nor for a service that they filed it for; nor does the mesh's own owner."""
    desk(mesh, ELENA).request(PROFILES, purpose="my own")
    with pytest.raises(DeniedError) as own:
        desk(mesh, ELENA).approve("req-1")
    assert code_of(own) == "own-request"
    mesh.access.request(PROFILES, purpose="boards", for_principal="service:bi")
    with pytest.raises(DeniedError) as filed:
        mesh.access.approve("req-2")
    assert code_of(filed) == "own-request"
    assert mesh.access.approve("req-1")["state"] == "approved"


def test_a_refusal_ends_a_request_and_whoever_asked_may_withdraw(mesh: Mesh) -> None:
    for purpose in ("one", "two"):
        desk(mesh, ANA).request(PROFILES, purpose=purpose)
    with pytest.raises(DeniedError):
        desk(mesh, BOB).refuse("req-1")
    assert desk(mesh, ELENA).refuse("req-1", note="totals do")["state"] == "refused"
    assert desk(mesh, ANA).refuse("req-2")["state"] == "refused"
    with pytest.raises(RefusedError) as over:
        desk(mesh, ELENA).approve("req-1")
    assert code_of(over) == "request-ended"
    assert desk(mesh, ANA).requests() == []
    (first, _) = desk(mesh, ANA).requests(closed=True)
    assert first["said"][0]["note"] == "totals do"


def test_who_sees_which_requests(mesh: Mesh) -> None:
    desk(mesh, ANA).request(PROFILES, purpose="churn")
    for who, teams, roles, seen in (
        (ANA, (), (), 1),
        (ELENA, (), (), 1),
        (SAM, (), (), 0),
        ("person:aud@example.com", (), ("auditor",), 1),
        ("person:adm@example.com", (), ("administrator",), 0),
    ):
        assert len(desk(mesh, who, *teams, roles=roles).requests()) == seen, who
    assert len(desk(mesh, ELENA).requests(to_approve=True)) == 1
    assert len(desk(mesh, ELENA).requests(mine=True)) == 0
    assert len(mesh.access.requests()) == 1


def test_the_same_is_not_asked_for_twice(mesh: Mesh) -> None:
    desk(mesh, ANA).request(PROFILES, purpose="churn")
    with pytest.raises(RefusedError) as twice:
        desk(mesh, ANA).request(PROFILES, purpose="churn")
    assert code_of(twice) == "request-open"
    assert "req-1" in str(twice.value)
    assert desk(mesh, ANA).request(PROFILES, purpose="another")["request"] == "req-2"


@pytest.mark.parametrize(
    ("how", "code", "hint"),
    [
        ({"address": "loyalty.members.profile"}, "port-unknown", "loyalty.members.profiles"),
        ({"address": "loyalty.member.profiles"}, "port-unknown", "loyalty.members.profiles"),
        ({"address": "loyalty.members"}, "address-not-a-port", "loyalty.members.profiles"),
        ({"address": "nonsense"}, "address-invalid", "domain.product.port"),
        ({"address": f"{PROFILES}@1"}, "address-has-version", PROFILES),
        ({"columns": ["emial"]}, "column-unknown", "email"),
        ({"address": f"{PROFILES}.emial"}, "column-unknown", "email"),
        ({"purpose": "  "}, "purpose-missing", "--purpose"),
        ({"purpose": "x" * 201}, "purpose-invalid", "200"),
        ({"purpose": "a\u202eb"}, "purpose-invalid", "200"),
        ({"lasting": "soon"}, "duration-invalid", "30d"),
        ({"lasting": "0d"}, "duration-invalid", "30d"),
        ({"lasting": "99y"}, "duration-invalid", "ten years"),
        ({"for_principal": "service:bj"}, "principal-unknown", "service:bi"),
        ({"for_principal": BOB}, "not-for-others", "team"),
    ],
)
def test_what_makes_no_sense_gets_one_clear_error(
    mesh: Mesh, how: dict[str, object], code: str, hint: str
) -> None:
    said = {"address": PROFILES, "purpose": "churn", **how}
    with pytest.raises(MeshwrightError) as error:
        desk(mesh, ANA).request(**said)  # type: ignore[arg-type]
    assert code_of(error) == code
    assert hint in error.value.hint
    assert mesh.access.requests() == []


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"raw": ["emial"]}, "column-unknown"),
        ({"raw": ["tier"]}, "column-not-asked"),
        ({"masks": ["email"]}, "mask-invalid"),
        ({"masks": ["email=blur"]}, "mask-unknown"),
        ({"masks": ["email=round-to"]}, "mask-invalid"),
        ({"masks": ["email=round-to=wide"]}, "mask-invalid"),
        ({"masks": ["email=show-last-4=2"]}, "mask-invalid"),
        ({"masks": ["email=redact"], "raw": ["email"]}, "mask-and-raw"),
        ({"lasting": "60d"}, "grant-longer-than-asked"),
        ({"filter": "email = 'ada@example.org'"}, "filter-names-values"),
    ],
)
def test_conditions_that_make_no_sense_grant_nothing(
    mesh: Mesh, how: dict[str, object], code: str
) -> None:
    desk(mesh, ANA).request(PROFILES, purpose="churn", columns=["id", "email"])
    with pytest.raises(MeshwrightError) as error:
        desk(mesh, ELENA).approve("req-1", **how)  # type: ignore[arg-type]
    assert code_of(error) == code
    assert mesh.access.grants() == []
    assert mesh.access.requests()[0]["level"] == 0


def test_a_filter_may_name_values_of_what_is_not_classified(mesh: Mesh) -> None:
    desk(mesh, ANA).request(PROFILES, purpose="churn")
    done = desk(mesh, ELENA).approve("req-1", filter="tier <> 'email'")
    assert done["grant"]["filter"] == "tier <> 'email'"


def test_unknown_names_are_told_with_the_nearest(mesh: Mesh) -> None:
    desk(mesh, ANA).request(PROFILES, purpose="churn")
    with pytest.raises(UsageError) as request:
        desk(mesh, ELENA).approve("req-11")
    assert (code_of(request), "req-1" in request.value.hint) == ("request-unknown", True)
    with pytest.raises(UsageError) as grant:
        desk(mesh, ELENA).revoke("g-7", reason="x")
    assert code_of(grant) == "grant-unknown"


def granted(mesh: Mesh, purpose: str = "churn") -> str:
    request = desk(mesh, ANA).request(PROFILES, purpose=purpose)["request"]
    return str(desk(mesh, ELENA).approve(request)["grant"]["grant"])


def test_a_grant_is_revoked_with_a_reason_and_by_who_may(mesh: Mesh) -> None:
    grant = granted(mesh)
    with pytest.raises(UsageError) as why:
        desk(mesh, ELENA).revoke(grant, reason=" ")
    assert code_of(why) == "reason-missing"
    with pytest.raises(DeniedError):
        desk(mesh, BOB).revoke(grant, reason="envy")
    assert desk(mesh, ELENA).revoke(grant, reason="over")["state"] == "revoked"
    with pytest.raises(RefusedError) as ended:
        desk(mesh, ELENA).revoke(grant, reason="again")
    assert code_of(ended) == "grant-ended"
    for number, (who, roles) in enumerate(
        [(ANA, ()), (OWNER_OF_DOMAIN, ()), ("person:g@example.com", ("governance",))]
    ):
        done = desk(mesh, who, roles=roles).revoke(granted(mesh, str(number)), reason="x")
        assert done["state"] == "revoked"


def test_a_grant_is_renewed_by_its_approvers_and_never_by_its_holder(mesh: Mesh) -> None:
    grant = granted(mesh)
    with pytest.raises(DeniedError):
        desk(mesh, ANA).renew(grant, lasting="60d")
    with pytest.raises(DeniedError):
        desk(mesh, BOB).renew(grant, lasting="60d")
    with pytest.raises(UsageError) as shorter:
        desk(mesh, ELENA).renew(grant, lasting="1d")
    assert code_of(shorter) == "renewal-shorter"
    before = mesh.access.grants()[0]["until"]
    assert desk(mesh, ELENA).renew(grant, lasting="60d")["until"] > before


def test_a_rule_of_the_mesh_approves_what_it_covers_at_once(folder: Path) -> None:
    rule = {"name": "own", "same_domain": True, "not_personal": True, "max_days": 90}
    change_yaml(
        folder / "mesh.yaml", lambda doc: doc.update(access={"approve_automatically": [rule]})
    )
    with opened(folder) as mesh:
        assert not [problem for problem in mesh.check() if problem.is_error]
        mine = desk(mesh, "person:ina@example.com", "team:loyalty")
        done = mine.request(PROFILES, purpose="a", columns=["id", "tier"])
        assert (done["state"], done["grant"]["by"]) == ("approved", "rule:own")
        assert mine.request(PROFILES, purpose="b")["state"] == "open", "e-mail is personal"
        assert mine.request(TIERS, purpose="c", lasting="91d")["state"] == "open"
        assert mine.request(TIERS, purpose="d")["state"] == "approved", "both levels at once"
        assert desk(mesh, ANA, "team:insight").request(TIERS, purpose="e")["state"] == "open"


def test_a_rule_that_would_approve_everything_is_refused(folder: Path) -> None:
    change_yaml(
        folder / "mesh.yaml",
        lambda doc: doc.update(access={"approve_automatically": [{"max_days": 9}]}),
    )
    with opened(folder) as mesh:
        (problem,) = [one for one in mesh.check() if one.is_error]
    assert (problem.code, problem.key) == ("key-missing", "access.approve_automatically[0]")


def test_rebuilt_projections_are_the_same(mesh: Mesh) -> None:
    granted(mesh)
    desk(mesh, ANA).request(TIERS, purpose="x")
    desk(mesh, FAY).approve("req-2", masks=["tier=redact"], note="half")
    tables = ("requests", "grants", "uses")
    with mesh.wiring.store.read() as reader:
        before = [reader.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]
    mesh.ledger_rebuild()
    with mesh.wiring.store.read() as reader:
        after = [reader.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]
    assert before == after
    assert json.loads(str(before[0][1][12]))["masks"] == {"tier": "mask-alphanum"}
