"""Every page of the web, and the scripts and styles that they load."""

from starlette.routing import Route

from meshwright.serve.web import bundle
from meshwright.serve.web.page import Page, routes_of
from meshwright.serve.web.pages import access, governance, home, people, signing_in, trail, you

PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *access.PAGES,
    *signing_in.PAGES,
    *trail.PAGES,
    *governance.PAGES,
    *you.PAGES,
    *people.PAGES,
)


def site_routes() -> list[Route]:
    """Return the routes of the web."""
    return [
        *routes_of(PAGES),
        Route(f"{bundle.PATH}/{{name}}", bundle.serve, methods=["GET"]),
    ]
