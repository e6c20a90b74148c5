"""A page: an address, and what answers it. What a module of `pages` gives is a tuple of these."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from meshwright.errors import MeshwrightError
from meshwright.serve.api.service import service_of
from meshwright.serve.web.faults import fault_page
from meshwright.serve.web.visit import MOST_FIELDS, Visit, visit_of

COSTLY = 100.0  # what reads or computes much: an export, a verification
Run = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """`run` answers GET, or what `method` says; `is_open`: to people who are not signed in too.

    `most_fields`: how many fields its form may have; `admits` raises before a form is read that it does not.
    `cost`: how much of what a session may ask for in a while it takes; 1 for a page like others.
    """

    path: str
    run: Run
    method: str = "GET"
    is_open: bool = False
    most_fields: int = MOST_FIELDS
    admits: Callable[[Request], None] | None = None
    cost: float = 1.0


def routes_of(pages: Sequence[Page]) -> list[Route]:
    """Return the routes: one for a path, whatever methods it takes."""
    paths: dict[str, dict[str, Page]] = {}
    for page in pages:
        paths.setdefault(page.path, {})[page.method] = page
    return [Route(path, _endpoint(by), methods=list(by)) for path, by in paths.items()]


def _endpoint(by_method: dict[str, Page]) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        page = by_method["GET" if request.method == "HEAD" else request.method]
        visit = await visit_of(request)
        if visit.proven is None and not page.is_open:
            return _sign_in(request)
        try:
            visit.service.budgets.take(visit.place)
            if page.admits is not None:
                page.admits(request)
            if request.method not in ("GET", "HEAD"):
                await visit.judge_form(page.most_fields)
            if page.cost > 1:  # what another site sends costs little
                visit.service.budgets.take(visit.place, page.cost)
            return await page.run(visit)
        except MeshwrightError as error:
            return fault_page(visit, error, service_of(request).wiring.root)
        finally:
            await request.close()  # an uploaded file lies on disk until then

    return run


def _sign_in(request: Request) -> Response:
    """Send whoever is not signed in to where they can be, and back."""
    if request.headers.get("hx-request"):
        return Response(None, 401, {"HX-Redirect": "/sign-in"})
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    is_page = request.method in ("GET", "HEAD") and where != "/"
    return RedirectResponse(f"/sign-in?{urlencode({'to': where})}" if is_page else "/sign-in", 303)
