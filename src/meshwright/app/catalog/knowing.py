"""What somebody may know of: that a product is there, what it is about, how it fares. Never a row of it.

What must stay true: who owns a product, has access to it, waits for it or decides on it knows of it, whatever
is hidden; so does whoever watches over the mesh. Where a file that would hide something cannot be read, all
that it could hide is hidden.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

from meshwright.access.durations import written
from meshwright.app.access.ground import subject_of
from meshwright.app.access.sight import owned_products
from meshwright.app.acting import ActingWiring
from meshwright.app.product_graph import ProductGraph, graph_of
from meshwright.app.wiring import Wiring
from meshwright.catalog.visibility import Described, hidden_by
from meshwright.documents.access_reader import AccessFile
from meshwright.model.access import VisibilityPolicy
from meshwright.model.address import Address
from meshwright.model.principal import PRODUCT, ROLES, Principal
from meshwright.spi.policy_engine import Subject

_MOST = 500  # principals of whom it is remembered


@dataclass(frozen=True)
class Knowing:
    """What one principal may know of. `hidden`: the products that they may not."""

    principal: Principal
    hidden: frozenset[str] = frozenset()
    products: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)  # by domain

    def of(self, address: Address | str) -> bool:
        """Say whether they may know of a product, or of what is in it."""
        if not self.hidden:
            return True
        parsed = Address.parse(address) if isinstance(address, str) else address
        return str(parsed.product_address) not in self.hidden

    def of_domain(self, name: str) -> bool:
        """Say whether they may know of a domain: not where all that it has is hidden."""
        return name not in self._hidden_domains

    @cached_property
    def _hidden_domains(self) -> frozenset[str]:
        return frozenset(
            name for name, products in self.products.items() if products and products <= self.hidden
        )


def knowing_of(wiring: Wiring, principal: Principal) -> Knowing:
    """Return what somebody may know of, by the policies as they are on disk at this moment."""
    if principal.owns_mesh or not set(principal.roles).isdisjoint(ROLES):
        return Knowing(principal)
    files = _files(wiring)
    if not any(file.visibility or file.hides_all for file in files.values()):
        return Knowing(principal)
    kept = _kept(wiring)
    hidden = kept.hidden(wiring, principal, files)
    if hidden:
        known = _concerned(wiring, principal) & hidden
        hidden = hidden - known if known else hidden
    return Knowing(principal, hidden, kept.domains)


def knowing_through(wiring: Wiring) -> Knowing:
    """Return what whoever works through a mesh may know of: its owner of everything."""
    if isinstance(wiring, ActingWiring):
        return knowing_of(wiring, wiring.principal())
    return Knowing(wiring.asker().principal)


def _files(wiring: Wiring) -> dict[str, AccessFile]:
    workspace = wiring.workspace
    return {name: workspace.access(name) for name in ("", *workspace.domains)}


class _Kept:
    """What policies hide, by principal, for as long as the files of the mesh say the same."""

    def __init__(self, wiring: Wiring, graph: ProductGraph) -> None:
        self.graph = graph
        self._lock = Lock()
        self._known: OrderedDict[tuple[object, ...], frozenset[str]] = OrderedDict()
        there: dict[str, set[str]] = {}
        for address in graph.cards:
            there.setdefault(address.domain, set()).add(str(address))
        self.domains = {name: frozenset(products) for name, products in there.items()}
        self.products: list[Described] = [
            (str(address), None if card.is_broken else card.tags)
            for address, card in graph.cards.items()
        ]
        with wiring.store.read() as reader:
            past = {str(row[0]) for row in reader.rows("SELECT product FROM products")}
            self.formerly = {
                str(old): str(new)
                for old, new in reader.rows("SELECT formerly, product FROM aliases")
            }
        present = {name for name, _ in self.products}
        self.products += [(name, None) for name in sorted(past - present)]  # whose files are gone
        self.formerly |= graph.former_names

    def hidden(
        self, wiring: Wiring, principal: Principal, files: Mapping[str, AccessFile]
    ) -> frozenset[str]:
        """Return what policies hide from somebody who is not concerned with it otherwise."""
        key = (
            principal.name, principal.teams, principal.roles, tuple(sorted(principal.attributes.items())),
            tuple(file.mark for file in files.values()),
        )  # fmt: skip
        with self._lock:
            if key not in self._known:
                if len(self._known) >= _MOST:
                    self._known.popitem(last=False)
                self._known[key] = self._hide(wiring, principal, files)
            return self._known[key]

    def _hide(
        self, wiring: Wiring, principal: Principal, files: Mapping[str, AccessFile]
    ) -> frozenset[str]:
        subject = subject_of(wiring, principal)
        policies = [self._as_now(policy) for file in files.values() for policy in file.visibility]
        found = hidden_by(policies, subject, self.products)
        closed = {name for name, file in files.items() if file.hides_all}
        if closed:
            found |= {
                name
                for name, _ in self.products
                if "" in closed or name.partition(".")[0] in closed
            }
        found -= self._own(wiring, principal, subject)
        return frozenset(found | {old for old, new in self.formerly.items() if new in found})

    def _as_now(self, policy: VisibilityPolicy) -> VisibilityPolicy:
        """Return a policy that also hides what its addresses are called now."""
        more = [new for a in policy.objects.addresses if (new := self.formerly.get(a))]
        if not more:
            return policy
        addresses = (*policy.objects.addresses, *more)
        return replace(policy, objects=replace(policy.objects, addresses=addresses))

    def _own(self, wiring: Wiring, principal: Principal, subject: Subject) -> set[str]:
        """Return the products that somebody owns, or belongs to the domain of."""
        own = set(owned_products(wiring, principal)) if principal.kind != PRODUCT else set()
        own |= {name for name, _ in self.products if name.partition(".")[0] in subject.domains}
        return own


_KNOWN: "WeakKeyDictionary[Wiring, _Kept]" = WeakKeyDictionary()


def _kept(wiring: Wiring) -> _Kept:
    graph = graph_of(wiring.origin)
    kept = _KNOWN.get(wiring.origin)
    if kept is None or kept.graph is not graph:
        kept = _KNOWN[wiring.origin] = _Kept(wiring.origin, graph)
    return kept


def _concerned(wiring: Wiring, principal: Principal) -> frozenset[str]:
    """Return the products that somebody may read by a grant, waits for, or decides on."""
    names = sorted(principal.names)
    marks = ", ".join("?" * len(names))
    now = written(wiring.now())
    with wiring.store.read() as reader:
        rows = reader.rows(
            f"SELECT product FROM grants WHERE principal IN ({marks}) AND revoked_at = ''"
            " AND (until = '' OR until > ?)"
            f" UNION SELECT product FROM requests WHERE principal IN ({marks}) AND state = 'open'"
            " UNION SELECT r.product FROM requests r, json_tree(r.approvers) a"
            f" WHERE r.state = 'open' AND a.atom IN ({marks})",
            (*names, now, *names, *names),
        )
    return frozenset(str(product) for (product,) in rows)
