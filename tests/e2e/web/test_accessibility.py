"""Every page of the site, light, dark and on a phone: axe-core finds no serious fault on any."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from meshwright.app.mesh import open_mesh
from meshwright.serve.web.site import PAGES
from tests.e2e.web.people import Site

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
# Answers that are no page of their own: parts, files, events, what needs a draft or a proposal first.
PARTS = {
    "/builds/live", "/builds/{build}/files/{name:path}",
    "/console/history", "/console/names", "/console/names/{address}", "/enter/{key}",
    "/lineage/{address:path}/about", "/lineage/{address:path}/graph", "/lineage/{address:path}/impact",
    "/products/{address}/alike", "/products/{address}/difference",
    "/products/{address}/rows", "/proposals/{proposal}/patch", "/search/suggest", "/trail/export",
    "/create/{draft}/names", "/create/{draft}/contract", "/create/{draft}/review", "/create/{draft}/done",
    "/proposals/{proposal}",
}  # fmt: skip
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


def test_every_page_is_looked_at() -> None:
    """A page that is new stands in the list above, or among what is none."""
    paths = {page.path for page in PAGES if page.method == "GET"}
    assert paths - PARTS - set(SHOWN) == set()


def faults(page: Page) -> list[str]:
    """Return what axe-core finds that keeps somebody from using a page, each with where it is."""
    found = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    return [
        f"{page.url}: {one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]} {node['target']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]


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
            if page.locator("h1").count() != 1:
                wrong.append(f"{address}: {page.locator('h1').count()} headings of the first level")
            wide, screen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            if wide > screen:
                wrong.append(f"{address}: {wide} wide on a screen of {screen}")
        assert not wrong, "\n".join(wrong)
