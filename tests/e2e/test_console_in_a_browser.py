"""The SQL console and the pages of builds in a real browser: typed, completed, run, charted, downloaded."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from meshwright.app.identity.users import add_user
from tests.browser import browsing
from tests.integration.granted import ANALYST, put_policies, write_crm
from tests.integration.shop import build
from tests.serving import Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow
POLICIES = """
policies:
  - id: readers
    effect: allow
    subjects: {principals: ["person:*"]}
    objects: {addresses: ["crm.people.people"]}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder: Path = write_crm(tmp_path_factory.mktemp("browser") / "mesh")
    build(folder)
    put_policies(folder, POLICIES, "crm")
    with serving(folder) as found:
        add_user(found.service.wiring, ANALYST)
        yield found


def write(page: "Page", text: str) -> None:
    """Type into the editor, instead of what stands there; lists of completions are closed."""
    page.click(".cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Escape")


def test_a_query_is_completed_run_sorted_copied_charted_and_downloaded(server: Serving) -> None:
    with browsing(server, ANALYST, "/console") as page:
        page.wait_for_selector("#port-list summary")
        page.click(".cm-content")
        page.keyboard.type("select id, email, points from crm.peo")
        page.wait_for_selector(".cm-tooltip-autocomplete >> text=crm.people.people")
        page.wait_for_timeout(200)  # the editor takes no key for a choice that has just appeared
        page.keyboard.press("Enter")
        page.keyboard.type(" p where p.poi")
        page.wait_for_selector(".cm-tooltip-autocomplete >> text=points")
        page.wait_for_timeout(200)
        page.keyboard.press("Enter")
        page.keyboard.type(" > 0")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("[role=grid]")
        assert page.locator("[role=gridcell]").count() == 6
        assert "2 rows" in page.inner_text("#said")
        assert "masked" in page.inner_text("[role=columnheader]:has-text('email')")
        assert "ada@example.com" not in page.content()

        page.click("[role=columnheader]:has-text('points')")
        assert page.inner_text("[role=row][aria-rowindex='2'] [aria-colindex='4']") == "5"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Control+c")
        assert page.evaluate("navigator.clipboard.readText()") == "70"

        page.click("[role=tab]:has-text('Chart')")
        page.locator(".chart-words select").nth(2).select_option(label="points")
        assert page.get_attribute(
            "svg.chart", "aria-label"
        ) == (  # both are shown as `.com`: 70 + 5
            "A bar chart with 1 mark: points from 75 to 75, by email"
        )
        page.click("[role=tab]:has-text('Rests on')")
        assert "crm/readers" in page.inner_text("[role=tabpanel]")
        assert "email: show-last-4" in page.inner_text("[role=tabpanel]")

        page.click("summary:has-text('Download')")
        with page.expect_download() as held:
            page.click("button:has-text('CSV')")
        lines = Path(held.value.path()).read_text().splitlines()
        assert lines[0] == "id,email,points"
        assert len(lines) == 3


def test_an_axis_of_whole_numbers_has_no_halves(server: Serving) -> None:
    with browsing(server, ANALYST, "/console") as page:
        page.wait_for_selector(".cm-content")
        write(page, "select id, id - 1 as before from crm.people.people")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("[role=grid]")
        page.click("[role=tab]:has-text('Chart')")
        texts = page.locator("svg.chart text").all_text_contents()
        numbers = [text for text in texts if text[:1].isdigit()]
        assert len(numbers) >= 4
        assert all(text.isdigit() for text in numbers), numbers


def test_a_wrong_query_is_marked_where_it_is_wrong(server: Serving) -> None:
    with browsing(server, ANALYST, "/console") as page:
        page.wait_for_selector(".cm-content")
        write(page, "select id,\nnam\nfrom crm.people.people")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("[role=alert] >> text=nam")
        assert "did you mean name" in page.inner_text("[role=alert]")
        assert page.inner_text(".cm-wrong-line") == "nam"
        page.keyboard.press("Control+a")
        page.keyboard.type("select * from web.visits.visits")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")
        link = page.wait_for_selector("a:has-text('Ask for access')")
        assert link is not None
        assert link.get_attribute("href") == "/access/ask/web.visits.visits"


def test_escape_cancels_what_runs(server: Serving) -> None:
    endless = (
        "select count(*) from range(10000000000) a(i), range(1000) b(j) where a.i * b.j % 7 = 3"
    )
    with browsing(server, ANALYST, "/console") as page:
        page.wait_for_selector(".cm-content")
        write(page, endless)
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#cancel:visible")
        page.keyboard.press("Escape")
        page.wait_for_selector("#said >> text=cancelled")
        assert not page.is_visible("#cancel")


def test_a_query_is_kept_and_opened_again(server: Serving) -> None:
    with browsing(server, ANALYST, "/console") as page:
        page.wait_for_selector(".cm-content")
        write(page, "select region from crm.people.people")
        page.click("summary:has-text('Save')")
        page.fill("#title", "Regions")
        page.click("button[formaction='/console/save']")
        page.wait_for_selector("h1:has-text('Regions')")
        assert page.inner_text(".cm-line") == "select region from crm.people.people"
        assert "sql=" not in page.url


def test_a_page_of_builds_follows_a_build_without_being_loaded_again(server: Serving) -> None:
    with browsing(server, "", "/builds") as page:
        page.wait_for_selector("table")
        page.evaluate("window.stays = true")
        build(server.service.wiring.root, "web.visits", force=True)
        page.wait_for_selector("table >> text=version 2")
        assert page.evaluate("window.stays") is True
