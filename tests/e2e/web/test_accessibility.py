"""Every page of the site, light, dark and on a phone: axe-core finds no serious fault on any."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from meshwright.app.mesh import open_mesh
from meshwright.serve.web.site import PAGES
from tests.e2e.web.people import ANALYST, Site

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
PRODUCT, PORT = "loyalty.members", "loyalty.members.profiles"
VIEWS = (
    "overview", "schema", "sample", "quality", "lineage", "versions", "consumers", "contract", "discussion",
)  # fmt: skip
# Each GET of the site, with addresses of it that show something; `{build}` and the like are looked up.
SHOWN: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/access": ("/access",),
    "/access/ask/{address}": (f"/access/ask/{PORT}",),
    "/access/policies": (f"/access/policies?as=person:noor.haddad@example.com&address={PORT}",),
    "/access/reading": ("/access/reading",),
    "/access/requests/{request}": ("/access/requests/req-1",),
    "/access/review": ("/access/review",),
    "/builds": ("/builds",),
    "/builds/{build}": ("/builds/{build}",),
    "/console": (f"/console?sql=select%20*%20from%20{PORT}%20limit%205",),
    "/create": ("/create",),
    "/discussion/{address}": (f"/discussion/{PRODUCT}",),
    "/domains/{domain}": ("/domains/fleet",),
    "/domains/{domain}/scores": ("/domains/fleet/scores",),
    "/edit/{address:path}/{field}": (f"/edit/{PRODUCT}/description",),
    "/governance": ("/governance",),
    "/governance/exemptions": ("/governance/exemptions",),
    "/governance/rules/{rule:path}": ("/governance/rules/keys-have-a-term",),
    "/governance/scores": ("/governance/scores",),
    "/governance/suggestions": ("/governance/suggestions",),
    "/governance/violations": ("/governance/violations",),
    "/incidents": ("/incidents",),
    "/incidents/{incident}": ("/incidents/inc-1",),
    "/lineage": ("/lineage",),
    "/lineage/{address:path}": ("/lineage/experience.delay_risk.routes",),
    "/monitors": ("/monitors",),
    "/monitors/{address}": (f"/monitors/{PORT}",),
    "/people": ("/people",),
    "/people/{name}": ("/people/noor.haddad@example.com",),
    "/products": ("/products",),
    "/products/{address}": (
        *(f"/products/{PORT}?view={view}" for view in VIEWS),
        f"/products/{PRODUCT}",
        "/products/fleet.aircraft?view=quality",
    ),
    "/proposals": ("/proposals",),
    "/search": ("/search?q=flights", "/search?q=nothing-like-it"),
    "/sign-in": ("/sign-in",),
    "/terms": ("/terms",),
    "/terms/{name}": ("/terms/late_departure",),
    "/trail": ("/trail",),
    "/you": ("/you",),
    "/you/tokens": ("/you/tokens",),
}
# What needs an upload or a proposal first: looked at on the way from a file to a product.
STEPS = {
    "/create/{draft}/names", "/create/{draft}/contract", "/create/{draft}/review", "/create/{draft}/done",
    "/proposals/{proposal}",
}  # fmt: skip
# Answers that are no page of their own: parts, files, events.
PARTS = {
    "/builds/live", "/builds/{build}/files/{name:path}",
    "/console/history", "/console/names", "/console/names/{address}", "/enter/{key}",
    "/lineage/{address:path}/about", "/lineage/{address:path}/graph", "/lineage/{address:path}/impact",
    "/products/{address}/alike", "/products/{address}/difference",
    "/products/{address}/rows", "/proposals/{proposal}/patch", "/search/suggest", "/trail/export",
}  # fmt: skip
SLIP = "status of 400"
NAMED = ("names", "contract", "review", "done")
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


def test_every_page_is_looked_at() -> None:
    """A page that is new stands in the list above, or among what is none."""
    paths = {page.path for page in PAGES if page.method == "GET"}
    assert paths - PARTS - STEPS - set(SHOWN) == set()


def faults(page: Page) -> list[str]:
    """Return what keeps somebody from using a page: what axe-core calls serious or critical, each with where
    it is; another number of main headings than one; something wider than the screen.
    """
    found = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    wrong = [
        f"{page.url}: {one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]} {node['target']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]
    if page.locator("h1").count() != 1:
        wrong.append(f"{page.url}: {page.locator('h1').count()} headings of the first level")
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide > screen:
        wrong.append(f"{page.url}: {wide} wide on a screen of {screen}")
    return wrong


def addresses(folder: Path) -> list[str]:
    """Return every address to look at, with an id that the mesh has for each word in braces."""
    with open_mesh(folder) as mesh:
        build = mesh.history("fleet.aircraft")[0].build
        if not mesh.access.requests(closed=True):
            mesh.as_principal("person:noor.haddad@example.com").access.request(
                "fleet.aircraft.planes", purpose="fleet planning"
            )
    paths = {page.path for page in PAGES if page.method == "GET"}
    listed = [address for path in SHOWN if path in paths for address in SHOWN[path]]
    return [address.format(build=build) for address in listed]


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_no_page_keeps_anybody_out(site: Site, look: str) -> None:
    """No fault that axe-core calls serious or critical; one main heading; nothing wider than the screen."""
    wrong: list[str] = []
    with site.visited(bypass_csp=True, **LOOKS[look]) as page:
        page.add_init_script(AXE)
        for address in addresses(site.folder):
            response = page.goto(address, wait_until="load")
            assert response is not None
            if response.status != 200:
                wrong.append(f"{address}: {response.status}")
                continue
            wrong += faults(page)
        assert not wrong, "\n".join(wrong)


class Walk:
    """The way from a file to a product; every page on it is looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        page.add_init_script(AXE)

    def look(self, heading: str) -> None:
        """Look at the page with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.wrong += faults(self.page)
        self.seen.add(re.sub(r"^/create/[^/]+/", "/create/*/", urlsplit(self.page.url).path))

    def press(self, button: str) -> None:
        """Press a button that leads to another page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).first.click()

    def describe(self, file: Path, title: str) -> None:
        """Upload a file and say what it is, with a slip on the way."""
        page = self.page
        page.goto("/create")
        page.set_input_files("input[type=file]", file)
        self.press("Look at it")
        self.look("What is it called?")
        page.get_by_label("Domain", exact=True).select_option(value="loyalty")
        page.get_by_label("Title", exact=True).fill(title)
        page.get_by_label("Purpose").fill("What the lounge sold.")
        page.get_by_label("Name of the product").fill("Not a name")
        self.press("Go on to the contract")
        self.look("What is it called?")
        page.get_by_label("Name of the product").fill(title.lower().replace(" ", "_"))
        self.press("Go on to the contract")
        self.look("What does it promise?")
        self.press("Go on to the review")
        self.look(title)


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_no_step_of_creating_keeps_anybody_out(site: Site, look: str, tmp_path: Path) -> None:
    """An owner's file fails its first build, which is said; a stranger's becomes a proposal."""
    file = tmp_path / "orders.csv"
    file.write_text(
        "id,customer,amount\n1,ana,10.5\n2,ben,20\n3,ana,7.25,twice\n" + "4,eva,3\n" * 50
    )
    empty = tmp_path / "empty.csv"
    empty.touch()
    with site.visited(refuses=SLIP, bypass_csp=True, **LOOKS[look]) as page:
        walk = Walk(page)
        page.goto("/create")
        page.set_input_files("input[type=file]", empty)
        walk.press("Look at it")
        walk.look("New product")
        walk.describe(file, f"Lounge {look}")
        walk.press("Create and build")
        expect(page.locator("#progress")).to_contain_text("It is not published", timeout=60_000)
        walk.look(f"Lounge {look}")
        page.goto("/create")
        walk.look("New product")
        assert walk.seen == {"/create", "/create/source", *(f"/create/*/{one}" for one in NAMED)}
    with site.visited(ANALYST, refuses=SLIP, bypass_csp=True, **LOOKS[look]) as page:
        asked = Walk(page)
        asked.describe(file, f"Bar {look}")
        asked.press("Propose it")
        asked.look(f"Bar {look}")
        title = f"Create the product loyalty.bar_{look}"
        page.get_by_role("link", name="Look at the proposal").click()
        asked.look(title)
        proposal = page.url
    with site.visited(bypass_csp=True, **LOOKS[look]) as page:
        decided = Walk(page)
        page.goto(proposal)
        decided.look(title)
        decided.press("Decline")
        page.goto(proposal)
        decided.look(title)
    wrong = [*walk.wrong, *asked.wrong, *decided.wrong]
    assert not wrong, "\n".join(wrong)
