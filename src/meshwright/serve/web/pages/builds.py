"""Builds: those that run, the newest of all products, all of one; begun, begun again and cancelled from here.

What must stay true: a build is begun by whoever may run the product, judged as `mesh run` judges it; nobody
is told of a build of a product that they may not know of.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

from starlette.responses import Response, StreamingResponse

from meshwright.app.catalog.builds import (
    STATUSES,
    BuildLine,
    BuildsWanted,
    list_builds,
    mark_of,
    show_build,
)
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.running import require_may_run, runnable
from meshwright.app.catalog.veil import Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.app.mesh import Mesh
from meshwright.serve.builds.feed import Watcher
from meshwright.serve.builds.runner import Job
from meshwright.serve.builds.seen import find_seen, is_seen, is_theirs
from meshwright.serve.web.hiding import is_known
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

MOST_IN_PAGE, SHOWN_RUNS = 50, 5
LATER = 30_000  # milliseconds until a browser asks again for which there was no place
MOST_LISTED = 500  # products to choose from; of more, one writes the address
LASTS, PAUSE, BEAT = 60.0, 0.5, 15.0  # seconds: a stream ends, and the browser proves itself again


async def builds(visit: Visit) -> Response:
    """Show what runs, then the newest builds."""
    wanted = BuildsWanted(
        visit.word("product"), visit.word("domain"), visit.word("status"), visit.word("before"),
        MOST_IN_PAGE + 1,
    )  # fmt: skip
    board, knowing = await visit.board()

    def look(mesh: Mesh) -> tuple[tuple[BuildLine, ...], tuple[BuildLine, ...], frozenset[str]]:
        found = list_builds(mesh.wiring, knowing, wanted)
        now = list_builds(mesh.wiring, knowing, BuildsWanted(status="running"))
        return found, now, runnable(mesh.wiring)

    found, now, able = await visit.read(look)
    shown = found[:MOST_IN_PAGE]
    is_listed = len(board.products) <= MOST_LISTED
    products = [name for name in board.products if knowing.of(name)] if is_listed else []
    return visit.page(
        "builds/now.html" if visit.is_part else "builds/builds.html",
        found=shown,
        more=mark_of(shown[-1]) if len(found) > MOST_IN_PAGE else "",
        now=now,
        jobs=_jobs(visit, knowing),
        able=[name for name in products if name in able],
        may_run=bool(able),
        is_listed=is_listed,
        may_run_all=len(able) == len(board.products) and bool(able),
        products=products,
        domains=[name for name in board.domains if knowing.of_domain(name)],
        statuses=STATUSES,
        wanted=wanted,
    )


async def build(visit: Visit) -> Response:
    """Show all of one build."""
    id = visit.path_word("build")
    board, knowing = await visit.board()

    def look(mesh: Mesh) -> Any:
        page = show_build(mesh.wiring, knowing, id)
        return page, page.line.product in runnable(mesh.wiring)

    page, may_run = await visit.read(look)
    here = board.products.get(page.line.product)
    near = [name for name in (here.reads if here else ()) if knowing.of(name)]
    readers = [name for name in board.readers.get(page.line.product, ()) if knowing.of(name)]
    job = next((one for one in visit.service.builds.jobs() if one.id == page.line.run), None)
    return visit.page(
        "builds/build-part.html" if visit.is_part else "builds/build.html",
        page=page, line=page.line, may_run=may_run, board=board, reads=near, readers=readers,
        job=job, may_cancel=job is not None and (may_run or job.by == visit.who.principal.name),
    )  # fmt: skip


async def start(visit: Visit) -> Response:
    """Begin a run of what is chosen; nothing chosen: of all that changed."""
    select = tuple(filter(None, visit.all_said("select")))
    job = await _begin(visit, select, force=bool(visit.said("force")), as_of=visit.said("as_of"))
    return visit.go("/builds", f"{job.what}: in the queue")


async def again(visit: Visit) -> Response:
    """Build a product again as a build did: of the same business time, even where nothing changed."""
    _, knowing = await visit.board()
    id = visit.path_word("build")
    page = await visit.read(lambda mesh: show_build(mesh.wiring, knowing, id))
    job = await _begin(visit, (page.line.product,), force=True, as_of=page.line.as_of)
    return visit.go("/builds", f"{job.what}: in the queue")


async def cancel(visit: Visit) -> Response:
    """End a run that this server began."""
    runner = visit.service.builds
    knowing = await visit.read(lambda _: visit.service.knowing(visit.who))
    job = find_seen(runner, visit.path_word("run"), knowing)
    if job.by != visit.who.principal.name:
        await visit.read(lambda mesh: require_may_run(mesh.wiring, job.order.select))
    is_ended = runner.cancel(job.id)
    return visit.go(
        "/builds", f"{job.what}: {'is being ended' if is_ended else 'had ended already'}"
    )


async def live(visit: Visit) -> Response:
    """Stream what happens to builds, as server-sent events."""

    def watch() -> Watcher:
        knowing = visit.service.knowing(visit.who)
        return Watcher(knowing, veil_of(visit.service.wiring, knowing))

    watcher = await visit.service.threads.read(watch)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _events(visit, watcher), media_type="text/event-stream", headers=headers
    )


async def _events(visit: Visit, watcher: Watcher) -> AsyncIterator[str]:
    with visit.service.watchers.place(visit.who.principal.name) as has_place:
        if not has_place:
            yield f"retry: {LATER}\n\n"  # a refusal would end the browser's tries for good
            return
        yield "retry: 1000\n\n"
        async for event in _told(visit, watcher):
            yield event


async def _told(visit: Visit, watcher: Watcher) -> AsyncIterator[str]:
    service, began, spoke = visit.service, monotonic(), monotonic()
    while monotonic() - began < LASTS and not service.builds.is_stopping:
        moment = await service.threads.read(service.feed.moment)
        for kind, data in watcher.news(moment):
            spoke = monotonic()
            yield f"event: {kind}\ndata: {json.dumps(data)}\n\n"
        if monotonic() - spoke > BEAT:
            spoke = monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(PAUSE)


async def _begin(visit: Visit, select: tuple[str, ...], *, force: bool, as_of: str) -> Job:
    await visit.read(lambda mesh: require_may_run(mesh.wiring, select))
    order = visit.service.run_order(visit.who, select=select, force=force, as_of=as_of)
    return visit.service.builds.begin(order, visit.who.principal.name)


def _jobs(visit: Visit, knowing: Knowing) -> list[dict[str, Any]]:
    """Return the runs of this server as somebody may know of them."""
    found: list[dict[str, Any]] = []
    veil = veil_of(visit.service.wiring, knowing)
    for job in visit.service.builds.jobs():
        if not is_seen(job, knowing):
            continue
        is_own = is_theirs(job, knowing)
        results = [one for one in job.results if knowing.of(one["product"])]
        products = {name: said for name, said in list(job.products.items()) if knowing.of(name)}
        found.append(
            {
                "job": job,
                "error": _error(veil, job.error, is_own=is_own),
                "products": {
                    name: {**said, "detail": veil.within(name).text(said["detail"])}
                    for name, said in products.items()
                },
                "results": [
                    {**one, "why": veil.within(one["product"]).text(_why(one)) if is_own else ""}
                    for one in results
                ],
                "warnings": _warnings(veil, job, knowing) if is_own else [],
                "may_cancel": is_own and not job.is_over,
            }
        )
        if len(found) == SHOWN_RUNS:
            break
    return found


def _error(veil: Veil, error: dict[str, str] | None, *, is_own: bool) -> dict[str, str] | None:
    """Return why a run failed; to others than whoever began it, that it did."""
    if error is None:
        return None
    if not is_own:
        return {"message": f"it was stopped: {error['code']}", "hint": ""}
    return {"message": veil.text(error["message"]), "hint": veil.text(error["hint"])}


def _warnings(veil: Veil, job: Job, knowing: Knowing) -> list[tuple[str, str]]:
    return [
        (product, veil.within(product).text(text))
        for product, text in list(job.warnings)
        if is_known(knowing, product)
    ]


def _why(result: dict[str, Any]) -> str:
    """Return why a product was not built, where that is about files and rules."""
    if result["status"] not in ("refused", "skipped", "held"):
        return ""
    return str(result["error"]["message"] if result["error"] else "; ".join(result["reasons"]))


PAGES = (
    Page("/builds", builds),
    Page("/builds/live", live),
    Page("/builds/start", start, "POST"),
    Page("/builds/runs/{run}/cancel", cancel, "POST"),
    Page("/builds/{build}", build),
    Page("/builds/{build}/again", again, "POST"),
)
