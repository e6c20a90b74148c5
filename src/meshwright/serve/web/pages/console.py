"""The SQL console: ask the published data, see what the rows rest on, keep and share queries.

What must stay true: rows come by the governed query alone, at the door `web`, as at every other door; the
text of a query stands in what is sent, never in an address, but where a link of ours carries one.
"""

from dataclasses import asdict
from functools import partial
from time import monotonic
from typing import Any

from starlette.responses import Response

from meshwright.app.governed.ask import ask
from meshwright.app.governed.sights import AskablePort, askable_port, askable_ports, foresee
from meshwright.errors import MeshwrightError, UsageError
from meshwright.model.address import Address
from meshwright.serve.api.answering import json_response
from meshwright.serve.api.errors import HttpError, error_response, status_of
from meshwright.serve.api.formats import JSON, NAMES
from meshwright.serve.api.streaming import rows_response
from meshwright.serve.web.console_rows import MOST_ROWS, ConsoleRows, first_rows
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told

MOST_IN_PAGE = 200  # rows, without a script
MOST_WITH_COLUMNS = 300  # ports
DOWNLOADS = ("csv", "parquet", "arrow", "ndjson")
_ENDS = {"arrow": "arrows"}
BEGIN = "select *\nfrom domain.product.port\nlimit 100\n"


async def console(visit: Visit) -> Response:
    """Show the console: empty, with a kept query, or with what a link of ours brings."""
    kept = None
    if id := visit.word("query"):
        kept = await visit.read(lambda mesh: mesh.queries.show(id))
    sql = kept.sql if kept else visit.word("sql")
    return await _page(visit, sql, kept.purpose if kept else visit.word("purpose"), kept=kept)


async def run_in_page(visit: Visit) -> Response:
    """Run a query and show its first rows in the page: what is done where there is no script."""
    sql, purpose = visit.said("sql"), visit.said("purpose")
    try:
        answer = await _answered(visit, sql, purpose)
    except MeshwrightError as error:
        return await _faulty(visit, sql, purpose, error)
    return await _page(visit, sql, purpose, answer=answer)


async def rows(visit: Visit) -> Response:
    """Stream the first rows of a query, with what they rest on, to the console's script."""
    sql, service = visit.said("sql"), visit.service
    write = ConsoleRows(service.wiring, sql, monotonic())
    return await _told(
        visit, sql, lambda asked: rows_response(service, visit.request, JSON, asked, write)
    )


async def explain(visit: Visit) -> Response:
    """Say what a query would rest on; no row is read."""
    sql, wiring = visit.said("sql"), visit.service.wiring
    asker = visit.asker(visit.said("purpose"))
    try:
        found = await visit.service.threads.query(lambda: foresee(wiring, asker, sql))
    except MeshwrightError as error:
        return error_response(error, wiring.root)
    columns = [{"name": one.name, "type": one.type} for one in found.columns]
    return json_response({"columns": columns, "ports": [asdict(port) for port in found.ports]})


async def download(visit: Visit) -> Response:
    """Stream every row of a query as a file."""
    sql, purpose, form = visit.said("sql"), visit.said("purpose"), visit.said("format", "csv")
    if form not in DOWNLOADS:
        known = ", ".join(DOWNLOADS)
        raise HttpError(406, "format-unknown", "rows are not to be had so", hint=f"known: {known}")
    asker = visit.asker(purpose)
    asked = partial(ask, visit.service.wiring, asker, sql)
    try:
        response = await rows_response(visit.service, visit.request, NAMES[form], asked)
    except MeshwrightError as error:
        return await _faulty(visit, sql, purpose, error)
    name = f"rows.{_ENDS.get(form, form)}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def names(visit: Visit) -> Response:
    """List what may be asked about, for completion; of a big mesh the columns come port by port."""
    wiring, asker = visit.service.wiring, visit.asker()
    found = await visit.service.threads.query(lambda: askable_ports(wiring, asker))
    with_columns = len(found) <= MOST_WITH_COLUMNS
    ports = [_port(one, with_columns=with_columns) for one in found]
    return json_response({"ports": ports, "functions": list(wiring.pool.functions())})


async def columns(visit: Visit) -> Response:
    """List the columns of one port."""
    wiring, asker = visit.service.wiring, visit.asker()
    address = Address.parse(visit.path_word()).port_address
    found = await visit.service.threads.query(lambda: askable_port(wiring, asker, address))
    if found is None:
        raise UsageError("port-unknown", f"`{address}` is no port that you may read")
    return json_response(_port(found, with_columns=True))


