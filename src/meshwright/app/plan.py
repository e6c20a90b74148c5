"""Plan: what a run would do with each product, and why. Reads descriptors and state, never data.

Cost follows the change: a product whose code, inputs and intervals are what they were costs one card.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from meshwright.app.clock import AsOf
from meshwright.app.decide import REUSE, Before, decide
from meshwright.app.served import (
    ServedProduct,
    data_versions,
    input_stamps,
    port_stamp,
    served_contracts,
    served_ports,
    served_products,
)
from meshwright.app.spans import made_from, missing_spans, read_spans
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.errors import MeshwrightError
from meshwright.ingest.stamps import stamp_input
from meshwright.model.address import Address
from meshwright.model.plan import ContractChange, Plan, Step
from meshwright.model.problem import Problem
from meshwright.model.product import InputPort, Materialisation
from meshwright.orchestrate.dag import levels
from meshwright.orchestrate.selection import select
from meshwright.publish.places import find_storage
from meshwright.spi.state_store import Reader
from meshwright.transform.fingerprint import model_codes
from meshwright.transform.reading import read_models

WORKING = ("build", "after")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: which products, and how."""

    select: tuple[str, ...]
    as_of: AsOf
    changed: bool = False
    force: bool = False


@dataclass(slots=True)
class _State:
    """What the state says, read once for the whole plan."""

    products: Mapping[str, ServedProduct]
    data: Mapping[str, tuple[int, int]]
    stamps: Mapping[str, Mapping[str, str]]
    contracts: Mapping[str, Mapping[str, str]]
    working: set[Address] = field(default_factory=set)


def reads_of(wiring: Wiring) -> dict[Address, list[Address]]:
    """Return the products that each product reads."""
    cards = wiring.workspace.cards
    return {
        address: sorted(
            {port.port.product_address for port in card.inputs if port.port} & cards.keys()
        )
        for address, card in cards.items()
    }


def order_of(
    wiring: Wiring, reads: Mapping[Address, Collection[Address]]
) -> dict[Address, list[Address]]:
    """Return what each product waits for: what it reads, and what its contracts refer to.

    A reference that would close a circle is left out: it only orders, so that a first audit finds its keys.
    """
    cards = wiring.workspace.cards
    edges = {address: list(needed) for address, needed in reads.items()}
    for address, card in cards.items():
        for name in card.extra.get("references", ()):
            other = Address.parse(name)
            if (
                other in cards
                and other not in edges[address]
                and not _reaches(edges, other, address)
            ):
                edges[address].append(other)
    return edges


def make_plan(wiring: Wiring, asked: Asked) -> Plan:
    """Return the steps of the products asked for, in the order in which they would run."""
    workspace = wiring.workspace
    reads = reads_of(wiring)
    order = order_of(wiring, reads)
    with wiring.store.read() as reader:
        state = _State(
            served_products(reader),
            data_versions(reader),
            input_stamps(reader),
            served_contracts(reader),
        )
        touched = _changed(workspace.cards, state) if asked.changed else None
        chosen = select(asked.select, workspace.cards, reads, changed=touched)
        chosen = in_order(chosen, order)
        steps = [_step(wiring, reader, asked, state, address, reads[address]) for address in chosen]
    folders = {workspace.cards[address].folder for address in chosen}
    problems = tuple(
        problem
        for problem in workspace.problems()
        if problem.is_error and (is_of_all(problem) or _is_about(problem.place.file, folders))
    )
    return Plan(tuple(steps), problems, asked.as_of.text)


def _step(
    wiring: Wiring,
    reader: Reader,
    asked: Asked,
    state: _State,
    address: Address,
    upstream: Collection[Address],
) -> Step:
    card = wiring.workspace.cards[address]
    served = state.products.get(str(address))
    version = served.version if served else None
    if card.is_broken or "code" not in card.extra:
        return Step(address, "refused", ("its files have errors: mesh check",), served=version)
    if (
        served
        and served.status == "retired"
        and served.retired_until < asked.as_of.moment.date().isoformat()
    ):
        return Step(address, "retired", (f"retired since {served.retired_until}",), served=version)
    changes = _changes(wiring, reader, card, state)
    refusal = next((change.refusal for change in changes if change.refusal), "")
    if refusal:
        return Step(address, "refused", (refusal,), changes=changes, served=version)
    reasons = _reasons(wiring, reader, asked, state, card)
    if reasons and _is_held(reader, asked, state, card, wiring):
        held = (
            "rolled back, and neither its code nor its inputs changed since: --force builds it",
        )
        return Step(address, "held", held, changes=changes, served=version)
    if reasons:
        state.working.add(address)
        return Step(address, "build", reasons, changes=changes, served=version)
    waits = sorted(str(other) for other in upstream if other in state.working)
    if waits:
        state.working.add(address)
        return Step(address, "after", (f"after {', '.join(waits[:3])}",), served=version)
    return Step(address, "up_to_date", served=version)


