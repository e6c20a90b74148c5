"""Classification travels with the data: what a contract loses is refused, until an owner says otherwise."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.clock import parse_past
from meshwright.app.mesh import Mesh
from meshwright.app.plan import make_plan
from meshwright.app.steps import Asked
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, RefusedError, UsageError
from meshwright.model.plan import Step
from tests.integration.shop import KEY, build, column, copied, opened, statuses
from tests.integration.web import KEY_OF_VISIT, PII, WEB
from tests.meshes import change_contract, change_yaml, home_of, set_model, write_mesh, write_product

GOOD = {"crm.people": "up_to_date", "web.visits": "up_to_date", "top.summary": "up_to_date"}


@pytest.fixture(scope="module")
def built_web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_mesh(tmp_path_factory.mktemp("web") / "mesh", WEB)
    assert set(statuses(build(folder)).values()) == {"published"}
    return folder


@pytest.fixture
def web(built_web: Path, tmp_path: Path) -> Path:
    return copied(built_web, tmp_path / "mesh")


def planned(folder: Path, *select: str, now: datetime | None = None) -> dict[str, Step]:
    """Return the step of each product, as a plan of a new process makes them (at some moment)."""
    moment = now or datetime.now(UTC)
    wiring = Wiring(folder, now=lambda: moment)
    try:
        asked = Asked(select, parse_past(None, "UTC"))
        return {str(step.product): step for step in make_plan(wiring, asked).steps}
    finally:
        wiring.close()


def actions(steps: dict[str, Step]) -> dict[str, str]:
    return {product: step.action for product, step in steps.items()}


def says(name: str, **words: Any) -> Callable[[Any], None]:
    """Return a change of a contract: what it says of a column's classification."""

    def change(document: Any) -> None:
        (found,) = [c for c in document["schema"][0]["properties"] if c["name"] == name]
        for key in ("classification", "tags"):
            found.pop(key, None)
        found.update(words)

    return change


def test_what_is_honest_is_planned(web: Path) -> None:
    """A hash declared personal, and a count that is not, are no reason to refuse."""
    assert actions(planned(web)) == GOOD


def test_a_lost_classification_is_refused_with_the_path_that_proves_it(web: Path) -> None:
    change_contract(web, "web.visits.visits", says("who", tags=["hash"]))
    step = planned(web)["web.visits"]
    assert step.action == "refused"
    (refusal,) = step.refusals
    assert (refusal.code, refusal.address) == ("classification-lost", KEY_OF_VISIT)
    assert refusal.path == (
        "crm.people.people.email (confidential, pii)",
        "web.visits.hashed.who (TRANSFORMATION, masked)",
        "web.visits.visits.who (IDENTITY)",
    )
    lines = (web / refusal.place.file).read_text().splitlines()
    assert "name: who" in lines[refusal.place.line - 1]
    assert "classification: confidential" in refusal.hint
    assert "tags: [hash, pii]" in refusal.hint
    assert refusal.message == step.reasons[0]


def test_a_refused_product_stays_served_and_a_run_says_why(web: Path) -> None:
    change_contract(web, "web.visits.visits", says("who", classification="internal"))
    results = build(web)
    refused = results["web.visits"]
    assert (refused.status, refused.served) == ("refused", 1)
    assert (refused.error_code, refused.error_kind) == ("classification-lost", "rules")
    assert "crm.people.people.email" in refused.error
    assert results["top.summary"].status in ("up_to_date", "skipped")


def test_what_one_port_declares_flows_into_another_that_is_made_of_it(tmp_path: Path) -> None:
    """The contract is the first word on a source from outside, also for the product's own models."""
    described = [column("id", **KEY), column("email", "string", **PII)]
    people = {
        "inputs": {"raw": "id,email\n1,ada@example.com\n"},
        "ports": {
            "people": "select id, email from raw",
            "contacts": "select id, email as contact from people",
        },
        "contracts": {
            "people": {"columns": described},
            "contacts": {"columns": [column("id", **KEY), column("contact", "string")]},
        },
    }
    folder = write_mesh(tmp_path / "mesh", {"crm": {"people": people}})
    (refusal,) = planned(folder)["crm.people"].refusals
    assert refusal.address == "crm.people.contacts.contact"
    assert refusal.path[0] == "crm.people.people.email (confidential, pii)"
    change_contract(folder, "crm.people.contacts", says("contact", **PII))
    assert planned(folder)["crm.people"].action == "build"


def test_each_tag_and_the_level_are_asked_for(web: Path) -> None:
    change_contract(
        web, "crm.people.people", says("email", classification="restricted", tags=["pii", "phi"])
    )
    step = planned(web)["web.visits"]
    assert "`classification: restricted` and `tags: [pii, phi]`" in step.refusals[0].hint


def test_a_new_model_that_lets_more_through_is_refused(web: Path) -> None:
    """What would be is judged, not what was traced of the version that is served."""
    set_model(
        web, "web.visits", "hashed", "select id, email as name, sha256(email) as who from people"
    )
    steps = planned(web)
    assert [r.address for r in steps["web.visits"].refusals] == ["web.visits.visits.name"]
    assert steps["top.summary"].action == "up_to_date"


