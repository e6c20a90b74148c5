"""Plan: what a run would do with each product, and why. Reads descriptors and state, never data.

Cost follows the change: a product whose code, inputs and contracts are what they were costs one comparison
with its brief; only of the others is more read.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from meshwright.app.order import load_briefs, order_of, reads_of
from meshwright.app.steps import Asked, Planner, refusal
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.plan import Plan, Step
from meshwright.model.problem import Problem
from meshwright.orchestrate.selection import select

WORKING = ("build", "after")


def make_plan(wiring: Wiring, asked: Asked) -> Plan:
    """Return the steps of the products asked for, in the order in which they would run."""
    briefs = load_briefs(wiring)
    reads = reads_of(briefs)
    with wiring.store.read() as reader:
        planner = Planner(wiring, reader, asked, briefs, reads)
        changed = planner.changed() if asked.changed else None
        order = order_of(briefs, reads)
        chosen = select(
            asked.select,
            briefs,
            reads,
            changed=changed,
            order=order,
            formerly=wiring.workspace.former_names,
        )
        steps = planner.steps(chosen)
    broken = broken_beside(wiring, asked, chosen)
    steps, wrong = governed(wiring, steps)
    problems = (*problems_of(wiring, chosen, broken), *wrong)
    plan = Plan(steps + broken.steps, problems, asked.as_of.text)
    return granted(wiring, plan)


def governed(
    wiring: Wiring, steps: tuple[Step, ...]
) -> tuple[tuple[Step, ...], tuple[Problem, ...]]:
    """Return steps as the rules of the mesh let them stand, and what is wrong with the rules."""
    if not any(step.action in WORKING for step in steps):
        return steps, ()
    from meshwright.app.policy.gate import govern_steps  # most plans have nothing to do

    return govern_steps(wiring, steps)


def granted(wiring: Wiring, plan: Plan) -> Plan:
    """Return a plan in which products read only what they may."""
    if not any(step.action in WORKING for step in plan.steps):
        return plan
    from meshwright.app.governed.reading import refuse_ungranted  # most plans have nothing to do

    return refuse_ungranted(wiring, plan)


class BrokenBeside(NamedTuple):
    """What of a mesh can't be planned: steps for whole domains, and the files that have the errors."""

    steps: tuple[Step, ...]
    files: frozenset[str]


def broken_beside(wiring: Wiring, asked: Asked, chosen: Collection[str]) -> BrokenBeside:
    """Return the domains with errors in their own files, where they matter to what was asked."""
    broken = wiring.workspace.broken_domains
    if asked.select:
        broken = {name: broken[name] for name in _domains(chosen) & broken.keys()}
    unknown = (Address(name, "*") for name in sorted(broken.keys() - _domains(chosen)))
    refused = tuple(Step(every, "refused", (refusal(broken, every),)) for every in unknown)
    return BrokenBeside(refused, frozenset(problem.place.file for problem in broken.values()))


def _domains(products: Iterable[str]) -> set[str]:
    return {product.partition(".")[0] for product in products}


def problems_of(wiring: Wiring, chosen: Iterable[str], broken: BrokenBeside) -> tuple[Problem, ...]:
    """Return the errors of the chosen products, of their domains' own files, and of the mesh."""
    errors = [problem for problem in wiring.workspace.problems() if problem.is_error]
    if not errors:
        return ()
    folders = {wiring.workspace.folder(product) for product in chosen}
    return tuple(
        problem
        for problem in errors
        if is_of_all(problem)
        or problem.place.file in broken.files
        or _is_about(problem.place.file, folders)
    )


def is_of_all(problem: Problem) -> bool:
    """Say whether a problem is of mesh.yaml: which products there are is not known then."""
    return problem.place.file == "mesh.yaml"


def _is_about(file: str, folders: Collection[str]) -> bool:
    """Say whether a problem's file is one of these products', found by its folders upwards."""
    parts = file.split("/")
    return any("/".join(parts[:n]) in folders for n in range(1, len(parts)))
