"""Ports that the asker may read: which there are, what they look like, and their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from meshwright.app.exchange import to_plain
from meshwright.app.governed.ask import ask
from meshwright.app.governed.tagging import Tagged, tag_of
from meshwright.app.governed.visible import VisiblePort, visible_ports
from meshwright.errors import MeshwrightError, UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.principal import Asker
from meshwright.serve.api.answering import cached_response, is_known
from meshwright.serve.api.bodies import Words
from meshwright.serve.api.formats import FORMATS, NAMES
from meshwright.serve.api.operations import ADDRESS, AS_OF, CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page, paged
from meshwright.serve.api.routes.query import wanted_format
from meshwright.serve.api.selecting import Wanted, select_sql
from meshwright.serve.api.service import Service, service_of
from meshwright.serve.api.streaming import describe, rows_response


@dataclass(frozen=True, slots=True)
class PortColumn:
    """A column as the asker sees it. `mask`: how it is shown where not as it is."""

    name: str
    type: str
    description: str = ""
    mask: str = ""
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class PortView:
    """A port as the asker may read it. `is_filtered`: some rows may be left out.

    `minimum_group`: 0, or only aggregates over at least so many rows are answered.
    """

    address: str
    version: int
    rows: int
    columns: tuple[PortColumn, ...]
    description: str = ""
    is_filtered: bool = False
    minimum_group: int = 0
    grant: str = ""


Ports = paged(PortView, "Ports", "ports")
MOST = 2**31 - 1
_WORDS = ("columns", "where", "version", "as_of", "limit", "offset", "format", "purpose")
PURPOSE = Parameter("purpose", "What for; it is recorded, and a grant may ask for it.")


def port_view(port: VisiblePort) -> PortView:
    """Return a port as it is told."""
    described = dict(port.described)
    columns = tuple(
        PortColumn(
            one.name,
            one.type,
            described.get(one.name, ""),
            str(port.decision.masks.get(one.name, "")),
            one.name in port.key,
        )
        for one in port.columns
    )
    decision = port.decision
    return PortView(
        str(port.address.at(None)),
        port.version,
        port.rows,
        columns,
        port.description,
        bool(decision.filters),
        decision.minimum_group,
        decision.grant,
    )


async def ports(request: Request) -> Response:
    """List the ports that the asker may read."""
    service = service_of(request)
    words = Words(request, "purpose", "limit", "cursor")
    asker = await service.asker(request, "query", words.text("purpose"))
    found = await _visible(service, asker)
    shape = page(Ports, map(port_view, found), lambda one: one.address, words)
    return cached_response(request, to_plain(shape))


async def port(request: Request) -> Response:
    """Show one port; one that the asker may not read is told like one that there is not."""
    service = service_of(request)
    words = Words(request, "purpose")
    asker = await service.asker(request, "query", words.text("purpose"))
    found = {str(one.address.at(None)): one for one in await _visible(service, asker)}
    name = str(Address.parse(request.path_params["address"]).port_address)
    if name not in found:
        raise UsageError(
            "port-unknown", f"`{name}` is no port that you may read", hint=did_you_mean(name, found)
        )
    return cached_response(request, to_plain(port_view(found[name])))


async def rows(request: Request) -> Response:
    """Return the rows of a port; for HEAD, or for who has them already, nothing is read."""
    service = service_of(request)
    words = Words(request, *_WORDS)
    asker = await service.asker(request, "query", words.text("purpose"))
    kind = wanted_format(request, words.text("format"))
    wanted = Wanted(
        request.path_params["address"],
        words.parts("columns"),
        words.text("where"),
        words.number("version", None),
        words.number("limit", None),
        words.count("offset", 0, MOST),
    )
    sql = await service.threads.query(lambda: select_sql(service.wiring, wanted))
    as_of = words.text("as_of") or None
    tagged = await service.threads.query(lambda: _tagged(service, asker, sql, as_of, kind))
    tag = f'"{tagged.tag}"' if tagged and tagged.tag and not wanted.where else ""
    if tagged and (request.method == "HEAD" or (tag and is_known(request, tag))):
        status = 200 if request.method == "HEAD" else 304
        response = Response(None, status, media_type=kind if status == 200 else None)
        describe(response.headers, tagged.versions, tagged.decisions)
    else:
        response = await rows_response(
            service, request, kind, partial(ask, service.wiring, asker, sql, as_of=as_of)
        )
    if tag:
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept, Authorization"
    return response


def _tagged(
    service: Service, asker: Asker, sql: str, as_of: str | None, kind: str
) -> Tagged | None:
    """Return what a reading rests on; None for one that is refused: the query itself says and records it."""
    try:
        return tag_of(service.wiring, asker, sql, as_of, kind)
    except MeshwrightError:
        return None


async def _visible(service: Service, asker: Asker) -> tuple[VisiblePort, ...]:
    return await service.threads.query(lambda: visible_ports(service.wiring, asker))


OPERATIONS: Sequence[Operation] = (
    Operation("GET", "/api/v1/ports", ports, "List the ports that you may read.",
              answers=Ports, parameters=(PURPOSE, LIMIT, CURSOR), scope="query", statuses=(304,)),
    Operation("GET", "/api/v1/ports/{address}", port, "Show a port as you may read it.",
              answers=PortView, parameters=(ADDRESS, PURPOSE), scope="query", statuses=(304,)),
    Operation(
        "GET", "/api/v1/ports/{address}/rows", rows, "Return the rows of a port.",
        "Asked like any query: masks, row filters and the trail are the same. `ETag` tells the version and"
        " how you see it; HEAD says what there is, and reads nothing.",
        parameters=(
            ADDRESS,
            Parameter("columns", "Only these, separated by commas.", example="id,amount"),
            Parameter("where", "A condition over the columns as you see them.", example="amount > 5"),
            Parameter("version", "That version; none said: the served one.", "integer", most=MOST),
            AS_OF,
            Parameter("limit", "How many rows at most.", "integer", example=100, most=MOST),
            Parameter("offset", "How many rows to leave out first: name a `version` to read on in it.",
                      "integer", most=MOST),
            Parameter("format", "How the rows come, where the Accept header does not say it.",
                      words=tuple(NAMES)),
            PURPOSE,
        ),
        scope="query", media=tuple(FORMATS), statuses=(304, 406),
    ),
)  # fmt: skip
