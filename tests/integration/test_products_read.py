"""Products as principals: a build reads a foreign port by a grant or a policy, once the mesh is governed."""

from pathlib import Path
from typing import Any

import pytest

import meshwright
from meshwright.model.facts import AccessGranted, AccessRevoked, Fact
from tests.integration.granted import (
    BEFORE,
    LATER,
    PEOPLE,
    PEOPLE_COLUMNS,
    put_policies,
    wired,
)
from tests.integration.shop import KEY, build, column
from tests.meshes import write_mesh, write_product

NOTHING = "policies: []\n"
MESH: dict[str, dict[str, dict[str, Any]]] = {
    "crm": {
        "people": {
            "inputs": {"raw": PEOPLE},
            "ports": {"people": "select id, name, email, born, points, region from raw"},
            "contracts": {"people": {"columns": PEOPLE_COLUMNS}},
        },
        "regions": {
            "inputs": {"people": {"port": "crm.people.people"}},
            "ports": {"regions": "select region, count(*) as n from people group by 1"},
        },
    },
    "news": {
        "letters": {
            "inputs": {"people": {"port": "crm.people.people"}},
            "ports": {"seen": "select name is null as hidden, points, region from people"},
        }
    },
}
READER, PORT = "product:news.letters", "crm.people.people"


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    """A mesh whose federation has access policies, which say nothing; what is read is published."""
    folder = write_mesh(tmp_path / "mesh", MESH)
    put_policies(folder, NOTHING)
    ended = build(folder, "crm.*")
    assert {result.status for result in ended.values()} == {"published"}
    return folder


def grant(**said: Any) -> AccessGranted:
    """Return a grant of the letters on people."""
    plain = {"grant": "g-7", "purpose": "build", "since": BEFORE, "until": LATER}
    return AccessGranted(principal=READER, address=PORT, product="crm.people", **(plain | said))


def record(folder: Path, *facts: Fact) -> None:
    """Record facts."""
    with wired(folder, *facts):
        pass


def seen(folder: Path) -> list[dict[str, Any]]:
    """Return what the letters published."""
    with meshwright.open(folder) as opened:
        return opened.query("select * from news.letters.seen order by points").to_pylist()


def test_a_mesh_without_policies_needs_no_grants(tmp_path: Path) -> None:
    folder = write_mesh(tmp_path / "mesh", MESH)
    assert {result.status for result in build(folder).values()} == {"published"}


def test_within_a_domain_ownership_is_enough(mesh: Path) -> None:
    with meshwright.open(mesh) as opened:
        assert opened.query("select sum(n) as n from crm.regions.regions").to_pylist() == [{"n": 2}]


def test_without_a_grant_it_is_refused_at_plan_and_never_built(mesh: Path) -> None:
    with meshwright.open(mesh) as opened:
        (step,) = opened.plan("news.letters").steps
        assert step.action == "refused"
        (refusal,) = step.refusals
        assert refusal.code == "input-not-granted"
        assert READER in refusal.message
        assert PORT in refusal.message
        assert f"--for-principal {READER}" in refusal.hint
    assert build(mesh, "news.letters")["news.letters"].status == "refused"


def test_an_unpublished_port_is_judged_when_it_is_built(tmp_path: Path) -> None:
    """At plan nothing is known of the port; at the build it is, and the grant is missing still."""
    folder = write_mesh(tmp_path / "mesh", MESH)
    put_policies(folder, NOTHING)
    ended = build(folder)
    assert ended["crm.people"].status == "published"
    assert ended["news.letters"].status == "failed"
    assert "input-not-granted" in str(ended["news.letters"])


def test_a_granted_product_sees_classified_columns_as_the_grant_says(mesh: Path) -> None:
    record(mesh, grant())
    assert build(mesh, "news.letters")["news.letters"].status == "published"
    assert [row["hidden"] for row in seen(mesh)] == [True, True]
    record(mesh, grant(raw=["name", "email", "born"]))
    assert build(mesh, "news.letters", force=True)["news.letters"].status == "published"
    assert [row["hidden"] for row in seen(mesh)] == [False, False]


def test_the_filter_of_a_grant_holds_for_a_build(mesh: Path) -> None:
    record(mesh, grant(filter="region = 'north'"))
    build(mesh, "news.letters")
    assert [row["region"] for row in seen(mesh)] == ["north"]


