"""What a change of a column would break: columns, models, contracts, products, people and their queries."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.impact import affected
from meshwright.app.impact.found import BREAKS, MAY, RESTS, Impact, impact_shape
from meshwright.app.kept_queries import DAY, find_text, sweep
from meshwright.app.mesh import Mesh
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.model.facts import ExternalRunSeen, SubscriptionMade
from meshwright.model.plan import Affected, ChangedItem
from tests.integration.shop import KEY, build, column, copied, opened, statuses
from tests.integration.web import WEB
from tests.meshes import change_yaml, home_of, write_mesh, write_product

LOGINS: dict[str, Any] = {
    "inputs": {"people": {"port": "crm.people.people"}},
    "ports": {"names": "select id, name from people where name <> ''"},
    "contracts": {
        "names": {
            "columns": [
                column(
                    "id",
                    physicalType="BIGINT",
                    relationships=[{"to": "crm.people.people.id"}],
                ),
                column("name", "string", physicalType="VARCHAR"),
            ],
            "quality": [
                {
                    "id": "some_names",
                    "type": "sql",
                    "query": "SELECT count(*) FROM ${table} WHERE name = 'nobody'",
                    "mustBe": 0,
                }
            ],
        }
    },
}
ASKED = "select upper(name) from crm.people.people where id = 12345 and name <> 'ada'"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_mesh(tmp_path_factory.mktemp("impact") / "mesh", WEB)
    write_product(folder, "top", "logins", LOGINS)
    assert set(statuses(build(folder)).values()) == {"published"}
    return folder


@pytest.fixture
def mesh(built: Path, tmp_path: Path) -> Iterator[Mesh]:
    with opened(copied(built, tmp_path / "mesh")) as found:
        yield found


def verdicts(impact: Impact) -> dict[str, str]:
    return {column.address: column.verdict for column in impact.columns}


def test_a_dropped_column_takes_all_that_rests_on_it(mesh: Mesh) -> None:
    impact = mesh.impact("crm.people.people.email", drop=True)
    assert impact.breaks
    assert verdicts(impact) == {
        "web.visits.hashed.who": BREAKS,
        "web.visits.totals.people": BREAKS,
        "web.visits.visits.who": BREAKS,
        "web.visits.visits.*": BREAKS,  # it is grouped by: every row stands on it
        "top.summary.named.name": BREAKS,
        "top.summary.named.pages": BREAKS,
        "top.summary.named.*": BREAKS,
    }
    assert [one.product for one in impact.products] == ["web.visits", "top.summary"]
    assert impact.owners == ("top@example.com", "web@example.com")


def test_models_are_named_with_the_line_that_reads_it(mesh: Mesh) -> None:
    models = {m.model: m for m in mesh.impact("crm.people.people.name", drop=True).models}
    assert set(models) == {"hashed", "names"}
    place = models["names"].place
    assert (place.file, place.line) == ("domains/top/logins/models/names.sql", 1)
    assert models["names"].reads == ("crm.people.people.name",)


def test_contracts_say_what_they_promise_of_it(mesh: Mesh) -> None:
    impact = mesh.impact("crm.people.people.name", drop=True)
    said = {(p.address, p.what) for p in impact.contracts}
    assert said == {
        ("crm.people.people.name", "is promised"),
        ("top.logins.names", "rule `some_names` reads name"),
        ("top.logins.names.name", "is promised as VARCHAR"),
        # `where name <> ''` decides which rows there are, whatever the column
        ("top.logins.names.id", "is promised as BIGINT"),
        ("web.visits.visits.name", "is promised as string"),
        ("web.visits.visits.who", "is promised as string"),  # rows are grouped by the name
        ("top.summary.named.name", "is promised as string"),
    } | {p for p in said if p[1].startswith("is promised") and p[0].endswith(".pages")}
    for promise in impact.contracts:
        line = (
            (mesh.wiring.root / promise.place.file).read_text().splitlines()[promise.place.line - 1]
        )
        assert promise.address.rpartition(".")[2] in line or "some_names" in line


def test_a_foreign_key_that_leads_to_it_is_hit(mesh: Mesh) -> None:
    impact = mesh.impact("crm.people.people.id", drop=True)
    keys = [p for p in impact.contracts if p.what == "is a foreign key to crm.people.people.id"]
    assert [p.address for p in keys] == ["top.logins.names.id"]


def test_a_wider_type_breaks_what_promises_the_narrow_one(mesh: Mesh) -> None:
    impact = mesh.impact("crm.people.people.id", type="HUGEINT")
    assert verdicts(impact)["top.logins.names.id"] == BREAKS
    assert MAY not in verdicts(impact).values()
    (why,) = [c.why for c in impact.columns if c.verdict == BREAKS]
    assert why == "BIGINT is promised, HUGEINT would come"
    assert impact.breaks


def test_a_wider_type_that_nobody_promised_breaks_nothing(mesh: Mesh) -> None:
    impact = mesh.impact("web.visits.visits.pages", type="HUGEINT")
    assert not impact.breaks
    assert verdicts(impact) == {"top.summary.named.pages": RESTS}


def test_another_type_may_break_what_is_computed_of_it(mesh: Mesh) -> None:
    impact = mesh.impact("web.visits.visits.pages", type="VARCHAR")
    assert verdicts(impact) == {"top.summary.named.pages": MAY}
    assert impact.breaks


def test_the_same_type_changes_nothing(mesh: Mesh) -> None:
    impact = mesh.impact("crm.people.people.id", type="bigint")
    assert not impact.breaks
    assert impact.models == impact.queries == ()


def test_without_a_change_it_lists_what_rests_on_a_port(mesh: Mesh) -> None:
    impact = mesh.impact("crm.people.people")
    assert not impact.breaks
    assert set(verdicts(impact).values()) == {RESTS}
    assert {one.product for one in impact.products} == {"web.visits", "top.logins", "top.summary"}
    assert [one.product for one in mesh.impact("crm.people").products] == [
        one.product for one in impact.products
    ]


def test_nothing_rests_on_the_last_one(mesh: Mesh) -> None:
    impact = mesh.impact("top.summary.named", drop=True)
    assert (impact.columns, impact.products) == ((), ())


def test_queries_of_thirty_days_are_hit_by_their_kept_text(mesh: Mesh) -> None:
    for sql in (
        ASKED,
        ASKED,
        "select id from crm.people.people",
        'select name from crm.people."people@1"',
    ):
        mesh.query(sql)
    impact = mesh.impact("crm.people.people.name", drop=True)
    (query,) = impact.queries
    assert (query.times, query.verdict, query.reads) == (2, BREAKS, ("crm.people.people.name",))
    assert query.sql == "select upper(name) from crm.people.people where id = 0 and name <> '?'"
    assert query.people == (mesh.wiring.actor,)
    assert impact.readers == (mesh.wiring.actor,)


def test_a_query_by_an_earlier_name_is_hit_too(built: Path, tmp_path: Path) -> None:
    """Asked before the rename, and after it by the name that still finds it."""
    folder = copied(built, tmp_path / "mesh")
    with opened(folder) as mesh:
        mesh.query("select max(name) from top.summary.named")
    home = home_of(folder, "top.summary")
    said = [{"property": "formerly", "value": "top.summary"}]
    change_yaml(
        home / "product.odps.yaml", lambda d: d.update(name="digest", customProperties=said)
    )
    for contract in (home / "contracts").glob("*.odcs.yaml"):
        change_yaml(contract, lambda d: d.pop("dataProduct", None))
    build(folder)
    with opened(folder) as mesh:
        mesh.query("select min(name) from top.summary.named")
        impact = mesh.impact("top.digest.named.name", drop=True)
        assert [query.reads for query in impact.queries] == [("top.digest.named.name",)] * 2
        assert impact.readers == (mesh.wiring.actor,)


def test_a_query_of_what_is_made_of_it_is_hit_too(mesh: Mesh) -> None:
    mesh.query("select max(name) from top.summary.named")
    (query,) = mesh.impact("crm.people.people.name", rename="full_name").queries
    assert "top.summary.named.name" in query.reads


def test_a_dropped_port_hits_queries_that_name_no_column(mesh: Mesh) -> None:
    mesh.query("select count(*) from crm.people.people")
    (query,) = mesh.impact("crm.people.people", drop=True).queries
    assert query.verdict == BREAKS


def test_a_query_whose_text_is_not_kept_may_break(mesh: Mesh) -> None:
    mesh.query("select id from crm.people.people")
    for text in (mesh.wiring.mesh.state / "queries").glob("*.sql"):
        text.unlink()
    (query,) = mesh.impact("crm.people.people.name", drop=True).queries
    assert (query.verdict, query.sql) == (MAY, "")


def test_texts_are_private_and_swept(mesh: Mesh) -> None:
    mesh.query(ASKED)
    folder = mesh.wiring.mesh.state / "queries"
    (text,) = folder.glob("*.sql")
    assert text.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    age = text.stat().st_mtime
    sweep(mesh.wiring, now=age + 29 * DAY)
    assert find_text(mesh.wiring, text.stem)
    sweep(mesh.wiring, now=age + 31 * DAY)
    assert find_text(mesh.wiring, text.stem) is None


def test_a_run_sweeps_what_is_old(mesh: Mesh) -> None:
    mesh.query(ASKED)
    folder = mesh.wiring.mesh.state / "queries"
    (text,) = folder.glob("*.sql")
    old = text.stat().st_mtime - 40 * DAY
    os.utime(text, (old, old))
    os.utime(folder / ".swept", (old, old))
    mesh.run("top.summary", force=True)
    assert not text.exists()


def test_what_a_tool_outside_makes_of_it_is_hit(mesh: Mesh) -> None:
    """A job that told by OpenLineage which columns it reads stands beside the mesh's own products."""
    edges = [["bi/board", "who", "crm.people.people", "email", "DIRECT", "IDENTITY", "r"]]
    run = ExternalRunSeen(
        "bi/refresh", "r1", "COMPLETE", "2026-01-01T00:00:00+00:00", ["crm.people.people"],
        ["bi/board"], edges, {"bi/board": ["who"]},
    )  # fmt: skip
    mesh.wiring.ledger.record([run])
    hits = {c.address: c for c in mesh.impact("crm.people.people.email", drop=True).columns}
    assert (hits["bi/board.who"].by, hits["bi/board.who"].verdict) == ("bi/refresh", BREAKS)


