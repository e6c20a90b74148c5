"""Run: build what a plan says, in parallel, in dependency order; then bring tables and proofs up to date."""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from secrets import token_hex
from time import time

from meshwright.app.clock import parse_range
from meshwright.app.events import OnEvent, RunEvent, ignore
from meshwright.app.order import load_briefs, order_of, reads_of
from meshwright.app.plan import WORKING, is_of_all, make_plan
from meshwright.app.steps import Asked
from meshwright.app.tracing import trace_run
from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError, ErrorKind, MeshwrightError
from meshwright.model.address import Address
from meshwright.model.plan import BuildResult, ContractChange, Plan, Step, Violation

GOOD = ("published", "up_to_date", "held", "retired")
LOCK = "run"
SHOWN_ITEMS = 3


def run(
    wiring: Wiring,
    select: tuple[str, ...] = (),
    *,
    changed: bool = False,
    force: bool = False,
    as_of: str | None = None,
    workers: int = 0,
    wait: float = 0.0,
    on_event: OnEvent = ignore,
    tell: bool = True,
    name: str = "",
) -> tuple[BuildResult, ...]:
    """Build what changed and return how each product ended; a range of days is run day by day.

    With `tell`, whoever mesh.yaml says is told of incidents and builds at the end. `name` is the run's own,
    by which its builds are found.

    Raises `UnreachableError` (`held-elsewhere`) when another process runs this mesh.
    """
    results: list[BuildResult] = []
    moments = parse_range(as_of, wiring.mesh.timezone)
    for moment in moments:
        asked = Asked(select, moment, changed, force, name or f"run-{token_hex(6)}")
        plan = make_plan(wiring, asked)
        _require_known(plan)
        if not plan.work and not _healed(wiring, plan) and not _is_unfinished(wiring):
            results += [_told(step, plan) for step in plan.steps]
            continue
        with wiring.store.hold(LOCK, holder(wiring), wait):
            results += _run_held(wiring, asked, workers or os.cpu_count() or 2, on_event)
    if tell and wiring.mesh.alerting.notifiers:
        tell_people(wiring, on_event)
    if tell and wiring.mesh.openlineage.sinks:
        tell_lineage(wiring, on_event)
    if tell:
        tell_hooks(wiring, on_event)
    return tuple(results)


def tell_people(wiring: Wiring, on_event: OnEvent) -> None:
    """Tell of incidents, for a few seconds at most; what cannot be told now is told next time."""
    from meshwright.app.alerts import deliver_quietly

    deliver_quietly(wiring, lambda what, why: on_event(RunEvent("warning", what, why)))


def tell_lineage(wiring: Wiring, on_event: OnEvent) -> None:
    """Send the events of builds, for a few seconds at most; what cannot be sent now is sent next time."""
    from meshwright.app.openlineage import deliver_quietly

    deliver_quietly(wiring, lambda what, why: on_event(RunEvent("warning", what, why)))


def tell_hooks(wiring: Wiring, on_event: OnEvent) -> None:
    """Tell hooks of facts, for a few seconds at most; what cannot be told now is told next time."""
    with wiring.store.read() as reader:
        has_hooks = reader.rows("SELECT 1 FROM webhooks WHERE state = 'active' LIMIT 1")
    if has_hooks:
        from meshwright.app.webhooks.delivering import deliver_quietly

        deliver_quietly(wiring, lambda what, why: on_event(RunEvent("warning", what, why)))


def _require_known(plan: Plan) -> None:
    """Refuse to run while it is not known which products there are."""
    problem = next((problem for problem in plan.problems if is_of_all(problem)), None)
    if problem is not None:
        raise DescriptorError(
            problem.code,
            problem.message,
            hint=problem.hint or "mesh check",
            place=str(problem.place),
        )


def _run_held(wiring: Wiring, asked: Asked, workers: int, on_event: OnEvent) -> list[BuildResult]:
    """Run while nobody else does: first finish what a crash left, then build, then follow."""
    started = time()
    finish(wiring)
    plan = make_plan(wiring, asked)
    for product in _healed(wiring, plan):
        resolve_incidents(wiring, product)
    results = _build_all(wiring, plan, asked, workers, on_event)
    if any(result.status in ("published", "rejected", "failed") for result in results):
        wiring.reader.flush()
        follow_tables(wiring, on_event)
        prepare_editions(wiring, results)
        for warning in prove(wiring):
            on_event(warning)
        trace_run(results, started, time(), on_event)
    record_outcome(wiring, on_event)
    return results


