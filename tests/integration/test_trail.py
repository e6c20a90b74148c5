"""The trail: it tells the story of access in order, to whom it concerns, and holds no value of data."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.mesh import Mesh
from meshwright.app.trail import queries as trail_queries
from meshwright.app.trail.line import TrailLine
from meshwright.app.trail.telling import TrailFilter, trail
from meshwright.app.trail.verifying import verify_trail
from meshwright.errors import MeshwrightError, UsageError
from meshwright.model.facts import QueryEnded, QueryRan, SignInRefused
from tests.integration.club import (
    ANA,
    BOB,
    ELENA,
    PROFILES,
    TIERS,
    add_people,
    asker,
    desk,
    write_club,
)
from tests.integration.shop import build, copied, opened
from tests.meshes import change_yaml

READ = f"select tier, email from {PROFILES} where tier <> 'gold'"


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


def ask(mesh: Mesh, who: str, sql: str = READ, **how: Any) -> Any:
    from meshwright.app.query import query

    return query(mesh.wiring, sql, asker=asker(who, **how))


def told(mesh: Mesh, who: str = "", *, roles: tuple[str, ...] = (), **how: Any) -> list[TrailLine]:
    person = asker(who, roles=roles) if who else mesh.wiring.asker()
    return list(trail(mesh.wiring, person, TrailFilter(**how)))


def words(lines: list[TrailLine]) -> list[str]:
    return [
        f"{line.kind}{' refused' if line.kind == 'query' and line.error else ''}" for line in lines
    ]


def story(mesh: Mesh) -> None:
    """Ana is refused, asks, is granted, reads, and reads no more."""
    with pytest.raises(MeshwrightError):
        ask(mesh, ANA)
    desk(mesh, ANA).request(PROFILES, purpose="churn")
    desk(mesh, ELENA).approve("req-1", note="fine", masks=["email=show-last-4"])
    ask(mesh, ANA, purpose="churn")
    desk(mesh, ELENA).revoke("g-1", reason="over")
    with pytest.raises(MeshwrightError):
        ask(mesh, ANA, purpose="churn")


def test_it_tells_the_story(mesh: Mesh) -> None:
    story(mesh)
    lines = told(mesh, address=PROFILES)
    assert words(lines) == [
        "query refused", "request", "approval", "grant", "query", "revocation", "query refused",
    ]  # fmt: skip
    assert [line.seq for line in lines] == sorted(line.seq for line in lines)
    refused, asked, approved, granted, read, revoked, _ = lines
    assert (refused.error, refused.rows) == ("access-denied", None)
    assert (asked.principal, asked.purpose, asked.id) == (ANA, "churn", "req-1")
    assert (approved.principal, approved.by, approved.note) == (ANA, ELENA, "level 1; fine")
    assert (granted.id, granted.by, granted.masked) == ("g-1", ELENA, (f"{PROFILES}.email",))
    assert (read.principal, read.purpose, read.rows) == (ANA, "churn", 1)
    assert read.addresses == (f"{PROFILES}@1",)
    assert read.masked == (f"{PROFILES}.email",)
    assert "grant:g-1" in read.policies
    assert (revoked.id, revoked.by, revoked.note) == ("g-1", ELENA, "over")


def test_a_revocation_bites_at_the_next_query_of_a_mesh_that_is_open(mesh: Mesh) -> None:
    desk(mesh, ANA).request(PROFILES, purpose="churn")
    desk(mesh, ELENA).approve("req-1", masks=["email=show-last-4"], filter="tier <> 'gold'")
    result = ask(mesh, ANA, f"select email, tier from {PROFILES}", purpose="churn")
    ((email, tier),) = result.rows()
    assert tier == "staff"
    assert email.endswith(".org")
    assert "bob" not in email
    with opened(mesh.wiring.root) as other:
        desk(other, ELENA).revoke("g-1", reason="over")
    with pytest.raises(MeshwrightError) as error:
        ask(mesh, ANA, f"select tier from {PROFILES}", purpose="churn")
    assert error.value.code == "access-denied"


def test_who_may_know_what(mesh: Mesh) -> None:
    story(mesh)
    desk(mesh, BOB).request("insight.churn.risk", purpose="own")
    mesh.wiring.ledger.record([SignInRefused("ana@example.com", "sql", "password-wrong")])
    everything = words(told(mesh))
    assert words(told(mesh, "person:aud@example.com", roles=("auditor",))) == everything
    assert words(told(mesh, "person:gov@example.com", roles=("governance",))) == everything
    assert {line.principal for line in told(mesh, BOB, kinds=("request", "query"))} == {BOB}
    about = told(mesh, ELENA, kinds=("request", "query", "grant"))
    assert len(about) == 5
    assert all(PROFILES in line.ports for line in about), "owners know what is about their products"
    mine = told(mesh, ANA)
    assert {"query", "request", "approval", "grant", "revocation"} <= {line.kind for line in mine}
    assert all(ANA in (line.principal, line.by) for line in mine)
    assert told(mesh, "person:nobody@example.com") == []
    administrator = told(mesh, "person:adm@example.com", roles=("administrator",))
    assert administrator == [], "who manages people reads no trail of theirs"


def test_it_is_found_by_what_one_asks(mesh: Mesh) -> None:
    story(mesh)
    assert {line.principal for line in told(mesh, principal="ana@example.com")} == {ANA}
    assert words(told(mesh, is_refused=True, kinds=("query",))) == ["query refused"] * 2
    assert words(told(mesh, kinds=("grant", "revocation"))) == ["grant", "revocation"]
    assert told(mesh, address=TIERS) == []
    assert len(told(mesh, address="loyalty", kinds=("query",))) == 3
    assert len(told(mesh, address="loyalty.members", kinds=("query",))) == 3
    assert [line.kind for line in told(mesh, address=PROFILES, limit=2)] == ["revocation", "query"]
    whole = told(mesh)
    assert told(mesh, limit=3) == whole[-3:]
    later = whole[3].at
    assert told(mesh, since=later) == [line for line in whole if line.at >= later]
    assert told(mesh, until=later) == [line for line in whole if line.at < later]
    assert told(mesh, since="2999-01-01") == []
    assert len(told(mesh, until="2999-01-01")) == len(whole)


def test_pages_leave_nothing_out_and_tell_nothing_twice(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many queries of one moment, some of two ports: each is told once, in order, whatever a page holds."""
    monkeypatch.setattr(trail_queries, "PAGE", 3)
    both = [f"{PROFILES}@1", f"{TIERS}@1"]
    mesh.wiring.ledger.record(
        [
            QueryRan(f"q{n}", "d", both[: n % 3], 1, 0.1, principal=ANA if n % 2 else BOB)
            for n in range(20)
        ]
    )
    mesh.wiring.ledger.record([QueryRan("q20", "d", both, None, 0.1, principal=ANA)])
    mesh.wiring.ledger.record([QueryEnded("q20", 7, 2.5, "query-interrupted")])
    found = told(mesh, kinds=("query",))
    assert [line.id for line in found] == [f"q{n}" for n in range(21)]
    assert (found[-1].rows, found[-1].seconds, found[-1].error) == (7, 2.5, "query-interrupted")
    assert told(mesh, kinds=("query",), limit=8) == found[-8:]
    of_product = told(mesh, kinds=("query",), address="loyalty.members")
    assert of_product == [line for line in found if line.addresses]
    assert told(mesh, kinds=("query",), address="loyalty", limit=5) == of_product[-5:]
    of_ana = told(mesh, kinds=("query",), principal=ANA, address=TIERS)
    assert of_ana == [line for line in found if line.principal == ANA and TIERS in line.ports]


