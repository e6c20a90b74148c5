"""Plan against a git reference: what a change of the files would do to the mesh, with no state at all.

What must stay true: only products whose files differ from the reference are read; nothing of the working
tree, of the repository or of the mesh's state is changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from meshwright.app.contracts import changes_between
from meshwright.app.order import load_briefs, order_of, reads_of
from meshwright.app.plan import broken_beside, problems_of
from meshwright.app.revision import Revision, open_revision
from meshwright.app.steps import Asked, refusal
from meshwright.app.wiring import Wiring
from meshwright.documents.earlier import domain_folders, read_earlier
from meshwright.model.address import Address
from meshwright.model.plan import Affected, ChangedItem, ContractChange, Plan, Step
from meshwright.model.problem import Place
from meshwright.model.product import Product
from meshwright.orchestrate.selection import select

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
    for name in chosen:
        waits = sorted(working.intersection(reads[name]))
        step = _step(wiring, before, name, is_broken=briefs[name] is None, waits=waits)
        steps.append(step)
        if step.action in ("build", "after"):
            working.add(name)
    broken = broken_beside(wiring, asked, chosen)
    gone = () if asked.select else tuple(_gone(wiring, before, ref))
    problems = problems_of(wiring, chosen, broken)
    return Plan((*steps, *broken.steps, *gone), problems, asked.as_of.text, ref)


def _step(
    wiring: Wiring, before: Before, name: str, *, is_broken: bool, waits: Iterable[str]
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
    changes = changes_between(wiring, wiring.workspace.product(address), contracts, old.version)
    refused = next((change.refusal for change in changes if change.refusal), "")
    if refused:
        return Step(address, "refused", (refused,), changes)
    more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
    return Step(address, "build", (f"{', '.join(files[:SHOWN])}{more} changed",), changes)


def _read(wiring: Wiring, revision: Revision) -> Before:
    """Read the products that have a changed file, as they were and by the names that they have now."""
    changed = revision.changed()
    then = revision.files() if changed else {}
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
        read = [folder for folder, files in touched.items() if files]
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
    base = wiring.root.absolute()
    for address, card in wiring.workspace.cards.items():
        folder = (base / card.folder).resolve()
        if not folder.is_relative_to(revision.repository.resolve()):
            continue  # a domain in a repository of its own has a gate of its own
        path = folder.relative_to(revision.repository.resolve()).as_posix()
        files = _under(path, changed)
        if files or str(address) in found.products:
            found.changed[str(address)] = files or ["its folder"]
        if path in broken:
            found.unread.add(str(address))
    return found


def _under(folder: str, changed: Iterable[str]) -> list[str]:
    """Return the changed files of a folder, relative to it."""
    start = f"{folder}/"
    return sorted(name[len(start) :] for name in changed if name.startswith(start))


def _home(path: str, folders: Iterable[str]) -> str:
    return next((folder for folder in folders if path.startswith(f"{folder}/")), "")


def _gone(wiring: Wiring, before: Before, ref: str) -> Iterable[Step]:
    """Yield a refused step for each product that was removed while its ports had not ended."""
    from meshwright.app.affected import readers_of

    today = wiring.now().date().isoformat()
    for name, product in sorted(before.products.items()):
        address = Address.parse(name)
        if address in wiring.workspace.cards:
            continue
        changes = tuple(
            _gone_port(port.name, port.contract.version, port.contract.file, today, end, affected)
            for port in product.outputs
            if port.contract is not None
            for end in [port.contract.end_of_life]
            for affected in [readers_of(wiring, address, port.name)]
        )
        refused = next((change.refusal for change in changes if change.refusal), "")
        why = refused or f"removed since {ref}, as its contracts announced"
        yield Step(address, "refused" if refused else "retired", (why,), changes)


def _gone_port(
    port: str, version: str, file: str, today: str, end: str, affected: tuple[Affected, ...]
) -> ContractChange:
    is_over = bool(end) and end[:10] < today
    item = ChangedItem("major", port, f"port {port} (contract {version}) is removed with its product",
                       "" if is_over else "whoever reads it breaks", Place(file))  # fmt: skip
    announced = f"it was to end on {end}" if end else "its contract announced no end"
    return ContractChange(
        port, "major", version, "", (str(item),),
        "" if is_over else f"port {port} is removed, but {announced}",
        "" if is_over else "an `endOfLife` in its contract first; remove it after that date",
        (item,), affected, Place(file),
    )  # fmt: skip
