"""Make docs/screenshots from the real demo: build it, serve it, and take each page in light and dark.

python scripts/make_screenshots.py        wants Chromium, as the tests do (tests/browser.py)
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.browser import launched

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "docs" / "screenshots"
MESH = str(Path(sys.executable).parent / "mesh")
WIDTH, HEIGHT = 1280, 860
OWNER, ANALYST, STEWARD = "", "noor.haddad@example.com", "amara.okafor@example.com"
QUERY = (
    "SELECT month, origin, round(avg(dep_delay), 1) AS delay\n"
    "FROM operations.flights.departures\nGROUP BY ALL ORDER BY month, origin"
)


def mesh(folder: Path, *words: str, who: str = "") -> str:
    """Run a command of the mesh; return what it prints."""
    order = [MESH, "-C", str(folder), *(["--as", who] if who else []), *words]
    return subprocess.run(order, check=True, capture_output=True, text=True).stdout


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a mesh while the block runs; give its address."""
    order = [MESH, "-C", str(folder), "serve", "--port", "0", "--no-sql", "--no-flight"]
    note = folder / ".mesh" / "serving.json"
    server = subprocess.Popen(order, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not note.exists() and time.monotonic() < until:
            time.sleep(0.1)
        url = str(json.loads(note.read_text())["url"])
        urlopen(f"{url}/health").close()
        yield url
    finally:
        server.terminate()
        server.wait()


def home(page: Page) -> None:
    """Nothing to do: the map is there."""


def settle(page: Page) -> None:
    """Wait until nothing is loaded any more."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)


def run_query(page: Page) -> None:
    """Run the query of the console, and draw it."""
    page.get_by_role("button", name="Run", exact=False).first.click()
    page.get_by_role("grid").first.wait_for(timeout=30_000)
    page.get_by_role("tab", name="Chart").click()
    for choice, value in (("Chart", "line"), ("Across (x)", "month"), ("Group by", "origin")):
        page.locator(".chart-words label", has_text=choice).locator("select").select_option(
            label=value
        )
    page.locator("svg.chart").scroll_into_view_if_needed()


def open_rejected(page: Page) -> None:
    """Go from the builds to the one that was rejected."""
    page.get_by_role("row").filter(has_text="rejected").get_by_role("link").first.click()


def pages(incident: str) -> Iterator[tuple[str, str, str, Callable[[Page], None]]]:
    """Give each picture: its name, its address, whose eyes see it, and what is done before."""
    yield "home", "/", OWNER, home
    yield "search", "/search?q=depature+delay", OWNER, home
    yield "product", "/products/operations.flights.departures", OWNER, home
    yield "lineage", "/lineage/experience.delay_risk.routes.risk", OWNER, home
    yield "incident", f"/incidents/{incident}", OWNER, home
    yield "build", "/builds", OWNER, open_rejected
    yield "access", "/access", STEWARD, home
    yield "console", f"/console?sql={quote(QUERY)}", OWNER, run_query


def take(
    browser: Browser, folder: Path, shot: tuple[str, str, str, Callable[[Page], None]], scheme: str
) -> None:
    """Take one picture."""
    name, path, who, do = shot
    link = json.loads(mesh(folder, "open", "--json", "--print", who=who))["link"]
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(link)
    page.goto(link.partition("/enter/")[0] + path)
    settle(page)
    do(page)
    settle(page)
    page.screenshot(path=SHOTS / f"{name}-{scheme}.png")
    context.close()


def main() -> None:
    """Build the demo, let things happen in it, and take the pictures."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    os.environ.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "demo"
        subprocess.run([MESH, "demo", str(folder), "--json"], check=True, capture_output=True)
        mesh(
            folder, "access", "request", "loyalty.members.profiles", "--purpose",
            "how delays reach our members", "--for", "30d", who=ANALYST,
        )  # fmt: skip
        incident = json.loads(mesh(folder, "incidents", "--json"))["incidents"][0]["id"]
        with served(folder), launched() as browser:
            for shot in pages(incident):
                for scheme in ("light", "dark"):
                    take(browser, folder, shot, scheme)
                    print(f"docs/screenshots/{shot[0]}-{scheme}.png")


if __name__ == "__main__":
    main()
