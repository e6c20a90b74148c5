"""Products in open standards over HTTP, and the whole mesh as a DCAT catalog, page by page."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from meshwright.app.exporting.exporting import FORMS, JSON, LINKED, YAML, export, export_catalog
from meshwright.app.product_graph import graph_of
from meshwright.serve.api.answering import cached
from meshwright.serve.api.bodies import MOST_LINES, Words
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.looking import Look
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import LINES, read_cursor, write_cursor
from meshwright.serve.api.service import service_of

PRODUCT = Parameter("address", "A product or a port.", place="path", example="sales.orders")
FORM = Parameter("form", "Where the Accept header does not say it.", words=tuple(FORMS))


async def one(request: Request) -> Response:
    """Export a product."""
    service = service_of(request)
    proven = await service.proven(request, "")
    look = Look(service, request, proven, Words(request, "form"))
    look.words.among("form", tuple(FORMS))
    accept = request.headers.get("accept", "")
    form = look.words.text("form") or _negotiated(accept)
    media = _media(form, accept)

    def work() -> Response:
        found = export(look.wiring, look.address(), form, _base(request), look.knows)
        return cached(request, found.text(media).encode(), media)

    return _varied(await service.threads.read(work))


async def catalog(request: Request) -> Response:
    """Export a page of the mesh as a DCAT catalog."""
    service = service_of(request)
    proven = await service.proven(request, "")
    look = Look(service, request, proven, Words(request, "limit", "cursor"))
    most = max(1, look.words.count("limit", LINES, MOST_LINES))
    after = read_cursor(look.words)

    def work() -> Response:
        names, base = graph_of(look.wiring).in_order, _base(request)
        rest = filter(look.knowing.of, names[bisect_right(names, after) :])
        shown, more = list(islice(rest, most)), next(rest, "")
        text = export_catalog(look.wiring, shown, base, look.knows).text()
        response = cached(request, text.encode(), LINKED)
        if more:
            following = quote(write_cursor(shown[-1]))
            response.headers["Link"] = (
                f'<{base}/api/v1/catalog?limit={most}&cursor={following}>; rel="next"'
            )
        return response

    return _varied(await service.threads.read(work))


def _negotiated(accept: str) -> str:
    """Return the form that an Accept header prefers: linked data as DPROD where its profile says so."""
    if "dprod" in accept:
        return "dprod"
    return "odps" if "yaml" in accept and "ld+json" not in accept else "dcat"


def _media(form: str, accept: str) -> str:
    media = FORMS[form]
    if media == YAML and "yaml" not in accept and "json" in accept:
        return JSON
    if media == LINKED and "ld+json" not in accept and JSON in accept:
        return JSON
    if accept and not any(word in accept for word in ("*/*", "application/*", "json", "yaml")):
        raise HttpError(
            406,
            "format-unknown",
            "this is not to be had so",
            hint=f"known: {LINKED}, {YAML}, {JSON}",
        )
    return media


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _varied(response: Response) -> Response:
    response.headers["Vary"] = "Accept, Host"
    return response


OPERATIONS: Sequence[Operation] = (
    Operation(
        "GET", "/api/v1/exports/{address}", one, "Return a product or port in an open standard.",
        "`dcat`: DCAT 3, `dprod`: the Data Product Ontology, both JSON-LD; `odps`: the descriptor; `odcs`:"
        " the contracts as they are written, `odcs-3.2.0`: as that version. YAML, or JSON by Accept.",
        parameters=(PRODUCT, FORM), media=(LINKED, YAML), answers=(dict[str, object], list[object]),
        statuses=(304, 406),
    ),
    Operation(
        "GET", "/api/v1/catalog", catalog, "Return the mesh as a DCAT 3 catalog (JSON-LD).",
        'Page by page, by product: the header `Link: <…>; rel="next"` says where the next page is.',
        parameters=(LIMIT, CURSOR), media=(LINKED,), statuses=(304,),
    ),
)  # fmt: skip
