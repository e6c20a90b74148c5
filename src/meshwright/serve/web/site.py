"""Every page of the web, and the scripts and styles that they load."""

from starlette.routing import Route

from meshwright.serve.web import bundle
from meshwright.serve.web.page import Page, routes_of
from meshwright.serve.web.pages import (
    access,
    build_files,
    builds,
    console,
    create,
    discussion,
    domains,
    editing,
    governance,
    home,
    incidents,
    lineage,
    monitors,
    people,
    product,
    products,
    search,
    signing_in,
    terms,
    trail,
    you,
)

PAGES: tuple[Page, ...] = (
    *access.PAGES,
    *build_files.PAGES,
    *builds.PAGES,
    *console.PAGES,
    *create.PAGES,
    *discussion.PAGES,
    *domains.PAGES,
    *editing.PAGES,
    *governance.PAGES,
    *home.PAGES,
    *incidents.PAGES,
    *lineage.PAGES,
    *monitors.PAGES,
    *people.PAGES,
    *product.PAGES,
    *products.PAGES,
    *search.PAGES,
    *terms.PAGES,
    *trail.PAGES,
    *you.PAGES,
    *signing_in.PAGES,
)


def site_routes() -> list[Route]:
    """Return the routes of the web."""
    return [
        *routes_of(PAGES),
        Route(f"{bundle.PATH}/{{name}}", bundle.serve, methods=["GET"]),
    ]
