"""The lineage explorer in a real browser: focus, expand, walk by keyboard, see what breaks, save it."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Seen, launched, seeing
from tests.integration.shop import build, statuses, write_shop
from tests.serving import Serving, serving

SPENDING = "insight.report.spending"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = write_shop(tmp_path_factory.mktemp("explorer") / "mesh")
    assert set(statuses(build(folder)).values()) == {"published"}
    with serving(folder) as found:
        yield found


@pytest.fixture(scope="module")
def browser(server: Serving) -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture
def explorer(browser: Browser, server: Serving) -> Iterator[Seen]:
    """The explorer at a port of the report, one step up."""
    with seeing(browser, server, f"/lineage/{SPENDING}?up=1&down=0") as seen:
        drawn(seen.page)
        yield seen
        assert seen.complaints == []


def drawn(page: Page) -> None:
    expect(page.locator("#lineage[data-state=drawn]")).to_be_visible()


def boxes(page: Page) -> set[str]:
    found = page.locator(".lg .box").evaluate_all("all => all.map(one => one.dataset.id)")
    return set(found)


def box(page: Page, name: str) -> str:
    return f'.lg .box[data-id="{name}"]'


def current(page: Page) -> list[str]:
    key = page.evaluate("document.activeElement.dataset.key || ''")
    return str(key).split("\n")


def test_a_focused_column_shows_its_path_alone_and_the_address_keeps_it(explorer: Seen) -> None:
    page = explorer.page
    assert boxes(page) == {SPENDING, "sales.orders.orders", "sales.customers.customers"}
    expect(page.locator(f"{box(page, SPENDING)} .foot")).to_have_text("2 columns")
    page.click(f"{box(page, SPENDING)} .foot")
    page.click(f"{box(page, SPENDING)} .row[data-column=amount]")
    expect(page.locator("#lineage-title")).to_have_text(f"{SPENDING}.amount")
    orders = page.locator(f"{box(page, 'sales.orders.orders')} .row.path")
    assert set(orders.all_text_contents()) == {"customer", "amount"}
    expect(page.locator(f"{box(page, 'sales.orders.orders')} .foot")).to_have_text("2 of 3 shown")
    assert page.locator(".lg .line.path.direct").count() >= 1
    assert page.locator(".lg .line.path.indirect").count() >= 1
    dashes = page.locator(".lg .line.path.indirect").first.evaluate(
        "one => getComputedStyle(one).strokeDasharray"
    )
    assert dashes not in ("", "none")
    expect(page.locator("#lineage-about h2")).to_have_text("spending.amount")
    assert page.url.endswith(f"/lineage/{SPENDING}.amount?up=1&down=0&open={SPENDING}")
    page.reload()
    drawn(page)
    expect(page.locator(f"{box(page, SPENDING)} .row.focus")).to_have_text("amount")
    page.uncheck("[data-do=indirect]")
    expect(page.locator(".lg .line.path.indirect")).to_have_count(0)


def test_handles_show_what_is_further_up_and_down_until_there_is_no_more(explorer: Seen) -> None:
    page = explorer.page
    source = "files:silos/sales.orders.raw.csv"
    assert source not in boxes(page)
    page.click(f"{box(page, 'sales.orders.orders')} [data-more=up]")
    expect(page.locator(box(page, source))).to_be_visible()
    expect(page.locator("#lineage-said")).to_contain_text("1 more data sets up from orders")
    expect(page.locator(f"{box(page, 'sales.orders.orders')} [data-more=up]")).to_have_count(0)
    page.click(f"{box(page, 'sales.customers.customers')} [data-more=down]")
    expect(page.locator(box(page, "insight.report.names"))).to_be_visible()
    page.reload()
    drawn(page)
    assert {source, "insight.report.names"} <= boxes(page)


def test_the_keyboard_alone_walks_opens_focuses_and_zooms(explorer: Seen) -> None:
    page = explorer.page
    page.locator("[data-do=png]").focus()
    page.keyboard.press("Tab")
    assert current(page)[:2] == [SPENDING, ""]
    page.keyboard.press("ArrowLeft")
    assert current(page)[0] in ("sales.orders.orders", "sales.customers.customers")
    before = current(page)[0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert current(page)[0] == SPENDING
    page.keyboard.press("e")
    expect(page.locator(f"{box(page, SPENDING)} .row")).to_have_count(2)
    page.keyboard.press("ArrowUp")
    assert current(page)[:2] == [SPENDING, "amount"]
    page.keyboard.press("Enter")
    expect(page.locator(f"{box(page, SPENDING)} .row.focus")).to_have_text("amount")
    assert current(page)[:2] == [SPENDING, "amount"]
    page.keyboard.press("ArrowLeft")
    assert current(page)[0] != SPENDING
    assert current(page)[1] != ""
    scale = page.locator(".lg .all").get_attribute("transform")
    page.keyboard.press("-")
    assert page.locator(".lg .all").get_attribute("transform") != scale
    page.keyboard.press("u")
    expect(page.locator(".lg .box.source")).to_have_count(1)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.do") == "fit"
    assert before


def test_the_saved_picture_stands_alone(explorer: Seen, tmp_path: Path) -> None:
    page = explorer.page
    with page.expect_download() as svg:
        page.click("[data-do=svg]")
    svg.value.save_as(tmp_path / "one.svg")
    assert svg.value.suggested_filename == f"{SPENDING}.svg"
    text = (tmp_path / "one.svg").read_text("utf-8")
    root = ET.fromstring(text)
    texts = {"".join(one.itertext()) for one in root.iter(f"{SVG}text")}
    assert {"spending", "orders", "customers"} <= texts
    style = "".join("".join(one.itertext()) for one in root.iter(f"{SVG}style"))
    assert "stroke" in style
    assert "var(" not in style
    assert "http" not in text.replace("http://www.w3.org/", "")
    assert "tabindex" not in text
    with page.expect_download() as png:
        page.click("[data-do=png]")
    png.value.save_as(tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert (tmp_path / "one.png").stat().st_size > 3000


def test_what_a_change_breaks_is_marked_in_the_picture(browser: Browser, server: Serving) -> None:
    with seeing(browser, server, "/lineage/sales.orders.orders.amount?down=0") as seen:
        page = seen.page
        drawn(page)
        assert SPENDING not in boxes(page)
        page.click("text=Show what breaks")
        expect(page.locator("#impact")).to_contain_text("breaks something")
        expect(page.locator(f"{box(page, SPENDING)} .row.hit")).to_contain_text("amount")
        page.check("[data-do=health]")
        expect(page.locator(f"{box(page, SPENDING)} .health")).to_be_visible()
        assert "change=drop" in page.url
        assert "health=1" in page.url
        page.reload()
        drawn(page)
        expect(page.locator(f"{box(page, SPENDING)} .row.hit")).to_contain_text("breaks")
        assert seen.complaints == []


def test_a_finger_moves_the_picture_on_a_phone(browser: Browser, server: Serving) -> None:
    how = {"has_touch": True, "is_mobile": True}
    with seeing(browser, server, f"/lineage/{SPENDING}", **how) as seen:
        page = seen.page
        page.set_viewport_size({"width": 390, "height": 800})
        drawn(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
        page.locator(".lineage-ground").scroll_into_view_if_needed()
        place = page.locator(".lg").bounding_box()
        assert place is not None
        before = page.locator(".lg .all").get_attribute("transform")
        client = page.context.new_cdp_session(page)
        x, y = place["x"] + 200, place["y"] + 20
        for kind, points in (
            ("touchStart", [(x, y)]), ("touchMove", [(x - 60, y + 5)]), ("touchEnd", []),
        ):  # fmt: skip
            client.send(
                "Input.dispatchTouchEvent",
                {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]},
            )
        expect(page.locator(".lg .all")).not_to_have_attribute("transform", before or "")
        assert seen.complaints == []


def test_a_chart_is_read_by_keyboard_and_drawn_anew_in_the_dark(
    browser: Browser, server: Serving
) -> None:
    with seeing(browser, server, "/monitors/sales.orders.orders") as seen:
        page = seen.page
        ground = page.locator(".chart-ground").first
        expect(ground.locator("canvas")).to_be_visible()
        said = page.locator(".chart-said").first
        expect(said).to_contain_text(": 3")
        ground.focus()
        page.keyboard.press("Home")
        expect(said).to_contain_text(": 3")
        page.locator(".chart details summary").first.click()
        expect(page.locator(".chart table").first).to_be_visible()
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        expect(ground.locator("canvas")).to_be_visible()
        assert seen.complaints == []


def test_a_chart_of_counts_has_no_halves_on_its_axis(browser: Browser, server: Serving) -> None:
    """One row: the axis goes to two, by halves if nobody forbids it."""
    noted = """() => {
        window.texts = [];
        const write = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
            window.texts.push(text);
            return write.call(this, text, ...at);
        };
        document.documentElement.dataset.theme = 'dark'; // it is drawn anew
    }"""
    with seeing(browser, server, "/monitors/insight.lonely.lonely") as seen:
        expect(seen.page.locator(".chart-ground canvas").first).to_be_visible()
        seen.page.evaluate(noted)
        seen.page.wait_for_function("window.texts.length > 0")
        texts = seen.page.evaluate("window.texts")
        numbers = [text for text in texts if re.fullmatch(r"[\d.]+", text)]
        assert "1" in numbers
        assert not [text for text in numbers if "." in text], numbers