PLANS = (
    ({"kinds": ("query",), "limit": 9}, "queries_by_time"),
    ({"kinds": ("query",), "principal": ANA, "limit": 9}, "queries_by_principal"),
    ({"kinds": ("query",), "address": PROFILES, "limit": 9}, "SEARCH p USING PRIMARY KEY"),
    ({"kinds": ("query",), "is_refused": True, "limit": 9}, "queries_with_error"),
)


@pytest.mark.parametrize(("how", "index"), PLANS)
def test_what_is_asked_for_is_found_by_an_index(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch, how: dict[str, Any], index: str
) -> None:
    """Neither all queries are read nor are they sorted, however many there are."""
    ran: list[tuple[str, Any]] = []
    mesh.wiring.ledger.record([QueryRan("q1", "d", [f"{PROFILES}@1"], 1, 0.1, principal=ANA)])
    mesh.wiring.ledger.record([QueryRan("q2", "d", [], None, 0.1, error="x", principal=ANA)])
    with mesh.wiring.store.read() as reader:
        rows = type(reader).rows

        def noted(self: Any, sql: str, values: Any = ()) -> Any:
            ran.append((sql, values))
            return rows(self, sql, values)

        monkeypatch.setattr(type(reader), "rows", noted)
        assert told(mesh, **how)
        asked = [(sql, values) for sql, values in ran if "LIMIT 2000" in sql]
        assert asked
        for sql, values in asked:
            plan = " ".join(
                str(row[3]) for row in rows(reader, f"EXPLAIN QUERY PLAN {sql}", values)
            )
            assert index in plan
            assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_an_analyst_s_own_queries_are_found_among_all(mesh: Mesh) -> None:
    """Their own, what an agent reads on their behalf, and nobody else's."""
    for n, (who, behind) in enumerate(
        ((ANA, ""), (BOB, ""), ("agent:a", ANA), (BOB, ANA), (ANA, ANA))
    ):
        ran = QueryRan(f"q{n}", "d", [f"{PROFILES}@1"], 1, 0.1, principal=who, on_behalf_of=behind)
        mesh.wiring.ledger.record([ran])
    assert [line.id for line in told(mesh, ANA, kinds=("query",))] == ["q0", "q2", "q3", "q4"]
    assert [line.id for line in told(mesh, ANA, limit=2)] == ["q3", "q4"]
    assert [line.id for line in told(mesh, ELENA, kinds=("query",))] == [f"q{n}" for n in range(5)]
    assert told(mesh, BOB, principal=ANA, kinds=("query",)) == [], (
        "what is not theirs stays unknown"
    )