def test_a_column_that_no_contract_names_is_refused_as_well(web: Path) -> None:
    set_model(
        web, "web.visits", "totals", "select count(*) as people, min(email) as first from people"
    )
    (refusal,) = planned(web)["web.visits"].refusals
    assert refusal.address == "web.visits.totals.first"
    assert "is not declared" in refusal.message


def test_consumers_of_a_port_whose_classification_rose_are_judged_at_once_and_after(
    web: Path,
) -> None:
    """Nothing of theirs changed, and nothing would be built: they are refused all the same, and stay so."""
    change_contract(web, "crm.people.people", says("name", **PII))
    steps = planned(web)
    assert actions(steps) == {
        "crm.people": "build",
        "web.visits": "refused",
        "top.summary": "up_to_date",
    }
    build(web, "crm.people")
    assert actions(planned(web))["web.visits"] == "refused"
    change_contract(web, "web.visits.visits", says("name", **PII))
    steps = planned(web)
    assert actions(steps) == {
        "crm.people": "up_to_date", "web.visits": "build", "top.summary": "refused",
    }  # fmt: skip
    assert steps["top.summary"].refusals[0].path[0] == "web.visits.visits.name (confidential, pii)"
    change_contract(web, "top.summary.named", says("name", **PII))
    assert set(statuses(build(web)).values()) == {"published", "up_to_date"}
    assert actions(planned(web)) == GOOD


def test_a_star_takes_along_what_is_new_above(web: Path) -> None:
    """The reader's own files are as they were: what would be made of them is not."""
    star = {
        "inputs": {"people": {"port": "crm.people.people"}},
        "ports": {"all": "select * exclude (email) from people"},
        "contracts": {"all": {"columns": [column("id"), column("name", "string")]}},
    }
    write_product(web, "top", "star", star)
    assert statuses(build(web))["top.star"] == "published"
    set_model(web, "crm.people", "people", "select id, name, email, md5(email) as key from raw")

    def with_key(document: Any) -> None:
        document["schema"][0]["properties"].append(column("key", "string", **PII))

    change_contract(web, "crm.people.people", with_key)
    (refusal,) = planned(web)["top.star"].refusals
    assert refusal.address == "top.star.all.key"
    assert statuses(build(web, "crm.people"))["crm.people"] == "published"
    assert statuses(build(web, "top.star"))["top.star"] == "refused"


