"""What time does to access, and who is hurt by a change: escalation, expiry, review, impact, rules."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from meshwright.app.access.desk import AccessDesk
from meshwright.app.access.tending import tend_access
from meshwright.app.mesh import Mesh
from meshwright.app.policy.lived import lived_rows
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, RefusedError
from meshwright.model.facts import PrincipalRemoved, QueryRan
from tests.integration.club import (
    ANA,
    BOB,
    ELENA,
    OWNER_OF_DOMAIN,
    PROFILES,
    SAM,
    TIERS,
    add_people,
    asker,
    desk,
    write_club,
)
from tests.integration.shop import build, copied, opened
from tests.meshes import change_yaml

START = datetime.now(UTC)


@pytest.fixture(scope="module")
def built_club(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_club(tmp_path_factory.mktemp("club") / "mesh")
    terms = {"escalate_after": "2d"}
    change_yaml(folder / "mesh.yaml", lambda document: document.update(access=terms))
    build(folder)
    with opened(folder) as mesh:
        add_people(mesh.wiring)
    return folder


class Clock:
    """The mesh at a time that a test moves on."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.wiring = Wiring(folder, now=lambda: self.now)
        self.mesh = Mesh(self.wiring)

    def later(self, days: float) -> None:
        self.now += timedelta(days=days)

    def desk(self, name: str, *teams: str) -> AccessDesk:
        return AccessDesk(self.wiring, asker(name, *teams))

    def granted(self, purpose: str = "churn", lasting: str = "30d") -> str:
        asked = self.desk(ANA).request(PROFILES, purpose=purpose, lasting=lasting)
        return str(self.desk(ELENA).approve(asked["request"])["grant"]["grant"])

    def read(self, principal: str, address: str, number: int = 1) -> None:
        ran = QueryRan(f"q{number}", "digest", [f"{address}@1"], 1, 0.1, principal=principal)
        self.wiring.ledger.record([ran])


@pytest.fixture
def clock(built_club: Path, tmp_path: Path) -> Iterator[Clock]:
    clock = Clock(copied(built_club, tmp_path / "mesh"))
    yield clock
    clock.wiring.close()


def tended(clock: Clock) -> list[object]:
    return list(tend_access(clock.wiring, clock.now))


def test_a_request_that_nobody_answers_goes_to_the_domain_and_then_to_governance(
    clock: Clock,
) -> None:
    clock.desk(ANA).request(TIERS, purpose="churn")
    assert tended(clock) == []
    clock.later(2.1)
    (first,) = tended(clock)
    assert first.to == [OWNER_OF_DOMAIN]  # type: ignore[attr-defined]
    assert tended(clock) == [], "not again at once"
    clock.later(2.1)
    (second,) = tended(clock)
    assert second.to == [OWNER_OF_DOMAIN, "person:gov@example.com"]  # type: ignore[attr-defined]
    clock.later(9)
    assert tended(clock) == [], "there is nobody else"
    done = clock.desk("person:gov@example.com").approve("req-1")
    assert (done["state"], done["level"]) == ("open", 1)
    assert clock.desk(OWNER_OF_DOMAIN).approve("req-1")["state"] == "approved"


def test_a_word_on_a_request_begins_its_time_anew(clock: Clock) -> None:
    clock.desk(ANA).request(TIERS, purpose="churn")
    clock.later(1.9)
    clock.desk(BOB, "team:desk").approve("req-1")
    clock.later(1.9)
    assert tended(clock) == []
    assert clock.desk(SAM).approve("req-1")["state"] == "approved"
    clock.later(9)
    assert tended(clock) == [], "what has ended is not escalated"


def test_a_grant_ends_by_its_time_and_the_trail_is_told_once(clock: Clock) -> None:
    grant = clock.granted(lasting="10d")
    clock.later(10.1)
    assert clock.desk(ANA).grants() == [], "also before anybody said so"
    (fact,) = tended(clock)
    assert (fact.grant, fact.by) == (grant, "time")  # type: ignore[attr-defined]
    assert tended(clock) == []
    (line,) = clock.desk(ANA).grants(ended=True)
    assert line["state"] == "expired"
    with pytest.raises(RefusedError) as late:
        clock.desk(ELENA).renew(grant, lasting="30d")
    assert late.value.code == "grant-ended"


def test_a_round_of_observe_does_it(clock: Clock) -> None:
    clock.granted(lasting="10d")
    clock.desk(ANA).request(TIERS, purpose="x")
    clock.later(11)
    cycle = clock.mesh.observe_once()
    kinds = sorted(type(fact).__name__ for fact in cycle.access)
    assert kinds == ["AccessRevoked", "RequestEscalated"]
    assert cycle.is_eventful


