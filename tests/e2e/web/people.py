"""Who visits the demo, and how they come in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.e2e.shell import mesh

ANALYST = "noor.haddad@example.com"
LOYALTY = "amara.okafor@example.com"
FLEET = "jonas.weber@example.com"
PEOPLE = (ANALYST, LOYALTY, FLEET)
PASSWORD = "correct horse battery"
OWNER = ""  # whoever owns the files of the mesh, by a link


class Site:
    """The served demo. Whatever a page's scripts complain of fails the test that visits it."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        self.folder = folder
        self.url = str(json.loads((folder / ".mesh" / "serving.json").read_text())["url"])
        self._browser = browser
        self._kept: dict[str, Any] = {}

    @contextmanager
    def visited(
        self, person: str = OWNER, *, refuses: str = "nothing", **how: Any
    ) -> Iterator[Page]:
        """Give a page of a browser that a person is signed in with.

        `refuses`: what a browser may complain of beside scripts, as the status of a form with a slip in it.
        """
        if person not in self._kept:
            self._kept[person] = self._signed_in(person)
        context = self._browser.new_context(
            base_url=self.url, storage_state=self._kept[person], **how
        )
        context.set_default_timeout(20_000)
        wrong: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda said: (
                wrong.append(f"{page.url}: {said.text}")
                if said.type == "error" and refuses not in said.text
                else None
            ),
        )
        try:
            yield page
            assert not wrong, "\n".join(wrong)
        finally:
            context.close()

    def _signed_in(self, person: str) -> Any:
        context = self._browser.new_context(base_url=self.url)
        page = context.new_page()
        if person == OWNER:
            page.goto(mesh(self.folder, "open", "--print").out.strip())
        else:
            page.goto("/sign-in")
            page.get_by_label("Name").fill(person)
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
        page.wait_for_url(f"{self.url}/")
        kept = context.storage_state()
        context.close()
        return kept