def test_a_renamed_product_keeps_its_trail(mesh: Mesh) -> None:
    story(mesh)
    home = mesh.wiring.root / "domains" / "loyalty" / "members" / "product.odps.yaml"
    change_yaml(
        home,
        lambda doc: doc.update(
            name="people",
            customProperties=[{"property": "formerly", "value": "loyalty.members"}],
        ),
    )
    build(mesh.wiring.root)
    mesh.wiring.look_again()
    for address in ("loyalty.people", "loyalty.members", "loyalty.people.profiles"):
        assert len(told(mesh, address=address, kinds=("query",))) == 3, address
        assert len(told(mesh, ELENA, address=address, kinds=("query", "grant"))) == 4, address


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"kinds": ("queries",)}, "kind-unknown"),
        ({"address": "loyality"}, "domain-unknown"),
        ({"address": "not an address.x"}, "address-invalid"),
        ({"since": "yesterday"}, "time-invalid"),
        ({"until": "2027-13-01"}, "time-invalid"),
        ({"principal": "robot:x"}, "principal-invalid"),
    ],
)
def test_what_makes_no_sense_is_told_at_once(mesh: Mesh, how: dict[str, Any], code: str) -> None:
    with pytest.raises(UsageError) as error:
        trail(mesh.wiring, mesh.wiring.asker(), TrailFilter(**how))
    assert error.value.code == code
    assert error.value.hint


def test_a_changed_fact_is_detected(mesh: Mesh) -> None:
    story(mesh)
    assert verify_trail(mesh.wiring).is_sound
    with mesh.wiring.store.write() as writer:
        writer.run(
            "UPDATE facts SET payload = replace(payload, 'churn', 'other') WHERE kind = 'AccessGranted'"
        )
    assert not verify_trail(mesh.wiring).is_sound


SECRETS = ("zoe.secret@private.example", "1999-09-09", "Quaestor")


def test_no_value_of_personal_data_is_in_any_fact_file_or_line(mesh: Mesh) -> None:
    """Literals, parameters, values that errors quote, filters: none is kept anywhere but in the data."""
    from meshwright.app.governed.ask import ask as governed

    email, day, name = SECRETS
    desk(mesh, ANA).request(PROFILES, purpose="churn")
    with pytest.raises(UsageError):
        desk(mesh, ELENA).approve("req-1", filter=f"email = '{email}'")
    with pytest.raises(UsageError):
        desk(mesh, ELENA).approve("req-1", filter=f"born > date '{day}'")
    desk(mesh, ELENA).approve("req-1", masks=["email=show-last-4"], filter="tier <> 'none'")
    people = (asker(ANA, purpose="churn"), asker(ELENA), asker(BOB), mesh.wiring.asker())
    texts = (
        f"select * from {PROFILES} where email = '{email}' or born = date '{day}'",
        f"select '{email}'::integer from {PROFILES}",
        f"select error('{email}') from {PROFILES}",
        f"select count(*) as \"{name}\" from {PROFILES} where email like '%{email}%'",
        f"select {name} from {PROFILES}",
        f'select * from loyalty.members."{email}"',
        f"selec '{email}'",
        f"select * from {PROFILES} where email = '{email}' -- {name}",
        f'select count(*) as "{email}" from {PROFILES}',
        f"select * from read_csv('/{email}/{day}')",
    )
    ran = 0
    for who in people:
        for sql in texts:
            try:
                with governed(mesh.wiring, who, sql) as answer:
                    answer.result()
                ran += 1
            except MeshwrightError:
                pass
        try:
            with governed(
                mesh.wiring, who, f"select * from {PROFILES} where email = ?", parameters=[email]
            ) as answer:
                answer.result()
        except MeshwrightError:
            pass
    assert ran >= 6
    lines = told(mesh)
    assert sum(line.kind == "query" for line in lines) == len(people) * (len(texts) + 1)
    said = json.dumps([line.shape for line in lines])
    mesh.wiring.close()
    kept = _kept(mesh.wiring.root / ".mesh")
    for secret in SECRETS[:2]:
        assert secret not in said
        where = [name for name, data in kept.items() if secret.encode() in data]
        assert where == [], secret


def _kept(folder: Path) -> dict[str, bytes]:
    """Return every file of the mesh's state but the data itself, which policies keep."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != "data"
    }
