"""Plan against a git reference: what a change of the files would do to the mesh, with no state at all.

What must stay true: only products whose files differ from the reference are read, and those that the mesh
no longer lists; nothing of the working tree, of the repository or of the mesh's state is changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from meshwright.app.affected import Hit, hit_of_files
from meshwright.app.contracts import changes_between, has_ended
from meshwright.app.deprecation import Farewells
from meshwright.app.flows import Flows
from meshwright.app.order import load_briefs, order_of, reads_of
from meshwright.app.plan import broken_beside, governed, problems_of
from meshwright.app.revision import Revision, open_revision
from meshwright.app.steps import Asked, refusal
from meshwright.app.wiring import Wiring
from meshwright.documents.earlier import domain_folders, read_earlier
from meshwright.model.address import Address
from meshwright.model.contract import Contract
from meshwright.model.plan import ChangedItem, ContractChange, Plan, Step
from meshwright.model.problem import Place, Problem
from meshwright.model.product import Product
from meshwright.orchestrate.selection import select
from meshwright.spi.state_store import Reader

PRODUCT_FILES = ("product.odps.yaml", "product.odps.yml")
SHOWN = 5


@dataclass(slots=True)
class Before:
    """The changed products as they were: `changed` are those of now whose files differ, each with its files.

    `unread` are products that had errors then, so that nothing can be compared.
    """

    products: dict[str, Product] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)


def plan_against(wiring: Wiring, asked: Asked, ref: str) -> Plan:
    """Return what would be built and refused if the files as they are came after those of a reference.

    Raises what `open_revision` does.
    """
    before = _read(wiring, open_revision(wiring.root, ref))
    with TemporaryDirectory(prefix="mesh-against-") as folder:
        fresh = wiring.without_state(Path(folder))
        try:
            with fresh.store.read() as reader:
                plan = _planned(fresh, reader, asked, before, ref)
            steps, wrong = governed(fresh, plan.steps)
        finally:
            fresh.store.close()
    return replace(plan, steps=steps, problems=(*plan.problems, *wrong))


def _planned(wiring: Wiring, reader: Reader, asked: Asked, before: Before, ref: str) -> Plan:
    hit = hit_of_files(wiring, reader)
    briefs = load_briefs(wiring)
    reads = reads_of(briefs)
    former = wiring.workspace.former_names
    chosen = select(
        asked.select,
        briefs,
        reads,
        changed=set(before.changed) if asked.changed else None,
        order=order_of(briefs, reads),
        formerly=former,
    )
    working: set[str] = set()
    steps = []
    farewells = Farewells(wiring, briefs, wiring.now(), wiring.mesh.timezone)
    flows = Flows(wiring, reader, briefs, {}, {}, wiring.now().date())
    for name in chosen:
        waits = sorted(working.intersection(reads[name]))
        step = _step(wiring, before, name, hit, is_broken=briefs[name] is None, waits=waits)
        step = farewells.judged(_allowed(flows, step))
        steps.append(step)
        if step.action in ("build", "after"):
            working.add(name)
    broken = broken_beside(wiring, asked, chosen)
    gone = () if asked.select else tuple(_gone(wiring, before, ref, hit))
    problems = problems_of(wiring, chosen, broken)
    return Plan((*steps, *broken.steps, *gone), problems, asked.as_of.text, ref)


def _allowed(flows: Flows, step: Step) -> Step:
    """Return a step, refused where what flows in is not declared; of files that nobody touched, told only.

    What an owner declassified is a fact of the state, which is not here.
    """
    if step.action == "up_to_date":
        return step
    judged = flows.judged(step)
    if step.action != "after" or judged.action != "refused":
        return judged
    notices = [
        Problem(one.code, one.message, one.place, one.hint, one.address, "warning")
        for one in judged.refusals
    ]
    return replace(step, notices=(*step.notices, *notices))


def _step(
    wiring: Wiring, before: Before, name: str, hit: Hit, *, is_broken: bool, waits: Iterable[str]
) -> Step:
    address = Address.parse(name)
    if is_broken:
        return Step(address, "refused", (refusal(wiring.workspace.broken_domains, address),))
    files = before.changed.get(name)
    if files is None:
        shown = ", ".join(list(waits)[:3])
        return Step(address, "after", (f"after {shown}",)) if shown else Step(address, "up_to_date")
    old = before.products.get(name)
    if old is None:
        why = "its files had errors before" if name in before.unread else "new"
        return Step(address, "build", (why,))
    contracts = {port.name: port.contract for port in old.outputs if port.contract is not None}
    now = wiring.workspace.product(address)
    changes = changes_between(wiring, now, contracts, old.version, hit)
    refused = next((change.refusal for change in changes if change.refusal), "")
    if refused:
        return Step(address, "refused", (refused,), changes)
    more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
    return Step(address, "build", (f"{', '.join(files[:SHOWN])}{more} changed",), changes)


def _read(wiring: Wiring, revision: Revision) -> Before:
    """Read the products that have a changed file, as they were and by the names that they have now.

    Those that mesh.yaml or a domain listed, and no longer does, are gone though their files are all there.
    """
    changed = revision.changed()
    then = revision.files() if changed else {}
    listed = {path for _, path in _folders(wiring, revision)}
    with TemporaryDirectory(prefix="mesh-against-") as temporary:
        copy = Path(temporary)
        at_root = f"{revision.prefix}/mesh.yaml" if revision.prefix else "mesh.yaml"
        heads = [blob for path, blob in then.items() if path.endswith("domain.yaml")]
        revision.write([*heads, *(then[p] for p in (at_root,) if p in then)], copy)
        within = domain_folders(copy, revision.prefix)
        folders = {
            folder
            for path in then
            if PurePosixPath(path).name in PRODUCT_FILES
            and any((folder := path.rpartition("/")[0]).startswith(f"{one}/") for one in within)
        }
        touched = {folder: _under(folder, changed) for folder in folders}
        read = [one for one, files in touched.items() if files or one not in listed]
        parts = [
            blob
            for path, blob in then.items()
            if path.endswith((".yaml", ".yml", ".sql")) and _home(path, read)
        ]
        revision.write(parts, copy)
        earlier = read_earlier(copy, revision.prefix, sorted(read))
    return _joined(wiring, revision, changed, earlier.products, earlier.broken)


def _joined(
    wiring: Wiring,
    revision: Revision,
    changed: set[str],
    products: Mapping[Address, Product],
    broken: Iterable[str],
) -> Before:
    former = wiring.workspace.former_names
    found = Before({former.get(str(a), str(a)): product for a, product in products.items()})
    for address, path in _folders(wiring, revision):
        files = _under(path, changed)
        if files or str(address) in found.products:
            found.changed[str(address)] = files or ["its folder"]
        if path in broken:
            found.unread.add(str(address))
    return found


def _folders(wiring: Wiring, revision: Revision) -> Iterator[tuple[Address, str]]:
    """Yield each product with its folder in the repository."""
    base, repository = wiring.root.absolute(), revision.repository.resolve()
    for address, card in wiring.workspace.cards.items():
        folder = (base / card.folder).resolve()
        if folder.is_relative_to(repository):  # another repository has a gate of its own
            yield address, folder.relative_to(repository).as_posix()


def _under(folder: str, changed: Iterable[str]) -> list[str]:
    """Return the changed files of a folder, relative to it."""
    start = f"{folder}/"
    return sorted(name[len(start) :] for name in changed if name.startswith(start))


def _home(path: str, folders: Iterable[str]) -> str:
    return next((folder for folder in folders if path.startswith(f"{folder}/")), "")


def _gone(wiring: Wiring, before: Before, ref: str, hit: Hit) -> Iterable[Step]:
    """Yield a refused step for each product that was removed while its ports had not ended."""
    for name, product in sorted(before.products.items()):
        address = Address.parse(name)
        if address in wiring.workspace.cards:
            continue
        changes = tuple(
            _gone_port(wiring, address, port.name, port.contract, hit)
            for port in product.outputs
            if port.contract is not None
        )
        refused = next((change.refusal for change in changes if change.refusal), "")
        why = refused or f"removed since {ref}, as its contracts announced"
        yield Step(address, "refused" if refused else "retired", (why,), changes)


def _gone_port(
    wiring: Wiring, product: Address, port: str, contract: Contract, hit: Hit
) -> ContractChange:
    end, place = contract.end_of_life, Place(contract.file)
    is_over = has_ended(wiring, contract)
    what = f"port {port} (contract {contract.version}) is removed with its product"
    breaks = "" if is_over else "whoever reads it breaks"
    level = "minor" if is_over else "major"
    item = ChangedItem(level, port, what, breaks, place)
    announced = f"it was to end on {end}" if end else "its contract announced no end"
    return ContractChange(
        port=port,
        level=level,
        old_version=contract.version,
        new_version="",
        items=(str(item),),
        refusal="" if is_over else f"port {port} is removed, but {announced}",
        details=(item,),
        affected=hit(Address(product.domain, product.product, port), (item,)),
        place=place,
    )
