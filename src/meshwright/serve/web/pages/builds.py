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
    BuildsWanted,
    list_builds,
    mark_of,
    show_build,
)
from meshwright.app.catalog.running import require_may_run, runnable
from meshwright.app.catalog.veils import veil_of
from meshwright.app.mesh import Mesh
from meshwright.serve.builds.feed import Watcher
from meshwright.serve.builds.runner import Job
from meshwright.serve.builds.seen import find_seen
from meshwright.serve.web.page import Page
from meshwright.serve.web.runs import shown_elsewhere, shown_jobs, shown_run, stages_now
from meshwright.serve.web.visit import Visit

MOST_IN_PAGE = 50
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

    def look(mesh: Mesh) -> dict[str, Any]:
        now = list_builds(mesh.wiring, knowing, BuildsWanted(status="running"))
        return {
            "found": list_builds(mesh.wiring, knowing, wanted),
            "able": runnable(mesh.wiring),
            "now": now,
            "stages": stages_now(visit.service, knowing, now),
            "jobs": shown_jobs(visit.service, board, knowing),
            "elsewhere": shown_elsewhere(visit.service, board, knowing, now),
        }

    seen = await visit.read(look)
    found, able = seen["found"], seen["able"]
    shown = found[:MOST_IN_PAGE]
    is_listed = len(board.products) <= MOST_LISTED
    products = [name for name in board.products if knowing.of(name)] if is_listed else []
    return visit.page(
        "builds/now.html" if visit.is_part else "builds/builds.html",
        found=shown,
        more=mark_of(shown[-1]) if len(found) > MOST_IN_PAGE else "",
        now=seen["now"],
        stages=seen["stages"],
        jobs=seen["jobs"],
        elsewhere=seen["elsewhere"],
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
        run = shown_run(visit.service, board, knowing, page.line)
        return page, run, page.line.product in runnable(mesh.wiring)

    page, run, may_run = await visit.read(look)
    here = board.products.get(page.line.product)
    near = [name for name in (here.reads if here else ()) if knowing.of(name)]
    readers = [name for name in board.readers.get(page.line.product, ()) if knowing.of(name)]
    job = next((one for one in visit.service.builds.jobs() if one.id == page.line.run), None)
    return visit.page(
        "builds/build-part.html" if visit.is_part else "builds/build.html",
        page=page, line=page.line, run=run, may_run=may_run, board=board,
        reads=near, readers=readers, job=job,
        may_cancel=job is not None and (may_run or job.by == visit.who.principal.name),
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


PAGES = (
    Page("/builds", builds),
    Page("/builds/live", live),
    Page("/builds/start", start, "POST"),
    Page("/builds/runs/{run}/cancel", cancel, "POST"),
    Page("/builds/{build}", build),
    Page("/builds/{build}/again", again, "POST"),
)
