"""Builds in a real browser: the picture of a run follows what happens, and keeps nobody out."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import launched, seeing
from tests.integration.shop import build, statuses, write_shop
from tests.integration.test_builds_pages import SLOW as SLOW_ORDERS
from tests.integration.test_builds_pages import wait_for
from tests.meshes import set_model
from tests.serving import Serving, serving

SLOW = SLOW_ORDERS.replace("id, customer, amount from clean", "id, name from people")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = write_shop(tmp_path_factory.mktemp("pictures") / "mesh")
    assert set(statuses(build(folder)).values()) == {"published"}
    with serving(folder, people=False) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


def begin(page: Page, product: str) -> None:
    page.locator("summary", has_text="Build something now").click()
    page.get_by_label("Product").first.select_option(product)
    page.get_by_label("even if nothing changed").check()
    page.get_by_role("button", name="Build", exact=True).click()


def faults(page: Page) -> list[str]:
    """Return all that axe-core finds, however small."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def test_a_picture_follows_its_run(server: Serving, browser: Browser) -> None:
    """Nothing is loaded anew: what runs says what it does, what was opened and chosen stays so."""
    folder = server.service.wiring.root
    set_model(folder, "sales.customers", "customers", SLOW)
    with seeing(browser, server, "/builds", bypass_csp=True) as seen:
        page = seen.page
        begin(page, "sales.customers")
        picture = page.get_by_role("group", name="The run")
        customers = picture.get_by_role("link", name="sales.customers: running")
        expect(customers).to_contain_text("running: making customers")
        expect(picture.get_by_role("link", name="insight.report")).to_contain_text("healthy")
        page.locator("summary", has_text="As a list").click()
        listed = page.get_by_role("list", name="Products of this run")
        expect(listed).to_contain_text("sales.customers running")
        customers.focus()
        assert faults(page) == []
        page.evaluate("window.isSame = true")
        server.service.builds.cancel(server.service.builds.jobs()[0].id)
        expect(picture.get_by_role("link", name="sales.customers: failed")).to_be_focused()
        expect(listed).to_contain_text("sales.customers failed")
        assert page.evaluate("window.isSame")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Build of sales.customers")
        expect(picture.locator("[aria-current]")).to_contain_text("sales.customers")
        assert seen.errors == []


def test_who_goes_by_keyboard_stays_where_they_are(server: Serving, browser: Browser) -> None:
    set_model(server.service.wiring.root, "sales.customers", "customers", SLOW)
    with seeing(browser, server, "/builds") as seen:
        begin(seen.page, "sales.customers")
        picture = seen.page.get_by_role("group", name="The run").first
        expect(picture.get_by_role("link", name="sales.customers: running")).to_be_visible()
        listed = seen.page.locator(".job summary", has_text="As a list").first
        listed.focus()
        seen.page.evaluate("window.isThis = document.activeElement")
        server.service.builds.cancel(server.service.builds.jobs()[0].id)
        expect(picture.get_by_role("link", name="sales.customers: failed")).to_be_visible()
        expect(listed).to_be_focused()
        assert not seen.page.evaluate("window.isThis.isConnected")  # it is another one of its kind


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_a_picture_is_scrolled_and_not_the_page(
    server: Serving, browser: Browser, scheme: str
) -> None:
    folder = server.service.wiring.root
    set_model(folder, "sales.customers", "customers", "select id, name from people")
    ended = build(folder, force=True)["insight.report"].build
    how = {"bypass_csp": True, "color_scheme": scheme}
    with seeing(browser, server, f"/builds/{ended}", **how) as seen:
        seen.page.set_viewport_size({"width": 390, "height": 844})
        picture = seen.page.get_by_role("region", name="Picture of the run")
        wait_for(lambda: picture.evaluate("one => one.scrollWidth > one.clientWidth"))
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert faults(seen.page) == []


def test_a_file_beside_a_build_is_downloaded(server: Serving, browser: Browser) -> None:
    ended = build(server.service.wiring.root, force=True)["sales.customers"].build
    with seeing(browser, server, f"/builds/{ended}", accept_downloads=True) as seen:
        with seen.page.expect_download() as begun:
            seen.page.get_by_role("link", name="customers.audit.json").click()
        assert begun.value.suggested_filename == f"{ended}-customers.audit.json"
        assert '"port": "customers"' in Path(begun.value.path()).read_text("utf-8")
        assert seen.complaints == []
