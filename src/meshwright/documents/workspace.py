"""A mesh on disk, opened: what is there, what is wrong, and each product on demand.

Opening costs one `stat` for each known file. Only products with a changed file are read again, and of those
only the changed files are parsed. What is kept between openings is in the cache, as JSON: see `shelf`.
While nothing has changed, neither the YAML parser nor the schema validator is imported.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshwright.documents.access_reader import FILE as ACCESS
from meshwright.documents.access_reader import AccessFile, load_access
from meshwright.documents.cards import Card
from meshwright.documents.digest import digest
from meshwright.documents.discovery import discover, is_current
from meshwright.documents.document import Document, problem_from_json, problem_to_json
from meshwright.documents.glossary import FILE as GLOSSARY
from meshwright.documents.glossary import read_terms, terms_problems
from meshwright.documents.identity_reader import read_groups
from meshwright.documents.mesh_reader import find_root, read_domain, read_mesh
from meshwright.documents.scan import Listing, is_racy, list_product, stamps_of
from meshwright.documents.shelf import BRIEFS, EDGES, RACY, SECTION, Row, Shelf, load_shelf
from meshwright.documents.store import DocumentStore
from meshwright.documents.variables import unset_problems
from meshwright.errors import DescriptorError, UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.glossary import Term
from meshwright.model.json_value import Json
from meshwright.model.mesh import Domain, Mesh
from meshwright.model.problem import Problem
from meshwright.model.product import Product
from meshwright.spi.cache import Cache

if TYPE_CHECKING:
    from meshwright.documents.product_entry import Enrich, Entry
    from meshwright.documents.product_files import ProductFiles

__all__ = ["Workspace", "find_root", "open_workspace"]

FORM = "5"  # changes when what the cache keeps, or how files are judged, changes
CARDS = "cards"
_BULK = 64  # so many cards are loaded one by one, then the others at once; so many products are remembered


def open_workspace(
    root: Path,
    cache: Cache | None,
    *,
    environment: str = "",
    enrich: "Enrich | None" = None,
    edition: str = "",
) -> "Workspace":
    """Open the mesh whose mesh.yaml is in `root`; raise `DescriptorError` when that file is broken.

    `enrich` is called with each product that was read and has no errors; what it returns (JSON) is kept on
    the card as `extra`, except its `problems` (rows of `problem_to_json`), which count as the product's, and
    its `brief`, which can be had of all products at once.
    `edition` names what `enrich` computes: cards of another edition are read again.
    """
    form = f"{FORM}:{'enriched' if enrich else 'plain'}:{edition}"
    workspace = Workspace(root.absolute(), cache, form, enrich, environment)
    workspace.refresh()
    return workspace


class Workspace:
    """An opened mesh. Made by `open_workspace`."""

    def __init__(
        self,
        root: Path,
        cache: Cache | None,
        form: str,
        enrich: "Enrich | None",
        environment: str,
    ) -> None:
        self.root = root
        self.domains: dict[str, Domain] = {}
        self.broken_domains: dict[str, Problem] = {}
        self.reread: tuple[str, ...] = ()
        self._cache = cache
        self._form = form
        self._enrich = enrich
        self._store = DocumentStore(root, cache, form)
        self._environment = environment
        self._shelves: list[Shelf] = []
        self._cards: dict[Address, Card] | None = None
        self._rows: dict[str, tuple[Row, Domain]] = {}
        self._by_address: dict[str, Row] = {}
        self._products: dict[str, Product] = {}
        self._kept: dict[str, dict[str, Any]] = {}
        self._loaded: Mapping[str, bytes] | None = None
        self._asked = 0
        self._mark = ""
        self._documents: list[Json] = []
        self._access_files: dict[str, str] = {}
        self._access: dict[str, tuple[tuple[object, ...], AccessFile]] = {}
        self._own_problems: list[Problem] = []
        self._problems: list[Problem] | None = None
        self._between: tuple[list[Problem], dict[str, str]] | None = None

    def refresh(self) -> None:
        """Look at the folders again and read what changed; `reread` names the products that were read."""
        self._cards = self._problems = self._between = self._loaded = None
        self._kept, self._products, self._asked = {}, {}, 0
        self.domains, self.broken_domains, self._shelves, self._own_problems = {}, {}, [], []
        self._rows, self._by_address = {}, {}
        self._mark, self._documents = "", list[Json]()
        self._access_files = {}
        document = self._document("mesh.yaml", "mesh")
        self.mesh: Mesh = read_mesh(document, self.root, self._environment)
        self._own_problems += document.problems
        self.groups, self.groups_problem = self._read_groups(document)
        self._terms: list[Term] = []
        self._read_glossary("", "", ())
        self._read_access("", "")
        reread: list[str] = []
        for index, folder in enumerate(self.mesh.domain_paths):
            domain = self._domain(document, index, folder)
            if domain is not None:
                reread += self._open_domain(*domain)
                self._read_glossary(f"{domain[2]}/", domain[0].name, domain[0].owners)
                self._read_access(f"{domain[2]}/", domain[0].name)
        if self._terms:
            self._own_problems += terms_problems(self._terms)
        self._store.flush()
        self.reread = tuple(reread)

    @property
    def cards(self) -> Mapping[Address, Card]:
        """Return a card for each product, by address, sorted; a broken one has a card too."""
        if self._cards is None:
            rows = sorted((row for row, _ in self._rows.values()), key=lambda row: row.address)
            self._cards = {card.address: card for card in map(self._card, rows)}
        return self._cards

    def briefs(self) -> dict[str, Any]:
        """Return what `enrich` said in brief of each product, by address; None where a file has errors."""
        found: dict[str, Any] = {}
        for shelf in self._shelves:
            briefs = shelf.beside(self._cache, BRIEFS)
            _, domain, *_ = shelf.identity
            is_refused = domain in self.broken_domains
            for folder, row in shelf.rows.items():
                if row.is_broken or is_refused:
                    found[row.address] = None
                elif folder in briefs:
                    found[row.address] = briefs[folder]
                else:  # another process has just read the domain anew
                    found[row.address] = self._entry(folder).brief
        return found

    def card(self, address: Address) -> Card:
        """Return a product's card; raise `UsageError` (`product-unknown`) that names the nearest."""
        return self._card(self._row(str(address.product_address)))

    def domain_marks(self) -> dict[str, str]:
        """Return for each domain a text that changes when what is read of any of its products does."""
        return {str(shelf.identity[1]): shelf.generation for shelf in self._shelves}

    @property
    def mark(self) -> str:
        """Return a text that changes when anything that was read does."""
        if not self._mark:
            self._mark = digest([*(shelf.generation for shelf in self._shelves), *self._documents])
        return self._mark

    @property
    def own_mark(self) -> str:
        """Return a text that changes when the file of the mesh, of a domain or of words does."""
        return digest(self._documents)

    def says_as(self, other: "Workspace") -> bool:
        """Say whether all that was read of another opening of the mesh, also what is wrong, is as here."""
        return (
            self.mark == other.mark
            and self._own_problems == other._own_problems
            and self.broken_domains == other.broken_domains
        )

    def product_marks(self, domain: str) -> dict[str, str]:
        """Return for each product of a domain a text that changes when a file of it, or its owner, does."""
        return {
            row.address: digest([*shelf.identity, row.is_broken, row.folder, row.stamps])
            for shelf in self._shelves
            if shelf.identity[1] == domain
            for row in shelf.rows.values()
        }

    def folder(self, product: str) -> str:
        """Return a product's folder relative to the mesh; raise as `card` does."""
        return self._row(product).folder

    def _row(self, product: str) -> Row:
        if not self._by_address:
            self._by_address = {row.address: row for row, _ in self._rows.values()}
        row = self._by_address.get(product)
        if row is None:
            hint = did_you_mean(product, self._by_address)
            raise UsageError("product-unknown", f"there is no product `{product}`", hint=hint)
        return row

    def _card(self, row: Row) -> Card:
        domain, _, product = row.address.partition(".")
        address = Address(domain, product)
        is_broken = row.is_broken or domain in self.broken_domains
        return Card(address, row.folder, is_broken, str(self.root), self._card_data)

    def product(self, address: Address) -> Product:
        """Read a product; raise `DescriptorError` with its first error when its files have any."""
        from meshwright.documents.product_reader import read_product

        card = self.card(address)
        row, domain = self._rows[card.folder]
        refused = self.broken_domains.get(domain.name)
        own = [refused] if refused else map(problem_from_json, row.problems)
        for problem in own:
            if problem.is_error:
                raise DescriptorError(
                    problem.code, problem.message, hint=problem.hint, place=str(problem.place)
                )
        product = self._products.get(card.folder)
        if product is None:
            product = read_product(self._files(card), card.address, domain, self.root)
            self._remember(card.folder, product)
        return product

    def _remember(self, folder: str, product: Product) -> None:
        """Keep a product until the next look: a run needs it to plan, to plan again, and to build."""
        if len(self._products) >= _BULK:
            self._products = {}
        self._products[folder] = product

    def _files(self, card: Card) -> "ProductFiles":
        from meshwright.documents.product_files import read_files

        row, domain = self._rows[card.folder]
        listing = Listing(tuple(row.names), tuple(row.stamps))
        return read_files(self._store, row.folder, domain.name, listing)

    @property
    def terms(self) -> dict[str, Term]:
        """Return the business terms of the mesh and its domains, by name."""
        return {term.name: term for term in reversed(self._terms)}

    def _read_groups(self, mesh: Document) -> tuple[Mapping[str, tuple[str, ...]], Problem | None]:
        """Return the teams of the file of groups, and why it cannot be relied on."""
        path = self.mesh.identity.groups
        if path is None:
            return {}, None
        file = self._relative(path)
        if not path.is_file():
            text = f"there is no file of groups `{file}`"
            place = ("identity", "groups")
            missing = mesh.problem("groups-missing", text, place, hint="write it, or take it out")
            self._own_problems.append(missing)
            return {}, missing
        document = self._document(file, "groups")
        self._own_problems += document.problems
        first = next((problem for problem in document.problems if problem.is_error), None)
        return read_groups(document), first

    def _read_glossary(self, folder: str, domain: str, owners: Sequence[str]) -> None:
        """Read a glossary.yaml, where there is one."""
        file = f"{folder}{GLOSSARY}"
        if not os.path.isfile(self._store.path(file)):
            return
        document = self._document(file, "glossary")
        self._own_problems += document.problems
        self._terms += read_terms(document, domain, owners)

    def access(self, domain: str = "") -> AccessFile:
        """Return the access policies of the federation or of a domain, as they are on disk at this moment."""
        file = self._access_files.get(domain)
        if file is None:
            return AccessFile()
        stamps = (file, *stamps_of(str(self.root), [file]))
        known = self._access.get(domain)
        if known is None or known[0] != stamps:
            known = self._access[domain] = (stamps, load_access(self._store, file, domain))
        return known[1]

    def _read_access(self, folder: str, domain: str) -> None:
        """Find a policies/access.yaml; it may come later."""
        self._access_files[domain] = f"{folder}{ACCESS}"
        self._own_problems += self.access(domain).problems

    def raw_contracts(self, address: Address) -> dict[str, Mapping[str, Json]]:
        """Return the contracts of a product's ports as they are written, as JSON, by port."""
        from meshwright.documents.column_rules import entries
        from meshwright.documents.product_reader import find_contract

        files = self._files(self.card(address))
        product = files.product.raw if isinstance(files.product.raw, dict) else {}
        found: dict[str, Mapping[str, Json]] = {}
        for _, declared in entries(product.get("outputPorts"), ()):
            document = find_contract(files, declared)
            if document is not None and isinstance(document.raw, dict):
                found[str(declared.get("name"))] = document.raw
        return found

    def raw_product(self, address: Address) -> Mapping[str, Json]:
        """Return a product's descriptor as it is written, as JSON."""
        raw = self._files(self.card(address)).product.raw
        return raw if isinstance(raw, dict) else {}

    def problems(self) -> list[Problem]:
        """Return everything that is wrong with the mesh, in the order of places."""
        if self._problems is None:
            found = list(self._own_problems)
            for shelf in self._shelves:
                found += map(problem_from_json, shelf.problems)
                for row in shelf.rows.values():
                    if row.problems:
                        found += map(problem_from_json, row.problems)
                    if row.variables:
                        found += unset_problems(row.variables)
            found += self._mesh_wide()[0]
            self._problems = sorted(found, key=lambda p: (p.place, p.key, p.code, p.message))
        return list(self._problems)

    @property
    def former_names(self) -> Mapping[str, str]:
        """Return the present address of a product by each that it had; none that a product has now."""
        return self._mesh_wide()[1]

    def _document(self, file: str, kind: str) -> Document:
        stamps = stamps_of(str(self.root), [file])
        self._documents.append([file, *stamps])
        return self._store.document(file, (stamps[0], stamps[1]), kind)

    def _relative(self, folder: Path) -> str:
        return os.path.relpath(folder, self.root).replace(os.sep, "/")

    def _domain(
        self, mesh: Document, index: int, folder: Path
    ) -> tuple[Domain, Document, str] | None:
        key = self._relative(folder)
        path = ("domains", index)
        if not (folder / "domain.yaml").is_file():
            text = f"there is no domain.yaml in `{key}`"
            siblings = [entry.name for entry in folder.parent.glob("*/domain.yaml")]
            near = [parent.parent.name for parent in folder.parent.glob("*/domain.yaml")]
            hint = did_you_mean(folder.name, near) if siblings else "`mesh new domain` writes one"
            self._own_problems.append(mesh.problem("domain-missing", text, path, hint=hint))
            return None
        document = self._document(f"{key}/domain.yaml", "domain")
        domain = read_domain(document, folder, self.mesh)
        problems = list(document.problems)
        other = self.domains.setdefault(domain.name, domain)
        if other is not domain:
            text = (
                f"two domains are named `{domain.name}`; the other is {self._relative(other.path)}"
            )
            hint = "name each domain once"
            problems.append(document.problem("domain-duplicate", text, ("name",), hint=hint))
        self._own_problems += problems
        self._refuse(domain, problems)
        return domain, document, key

    def _refuse(self, domain: Domain, problems: Iterable[Problem]) -> None:
        """Remember the first error of a domain: while it has one, none of its products is sound."""
        first = next((problem for problem in problems if problem.is_error), None)
        if first is not None:
            self.broken_domains.setdefault(domain.name, first)

    def _open_domain(self, domain: Domain, document: Document, key: str) -> list[str]:
        folder = str(domain.path)
        listed = list(domain.products) if domain.products is not None else None
        owned = [domain.name, list(domain.owners), domain.engine]
        identity = [self._form, *owned, listed, domain.timezone]
        shelf = load_shelf(self._cache, key, identity)
        is_new = not shelf.generation or not is_current(folder, shelf.watched, shelf.stamps)
        folders = list(shelf.rows)
        if is_new:
            found = discover(folder, document, domain.products)
            shelf.watched, shelf.stamps = list(found.watched), list(found.stamps)
            if is_racy(found.stamps):
                shelf.stamps[0] = RACY
            shelf.problems = [problem_to_json(problem) for problem in found.problems]
            folders = [f"{key}/{name}" for name in found.products]
        changed = [name for name in folders if not self._is_current(shelf.rows.get(name))]
        if is_new or changed:
            self._renew(shelf, folders, changed, domain)
        self._refuse(domain, map(problem_from_json, shelf.problems))
        self._shelves.append(shelf)
        for name, row in shelf.rows.items():
            self._rows[name] = (row, domain)
        return changed

    def _is_current(self, row: Row | None) -> bool:
        return row is not None and stamps_of(f"{self.root}/{row.folder}", row.names) == row.stamps

    def _renew(
        self, shelf: Shelf, folders: Sequence[str], changed: list[str], domain: Domain
    ) -> None:
        edges, briefs = shelf.beside(self._cache, EDGES), shelf.beside(self._cache, BRIEFS)
        known = edges.keys() & briefs.keys() - set(changed)
        changed += [name for name in folders if name not in known and name not in changed]
        rows, kept = {}, {}
        for name, entry in self._entries(changed, domain):
            rows[name], kept[name] = entry.row, entry.card
            edges[name], briefs[name] = entry.edges, entry.brief
            if entry.product is not None:
                self._remember(name, entry.product)
        shelf.rows = {name: rows.get(name) or shelf.rows[name] for name in folders}
        beside = {EDGES: edges, BRIEFS: briefs}
        values = shelf.renewed(
            {kind: {name: all_of[name] for name in folders} for kind, all_of in beside.items()}
        )
        self._kept |= kept
        if self._cache is not None:
            self._store.flush()
            cards = {
                name: json.dumps(card, ensure_ascii=False, default=float).encode()
                for name, card in kept.items()
            }
            self._cache.put(CARDS, cards)
            self._cache.put(SECTION, values)

    def _entries(self, folders: Sequence[str], domain: Domain) -> "Iterator[tuple[str, Entry]]":
        from meshwright.documents.product_entry import read_entry

        for folder in folders:
            listing = list_product(self._store.path(folder))
            yield folder, read_entry(self._store, folder, listing, domain, self.root, self._enrich)

    def _entry(self, folder: str) -> "Entry":
        _, domain = self._rows[folder]
        return next(entry for _, entry in self._entries([folder], domain))

    def _card_data(self, folder: str) -> Mapping[str, Any]:
        kept = self._kept.get(folder)
        if kept is None:
            kept = self._kept[folder] = self._load_card(folder)
        return kept

    def _load_card(self, folder: str) -> dict[str, Any]:
        stored = None
        if self._cache is not None:
            self._asked += 1
            if self._asked > _BULK and self._loaded is None:
                self._loaded = self._cache.load(CARDS)
            loaded = self._loaded
            stored = loaded.get(folder) if loaded is not None else self._cache.get(CARDS, folder)
        if stored is not None:
            value: dict[str, Any] = json.loads(stored)
            return value
        return self._entry(folder).card

    def _mesh_wide(self) -> tuple[list[Problem], dict[str, str]]:
        """Return the problems between products, and their former names."""
        if self._between is None:
            self._between = self._judge_between()
        return self._between

    def _judge_between(self) -> tuple[list[Problem], dict[str, str]]:
        """Judge products by each other; what was found is kept while all say the same of each other."""
        judged = [shelf.edges_digest for shelf in self._shelves]
        if self._cache is not None:
            stored = self._cache.get(SECTION, "mesh-wide")
            value = json.loads(stored) if stored is not None else {}
            if value.get("judged") == judged and "names" in value:
                return [problem_from_json(row) for row in value["problems"]], value["names"]
        from meshwright.documents.edges import edges_from_json
        from meshwright.documents.mesh_rules import former_names, mesh_wide_problems

        products, is_whole = [], True
        for shelf in self._shelves:
            edges = shelf.beside(self._cache, EDGES)
            products += [edges_from_json(row) for row in edges.values()]
            is_whole &= len(edges) == len(shelf.rows)  # or another process has just read it anew
        problems = mesh_wide_problems(products)
        present = {edges.address for edges in products}
        names = {o: new for o, new in former_names(products).items() if o not in present}
        if self._cache is not None and is_whole:
            rows = [problem_to_json(problem) for problem in problems]
            kept = json.dumps(
                {"judged": judged, "problems": rows, "names": names}, ensure_ascii=False
            )
            self._cache.put(SECTION, {"mesh-wide": kept.encode()})
        return problems, names
