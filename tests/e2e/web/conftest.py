"""The demo mesh, built once and served by `mesh serve`; a browser; people who sign in by password."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import launched
from tests.e2e.shell import MESH
from tests.e2e.web.people import PASSWORD, PEOPLE, Site


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo mesh, with a rejected build and an open incident; some of its people have passwords."""
    folder = tmp_path_factory.mktemp("web") / "demo"
    order = [*MESH, "demo", str(folder), "--no-serve", "--json"]
    subprocess.run(order, check=True, timeout=300, stdout=subprocess.DEVNULL)
    for person in PEOPLE:
        said = [*MESH, "-C", str(folder), "user", "password", person, "--password-stdin"]
        subprocess.run(said, check=True, input=PASSWORD.encode(), stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="session")
def site(demo: Path) -> Iterator[Site]:
    """The demo, served until the last test has ended."""
    note = demo / ".mesh" / "serving.json"
    order = [*MESH, "-C", str(demo), "serve", "--port", "0", "--no-sql", "--no-flight"]
    server = subprocess.Popen(order, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not note.exists():
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.05)
        with launched() as browser:
            yield Site(demo, browser)
    finally:
        server.terminate()
        server.wait(20)
