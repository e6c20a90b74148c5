"""What people do in a mesh, in the browser: find, ask, approve, query, chart, trace, take care, create."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.web.people import ANALYST, FLEET, LOYALTY, OWNER, Site

pytestmark = pytest.mark.slow
PROFILES = "loyalty.members.profiles"
PURPOSE = "letters to frequent flyers"
ORDERS = "id,customer,amount\n1,ana,10.5\n2,ben,20\n3,ana,7.25\n4,eva,3\n"


def tabbed_to(page: Page, name: str, most: int = 80) -> None:
    """Press Tab until what has this name has the focus; its focus must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => (document.activeElement.ariaLabel || document.activeElement.innerText || '').trim()"
        )
        if focused.startswith(name):
            style = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", f"the focus of `{name}` is not seen"
            return
    raise AssertionError(f"Tab never comes to `{name}`")


def test_a_product_is_found_by_a_typo_and_its_trust_is_read(site: Site) -> None:
    """By the keyboard alone: `/`, two words with a slip in each, Enter, the first hit."""
    with site.visited(ANALYST) as page:
        page.goto("/")
        page.keyboard.press("/")
        page.keyboard.type("deprtures")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=deprtures*")
        expect(page.get_by_role("main")).to_contain_text("Understood as departures")
        tabbed_to(page, "Departures")
        page.keyboard.press("Enter")
        page.wait_for_url("**/products/operations.flights.departures")
        main = page.get_by_role("main")
        expect(main).to_contain_text("Every flight")
        expect(main).to_contain_text("certified")
        expect(main).to_contain_text("healthy")
        expect(main).to_contain_text("maria.ortiz@example.com")
        page.get_by_role("link", name="Quality").first.click()
        expect(page.get_by_role("main")).to_contain_text("passed")


def test_access_is_asked_for_given_and_used(site: Site) -> None:
    """Noor asks, Amara agrees, Noor queries what she got: masked where it is personal, and in a chart."""
    with site.visited(ANALYST) as page:
        page.goto(f"/products/{PROFILES}")
        page.get_by_role("link", name="Ask for access").first.click()
        page.get_by_label("Purpose").fill(PURPOSE)
        page.get_by_role("button", name="Ask").last.click()
        expect(page.get_by_role("main")).to_contain_text("Your request waits")
        asked = page.url.rpartition("/")[2]
    with site.visited(LOYALTY) as page:
        page.goto("/access")
        request = page.get_by_role("article").filter(has_text=PURPOSE)
        expect(request).to_contain_text("noor.haddad@example.com")
        request.get_by_label("Note").fill("for this month")
        request.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("main")).not_to_contain_text("Waiting for your word 1")
        page.goto(f"/access/requests/{asked}")
        expect(page.get_by_role("main")).to_contain_text("for this month")
    with site.visited(ANALYST) as page:
        page.goto("/console")
        query(page, f"SELECT tier, count(*) AS members FROM {PROFILES} GROUP BY ALL ORDER BY tier")
        expect(page.get_by_text("4 rows").first).to_be_visible()
        page.get_by_role("tab", name="Chart").click()
        expect(page.get_by_role("img", name="chart of 4 rows")).to_be_visible()
        query(page, f"SELECT first_name, email FROM {PROFILES} LIMIT 3")
        results = page.get_by_role("region", name="Results")
        expect(results.get_by_text("masked").first).to_be_visible()
        expect(results).not_to_contain_text("@example")
        page.goto("/trail")
        expect(page.get_by_role("main")).to_contain_text(PROFILES)


def query(page: Page, sql: str) -> None:
    """Write a query in the editor, say what for, and run it."""
    editor = page.get_by_role("textbox", name="Query")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(sql)
    page.get_by_label("Purpose").fill(PURPOSE)
    page.get_by_role("button", name="Run", exact=True).click()


def test_a_column_is_traced_to_where_it_comes_from(site: Site) -> None:
    """From the page of a product to the column of another team's port, by the picture and by the list."""
    with site.visited(ANALYST) as page:
        page.goto("/products/experience.delay_risk.routes?view=schema")
        page.get_by_role("link", name="Lineage").first.click()
        page.goto("/lineage/experience.delay_risk.routes.late")
        page.get_by_role("group", name="Lineage").wait_for()
        listed = page.get_by_role("region", name="As a list")
        expect(listed).to_contain_text("operations.flights.departures")
        expect(listed).to_contain_text("dep_delay")
        listed.get_by_role("link", name="operations.flights.departures").first.click()
        page.wait_for_url("**/lineage/operations.flights.departures*")
        expect(page.get_by_role("region", name="As a list")).to_contain_text("silos/operations")


def test_an_incident_is_acknowledged_by_whoever_owns_it(site: Site) -> None:
    """Its page says why and what it reaches; one who does not own it cannot take it."""
    with site.visited(ANALYST) as page:
        page.goto("/incidents/inc-1")
        expect(page.get_by_role("main")).to_contain_text("experience.delay_risk")
        expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    with site.visited(FLEET) as page:
        page.goto("/incidents")
        page.get_by_role("link", name="aircraft").first.click()
        page.get_by_label("A note").fill("the vendor mends its file")
        page.get_by_role("button", name="Acknowledge").click()
        story = page.get_by_role("region", name="Its story")
        expect(story).to_contain_text("acknowledged")
        expect(story).to_contain_text("the vendor mends its file")
        expect(story).to_contain_text("jonas.weber@example.com")


def test_a_product_is_created_from_a_file_and_published(site: Site, tmp_path: Path) -> None:
    """A CSV is uploaded, described, reviewed and built: its page says so, and search finds it."""
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    with site.visited(OWNER) as page:
        page.goto("/create")
        page.set_input_files("input[type=file]", file)
        page.get_by_role("button", name="Look at it").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What is it called?")
        page.get_by_label("Domain", exact=True).select_option(label="A new domain")
        page.get_by_text("If it is a new domain").click()
        page.get_by_label("Name of the domain").fill("lounge")
        page.get_by_label("Owner of the domain").fill(LOYALTY)
        page.get_by_label("Purpose").fill("What the lounge sold, for whoever plans purchases.")
        page.get_by_label("Owner", exact=True).fill(LOYALTY)
        page.get_by_role("button", name="Go on to the contract").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What does it promise?")
        page.get_by_role("button", name="Go on to the review").click()
        page.get_by_role("button", name="Create and build").click()
        page.wait_for_url("**/products/lounge.orders*", timeout=90_000)
        expect(page.get_by_text("is published")).to_be_visible()
        page.goto("/search?q=lounge")
        expect(page.get_by_role("main")).to_contain_text("lounge.orders")
    assert (site.folder / "domains" / "lounge" / "orders" / "product.odps.yaml").is_file()