async def save(visit: Visit) -> Response:
    """Keep what stands in the editor."""
    title, sql, purpose = visit.said("title"), visit.said("sql"), visit.said("purpose")
    id, shared = visit.said("id"), visit.said("shared")
    try:
        kept = await visit.read(lambda mesh: mesh.queries.save(title, sql, purpose=purpose, id=id))
        if shared != kept.shared:
            await visit.read(lambda mesh: mesh.queries.share(kept.id, shared))
    except MeshwrightError as error:
        return await _faulty(visit, sql, purpose, error)
    return visit.go(f"/console?query={kept.id}", f"“{kept.title}” is kept")


async def share(visit: Visit) -> Response:
    """Share a kept query, or end that."""
    id, shared = visit.path_word("id"), visit.said("shared")
    await visit.read(lambda mesh: mesh.queries.share(id, shared))
    return visit.go(
        f"/console?query={id}", f"shared with {shared}" if shared else "shared with nobody"
    )


async def delete(visit: Visit) -> Response:
    """Delete a kept query."""
    id = visit.path_word("id")
    await visit.read(lambda mesh: mesh.queries.delete(id))
    return visit.go("/console", "the query is deleted")


async def history(visit: Visit) -> Response:
    """Show what the person asked last, as a part of the page."""
    past = await visit.read(lambda mesh: mesh.queries.past())
    return visit.page("console/history.html", past=past)


async def _told(visit: Visit, sql: str, respond: Any) -> Response:
    """Answer a script: rows, or the one shape of errors."""
    try:
        asker = visit.asker(visit.said("purpose"))
        response: Response = await respond(partial(ask, visit.service.wiring, asker, sql))
    except MeshwrightError as error:
        return error_response(error, visit.service.wiring.root)
    return response


async def _answered(visit: Visit, sql: str, purpose: str) -> dict[str, Any]:
    """Return the first rows of a query for a page."""
    wiring, asker, started = visit.service.wiring, visit.asker(purpose), monotonic()

    def work() -> dict[str, Any]:
        with visit.service.running.kept(ask(wiring, asker, sql)) as answer:
            found, is_more = [], False
            for part in first_rows(answer, MOST_IN_PAGE):
                is_more = is_more or part is None
                found += part or []
            head = ConsoleRows(wiring, sql, started).head(answer)
        return {**head, "rows": found, "more": is_more, "seconds": monotonic() - started}

    return await visit.service.threads.query(work)


async def _faulty(visit: Visit, sql: str, purpose: str, error: MeshwrightError) -> Response:
    """Show the console with what went wrong; the text stays as it was sent."""
    fault = told(error, visit.service.wiring.root)
    return await _page(visit, sql, purpose, status=status_of(error), fault=fault)


async def _page(
    visit: Visit, sql: str, purpose: str, *, status: int = 200, kept: Any = None, **words: Any
) -> Response:
    who = visit.who.principal
    listed, past = await visit.read(lambda mesh: (mesh.queries.list(), mesh.queries.past()))
    board, knowing = await visit.board()
    products = [name for name in board.products if knowing.of(name)]
    said = {
        "answer": None, "fault": None, "sql": sql, "purpose": purpose, "kept": kept, "begin": BEGIN,
        "is_mine": bool(kept and kept.owner == who.name), "listed": listed, "past": past,
        "me": who.name, "teams": who.teams, "products": products, "most": MOST_ROWS,
        "downloads": DOWNLOADS,
    }  # fmt: skip
    return visit.page("console/console.html", status=status, **(said | words))


def _port(one: AskablePort, *, with_columns: bool) -> dict[str, Any]:
    port, masks, about = one.port, one.port.decision.masks, dict(one.port.described)
    listed = [
        {
            "name": column.name,
            "type": column.type,
            "about": about.get(column.name, ""),
            "mask": str(masks.get(column.name, "")),
        }
        for column in port.columns
    ]
    return {
        "address": str(port.address.at(None)),
        "about": port.description,
        "rows": port.rows,
        "needs_purpose": one.needs_purpose,
        "columns": listed if with_columns else None,
    }


PAGES = (
    Page("/console", console),
    Page("/console", run_in_page, "POST"),
    Page("/console/rows", rows, "POST"),
    Page("/console/explain", explain, "POST"),
    Page("/console/download", download, "POST"),
    Page("/console/names", names),
    Page("/console/names/{address}", columns),
    Page("/console/history", history),
    Page("/console/save", save, "POST"),
    Page("/console/queries/{id}/share", share, "POST"),
    Page("/console/queries/{id}/delete", delete, "POST"),
)
