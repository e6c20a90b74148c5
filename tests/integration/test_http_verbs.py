"""What the façade can do, over HTTP: judged by the same table of verbs, told in pages, tagged."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import yaml

import meshwright
from meshwright.app.identity.users import set_roles
from meshwright.model.facts import IncidentOpened
from tests.serving import Serving, error_of, serving

API = "/api/v1"


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    (served_shop / "glossary.yaml").write_text(
        "terms:\n- name: customer\n  definition: Who buys.\n  synonyms: [client]\n"
    )
    with serving(served_shop) as found:
        set_roles(found.service.wiring, "person:gus", add=["auditor"])
        set_roles(found.service.wiring, "person:ada", add=["administrator"])
        yield found


def post(server: Serving, path: str, token: str = "ada", **said: Any) -> Any:
    return server.ask("POST", f"{API}/{path}", json=said, token=token)


def test_domains_show_their_products(server: Serving) -> None:
    found = server.get(f"{API}/domains").json()["domains"]
    assert {one["name"]: one["products"] for one in found} == {
        "insight": ["insight.lonely", "insight.report"],
        "sales": ["sales.customers", "sales.orders"],
    }
    assert server.get(f"{API}/domains/sales").json()["owners"] == ["sales@example.com"]
    assert error_of(server.get(f"{API}/domains/sails")) == (404, "domain-unknown")


def test_terms_are_found_by_their_other_words(server: Serving) -> None:
    assert [one["name"] for one in server.get(f"{API}/terms?words=client").json()["terms"]] == [
        "customer"
    ]
    assert server.get(f"{API}/terms/client").json()["definition"] == "Who buys."
    assert error_of(server.get(f"{API}/terms/nothing")) == (404, "term-unknown")


def test_scores_say_what_to_do_next(server: Serving) -> None:
    (score,) = server.get(f"{API}/scores?select=sales.orders").json()["scores"]
    assert set(score["scores"]) == {"documented", "contracted", "observed", "governed", "used"}
    assert score["todo"]["documented"]
    past = server.get(f"{API}/scores/sales.orders").json()["scores"]
    assert past[-1]["scores"] == score["scores"]


def test_rules_and_verdicts_are_listed(server: Serving) -> None:
    assert server.get(f"{API}/rules").json() == {"rules": [], "next": ""}
    assert server.get(f"{API}/verdicts").json() == {"verdicts": [], "next": ""}
    assert error_of(server.get(f"{API}/verdicts?rule=none")) == (404, "rule-unknown")


def test_what_is_watched_is_told_with_what_is_expected(server: Serving) -> None:
    ports = server.get(f"{API}/monitors").json()["ports"]
    assert "sales.orders.orders" in [one["address"] for one in ports]
    series = server.get(f"{API}/monitors/sales.orders.orders").json()["series"]
    assert any(one["metric"] == "rows" and one["last"] == 3 for one in series)
    replay = server.get(f"{API}/backtest/sales.orders.orders").json()
    assert replay["alarms"] == []
    health = server.get(f"{API}/health/sales.orders.orders").json()
    (product,) = health["products"]
    assert [one["address"] for one in product["ports"]] == ["sales.orders.orders"]
    assert error_of(server.get(f"{API}/health/sales.nothing")) == (404, "product-unknown")


def test_builds_are_listed_newest_first_in_pages_and_shown_with_their_audit(
    server: Serving,
) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = server.get(f"{API}/builds", params={"limit": 3, "cursor": cursor}).json()
        assert len(page["builds"]) <= 3
        seen += [one["build"] for one in page["builds"]]
        if not (cursor := page["next"]):
            break
    assert len(seen) == len(set(seen)) >= 4
    (line,) = server.get(f"{API}/builds?product=sales.orders&limit=1").json()["builds"]
    found = server.get(f"{API}/builds/{line['build']}").json()
    assert found["line"]["status"] == "published"
    assert {one["port"] for one in found["checks"]} <= {"orders", "totals"}
    assert error_of(server.get(f"{API}/builds/none")) == (404, "build-unknown")
    assert error_of(server.get(f"{API}/builds?status=nice")) == (400, "parameter-invalid")


def test_a_run_is_started_by_who_may_and_told_to_its_end(server: Serving) -> None:
    assert error_of(post(server, "builds", "gus", select=["sales.orders"])) == (403, "verb-denied")
    assert error_of(post(server, "builds", "query", select=["sales.orders"]))[0] == 403
    begun = post(server, "builds", "sales", select=["sales.customers"], force=True)
    assert begun.status_code == 202
    until = monotonic() + 60
    while monotonic() < until:
        found = server.get(f"{API}/runs/{begun.json()['run']}").json()
        if found["state"] in ("ended", "failed"):
            break
        sleep(0.1)
    assert (found["state"], found["by"]) == ("ended", "person:sales@example.com")
    assert [one["status"] for one in found["results"]] == ["published"]
    assert server.get(f"{API}/versions/sales.customers").json()["versions"][0]["version"] == 2
    assert error_of(server.get(f"{API}/runs/none")) == (404, "run-unknown")
    plan = server.get(f"{API}/plan?select=sales.customers").json()
    assert [one["action"] for one in plan["steps"]] == ["up_to_date"]
    assert server.get(f"{API}/problems").json()["errors"] == 0


def test_a_contract_is_had_as_it_is_written_and_as_it_was_published(
    server: Serving, served_shop: Path
) -> None:
    path = f"{API}/contracts/sales.orders.orders"
    text = server.get(path, headers={"Accept": "application/yaml"})
    (file,) = served_shop.glob("domains/sales/orders/contracts/orders.odcs.yaml")
    assert text.text == file.read_text()
    assert server.get(path).json()["kind"] == "DataContract"
    old = server.get(f"{path}@1?form=yaml")
    assert yaml.safe_load(old.text)["schema"][0]["name"] == "orders"
    assert error_of(server.get(f"{path}@9")) == (404, "version-unknown")
    assert error_of(server.get(f"{API}/contracts/sales.orders")) == (400, "address-not-a-port")
    tag = text.headers["etag"]
    again = server.get(path, headers={"Accept": "application/yaml", "If-None-Match": tag})
    assert again.status_code == 304


def test_a_comparison_shows_keys_to_owners_alone(server: Serving) -> None:
    path = f"{API}/diff/insight.report.names@1?before=insight.report.names@1"
    assert error_of(server.get(path, token="gus")) == (403, "verb-denied")
    assert server.get(path, token="insight").json()["rows_after"] == 2


def test_an_incident_is_taken_care_of_by_who_owns_it(server: Serving) -> None:
    server.service.wiring.ledger.record(
        [IncidentOpened("inc-77", "sales.orders", "late", address="sales.orders.orders")]
    )
    path = "incidents/inc-77"
    assert error_of(post(server, f"{path}/acknowledge", "gus", note="x")) == (403, "verb-denied")
    assert post(server, f"{path}/acknowledge", "sales", note="mine").json()["state"] == (
        "acknowledged"
    )
    assert error_of(post(server, f"{path}/comment", "sales")) == (400, "note-missing")
    assert post(server, f"{path}/comment", "sales", note="hm").status_code == 200
    marked = post(server, f"{path}/mark", "sales", verdict="expected").json()
    assert (marked["mark"], marked["state"]) == ("expected", "resolved")
    assert error_of(post(server, f"{path}/resolve", "sales")) == (409, "incident-resolved")
    assert post(server, f"{path}/reopen", "sales").json()["state"] == "open"
    timeline = server.get(f"{API}/{path}").json()["timeline"]
    assert {one["actor"] for one in timeline[1:]} == {"person:sales@example.com"}


def test_mutes_begin_and_end(server: Serving) -> None:
    said = {"address": "sales.orders", "span": "2d", "reason": "it moves"}
    assert error_of(post(server, "mutes", "gus", **said)) == (403, "verb-denied")
    assert post(server, "mutes", "sales", **said).status_code == 200
    assert [one["address"] for one in server.get(f"{API}/mutes").json()["mutes"]] == [
        "sales.orders"
    ]
    assert post(server, "mutes/end", "sales", address="sales.orders").status_code == 200
    assert server.get(f"{API}/mutes").json()["mutes"] == []
    assert server.get(f"{API}/alerts").json()["alerts"] == []
    assert error_of(post(server, "subscriptions", address="sales.orders")) == (
        404,
        "notifier-unknown",
    )
    assert server.get(f"{API}/subscriptions").json()["subscriptions"] == []


def test_people_are_managed_by_administrators(server: Serving) -> None:
    said = {"name": "mia@example.com", "title": "Mia", "teams": ["team:sales"]}
    assert error_of(post(server, "users", "gus", **said)) == (403, "not-an-administrator")
    assert post(server, "users", **said).json()["principal"] == "person:mia@example.com"
    assert error_of(post(server, "users", **said)) == (400, "principal-known")
    users = server.get(f"{API}/users", token="gus").json()["users"]  # an auditor
    assert "person:mia@example.com" in [one["principal"] for one in users]
    assert error_of(server.get(f"{API}/users", token="sales")) == (403, "verb-denied")
    roles = post(server, "users/mia@example.com/roles", add=["governance"]).json()["roles"]
    assert roles == ["governance"]
    assert "person:mia@example.com" in str(server.get(f"{API}/teams/team:sales").json()["members"])
    made = post(server, "teams", team="team:pilots", members=["mia@example.com"]).json()
    assert made["members"] == ["person:mia@example.com"]
    assert (
        post(server, "teams/team:pilots/remove", members=["mia@example.com"]).json()["members"]
        == []
    )
    gone = server.ask("DELETE", f"{API}/users/mia@example.com")
    assert gone.json() == {"removed": "person:mia@example.com"}
    assert error_of(server.get(f"{API}/users/mia@example.com")) == (404, "principal-unknown")


def test_a_token_is_told_once_and_ends(server: Serving) -> None:
    made = post(server, "tokens", "sales", title="laptop", scopes=["query"], days=3).json()
    assert server.get(f"{API}/me", token=made["text"]).json()["scopes"] == ["query"]
    listed = server.get(f"{API}/tokens", token="sales")
    assert made["text"] not in listed.text
    assert made["token"] in listed.text
    assert error_of(server.ask("DELETE", f"{API}/tokens/{made['token']}", token="gus")) == (
        404,
        "token-unknown",
    )
    assert server.ask("DELETE", f"{API}/tokens/{made['token']}", token="sales").status_code == 200
    assert error_of(server.get(f"{API}/me", token=made["text"])) == (401, "token-invalid")
    beyond = post(server, "tokens", "query", scopes=["admin"])
    assert error_of(beyond) == (403, "scope-beyond")


def test_the_ledger_is_for_auditors(server: Serving) -> None:
    assert error_of(server.get(f"{API}/facts", token="sales")) == (403, "verb-denied")
    first = server.get(f"{API}/facts?limit=2", token="gus").json()
    assert [one["seq"] for one in first["facts"]] == [1, 2]
    rest = server.get(f"{API}/facts", params={"limit": 2, "cursor": first["next"]}, token="gus")
    assert [one["seq"] for one in rest.json()["facts"]] == [3, 4]
    assert rest.json()["facts"][0]["previous"] == first["facts"][1]["hash"]
    kinds = server.get(f"{API}/facts?kind=VersionPublished", token="gus").json()["facts"]
    assert {one["kind"] for one in kinds} == {"VersionPublished"}
    assert error_of(server.get(f"{API}/facts?kind=Nothing", token="gus")) == (
        404,
        "fact-kind-unknown",
    )
    assert server.get(f"{API}/ledger/verification", token="gus").json()["is_sound"]


def test_words_of_owners_are_given_over_http(server: Serving) -> None:
    said = {"address": "sales.orders.orders.customer", "level": "internal", "reason": "keyed"}
    assert error_of(post(server, "declassifications", "gus", **said)) == (403, "verb-denied")
    assert error_of(post(server, "declassifications", "sales", **said)) == (
        409,
        "declassify-source",
    )
    assert server.get(f"{API}/declassifications").json()["declassifications"] == []
    assert server.get(f"{API}/suggestions").json()["suggestions"] == []
    refused = post(server, "suggestions/sales.orders.orders.id/refuse", "gus", reason="no")
    assert error_of(refused) == (403, "verb-denied")
    nothing = post(server, "suggestions/sales.orders.orders.id/refuse", "sales", reason="no")
    assert error_of(nothing) == (404, "suggestion-unknown")


def test_products_begin_again_and_end(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        mesh.run("sales.customers", force=True)
    with serving(shop) as server:
        path = "products/sales.customers"
        assert error_of(post(server, f"{path}/rollback", "gus", to=1)) == (403, "verb-denied")
        assert post(server, f"{path}/rollback", "sales", to=1).json()["served"] == 1
        assert error_of(post(server, f"{path}/accept", "sales", reason="x"))[0] in (400, 404, 409)
        assert error_of(post(server, f"{path}/retire", "sales", until="soon")) == (
            400,
            "date-invalid",
        )
        assert post(server, f"{path}/retire", "sales", until="2099-01-01").json()["consumers"] == [
            "insight.report"
        ]


def test_readings_wait_for_no_turn(server: Serving) -> None:
    """Whoever reads with the mesh opened a second time keeps no reader of metadata waiting."""
    paths = ("products", "lineage/sales.orders.orders", "health", "builds", "terms", "incidents")
    with server.service.turn:
        for path in paths:
            assert server.get(f"{API}/{path}").status_code == 200, path
