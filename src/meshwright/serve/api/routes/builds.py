"""Builds over HTTP: what was built, what would be, and a run of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from meshwright.app.catalog.builds import (
    STATUSES,
    BuildLine,
    BuildPage,
    BuildsWanted,
    list_builds,
    mark_of,
    show_build,
)
from meshwright.app.catalog.veil import Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.app.shapes import plan_shape, problems_shape
from meshwright.serve.api.bodies import MOST_LINES
from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import LINES, paged, read_cursor, write_cursor
from meshwright.serve.builds.runner import Job
from meshwright.serve.builds.seen import find_seen, is_theirs

ANY = dict[str, Any]
Builds = paged(BuildLine, "Builds", "builds")
SELECT = Parameter("select", "Products, separated by commas; `*` stands for any name.")


@dataclass(frozen=True, slots=True)
class RunBody:
    """What to build; nothing selected: the whole mesh. `as_of`: a day, or `2026-01-01..2026-01-31`."""

    select: tuple[str, ...] = ()
    changed: bool = False
    force: bool = False
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run of this server; `results`: how each product ended.

    `state`: waiting, running, ended, failed or cancelled.
    """

    run: str
    state: str
    by: str
    at: str
    select: tuple[str, ...]
    code: str
    message: str
    results: tuple[ANY, ...]


def _builds(look: Look) -> Any:
    words = look.words
    most = max(1, words.count("limit", LINES, MOST_LINES))
    product = words.text("product")
    if product:
        look.known(product)
    wanted = BuildsWanted(
        product, status=words.text("status"), before=read_cursor(words), limit=most + 1
    )
    found = list_builds(look.wiring, look.knowing, wanted)
    following = write_cursor(mark_of(found[most - 1])) if len(found) > most else ""
    return Builds(found[:most], following)


def _build(look: Look) -> BuildPage:
    return show_build(look.wiring, look.knowing, look.path("build"))


def _start(look: Look, said: RunBody) -> RunView:
    look.require("run", select=said.select)
    order = look.service.run_order(
        look.proven, select=said.select, changed=said.changed, force=said.force, as_of=said.as_of
    )
    return _view(look, look.service.builds.begin(order, look.proven.principal.name))


def _run(look: Look) -> RunView:
    return _view(look, find_seen(look.service.builds, look.path("run"), look.knowing))


def _cancel(look: Look, said: None) -> RunView:  # noqa: ARG001
    job = find_seen(look.service.builds, look.path("run"), look.knowing)
    if job.by != look.proven.principal.name:
        look.require("run", select=job.order.select)
    look.service.builds.cancel(job.id)
    return _view(look, job)


def _view(look: Look, job: Job) -> RunView:
    error, is_own = job.error or {}, is_theirs(job, look.knowing)
    veil = veil_of(look.wiring, look.knowing)
    known = [one for one in job.results if look.knowing.of(one["product"])]
    return RunView(
        job.id,
        job.state,
        job.by,
        job.asked_at,
        job.order.select,
        error.get("code", ""),
        veil.text(error.get("message", "")) if is_own else "",
        tuple(_told(veil, one if is_own else _by_code(one)) for one in known),
    )


def _told(veil: Veil, result: ANY) -> ANY:
    """Return how a product's build ended, without what it reads that they may not know of."""
    told: ANY = veil.within(str(result["product"])).over(result)
    return told


def _by_code(result: ANY) -> ANY:
    """Leave out what an error says to whoever began the run: it may quote values."""
    error = result["error"]
    return {**result, "error": error and {**error, "message": "", "hint": ""}}


def _plan(look: Look) -> Any:
    words = look.words
    plan = look.mesh.plan(
        *words.parts("select"),
        changed=words.flag("changed"),
        force=words.flag("force"),
        as_of=words.text("as_of") or None,
    )
    return plan_shape(
        replace(plan, steps=tuple(one for one in plan.steps if look.knowing.of(one.product)))
    )


def _problems(look: Look) -> Any:
    return problems_shape(look.mesh.check())


OPERATIONS: Sequence[Operation] = (
    looking("/api/v1/builds", "List the builds of the mesh, the newest first.", Builds, _builds,
            Parameter("product", "Only of this product.", example="sales.orders"),
            Parameter("status", "Only those that ended so.", words=STATUSES), LIMIT, CURSOR),
    acting("POST", "/api/v1/builds", "Build, audit and publish what changed.", RunBody, RunView, _start,
           status=202, example={"select": ["sales.orders"]},
           details="The run goes on after the answer: `GET /api/v1/runs/{run}` says how it ended."),
    looking("/api/v1/builds/{build}", "Show a build and what its audit found.", BuildPage, _build,
            Parameter("build", "Its id.", place="path", example="20260131T080000-sales.orders-1a2b3c")),
    looking("/api/v1/runs/{run}", "Say how a run that was started here goes.", RunView, _run,
            Parameter("run", "Its id.", place="path", example="run-20260131T080000-1a2b3c")),
    acting("POST", "/api/v1/runs/{run}/cancel", "End a run that was started here.", None, RunView, _cancel,
           Parameter("run", "Its id.", place="path", example="run-1a2b3c4d5e6f")),
    looking("/api/v1/plan", "Say what a run would do, and why.", ANY, _plan, SELECT,
            Parameter("changed", "Only products whose own files changed.", "boolean"),
            Parameter("force", "As if nothing were up to date.", "boolean"),
            Parameter("as_of", "As if it were then.", example="2026-01-31"), is_long=True),
    looking("/api/v1/problems", "Say what is wrong in the files of the mesh.", ANY, _problems, is_long=True),
)  # fmt: skip
