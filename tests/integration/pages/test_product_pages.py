"""Pages of products and ports: what they say to whom, and of products that are hard to show."""

import re
from pathlib import Path

import pytest

from meshwright.app.catalog.snippets import Place, snippets_of
from meshwright.model.address import Address
from tests.integration.catalog import QUOTES, SCRIPT
from tests.integration.club import ANA, BOB, ELENA, PROFILES, desk
from tests.integration.pages.conftest import mesh_of
from tests.integration.shop import BAD_ORDERS, build
from tests.meshes import change_contract, set_silo
from tests.serving import Serving, serving
from tests.visiting import Visitor, seen

VIEWS = (
    "overview", "schema", "sample", "quality", "lineage", "versions", "consumers", "contract", "discussion",
)  # fmt: skip
MEMBERS = "/products/loyalty.members"


@pytest.fixture(scope="module")
def ana(catalog: Serving) -> Visitor:
    """May know of all but the secret, and reads nothing."""
    return Visitor(catalog, ANA)


@pytest.fixture(scope="module")
def bob(catalog: Serving) -> Visitor:
    """May read members, masked."""
    return Visitor(catalog, BOB)


@pytest.fixture(scope="module")
def owner(catalog: Serving) -> Visitor:
    return Visitor(catalog)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("place", ["loyalty.members", PROFILES, "odd.notes", "insight.never"])
def test_every_view_has_one_heading_of_its_own(ana: Visitor, place: str, view: str) -> None:
    answer = ana.get(f"/products/{place}", view=view)
    assert answer.status_code == 200, seen(answer)
    assert len(re.findall("<h1", answer.text)) == 1
    assert 'aria-current="page"' in answer.text


def test_purpose_trust_and_access_come_first(bob: Visitor) -> None:
    text = bob.text(MEMBERS)
    places = [text.index(word) for word in ("Can I trust it?", "Read it", "Columns")]
    assert places == sorted(places)
    assert "Yes, in part" in text
    assert "2 columns are masked: email , born" in text
    assert re.search(r"\d+ of \d+ checks passed", text)
    assert "elena @example.com" in text


def test_somebody_without_access_is_told_why_and_how_to_ask(ana: Visitor) -> None:
    answer = ana.get(f"/products/{PROFILES}")
    assert "Not yet." in seen(answer)
    assert f'href="/access/ask/{PROFILES}"' in answer.text
    sample = ana.get(f"/products/{PROFILES}", view="sample")
    assert "You may not read it yet" in seen(sample)
    assert 'hx-trigger="load"' not in sample.text, "no query runs that is refused for sure"
    refused = ana.get(f"/products/{PROFILES}/rows")
    assert "may not read" in seen(refused)
    assert "ada@example.org" not in refused.text


def test_a_request_that_waits_is_shown_in_the_place_of_the_button(
    catalog: Serving, ana: Visitor
) -> None:
    made = desk(mesh_of(catalog), ANA).request("loyalty.members.tiers", purpose="counting")
    text = ana.text("/products/loyalty.members.tiers")
    assert f"Your request {made['request']} waits for" in text
    assert "Ask for access" not in text
    desk(mesh_of(catalog), ANA).refuse(str(made["request"]))


