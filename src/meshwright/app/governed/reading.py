"""Data products read foreign ports as principals: by a grant, by a policy, or within their domain.

A mesh that has no access policies yet builds without grants: there, everything is one owner's.
A change of a grant's masks or filter is seen by the next build of the product, and makes none by itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from meshwright.app.access.deciding import decide
from meshwright.app.governed.ask import ask
from meshwright.app.query import read_sql
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, RefusedError, UsageError
from meshwright.model.access import Decision
from meshwright.model.address import Address
from meshwright.model.plan import Plan, Refusal, Step
from meshwright.model.principal import PRODUCT, Asker, Principal
from meshwright.model.product import InputPort
from meshwright.publish.reading import PinnedPort, pin
from meshwright.spi.state_store import Reader

BUILD = "build"  # the purpose of a build, and its door
POLICIES = "policies/access.yaml"
_GRANTED = "SELECT 1 FROM grants WHERE principal >= 'product:' AND principal < 'product;' LIMIT 1"
_WORKING = ("build", "after")


def is_governed(wiring: Wiring, reader: Reader) -> bool:
    """Say whether products need a grant for what they read in other domains.

    They do where the federation or a domain has access policies, and for good once one was granted anything:
    a file that is lost opens nothing.
    """
    workspace = wiring.workspace
    homes = {"": wiring.root} | {name: one.path for name, one in workspace.domains.items()}
    return any(
        (home / POLICIES).is_file() and not workspace.access(name).only_hides
        for name, home in homes.items()
    ) or bool(reader.rows(_GRANTED))


def asker_of(product: Address) -> Asker:
    """Return a product as who asks, for its build."""
    return Asker(Principal(f"{PRODUCT}:{product.product_address}"), BUILD, door=BUILD)


def rule_input(
    wiring: Wiring, reader: Reader, product: Address, port: InputPort, pinned: PinnedPort
) -> Decision | None:
    """Decide what a product may read of a foreign port; None in a mesh without access policies.

    Raises `RefusedError` (`input-not-granted`).
    """
    if not is_governed(wiring, reader):
        return None
    decision = decide(wiring, reader, asker_of(product), pinned)
    if not decision.is_allowed:
        raise RefusedError("input-not-granted", _message(port, decision), hint=_hint(decision))
    return decision


def seen_by(
    wiring: Wiring, reader: Reader, product: Address, pinned: PinnedPort
) -> Decision | None:
    """Decide what a product may see of a port that its contracts refer to; None without policies."""
    return (
        decide(wiring, reader, asker_of(product), pinned) if is_governed(wiring, reader) else None
    )


def copy_shown(wiring: Wiring, product: Address, pinned: PinnedPort, path: Path) -> Path:
    """Write what a product may see of a port to a file of its own: masked and filtered, as at every door."""
    address = pinned.address.at(None)
    with ask(wiring, asker_of(product), read_sql(str(address), pinned.address.version)) as answer:
        wiring.engine().land(answer, path)
    return path


def refuse_ungranted(wiring: Wiring, plan: Plan) -> Plan:
    """Refuse the steps whose products may not read their inputs; unpublished ones are judged at the build."""
    if not any(step.action in _WORKING for step in plan.steps):
        return plan
    with wiring.store.read() as reader:
        if not is_governed(wiring, reader):
            return plan
        return replace(plan, steps=tuple(_judged(wiring, reader, step) for step in plan.steps))


def _judged(wiring: Wiring, reader: Reader, step: Step) -> Step:
    if step.action not in _WORKING:
        return step
    found = tuple(_refusals(wiring, reader, step.product))
    if not found:
        return step
    reasons = tuple(one.message for one in found)
    return replace(step, action="refused", reasons=reasons, refusals=(*step.refusals, *found))


def _refusals(wiring: Wiring, reader: Reader, address: Address) -> Iterator[Refusal]:
    try:
        product = wiring.workspace.product(address)
    except MeshwrightError:
        return  # its files are broken: told elsewhere
    for port in product.inputs:
        if port.port is None or port.port.domain == address.domain:
            continue
        try:
            pinned = pin(reader, port.port)
        except (UsageError, RefusedError):
            continue
        decision = decide(wiring, reader, asker_of(address), pinned)
        if not decision.is_allowed:
            yield Refusal(
                "input-not-granted",
                f"{address}.{port.name}",
                _message(port, decision),
                _hint(decision),
            )


def _message(port: InputPort, decision: Decision) -> str:
    why = f": {decision.reasons[0].text} ({decision.reasons[0].policy})" if decision.reasons else ""
    return f"input `{port.name}` reads `{port.port}`, which `{decision.principal}` may not{why}"


def _hint(decision: Decision) -> str:
    address = decision.address.port_address
    return (
        f'mesh access request {address} --for-principal {decision.principal} --purpose "…",'
        " or a grant in access/*.yaml"
    )