def test_review_has_the_unused_first(clock: Clock) -> None:
    for number, purpose in enumerate(("used", "quiet", "kept"), 1):
        clock.granted(purpose, "1y")
        clock.read("person:nobody@example.com", PROFILES, number)
    assert [line["queries"] for line in clock.desk(ELENA).review()] == [0, 0, 0]
    clock.later(100)
    clock.desk(ELENA).keep("g-3", note="audit")
    found = clock.desk(ELENA).review()
    assert [(line["grant"], line["unused"]) for line in found] == [
        ("g-1", True),
        ("g-2", True),
        ("g-3", False),
    ]
    clock.read(ANA, PROFILES, 9)
    assert [line["unused"] for line in clock.desk(ELENA).review()] == [False, False, False]
    assert clock.desk(BOB).review() == [], "they answer for nothing"
    with pytest.raises(DeniedError):
        clock.desk(ANA).keep("g-1")


def test_what_a_member_reads_is_a_use_of_the_teams_grant(clock: Clock) -> None:
    ana = clock.desk(ANA, "team:insight")
    ana.request(PROFILES, purpose="board", for_principal="team:insight", lasting="1y")
    clock.desk(ELENA).approve("req-1")
    clock.later(1)
    clock.read(ANA, PROFILES)
    (line,) = clock.desk(ELENA).review()
    assert (line["queries"], line["unused"]) == (1, False)


def test_whoever_leaves_loses_grants_and_requests(clock: Clock) -> None:
    clock.granted()
    clock.desk(ANA).request(TIERS, purpose="x")
    clock.wiring.ledger.record([PrincipalRemoved(ANA, "person:hr@example.com")])
    assert clock.mesh.access.grants() == []
    assert clock.mesh.access.requests() == []
    assert [one["state"] for one in clock.mesh.access.grants(ended=True)] == ["revoked"]


def test_who_holds_a_grant_is_hurt_by_a_change(clock: Clock) -> None:
    asked = clock.desk(ANA).request(PROFILES, purpose="churn", columns=["id", "tier"])
    clock.desk(ELENA).approve(asked["request"])
    clock.read(ANA, PROFILES)
    (held,) = clock.mesh.impact(f"{PROFILES}.tier", drop=True).grants
    assert (held.grant, held.principal, held.purpose) == ("g-1", ANA, "churn")
    assert held.last_used
    assert clock.mesh.impact(f"{PROFILES}.email", drop=True).grants == (), "it is not given"
    assert len(clock.mesh.impact(PROFILES, drop=True).grants) == 1
    clock.later(31)
    assert clock.mesh.impact(PROFILES, drop=True).grants == ()


def test_rules_see_the_grants_that_were_not_revoked(clock: Clock) -> None:
    clock.granted("one")
    clock.desk(ELENA).revoke(clock.granted("two"), reason="x")
    clock.read(ANA, PROFILES)
    with clock.wiring.store.read() as reader:
        (row,) = lived_rows(reader, {"loyalty"})["loyalty"]["grants"]
    address, product, domain, grant, principal, purpose, until, _, source, raw, used = row
    assert (address, product, domain) == (PROFILES, "loyalty.members", "loyalty")
    assert (grant, principal, purpose, source, raw) == ("g-1", ANA, "one", "request:req-1", [])
    assert str(until) > clock.now.isoformat()
    assert used is not None


def test_a_renamed_product_keeps_its_grants(clock: Clock) -> None:
    clock.granted()
    home = clock.wiring.root / "domains" / "loyalty" / "members" / "product.odps.yaml"
    change_yaml(
        home,
        lambda doc: doc.update(
            name="people",
            customProperties=[{"property": "formerly", "value": "loyalty.members"}],
        ),
    )
    clock.wiring.look_again()
    build(clock.wiring.root)
    clock.wiring.look_again()
    (line,) = clock.mesh.access.grants("loyalty.people")
    assert line["address"] == "loyalty.people.profiles"
    assert clock.mesh.access.grants("loyalty.members") == [line], "by its earlier name too"
    assert clock.desk(ELENA).revoke("g-1", reason="x")["state"] == "revoked"


def test_people_are_told_apart_in_a_list(clock: Clock) -> None:
    clock.granted()
    assert len(desk(clock.mesh, ANA).grants()) == 1
    assert desk(clock.mesh, BOB).grants() == []
    assert len(clock.mesh.access.grants("loyalty")) == 1
    assert clock.mesh.access.grants("insight") == []
    assert len(clock.mesh.access.grants(principal="ana@example.com")) == 1
    assert clock.mesh.access.grants(principal=BOB) == []