def test_a_plan_of_an_unchanged_mesh_loads_nothing_heavy(web: Path) -> None:
    """What classification needs of the files is in the cache."""
    planned(web)
    code = (
        "import meshwright, sys\n"
        "with meshwright.open('.') as mesh: assert {s.action for s in mesh.plan().steps} == {'up_to_date'}\n"
        "print(*{n.partition('.')[0] for n in sys.modules} & {'sqlglot', 'duckdb', 'yaml', 'pyarrow'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=web, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_a_plan_of_some_products_judges_by_what_is_served_of_the_others(web: Path) -> None:
    change_contract(web, "crm.people.people", says("name", **PII))
    assert actions(planned(web, "web.visits")) == {"web.visits": "up_to_date"}


def test_lowering_above_and_below_in_one_plan_is_possible(web: Path) -> None:
    change_contract(web, "crm.people.people", says("email", classification="internal"))
    change_contract(web, "web.visits.visits", says("who", classification="internal"))
    assert set(statuses(build(web)).values()) == {"published", "up_to_date"}


def test_what_flows_through_a_product_that_says_too_little_reaches_the_next(web: Path) -> None:
    """A word that expired in the middle hides nothing from those below."""
    declassify(web, KEY_OF_VISIT)
    change_contract(web, "web.visits.visits", says("who", classification="internal"))
    set_model(web, "top.summary", "named", "select who as name, pages from visits")
    assert set(statuses(build(web)).values()) == {"published", "up_to_date"}
    later = datetime.now(UTC) + timedelta(days=40)
    steps = planned(web, now=later)
    assert actions(steps) == {
        "crm.people": "up_to_date",
        "web.visits": "refused",
        "top.summary": "refused",
    }
    assert steps["top.summary"].refusals[0].path[0] == "crm.people.people.email (confidential, pii)"
    assert len(steps["top.summary"].refusals[0].path) == 4


def test_an_unchanged_mesh_is_judged_by_a_glance(
    web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither lineage nor a contract is read while nothing changed; without the cache only the state is."""
    from meshwright.app import flows

    planned(web)
    with monkeypatch.context() as none:
        none.setattr(flows, "carried", _forbidden)
        none.setattr(flows, "contract_classes", _forbidden)
        assert actions(planned(web)) == GOOD
    with opened(web) as mesh:
        cache = mesh.wiring.cache
        cache.drop(flows.SECTION, list(cache.load(flows.SECTION)))
    monkeypatch.setattr(flows, "_planned", _forbidden)
    assert actions(planned(web)) == GOOD


def _forbidden(*_: object) -> Any:
    raise AssertionError("was called")


def declassify(
    folder: Path, address: str, *, level: str = "internal", days: int = 30, **how: Any
) -> Any:
    until = (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
    how = {"reason": "the salt is thrown away", "owner": "web@example.com", "until": until, **how}
    with opened(folder) as mesh:
        return mesh.declassify(address, level=level, **how)


def test_an_owner_declassifies_until_a_day(web: Path) -> None:
    said = declassify(web, KEY_OF_VISIT)
    assert (said["classification"], said["owner"]) == ("internal", "web@example.com")
    change_contract(web, "web.visits.visits", says("who", classification="internal"))
    assert statuses(build(web))["web.visits"] == "published"
    last = datetime.fromisoformat(said["expires"]).replace(tzinfo=UTC)
    assert planned(web, now=last)["web.visits"].action == "up_to_date"
    assert planned(web, now=last + timedelta(days=1))["web.visits"].action == "refused"


def test_a_declassified_column_may_not_be_declared_as_less_than_was_said(web: Path) -> None:
    declassify(web, KEY_OF_VISIT, level="confidential")
    change_contract(web, "web.visits.visits", says("who", classification="confidential"))
    assert planned(web)["web.visits"].action == "build"
    change_contract(web, "web.visits.visits", says("who", classification="internal"))
    assert planned(web)["web.visits"].action == "refused"


def test_a_word_can_be_withdrawn_and_all_are_listed(web: Path) -> None:
    declassify(web, KEY_OF_VISIT)
    change_contract(web, "web.visits.visits", says("who", classification="internal"))
    assert planned(web)["web.visits"].action == "build"
    with opened(web) as mesh:
        mesh.withdraw_declassification(KEY_OF_VISIT, reason="it is not", owner="web@example.com")
        (listed,) = mesh.declassified("web.*")
        assert mesh.declassified("crm.*") == []
    assert (listed["column"], listed["holds"], listed["reason"]) == (
        KEY_OF_VISIT,
        False,
        "it is not",
    )
    assert planned(web)["web.visits"].action == "refused"


@pytest.mark.parametrize(
    ("address", "how", "error", "code"),
    [
        (
            "crm.people.people.email",
            {"owner": "crm@example.com"},
            RefusedError,
            "declassify-source",
        ),
        ("web.visits.visits.pages", {}, RefusedError, "declassify-source"),
        ("web.visits.totals.people", {}, RefusedError, "declassify-source"),
        (KEY_OF_VISIT, {"owner": "crm@example.com"}, DeniedError, "not-an-owner"),
        (KEY_OF_VISIT, {"owner": ""}, DeniedError, "not-an-owner"),
        (KEY_OF_VISIT, {"reason": "  "}, UsageError, "reason-missing"),
        (KEY_OF_VISIT, {"level": "secret-ish"}, UsageError, "level-unknown"),
        (
            KEY_OF_VISIT,
            {"level": "restricted", "tags": ("pii",)},
            RefusedError,
            "declassify-nothing",
        ),
        (KEY_OF_VISIT, {"until": "2020-01-01"}, UsageError, "expiry-past"),
        (KEY_OF_VISIT, {"until": "soon"}, UsageError, "date-invalid"),
        ("web.visits.visits", {}, UsageError, "address-not-a-column"),
        ("web.visits.visit.who", {}, UsageError, "port-unknown"),
        ("web.visits.visits.whom", {}, UsageError, "column-unknown"),
    ],
)
def test_what_cannot_be_declassified(
    web: Path, address: str, how: dict[str, Any], error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as raised:
        declassify(web, address, **how)
    assert raised.value.code == code  # type: ignore[attr-defined]
    with opened(web) as mesh:
        assert mesh.declassified() == []


def test_what_an_owner_said_is_a_fact_that_follows_a_rename(web: Path) -> None:
    declassify(web, KEY_OF_VISIT, tags=("pii",))
    change_contract(web, "web.visits.visits", says("who", classification="internal", tags=["pii"]))
    assert statuses(build(web))["web.visits"] == "published"
    home_of(web, "web.visits").rename(home_of(web, "web.calls"))

    def renamed(document: Any) -> None:
        document["name"] = "calls"
        document.setdefault("customProperties", []).append(
            {"property": "formerly", "value": ["web.visits"]}
        )

    change_yaml(home_of(web, "web.calls") / "product.odps.yaml", renamed)
    steps = planned(web)
    assert "refused" not in actions(steps).values(), [s.reasons for s in steps.values()]
    with opened(web) as mesh, mesh.wiring.store.read() as reader:
        (row,) = reader.rows("SELECT payload FROM facts WHERE kind = 'ColumnDeclassified'")
        assert json.loads(str(row[0]))["tags"] == ["pii"]


def test_python_can_ask_and_say_the_same(web: Path) -> None:
    with Mesh(Wiring(web)) as mesh:
        assert [step.action for step in mesh.plan("web.visits").steps] == ["up_to_date"]