def prepare_editions(wiring: Wiring, results: Sequence[BuildResult]) -> None:
    """Mask what was published for whom it is granted; not needed for the run, nor for a query."""
    published = [result.product for result in results if result.status == "published"]
    with wiring.store.read() as reader:
        has_grants = published and reader.rows("SELECT 1 FROM grants WHERE revoked_at = '' LIMIT 1")
    if has_grants:
        from meshwright.app.governed.preparing import prepare

        prepare(wiring, published)


def record_outcome(wiring: Wiring, on_event: OnEvent) -> None:
    """Record what rules say now; what goes wrong is told, and never undoes what was published."""
    from meshwright.app.policy.recording import record_rules

    try:
        record_rules(wiring)
    except MeshwrightError as error:
        on_event(RunEvent("warning", "rules", f"{error}; {error.hint or 'mesh policy list'}"))


def prove(wiring: Wiring) -> list[RunEvent]:
    """Sign how far the ledger came; what goes wrong is returned, and never undoes what was published."""
    try:
        failures = wiring.checkpoints.take(wiring.store).failures
    except MeshwrightError as error:
        told = f"{error}; {error.hint or 'mesh ledger verify'}"
        return [RunEvent("warning", "ledger", told)]
    return [
        RunEvent("warning", "ledger", f"checkpoint sink `{sink}`: {failure}")
        for sink, failure in failures.items()
    ]


def _is_good(result: BuildResult) -> bool:
    return result.status in GOOD


def resolve_incidents(wiring: Wiring, product: Address) -> None:
    """End the incidents of rejected and failed builds of a product that is well again."""
    from meshwright.app.incidents import PUBLISHED, raise_signals

    raise_signals(wiring, None, product, (), healthy=PUBLISHED)


def finish(wiring: Wiring) -> None:
    """Clean up after runs that died, rename what was renamed, bring lagging tables up to date."""
    from meshwright.app.finishing import clean_up, rename_products

    clean_up(wiring)
    rename_products(wiring)
    follow_tables(wiring)


def follow_tables(wiring: Wiring, on_event: OnEvent = ignore) -> None:
    """Bring the open tables in step with what is published; what cannot be is told, and tried next time."""
    if _has_lag(wiring):
        from meshwright.publish.following import follow

        followed = follow(wiring.store, wiring.table_store, wiring.mesh.data)
        for address, error in followed.problems:
            on_event(RunEvent("warning", str(address), f"its table lags behind: {error}"))