def _reasons(
    wiring: Wiring, reader: Reader, asked: Asked, state: _State, card: Card
) -> tuple[str, ...]:
    """Return why a product would be built; empty when it is up to date."""
    served = state.products.get(str(card.address))
    if served is None or served.version is None:
        return ("never built",)
    if asked.force:
        return ("forced",)
    stamps = _stamps_now(wiring, reader, card, state)
    known = state.stamps.get(str(card.address), {})
    is_same = served.code == card.extra["code"] and stamps == dict(known)
    if is_same and not _must_look(reader, asked, card, served):
        return ()
    return _decided(wiring, reader, asked, card, served, stamps, known)


def _decided(
    wiring: Wiring,
    reader: Reader,
    asked: Asked,
    card: Card,
    served: ServedProduct,
    stamps: Mapping[str, str],
    known: Mapping[str, str],
) -> tuple[str, ...]:
    """Read the product and decide port by port, as a build would."""
    assert served.version is not None
    product = wiring.workspace.product(card.address)
    graph, _ = read_models(product, wiring.reader)
    if graph is None:
        return ("its models have errors",)
    ports = served_ports(reader, card.address, served.version)
    before = Before(ports, known, served.as_of, made_from(reader, product, ports, asked.as_of))
    decisions = decide(
        product, graph, model_codes(graph, product), stamps, before, asked.as_of, force=asked.force
    )
    reasons = [d.reason for d in decisions.values() if d.action != REUSE and d.reason]
    if not reasons and served.code != card.extra["code"]:
        gone = sorted(set(before.ports) - set(decisions))
        return (f"port {', '.join(gone)} removed",) if gone else ("its description changed",)
    return tuple(dict.fromkeys(reasons))


def _must_look(reader: Reader, asked: Asked, card: Card, served: ServedProduct) -> bool:
    """Say whether business time alone could make this product build."""
    if card.extra.get("as_of") and (asked.as_of.is_now or asked.as_of.text != served.as_of):
        return True
    making: Mapping[str, list[str]] = card.extra.get("append") or {}
    if not making or served.version is None:
        return False
    if not asked.as_of.is_now:
        return True
    ports = served_ports(reader, card.address, served.version)
    for name, (interval, column, start, end) in making.items():
        done = read_spans(ports[name].done) if name in ports else ()
        if missing_spans(
            Materialisation("append", interval, column, start, end), asked.as_of, done
        ):
            return True
    return False


def _stamps_now(wiring: Wiring, reader: Reader, card: Card, state: _State) -> dict[str, str]:
    """Return what each input is now; nothing of it is read."""
    return {port.name: _stamp(wiring, reader, card, port, state) for port in card.inputs}


def _stamp(wiring: Wiring, reader: Reader, card: Card, port: InputPort, state: _State) -> str:
    if port.port is not None:
        found = state.data.get(str(port.port))
        return port_stamp(found[1]) if found else "unpublished"
    domain = wiring.workspace.domains[card.address.domain]
    storage = find_storage(reader, wiring.mesh.data, domain.storage, card.address)
    assert port.source is not None
    try:
        return stamp_input(wiring.source(port.source), storage.input(port.name), port.source)
    except MeshwrightError as error:
        return f"unreachable: {error.code}"


def _is_held(reader: Reader, asked: Asked, state: _State, card: Card, wiring: Wiring) -> bool:
    served = state.products.get(str(card.address))
    if served is None or asked.force or served.held_code != card.extra["code"]:
        return False
    rows = reader.rows(
        "SELECT input, stamp FROM version_inputs WHERE product = ? AND version = ?",
        (str(card.address), served.latest),
    )
    return {str(a): str(b) for a, b in rows} == _stamps_now(wiring, reader, card, state)


def _changes(
    wiring: Wiring, reader: Reader, card: Card, state: _State
) -> tuple[ContractChange, ...]:
    """Compare contracts only where a digest differs from the one that is served."""
    published = state.contracts.get(str(card.address), {})
    now = {output.name: output.contract_digest for output in card.outputs}
    differing = [name for name, digest in published.items() if now.get(name) != digest]
    if not differing:
        return ()
    from meshwright.app.contracts import contract_changes  # reads YAML, which most plans need not

    return contract_changes(wiring, reader, card.address, differing)


def _changed(cards: Mapping[Address, Card], state: _State) -> set[Address]:
    """Return the products whose own files differ from what is served."""
    found = set()
    for address, card in cards.items():
        served = state.products.get(str(address))
        if served is None or served.code != card.extra.get("code"):
            found.add(address)
    return found


def in_order(
    chosen: Collection[Address], order: Mapping[Address, Collection[Address]]
) -> tuple[Address, ...]:
    """Return the chosen products, those that others wait for first."""
    return tuple(address for layer in levels(chosen, order) for address in layer)


def _reaches(edges: Mapping[Address, Collection[Address]], start: Address, goal: Address) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        for other in edges.get(node, ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False


def is_of_all(problem: Problem) -> bool:
    """Say whether a problem is of the mesh or a whole domain: which products there are is not known then."""
    return problem.place.file.rpartition("/")[2] in ("mesh.yaml", "domain.yaml")


def _is_about(file: str, folders: Collection[str]) -> bool:
    """Say whether a problem's file is one of these products', found by its folders upwards."""
    parts = file.split("/")
    return any("/".join(parts[:n]) in folders for n in range(1, len(parts)))
