"""Check: everything that can be known of a mesh, or of single files, without touching data."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from meshwright.app.policy.checking import rule_problems
from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError, did_you_mean
from meshwright.model.problem import Place, Problem
from meshwright.model.secret import references
from meshwright.spi import plugins


def check(wiring: Wiring) -> tuple[Problem, ...]:
    """Return what is wrong with a mesh, files and SQL alike; if mesh.yaml is broken, all of that."""
    try:
        wiring.look_again()
        from meshwright.app.access.checking import access_problems
        from meshwright.app.access.filed import grant_problems
        from meshwright.app.terms import term_problems

        found = (*_secret_problems(wiring), *wiring.workspace.problems())
        access = (*access_problems(wiring), *grant_problems(wiring))
        return (*found, *term_problems(wiring), *access, *rule_problems(wiring))
    except DescriptorError as error:
        file = str(wiring.root / "mesh.yaml")
        problems = tuple(
            replace(problem, place=replace(problem.place, file="mesh.yaml"))
            for problem in check_files([file])
        )
        if not any(problem.is_error for problem in problems):
            raise error
        return problems


def check_levels(wiring: Wiring) -> tuple[int, tuple[tuple[str, str, str], ...]]:
    """Return how many service levels are enforced by observing, and (port, name, reason) of the others."""
    from meshwright.app.promises import promises_of

    enforced, others = 0, []
    for address, card in wiring.workspace.cards.items():
        for port, promises in promises_of(card).items():
            enforced += len(promises.enforced)
            others += [(f"{address}.{port}", n.name, n.reason) for n in promises.not_enforced]
    return enforced, tuple(others)


def _secret_problems(wiring: Wiring) -> list[Problem]:
    """Return references of notifiers to secret stores that are not installed; no secret is looked up."""
    stores = plugins.names("secret_stores")
    return [
        Problem(
            "secret-store-unknown",
            f"notifier `{name}` refers to `${{{store}:…}}`, and no such secret store is installed",
            Place("mesh.yaml"),
            did_you_mean(store, stores),
            f"alerts.notifiers.{name}",
        )
        for name, url in wiring.mesh.alerting.notifiers.items()
        for store, _ in references(url)
        if store not in stores
    ]


def check_files(files: Sequence[str]) -> tuple[Problem, ...]:
    """Judge single descriptor files with no mesh around them."""
    from meshwright.documents.files import judge_files

    return tuple(judge_files([Path(file) for file in files]))