def test_a_mesh_can_keep_no_text(mesh: Mesh) -> None:
    change_yaml(
        mesh.wiring.root / "mesh.yaml", lambda document: document.update(queries={"keep": 0})
    )
    with opened(mesh.wiring.root) as again:
        again.query(ASKED)
    assert not (mesh.wiring.mesh.state / "queries").exists()


def test_a_query_that_failed_is_not_kept(mesh: Mesh) -> None:
    with pytest.raises(Exception, match="nope"):
        mesh.query("select nope from crm.people.people")
    assert not list((mesh.wiring.mesh.state / "queries").glob("*.sql"))


def test_subscribers_of_what_is_hit_are_named(mesh: Mesh) -> None:
    for number, address in enumerate(
        ("crm.people.people", "web.visits", "top.logins.names", "sales")
    ):
        fact = SubscriptionMade(f"s{number}", address, "mail", ["changed"], f"person:{number}")
        mesh.wiring.ledger.record([fact])
    impact = mesh.impact("crm.people.people.email", drop=True)
    assert [one.principal for one in impact.subscribers] == ["person:0", "person:1"]


def test_the_shape_is_one_document(mesh: Mesh) -> None:
    shape = impact_shape(mesh.impact("crm.people.people.email", drop=True))
    assert (shape["change"], shape["breaks"], shape["grants"]) == ("drop", True, [])
    assert shape["models"][0]["file"].endswith(".sql")
    assert shape["products"][0]["people"] == ("web@example.com",)