def test_an_original_is_out_of_reach_of_the_models(mesh: Path) -> None:
    """What a product may see is a copy; the files of the port are none of the session's."""
    record(mesh, grant())
    port = next((mesh / ".mesh" / "data" / "crm" / "people" / "people").glob("*.parquet"))
    model = mesh / "domains" / "news" / "letters" / "models" / "seen.sql"
    model.write_text(f"select name is null as hidden, points, region from '{port}'\n")
    assert build(mesh, "news.letters")["news.letters"].status in ("failed", "refused")


def test_a_policy_of_the_domain_lets_products_read(mesh: Path) -> None:
    put_policies(
        mesh,
        "policies:\n  - id: letters\n    effect: allow\n"
        f"    subjects: {{principals: ['{READER}']}}\n    objects: {{addresses: [crm.people.*]}}\n",
        "crm",
    )
    assert build(mesh, "news.letters")["news.letters"].status == "published"


def test_a_revoked_grant_keeps_what_was_published_and_refuses_the_next_build(mesh: Path) -> None:
    record(mesh, grant())
    build(mesh, "news.letters")
    record(mesh, AccessRevoked("g-7", "person:crm@example.com", "over"))
    with meshwright.open(mesh) as opened:
        (step,) = opened.plan("news.letters", force=True).steps
        assert step.action == "refused"
    assert len(seen(mesh)) == 2


def test_what_builds_read_is_used_access(mesh: Path) -> None:
    record(mesh, grant())
    build(mesh, "news.letters")
    with wired(mesh) as wiring, wiring.store.read() as reader:
        used = reader.rows("SELECT address, queries FROM uses WHERE principal = ?", (READER,))
    assert [row[0] for row in used] == [PORT]


COUNT = "select count(*) from reference.crm__people__people where email like 'ada%'"


def guesses(folder: Path, of: str, values: str) -> None:
    """Write a product that reads no people, but whose contract says that its values are found there."""
    quality = [{"type": "sql", "query": COUNT, "mustBe": 0, "severity": "warning"}]
    key = {"type": "foreignKey", "to": f"{PORT}.{of}"}
    kind = "integer" if of == "id" else "string"
    guess = column("guess", kind, relationships=[key], quality=quality)
    parts = {
        "inputs": {"raw": f"n,guess\n{values}"},
        "ports": {"seen": "select n, guess from raw"},
        "contracts": {"seen": {"columns": [column("n", **KEY), guess]}},
    }
    write_product(folder, "news", "letters", parts)


def found(folder: Path) -> dict[str, tuple[str, float | None]]:
    """Build the letters; return how their checks failed."""
    checks = build(folder, "news.letters", force=True)["news.letters"].failed_checks
    return {check.check: (check.status, check.value) for check in checks}


def test_a_relationship_looks_up_nothing_that_the_product_may_not_read(mesh: Path) -> None:
    """Neither does the key say which guesses are right, nor does the contract's SQL see a row."""
    guesses(mesh, "email", "1,ada@example.com\n2,nobody@example.com\n")
    assert {status for status, _ in found(mesh).values()} == {"errored"}
    record(mesh, grant())  # which leaves the e-mail masked
    assert {status for status, _ in found(mesh).values()} == {"errored"}
    record(mesh, grant(raw=["email"]))
    assert found(mesh) == {
        "guess.relationship": ("failed", None),
        "guess.quality.sql": ("failed", 1.0),
    }


def test_a_relationship_to_a_part_of_a_port_shows_that_part(mesh: Path) -> None:
    guesses(mesh, "id", "1,2\n2,3\n")
    record(mesh, grant())
    assert found(mesh) == {"guess.relationship": ("failed", None)}  # the e-mails are NULL
    record(mesh, grant(filter="region = 'north'"))
    assert {status for status, _ in found(mesh).values()} == {"errored"}


def test_a_lost_file_of_policies_opens_nothing(mesh: Path) -> None:
    """Once a product was granted anything, grants are needed for good."""
    record(mesh, grant(), AccessRevoked("g-7", "person:crm@example.com", "over"))
    (mesh / "policies" / "access.yaml").unlink()
    assert build(mesh, "news.letters")["news.letters"].status == "refused"
