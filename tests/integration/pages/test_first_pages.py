"""Home, the list of products, domains, terms and search, as people see them first."""

import re
from pathlib import Path

import pytest

from meshwright.model.facts import AccessGranted
from tests.integration.club import ANA, BOB, ELENA, PROFILES, desk
from tests.integration.pages.conftest import mesh_of
from tests.integration.shop import BAD_ORDERS, build
from tests.meshes import set_silo
from tests.serving import Serving, serving
from tests.visiting import Visitor, seen

PART = {"hx-request": "true"}


@pytest.fixture(scope="module")
def ana(catalog: Serving) -> Visitor:
    return Visitor(catalog, ANA)


def test_home_draws_every_product_as_a_link_that_says_how_it_fares(ana: Visitor) -> None:
    answer = ana.get("/")
    (drawing,) = re.findall(r'<svg class="map".*?</svg>', answer.text, re.S)
    for address in ("insight.leaving", "loyalty.members", "insight.never", "insight.torn"):
        assert f'href="/products/{address}"' in drawing
    assert "<title>members: healthy</title>" in drawing
    assert "The map as a list" in seen(answer)
    assert "loyalty.members : healthy" in seen(answer)


def test_home_tells_what_was_published_and_what_is_wrong(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    with serving(shop) as server:
        text = Visitor(server).text("/")
    assert "1 open" in text
    assert re.search(r"sales.orders orders fails \S+.* in 1 of 4 rows", text)
    assert "Touches insight.report." in text
    assert re.search(r"rejected sales.orders \d checks? failed", text)
    assert re.search(r"published insight.lonely version 1, 1 rows", text)


def test_home_tells_each_what_waits_for_them(catalog: Serving) -> None:
    ana, elena, bob = (Visitor(catalog, who) for who in (ANA, ELENA, BOB))
    assert "Nothing waits for you" in elena.text("/")
    asked = desk(mesh_of(catalog), ANA).request(PROFILES, purpose="churn model")
    approving, mine = elena.text("/"), ana.text("/")
    assert f"{ANA} asks for {PROFILES}" in approving
    assert "“churn model”" in approving
    assert f"your request for {PROFILES}" in mine
    assert f"waits for {ELENA}" in mine
    assert "Nothing waits for you" in bob.text("/")
    given = desk(mesh_of(catalog), ELENA).approve(str(asked["request"]), lasting="5d")
    assert given["state"] == "approved"
    assert f"your access to {PROFILES} ends" in ana.text("/")
    assert "Nothing waits for you" in elena.text("/")
    mesh_of(catalog).catalog.ask("loyalty.members", "Whose airport is it?")
    assert "a question on loyalty.members" in elena.text("/")


def test_a_grant_that_nobody_looked_at_for_long_is_due_for_review(catalog: Serving) -> None:
    wiring = catalog.service.wiring
    fact = AccessGranted(
        grant="g-old", principal=BOB, address="loyalty.members.tiers", purpose="boards",
        since="2020-01-01T00:00:00+00:00", until="", columns=[], raw=[], masks={}, filter="",
        by=ELENA, source="file:access/old.yaml", product="loyalty.members",
    )  # fmt: skip
    wiring.ledger.record([fact])
    assert "1 grant to review on what you own" in Visitor(catalog, ELENA).text("/")
    assert "to review" not in Visitor(catalog, ANA).text("/")


def test_the_list_is_filtered_by_links_and_says_how_many_each_leaves(ana: Visitor) -> None:
    whole = ana.get("/products")
    assert "5 data products" in seen(whole)
    assert 'href="/products?domain=insight"' in whole.text
    one = ana.get("/products?domain=insight&health=healthy")
    assert "insight.leaving" in one.text
    assert "odd.notes" not in seen(one)
    assert 'href="/products?health=healthy"' in one.text, (
        "a chosen value leads to the list without it"
    )
    assert "Nothing passes these filters" in ana.text("/products?domain=nowhere")
    assert ana.get("/products?page=999999").status_code == 200
    assert "loyalty.members" in ana.text("/products?q=memb")


def test_a_domain_shows_its_team_products_policies_and_scorecard(ana: Visitor) -> None:
    text = ana.text("/domains/loyalty")
    assert "loyalty @example.com" in text
    assert re.search(r"documented \d+", text)
    assert "analysts-read allow Analysts read members, masked." in text
    part = ana.get("/domains/loyalty/scores", headers=PART)
    assert part.text.lstrip().startswith("<section")
    assert ana.get("/domains/nowhere").status_code == 404


def test_a_term_is_found_by_another_word_for_it(ana: Visitor) -> None:
    moved = ana.get("/terms/frequent flyer")
    assert moved.headers["location"] == "/terms/member"
    assert "Somebody who flies often" in ana.text("/terms/member")
    assert ana.get("/terms/nothing").status_code == 404
    assert "Member" in ana.text("/terms?q=flies")
    assert "No term has these words" in ana.text("/terms?q=zebra")


def test_search_corrects_marks_and_narrows(ana: Visitor) -> None:
    answer = ana.get("/search?q=membrs")
    assert "Understood as members" in seen(answer)
    assert "<mark>members</mark>" in answer.text
    assert 'href="/search?q=membrs&amp;kind=port"' in answer.text
    ports = ana.get("/search?q=members&kind=port")
    assert 'href="/products/loyalty.members.tiers"' in ports.text
    assert not re.search(r'class="kind">column', ports.text)
    part = ana.get("/search?q=members&kind=port", headers=PART)
    assert "<html" not in part.text
    assert 'id="found"' in part.text


def test_a_column_that_is_found_leads_to_its_line_in_the_schema(ana: Visitor) -> None:
    answer = ana.get("/search?q=email&kind=column")
    assert f'href="/products/{PROFILES}?view=schema#c-email"' in answer.text
    assert 'id="c-email"' in ana.get(f"/products/{PROFILES}?view=schema").text


@pytest.mark.parametrize("words", ["", '"', "*", "a AND (", "x" * 200, "%00", "' OR 1=1 --"])
def test_whatever_is_searched_for_is_words(ana: Visitor, words: str) -> None:
    assert ana.get("/search", q=words).status_code == 200
    assert ana.get("/search/suggest", q=words).status_code == 200


def test_a_facet_that_there_is_not_is_told(ana: Visitor) -> None:
    answer = ana.get("/search?q=members&kind=nonsense")
    assert answer.status_code == 400
    assert "nonsense is no kind" in seen(answer)
    assert ana.get("/search?q=" + "x" * 5000).status_code == 400


def test_suggestions_begin_at_two_letters_and_are_options_of_a_list(ana: Visitor) -> None:
    assert "option" not in ana.get("/search/suggest?q=m", headers=PART).text
    answer = ana.get("/search/suggest?q=memb", headers=PART)
    assert answer.text.count('role="option"') >= 2
    assert 'id="suggestion-1"' in answer.text
    assert "<html" not in answer.text


def test_the_search_box_is_a_combobox(ana: Visitor) -> None:
    text = ana.get("/terms").text
    assert 'role="combobox"' in text
    assert 'aria-controls="suggestions"' in text
    assert '<ul id="suggestions" class="suggestions" role="listbox"' in text


def test_nobody_who_is_not_signed_in_sees_any_of_it(catalog: Serving) -> None:
    stranger = Visitor(catalog, None)
    for path in (
        "/",
        "/products",
        "/search?q=x",
        f"/products/{PROFILES}",
        "/domains/loyalty",
        "/terms",
    ):
        assert stranger.get(path).status_code == 303, path
    part = stranger.get("/search/suggest?q=memb", headers=PART)
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in")