def test_a_sample_is_what_the_policies_leave_of_it(bob: Visitor, owner: Visitor) -> None:
    page = bob.get(f"/products/{PROFILES}", view="sample")
    assert f'hx-get="/products/{PROFILES}/rows"' in page.text
    part = bob.get(f"/products/{PROFILES}/rows", headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert "gold" in seen(part)
    assert "ada@example.org" not in part.text
    whole = bob.get(f"/products/{PROFILES}/rows")
    assert "<html" in whole.text, "without a script it is a page of its own"
    assert "ada@example.org" in owner.text(f"/products/{PROFILES}/rows")


def test_a_profile_is_shown_to_who_may_read_the_values_and_of_no_classified_column(
    ana: Visitor, bob: Visitor, owner: Visitor
) -> None:
    assert "staff" not in ana.text(f"/products/{PROFILES}", view="schema")
    text = bob.text(f"/products/{PROFILES}", view="schema")
    assert "staff" in text
    for visitor in (bob, owner):
        said = visitor.text(f"/products/{PROFILES}", view="schema")
        assert "not kept: classified" in said
        assert "1985" not in said


def test_a_product_that_was_never_built_says_so_in_every_view(ana: Visitor) -> None:
    assert "Nothing is published yet" in ana.text("/products/insight.never")
    assert "It was never built" in ana.text("/products/insight.never", view="versions")
    assert "Nothing was audited yet" in ana.text("/products/insight.never", view="quality")
    assert "Nothing is published yet" in ana.text("/products/insight.never", view="sample")


@pytest.mark.parametrize("view", VIEWS)
def test_a_product_whose_files_are_broken_has_a_page_that_says_what_is_wrong(
    ana: Visitor, view: str
) -> None:
    text = ana.text("/products/insight.torn", view=view)
    assert "Its files have errors" in text
    assert "domains/insight/torn/build.yaml:" in text
    assert "What was published before is served on" in text


def test_a_former_name_leads_to_the_present_one(ana: Visitor) -> None:
    moved = ana.get("/products/insight.churn.risk", view="versions")
    assert moved.status_code == 303
    assert moved.headers["location"] == "/products/insight.leaving.risk?view=versions"
    assert "insight.churn.risk is called insight.leaving now" in ana.text(moved.headers["location"])


def test_a_column_and_a_version_lead_to_where_they_are_shown(ana: Visitor) -> None:
    column = ana.get(f"/products/{PROFILES}.email")
    assert column.headers["location"] == f"/products/{PROFILES}?view=schema#c-email"
    version = ana.get("/products/loyalty.members@1")
    assert version.headers["location"] == f"{MEMBERS}?view=versions#v1"


def test_an_unknown_address_is_not_found_and_the_nearest_one_is_named(ana: Visitor) -> None:
    answer = ana.get("/products/loyalty.membres")
    assert answer.status_code == 404
    assert "Did you mean loyalty.members ?" in seen(answer)
    assert 'href="/products/loyalty.members"' in answer.text
    assert 'href="/search?q=loyalty%20membres"' in answer.text
    port = ana.get("/products/loyalty.members.profile")
    assert (port.status_code, "loyalty.members.profiles" in seen(port)) == (404, True)
    assert ana.get("/products/%00").status_code == 400
    assert ana.get("/products/a.b'c").status_code == 400


def test_what_somebody_may_not_know_of_is_told_like_what_is_not_there(
    ana: Visitor, owner: Visitor
) -> None:
    hidden, missing = ana.get("/products/secret.plans"), ana.get("/products/secret.plant")
    assert hidden.status_code == missing.status_code == 404
    assert re.sub("plan[st]", "X", seen(hidden)) == re.sub("plan[st]", "X", seen(missing))
    assert ana.get("/products/secret.plans/rows").status_code == 404
    assert ana.get("/domains/secret").status_code == 404
    assert "Whom we buy next" in owner.text("/products/secret.plans")


PAGES = (
    "/", "/products", "/search", "/terms", "/domains/loyalty", "/search?q=plans",
    "/search/suggest?q=mergers", f"{MEMBERS}/alike",
    *(f"{MEMBERS}?view={view}" for view in VIEWS),
    *(f"{MEMBERS}.tiers?view={view}" for view in VIEWS),
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_a_hidden_product(ana: Visitor, owner: Visitor, path: str) -> None:
    answer = ana.get(path)
    assert answer.status_code == 200
    said = r'value="[^"]*"|“[^”]*”|"/search\?q=[^"]*"|<title>.*?</title>'  # by ana herself
    text = re.sub(said, "", answer.text)
    for word in ("secret", "plans", "mergers", "Whom we buy"):
        assert word not in text, path
    if path in ("/", "/products", f"{MEMBERS}?view=consumers"):
        assert "secret.plans" in owner.get(path).text


@pytest.mark.parametrize(
    "path",
    [
        "/", "/products", "/search?q=notes", "/search/suggest?q=notes", "/domains/odd", "/terms",
        "/terms/member", "/products/odd.notes/rows", *(f"/products/odd.notes?view={view}" for view in VIEWS),
        "/products/odd.notes?view=contract&as=yaml", "/products/odd.notes.notes?how=curl",
    ],
)  # fmt: skip
def test_hostile_words_are_text(owner: Visitor, path: str) -> None:
    answer = owner.get(path)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "<b>bold</b>" not in answer.text
    assert " style=" not in answer.text
    assert not re.search(r"\son[a-z]+=", re.sub(r"onerror=alert\(1\)", "", answer.text))


def test_hostile_words_are_shown_as_they_are(owner: Visitor) -> None:
    text = owner.text("/products/odd.notes")
    assert SCRIPT in text
    assert QUOTES.replace("`", "") in text.replace("` ", "").replace("`", "").replace(
        " code", " code"
    )
    assert "{{ 7*7 }}" in text


def test_versions_tell_what_changed_and_comparing_rows_is_for_owners(
    catalog: Serving, ana: Visitor
) -> None:
    text = ana.text(MEMBERS, view="versions")
    assert "Version 1 1.0.0 published served" in text
    assert "profiles 2 rows" in text
    refused = ana.get(f"/products/{PROFILES}/difference?before=1&after=1")
    assert "may not diff" in seen(refused)
    mine = Visitor(catalog, ELENA).get(f"/products/{PROFILES}/difference?before=1&after=1")
    assert "0 came 0 went 0 changed" in seen(mine)


def test_a_tab_renders_its_own_data_alone(bob: Visitor) -> None:
    schema = bob.get(f"/products/{PROFILES}", view="schema")
    assert "Can I trust it?" not in schema.text
    part = bob.get(f"/products/{PROFILES}?how=curl", headers={"hx-request": "true"})
    assert part.text.count("<section") == 1
    assert f"/api/v1/ports/{PROFILES}/rows" in seen(part)
    back = bob.get(
        f"/products/{PROFILES}?how=curl",
        headers={"hx-request": "true", "hx-history-restore-request": "true"},
    )
    assert "<html" in back.text, "going back asks for the page whole"


def test_the_contract_is_a_form_and_its_file(ana: Visitor) -> None:
    form = ana.text(f"/products/{PROFILES}", view="contract")
    assert "confidential" in form
    assert "apiVersion:" not in form
    text = ana.get(f"/products/{PROFILES}?view=contract&as=yaml")
    assert "apiVersion: v3" in seen(text)


def test_whose_use_it_is_owners_know_and_others_only_of_their_own(
    catalog: Serving, ana: Visitor, bob: Visitor
) -> None:
    bob.get(f"/products/{PROFILES}/rows")
    elena = Visitor(catalog, ELENA)
    assert BOB in elena.text(MEMBERS, view="consumers")
    assert BOB in bob.text(MEMBERS, view="consumers")
    others = ana.text(MEMBERS, view="consumers")
    assert BOB not in others
    assert "Who they are, the owners know." in others


def test_snippets_name_the_very_place(tmp_path: Path) -> None:
    place = Place("http://mesh.example:8321", "club", ANA, sql_port=8322, purpose="counting heads")
    texts = {one.key: one.text for one in snippets_of(Address.parse(PROFILES), place)}
    assert set(texts) == {
        "sql",
        "mesh",
        "python",
        "pandas",
        "polars",
        "psql",
        "duckdb",
        "r",
        "curl",
    }
    assert all("loyalty.members.profiles" in text for text in texts.values())
    assert "host=mesh.example port=8322 dbname=club user=person:ana@example.com" in texts["psql"]
    assert "counting\\ heads" in texts["psql"]
    shut = snippets_of(Address.parse(PROFILES), Place("http://mesh.example", "club", ANA))
    assert "psql" not in {one.key for one in shut}


@pytest.mark.parametrize("key", ["python", "pandas", "polars", "duckdb"])
def test_snippets_of_python_run_as_they_stand(
    shop: Path, key: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip({"python": "meshwright"}.get(key, key))
    with serving(shop) as server:
        monkeypatch.setenv("MESH_TOKEN", server.tokens["ada"])
        place = Place(server.url, "test", "person:ada")
        (text,) = (
            s.text for s in snippets_of(Address.parse("sales.orders.orders"), place) if s.key == key
        )
        names: dict[str, object] = {}
        exec(compile(text, key, "exec"), names)  # what somebody copies
    said = str(names.get("frame", "")) or capfd.readouterr().out
    assert "20" in said or "3" in said


def test_a_rejected_build_is_told_in_words_and_each_check_once(shop: Path) -> None:
    """What is wrong is not told as its code; what a check expects does not repeat what it is about."""
    rule = {
        "type": "sql", "id": "few", "description": "Nobody orders for nothing.", "severity": "warning",
        "query": "SELECT count(*) FROM orders WHERE amount < 1000", "mustBe": 0,
    }  # fmt: skip
    change_contract(
        shop, "sales.orders.orders", lambda one: one["schema"][0].update(quality=[rule])
    )
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    with serving(shop) as server:
        text = Visitor(server).text("/products/sales.orders.orders", view="quality")
    assert "checks failed: orders:" in text
    assert "build-rejected:" not in text
    assert text.count("Nobody orders for nothing") == 1
    assert "exactly 0" in text