def _build_all(
    wiring: Wiring, plan: Plan, asked: Asked, workers: int, on_event: OnEvent
) -> list[BuildResult]:
    from meshwright.orchestrate.running import Outcome, run_graph

    steps = {str(step.product): step for step in plan.steps}
    briefs = load_briefs(wiring)
    reads = reads_of(briefs)
    results: dict[str, BuildResult] = {}
    at_once = min(workers, sum(step.action in WORKING for step in plan.steps) or 1)

    def work(product: str) -> BuildResult:
        on_event(RunEvent("started", product))
        step = steps[product]
        bad = [
            other
            for other in reads.get(product, ())
            if other in results and not _is_good(results[other])
        ]
        if bad and step.action in WORKING:
            reasons = (f"{bad[0]} did not publish",)
            result = BuildResult(step.product, "skipped", served=step.served, reasons=reasons)
        else:
            result = _build_one(wiring, plan, step, asked, workers // at_once, on_event)
        results[product] = result
        on_event(RunEvent("finished", product, status=result.status))
        return result

    for step in plan.steps:
        if step.action in WORKING:
            on_event(RunEvent("planned", str(step.product)))
    outcomes: Mapping[str, Outcome[str, BuildResult]] = run_graph(
        list(steps),
        order_of(briefs, reads),
        work,
        workers=at_once,
        cancel=lambda product: wiring.sessions.cancel(steps[product].product),
    )
    return [_result(steps[product], outcome) for product, outcome in outcomes.items()]


def _build_one(
    wiring: Wiring,
    plan: Plan,
    step: Step,
    asked: Asked,
    workers: int,
    on_event: OnEvent,
) -> BuildResult:
    if step.action not in WORKING:
        return _told(step, plan)
    from meshwright.app.build import Order, build_product
    from meshwright.transform.reading import read_models

    product = wiring.workspace.product(step.product)
    graph, _ = read_models(product, wiring.reader)
    if graph is None:
        return BuildResult(
            step.product, "refused", error="its models have errors", hint="mesh check"
        )
    order = Order(
        product,
        graph,
        asked.as_of,
        step.reasons,
        asked.force,
        max(1, workers),
        lambda detail: on_event(RunEvent("stage", str(step.product), detail)),
        lambda detail: on_event(RunEvent("warning", str(step.product), detail)),
        asked.run,
    )
    return build_product(wiring, order)


def _told(step: Step, plan: Plan) -> BuildResult:
    """Return the result of a step that builds nothing."""
    problem = next(
        (p for p in plan.problems if step.action == "refused" and not step.changes), None
    )
    code = "descriptor-invalid" if step.action == "refused" and not step.changes else ""
    refused = next((change for change in step.changes if change.refusal), None)
    if refused:
        code = "contract-breaking"
    elif step.refusals:
        code = step.refusals[0].code
    blocking = next((v for v in step.violations if v.is_blocking), None)
    by_rule = bool(refused or step.refusals)
    if blocking is not None and step.action == "refused" and not by_rule:
        return _blocked(step, blocking)
    return BuildResult(
        step.product,
        step.action,
        served=step.served,
        reasons=step.reasons,
        error=_refusal(step, refused),
        error_code=code,
        error_kind=ErrorKind.RULES.value if by_rule else ErrorKind.USER.value if code else "",
        hint=f"mesh plan {step.product}" if by_rule else "mesh check" if problem else "",
    )


def _blocked(step: Step, violation: Violation) -> BuildResult:
    """Return the result of a product that breaks a rule."""
    return BuildResult(
        step.product,
        "refused",
        served=step.served,
        reasons=step.reasons,
        error=step.reasons[0],
        error_code="rule-violated",
        error_kind=ErrorKind.RULES.value,
        hint=f"mesh policy explain {violation.rule}",
    )


def _refusal(step: Step, change: ContractChange | None) -> str:
    """Say why a product may not be built: for a contract, the first things that it breaks."""
    if step.action != "refused":
        return ""
    if change is None:
        return step.reasons[0]
    shown = "; ".join(change.items[:SHOWN_ITEMS])
    more = len(change.items) - SHOWN_ITEMS
    return f"{change.port}: {change.refusal}: {shown}" + (f" and {more} more" if more > 0 else "")


def _result(step: Step, outcome: object) -> BuildResult:
    from meshwright.orchestrate.running import Outcome

    assert isinstance(outcome, Outcome)
    if outcome.status == "done":
        assert isinstance(outcome.result, BuildResult)
        return outcome.result
    if outcome.status == "failed":
        if isinstance(outcome.error, MeshwrightError):
            error = outcome.error
            return BuildResult(
                step.product,
                "failed",
                served=step.served,
                error=str(error),
                error_code=error.code,
                error_kind=error.kind.value,
                hint=error.hint,
            )
        raise outcome.error or AssertionError(step.product)
    cause = f"{outcome.cause} failed" if outcome.cause else "the run was stopped"
    return BuildResult(step.product, "skipped", served=step.served, reasons=(cause,))


def _healed(wiring: Wiring, plan: Plan) -> list[Address]:
    """Return products that are up to date again after a bad build: their source was mended."""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT DISTINCT s.product FROM incidents i JOIN incident_signals s"
            " ON s.incident = i.incident WHERE i.state IN ('open', 'acknowledged')"
            " AND (s.signal LIKE 'check|%' OR s.signal LIKE 'build|%')"
        )
    sick = {str(row[0]) for row in rows}
    return [
        step.product
        for step in plan.steps
        if step.action == "up_to_date" and str(step.product) in sick
    ]


def _is_unfinished(wiring: Wiring) -> bool:
    """Say whether an earlier run left something to do."""
    with wiring.store.read() as reader:
        if reader.rows("SELECT 1 FROM builds WHERE status = 'running' LIMIT 1"):
            return True
    return _has_lag(wiring)


def _has_lag(wiring: Wiring) -> bool:
    with wiring.store.read() as reader:
        return bool(reader.rows("SELECT 1 FROM ports WHERE followed < sequence LIMIT 1"))


def holder(wiring: Wiring) -> str:
    """Return what others are told of who holds the mesh."""
    command = " ".join(["mesh", *sys.argv[1:]])[:80]
    return f"{wiring.actor} with `{command}` since {datetime.now(UTC):%H:%M:%S} UTC"
