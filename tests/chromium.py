"""A real browser, headless, for tests: signed in by a link, with what it complains about collected."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from meshwright.app.asking import as_principal
from meshwright.app.identity import links
from tests.serving import Serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Seen:
    """A page, and the errors of its scripts and of the content policy."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser; skip the test on a machine that has none."""
    where = next(filter(None, map(shutil.which, NAMES)), None)
    if where is None:
        pytest.skip("no Chromium is installed: its path is looked for as chromium or google-chrome")
    expect.set_options(timeout=30_000)  # a machine that does much else is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
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
    seen = Seen(context.new_page())
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
