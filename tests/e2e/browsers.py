"""A real browser for tests: the one that `MESH_CHROMIUM` names, or that this machine has."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

import meshwright
from meshwright.app.identity import links
from tests.serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SLOW = 60_000  # milliseconds: machines that do other things too


@contextmanager
def browsing(server: Serving, who: str = "", where: str = "/") -> "Iterator[Page]":
    """Open a page as somebody; skip where there is no browser. An error of a script fails the test."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("MESH_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    if not path:
        pytest.skip("no Chromium on this machine")
    with meshwright.open(server.service.wiring.root, as_=who) as mesh:
        key = links.make(mesh.wiring)
    errors: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, accept_downloads=True
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(SLOW)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.url}/enter/{key}?to={where}")
        try:
            yield page
        finally:
            browser.close()
    assert errors == []
