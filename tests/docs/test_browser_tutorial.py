"""The tutorial in the browser, walked by a new user: the wheel in an empty environment, then a browser.

Prints how long each step took (`pytest -s`): the figures of the tutorial's last section.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import launched

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "in-the-browser.md"
BARE = {
    name: value
    for name, value in os.environ.items()
    if name not in ("PYTHONPATH", "VIRTUAL_ENV") and not name.startswith(("NODE", "npm"))
}


@contextmanager
def timed(step: str, seconds: dict[str, float]) -> Iterator[None]:
    """Say how long a step took."""
    started = time.monotonic()
    yield
    seconds[step] = time.monotonic() - started
    print(f"{step}: {seconds[step]:.1f} s")


def install(place: Path) -> Path:
    """Install the wheel that was built into an empty environment; return its `mesh`."""
    (wheel,) = (ROOT / "dist").glob("*.whl")  # `make test` and `make slow` build it
    subprocess.run([sys.executable, "-m", "venv", place], check=True, env=BARE)
    bare = {**BARE, "PATH": f"{place / 'bin'}:/usr/bin:/bin"}
    pip = [place / "bin" / "pip", "install", "-q", "--disable-pip-version-check", str(wheel)]
    subprocess.run(pip, check=True, env=bare)
    return place / "bin" / "mesh"


def rows_to_publish(folder: Path) -> Path:
    """Return the file that the tutorial shows."""
    found = re.search(r"```csv\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL)
    assert found
    file = folder / "orders.csv"
    file.write_text(found[1], "utf-8")
    return file


@contextmanager
def served(mesh: Path, folder: Path, seconds: dict[str, float]) -> Iterator[str]:
    """Serve the mesh; give a link that signs in."""
    order = [mesh, "serve", "--port", "0", "--no-sql", "--no-flight"]
    server = subprocess.Popen(order, cwd=folder, env=BARE, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        with timed("mesh serve", seconds):
            while not (folder / ".mesh" / "serving.json").exists():
                assert time.monotonic() < until
                time.sleep(0.1)
        said = subprocess.run(
            [mesh, "open", "--json"], cwd=folder, env=BARE, capture_output=True, check=True
        )
        yield str(json.loads(said.stdout)["link"])
    finally:
        server.terminate()
        server.wait()


def deliver_twice(page: Page, folder: Path, seconds: dict[str, float]) -> None:
    """Put rows into the source that break the contract, and build: what is served stays."""
    source = folder / "domains" / "sales" / "orders" / "data" / "orders.csv"
    source.write_text(source.read_text("utf-8") + "1006,2026-03-06,DE,cup,1,9.00\n", "utf-8")
    with timed("a second delivery, rejected", seconds):
        page.get_by_role("link", name="Builds").first.click()
        page.get_by_text("Build something now").click()
        page.get_by_role("button", name="Build", exact=True).click()
        ended = page.locator("#now tbody").get_by_text("rejected").first
        expect(ended).to_be_visible(timeout=90_000)
        page.get_by_role("link", name="Incidents").first.click()
        expect(page.get_by_text("primaryKey").first).to_be_visible()


def walk(page: Page, link: str, file: Path, seconds: dict[str, float]) -> None:
    """Do what the tutorial says, from the link to the product's page."""
    with timed("open the link", seconds):
        page.goto(link)
    with timed("source", seconds):
        page.get_by_role("link", name="New product").first.click()
        page.set_input_files("input[type=file]", file)
        page.get_by_role("button", name="Look at it").first.click()
    with timed("names", seconds):
        expect(page.get_by_role("heading", level=1)).to_have_text("What is it called?")
        page.get_by_label("Name of the domain").fill("sales")
        page.get_by_label("Owner of the domain").fill("ana@example.com")
        page.get_by_label("Purpose").fill("What our till sold, for whoever plans purchases.")
        page.get_by_label("Owner", exact=True).fill("ana@example.com")
        page.get_by_role("button", name="Go on to the contract").click()
    with timed("contract", seconds):
        expect(page.get_by_role("heading", level=1)).to_have_text("What does it promise?")
        page.get_by_role("button", name="Go on to the review").click()
    with timed("review, build and publish", seconds):
        page.get_by_role("button", name="Create and build").click()
        page.wait_for_url("**/products/sales.orders", timeout=90_000)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Orders")
        expect(page.get_by_text("is published")).to_be_visible()


@pytest.mark.slow
def test_a_new_user_sees_their_first_product(tmp_path: Path) -> None:
    """From the wheel to the page of a product made of the tutorial's file; the machine works for a minute."""
    seconds: dict[str, float] = {}
    folder = tmp_path / "shop"
    folder.mkdir()
    with timed("install", seconds):
        mesh = install(tmp_path / "env")
    with timed("mesh init", seconds):
        subprocess.run([mesh, "init"], cwd=folder, env=BARE, check=True, capture_output=True)
    file = rows_to_publish(tmp_path)
    with served(mesh, folder, seconds) as link, launched() as browser:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        walk(page, link, file, seconds)
        page.get_by_role("link", name="Query it").click()
        page.wait_for_url("**/console*")
        deliver_twice(page, folder, seconds)
