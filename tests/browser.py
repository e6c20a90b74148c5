"""A real browser for tests: an installed Chromium, as Debian has it; Playwright would download its own.

`MESH_CHROMIUM` names another one. Where there is none a test fails, as what is not tried is not shown.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from meshwright.app.asking import as_principal
from meshwright.app.identity import links
from tests.serving import Serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
)  # in a container, as root, with a small /dev/shm
SLOW, VERY_SLOW = 30_000, 60_000  # milliseconds: a machine that does much else is slow, not wrong


@dataclass
class Seen:
    """A page, the errors of its scripts, and all that its console complains of: refused answers too."""

    page: Page
    errors: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def chromium() -> str:
    """Return the path of a browser; raise where there is none."""
    named = os.environ.get("MESH_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise FileNotFoundError("no Chromium: apt-get install chromium")
    return found


def launch(play: Playwright) -> Browser:
    """Start it, without a window."""
    return play.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))


@contextmanager
def launched() -> Iterator[Browser]:
    """Start it, and end it."""
    expect.set_options(timeout=SLOW)
    with sync_playwright() as play:
        browser = launch(play)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def seeing(
    browser: Browser, server: Serving, path: str, who: str = "", **how: Any
) -> Iterator[Seen]:
    """Open a page as somebody; '' is the owner of the mesh's files."""
    wiring = server.service.wiring
    key = links.make(as_principal(wiring, who) if who else wiring)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **how)
    context.set_default_timeout(VERY_SLOW)
    seen = Seen(context.new_page())
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on(
        "console",
        lambda said: seen.complaints.append(said.text) if said.type == "error" else None,
    )
    try:
        seen.page.goto(f"{server.url}/enter/{key}")
        seen.page.goto(f"{server.url}{path}")
        yield seen
    finally:
        context.close()


@contextmanager
def browsing(server: Serving, who: str = "", where: str = "/") -> Iterator[Page]:
    """Open a page in a browser of its own; an error of a script fails the test."""
    clipboard = ["clipboard-read", "clipboard-write"]
    with launched() as browser, seeing(browser, server, where, who, permissions=clipboard) as seen:
        yield seen.page
    assert seen.errors == []
