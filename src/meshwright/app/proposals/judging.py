"""What a proposed change would do: what `mesh check` says of it, and what it changes in promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.app.affected import hit_of_served
from meshwright.app.contracts import changes_between
from meshwright.app.proposals.kept import ProposedFile
from meshwright.app.wiring import Wiring
from meshwright.documents.changed import changed_product, problems_in
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.plan import ContractChange
from meshwright.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Judged:
    """`problems`: of the product's files as they would be; `changes`: of its contracts."""

    problems: tuple[Problem, ...] = ()
    changes: tuple[ContractChange, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Say whether the files would have errors."""
        return any(problem.is_error for problem in self.problems)


def judge(wiring: Wiring, product: Address, files: Sequence[ProposedFile]) -> Judged:
    """Judge a product with some of its files changed, or a new one."""
    texts = {file.path: file.after for file in files if not file.data}
    card = wiring.workspace.cards.get(product)
    if card is None:
        return Judged(tuple(_of_new(product, texts)))
    inner = _within(card.folder, texts)
    domain = wiring.workspace.domains.get(product.domain)
    if domain is None or not inner:
        return Judged()
    changed, problems = changed_product(wiring.root, card.folder, domain, inner)
    if changed is None:
        return Judged(tuple(problems))
    try:
        now = wiring.workspace.product(product)
    except MeshwrightError:
        return Judged(tuple(problems))
    before = {port.name: port.contract for port in now.outputs if port.contract is not None}
    with wiring.store.read() as reader:
        hit = hit_of_served(wiring, reader)
        changes = changes_between(wiring, changed, before, now.version, hit)
    return Judged(tuple(problems), changes)


def _of_new(product: Address, texts: Mapping[str, str]) -> list[Problem]:
    home = next((path for path in texts if path.endswith("/product.odps.yaml")), "")
    folder = home.rpartition("/")[0]
    return problems_in(folder, product.domain, _within(folder, texts)) if folder else []


def _within(folder: str, texts: Mapping[str, str]) -> dict[str, str]:
    start = f"{folder}/"
    return {
        path.removeprefix(start): text for path, text in texts.items() if path.startswith(start)
    }