@pytest.mark.parametrize(
    ("address", "how", "code"),
    [
        ("crm.people.people.nam", {"drop": True}, "column-unknown"),
        ("crm.people.persons", {"drop": True}, "port-unknown"),
        ("crm.persons", {"drop": True}, "product-unknown"),
        ("crm.people.people", {"type": "BIGINT"}, "address-not-a-column"),
        ("crm.people.people", {"rename": "x"}, "address-not-a-column"),
        ("crm.people.people.id", {"type": "NUMBERISH"}, "type-unknown"),
        ("crm", {}, "address-invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(
    mesh: Mesh, address: str, how: dict[str, Any], code: str
) -> None:
    with pytest.raises(UsageError) as raised:
        mesh.impact(address, **how)
    assert raised.value.code == code


PEOPLE = Address("crm", "people", "people")


def hit(mesh: Mesh, *items: ChangedItem | str) -> dict[str, Affected]:
    with mesh.wiring.store.read() as reader:
        return {one.product: one for one in affected(mesh.wiring, reader, PEOPLE, items)}


def test_a_change_hits_the_products_whose_columns_rest_on_it(mesh: Mesh) -> None:
    found = hit(mesh, ChangedItem("major", "email", "column `email` was removed"))
    assert set(found) == {"web.visits", "top.summary"}
    assert set(found["web.visits"].columns) == {
        "web.visits.totals.people",
        "web.visits.visits.who",
        "web.visits.visits.*",
    }
    assert set(hit(mesh, "name")) == {"web.visits", "top.logins", "top.summary"}


def test_a_change_of_a_key_or_of_nothing_named_hits_all_that_read_the_port(mesh: Mesh) -> None:
    everyone = {"web.visits", "top.logins", "top.summary"}
    assert (
        set(hit(mesh, ChangedItem("major", "primaryKey", "the key (id) was dropped"))) == everyone
    )
    assert set(hit(mesh)) == everyone


def test_a_reader_whose_lineage_is_not_known_is_hit(mesh: Mesh) -> None:
    """A product that was never built has no lineage: it may read anything of the port."""
    fresh = {
        "inputs": {"people": {"port": "crm.people.people"}},
        "ports": {"x": "select 1 as x from people"},
    }
    write_product(mesh.wiring.root, "top", "fresh", fresh)
    mesh.wiring.look_again()
    assert hit(mesh, "email")["top.fresh"].columns == ()


def test_who_asked_the_port_is_told_last(mesh: Mesh) -> None:
    mesh.query("select id from crm.people.people")
    found = list(hit(mesh, "email").values())
    assert found[-1] == Affected("crm.people", ("crm.people.people.email",), (mesh.wiring.actor,))


def test_keys_of_others_are_hit(mesh: Mesh) -> None:
    write_product(
        mesh.wiring.root,
        "top",
        "notes",
        {
            "inputs": {"raw": "person,note\n1,x\n"},
            "ports": {"notes": "select person, note from raw"},
            "contracts": {
                "notes": {
                    "columns": [
                        column("person", **KEY, relationships=[{"to": "crm.people.people.id"}]),
                        column("note", "string"),
                    ]
                }
            },
        },
    )
    mesh.wiring.look_again()
    assert hit(mesh, "id")["top.notes"].columns == ("top.notes.notes.person",)
    assert "top.notes" not in hit(mesh, "email")
