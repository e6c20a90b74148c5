"""Runs as pages show them: those of this server, those that go on elsewhere, and each as a picture.

What must stay true: nobody is told of a product that they may not know of, nor, but whoever began a run, why
one of it was not built.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from meshwright.app.build_log import STAGE
from meshwright.app.catalog.build_runs import built_in
from meshwright.app.catalog.builds import BuildLine
from meshwright.app.catalog.glance import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.run_picture import (
    Member,
    around_of,
    in_order,
    picture_of,
)
from meshwright.app.catalog.veil import Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.serve.api.service import Service
from meshwright.serve.builds.feed import Moment
from meshwright.serve.builds.runner import RUNNING, WAITING, Job
from meshwright.serve.builds.seen import is_seen, is_theirs
from meshwright.serve.web.hiding import is_known

SHOWN_RUNS, MOST_LINES = 5, 200  # of a run so many products are listed


def shown_jobs(service: Service, board: Board, knowing: Knowing) -> list[dict[str, Any]]:
    """Return the newest runs of this server as somebody may know of them."""
    veil = veil_of(service.wiring, knowing)
    seen = [job for job in service.builds.jobs() if is_seen(job, knowing)][:SHOWN_RUNS]
    return [_job(service, board, knowing, veil, job) for job in seen]


def shown_elsewhere(
    service: Service, board: Board, knowing: Knowing, now: Iterable[BuildLine]
) -> list[dict[str, Any]]:
    """Return the runs that go on and that this server did not begin."""
    own = {job.id for job in service.builds.jobs()}
    runs = dict.fromkeys(line.run for line in now if line.run and line.run not in own)
    found = []
    for run in list(runs)[:SHOWN_RUNS]:
        members = run_members(service, knowing, run)
        found.append({"run": run, **_drawn(members.values(), board, knowing)})
    return found


def shown_run(service: Service, board: Board, knowing: Knowing, line: BuildLine) -> dict[str, Any]:
    """Return the run that a build belongs to; of a build without one, it alone."""
    job = next((one for one in service.builds.jobs() if one.id == line.run), None)
    if job is not None and is_seen(job, knowing):
        members = _members(service, knowing, veil_of(service.wiring, knowing), job)
    else:
        members = run_members(service, knowing, line.run)
    own = members.get(line.product)
    if own is None or own.build != line.build:  # days were replayed: it is about this build
        members[line.product] = Member(line.product, line.status, build=line.build)
    return _drawn(members.values(), board, knowing, line.product)


def run_members(service: Service, knowing: Knowing, run: str) -> dict[str, Member]:
    """Return the products of a run as the ledger tells of it, with what those that run do now."""
    with service.wiring.store.read() as reader:
        found = built_in(reader, run)
    if not any(one.status == "running" for one in found.values()):
        return found
    stages = stages_of(service.feed.moment(), veil_of(service.wiring, knowing))
    return {name: replace(one, detail=stages.get(one.build, "")) for name, one in found.items()}


def stages_now(service: Service, knowing: Knowing, now: Sequence[BuildLine]) -> Mapping[str, str]:
    """Return the step that each of these builds is at."""
    if not now:
        return {}
    return stages_of(service.feed.moment(), veil_of(service.wiring, knowing))


def stages_of(moment: Moment, veil: Veil) -> dict[str, str]:
    """Return the step that each build that runs is at."""
    found = {}
    for line, log in moment.builds:
        stages = [one.text for one in log if one.kind == STAGE]
        if stages and line.status == "running":
            found[line.build] = veil.within(line.product).text(stages[-1])
    return found


def _job(service: Service, board: Board, knowing: Knowing, veil: Veil, job: Job) -> dict[str, Any]:
    is_own = is_theirs(job, knowing)
    why = {
        one["product"]: veil.within(one["product"]).text(_why(one))
        for one in list(job.results)
        if is_own and knowing.of(one["product"])
    }
    return {
        "job": job,
        "error": _error(veil, job.error, is_own=is_own),
        "why": {name: said for name, said in why.items() if said},
        "warnings": _warnings(veil, job, knowing) if is_own else [],
        "may_cancel": is_own and not job.is_over,
        **_drawn(_members(service, knowing, veil, job).values(), board, knowing),
    }


def _drawn(
    members: Iterable[Member], board: Board, knowing: Knowing, first: str = ""
) -> dict[str, Any]:
    """Return a run's picture, and its products for a list, those that matter first."""
    known = {one.product: one for one in members if knowing.of(one.product)}
    around = around_of(board, knowing)
    listed = in_order(known.values(), around, first)
    return {
        "drawn": picture_of(known.values(), around, first),
        "lines": [known[name] for name in listed[:MOST_LINES]],
        "unlisted": max(0, len(listed) - MOST_LINES),
    }


def _members(service: Service, knowing: Knowing, veil: Veil, job: Job) -> dict[str, Member]:
    """Return the products of a run of this server: as its process tells, with the builds of the ledger."""
    with service.wiring.store.read() as reader:
        built = built_in(reader, job.id)
    results = {str(one["product"]): one for one in list(job.results)}
    told: Mapping[str, dict[str, str]] = dict(job.products)
    found = {}
    for name in dict.fromkeys((*told, *results, *built)):
        if not knowing.of(name):
            continue
        ledger = built.get(name)
        status, detail = _told(told.get(name, {}), ledger, results.get(name))
        if job.is_over and status in (RUNNING, WAITING):
            status = ledger.status if ledger and ledger.status != RUNNING else "skipped"
        is_going = status == RUNNING and not job.is_over
        found[name] = Member(
            name,
            status.replace("_", " "),
            veil.within(name).text(detail) if is_going else "",
            ledger.build if ledger else "",
        )
    return found


def _told(
    said: Mapping[str, str], ledger: Member | None, result: Mapping[str, Any] | None
) -> tuple[str, str]:
    """Return how far a product is, and what it does: the process of its run knows best."""
    if ledger is not None and ledger.status == "accepted":  # since it was rejected
        return ledger.status, ""
    if result is not None:
        return str(result["status"]), ""
    if said:
        return said["status"], said["detail"]
    return (ledger.status if ledger else WAITING), ""


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


def _why(result: Mapping[str, Any]) -> str:
    """Return why a product was not built, where that is about files and rules."""
    if result["status"] not in ("refused", "skipped", "held"):
        return ""
    return str(result["error"]["message"] if result["error"] else "; ".join(result["reasons"]))
