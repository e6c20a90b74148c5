"""A mesh on disk, opened: what is there, what is wrong, and each product on demand.

Opening costs one `stat` for each known file. Only products with a changed file are read again, and of those
only the changed files are parsed. What is kept between openings is in the cache, as JSON: see `shelf`.
While nothing has changed, neither the YAML parser nor the schema validator is imported.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshwright.documents.cards import Card
from meshwright.documents.discovery import discover, is_current
from meshwright.documents.document import Document, problem_from_json, problem_to_json
from meshwright.documents.mesh_reader import find_root, read_domain, read_mesh
from meshwright.documents.scan import Listing, is_racy, list_product, stamps_of
from meshwright.documents.shelf import RACY, SECTION, Row, Shelf, load_shelf
from meshwright.documents.store import DocumentStore
from meshwright.documents.variables import unset_problems
from meshwright.errors import DescriptorError, UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.json_value import Json
from meshwright.model.mesh import Domain, Mesh
from meshwright.model.problem import Problem
from meshwright.model.product import Product
from meshwright.spi.cache import Cache

if TYPE_CHECKING:
    from meshwright.documents.product_entry import Enrich, Entry
    from meshwright.documents.product_files import ProductFiles

__all__ = ["Workspace", "find_root", "open_workspace"]

FORM = "1"  # changes when what the cache keeps, or how files are judged, changes
CARDS = "cards"
_BULK = 64  # after so many cards one by one, the others are loaded at once


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
    the card as `extra`, except its `problems` (rows of `problem_to_json`), which count as the product's.
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
        self.reread: tuple[str, ...] = ()
        self._cache = cache
        self._form = form
        self._enrich = enrich
        self._store = DocumentStore(root, cache, form)
        self._environment = environment
        self._shelves: list[Shelf] = []
        self._edges: dict[str, dict[str, list[Any]]] = {}
        self._cards: dict[Address, Card] | None = None
        self._rows: dict[str, tuple[Row, Domain]] = {}
        self._kept: dict[str, dict[str, Any]] = {}
        self._loaded: Mapping[str, bytes] | None = None
        self._asked = 0
        self._own_problems: list[Problem] = []
        self._problems: list[Problem] | None = None

    def refresh(self) -> None:
        """Look at the folders again and read what changed; `reread` names the products that were read."""
        self._cards = self._problems = self._loaded = None
        self._kept, self._edges, self._asked = {}, {}, 0
        self.domains, self._shelves, self._rows, self._own_problems = {}, [], {}, []
        document = self._document("mesh.yaml", "mesh")
        self.mesh: Mesh = read_mesh(document, self.root, self._environment)
        self._own_problems += document.problems
        reread: list[str] = []
        for index, folder in enumerate(self.mesh.domain_paths):
            domain = self._domain(document, index, folder)
            if domain is not None:
                reread += self._open_domain(*domain)
        self._store.flush()
        self.reread = tuple(reread)

    @property
    def cards(self) -> Mapping[Address, Card]:
        """Return a card for each product, by address, sorted; a broken one has a card too."""
        if self._cards is None:
            root = str(self.root)
            cards = (
                Card(
                    Address.parse(row.address),
                    row.folder,
                    row.is_broken,
                    root,
                    self._card_data,
                )
                for row, _ in self._rows.values()
            )
            self._cards = {card.address: card for card in sorted(cards, key=lambda c: c.address)}
        return self._cards

    def card(self, address: Address) -> Card:
        """Return a product's card; raise `UsageError` (`product-unknown`) that names the nearest."""
        card = self.cards.get(address.product_address)
        if card is None:
            known = (str(known) for known in self.cards)
            wanted = address.product_address
            hint = did_you_mean(str(wanted), known)
            raise UsageError("product-unknown", f"there is no product `{wanted}`", hint=hint)
        return card

    def product(self, address: Address) -> Product:
        """Read a product; raise `DescriptorError` with its first error when its files have any."""
        from meshwright.documents.product_reader import read_product

        card = self.card(address)
        row, domain = self._rows[card.folder]
        for problem in map(problem_from_json, row.problems):
            if problem.is_error:
                raise DescriptorError(
                    problem.code, problem.message, hint=problem.hint, place=str(problem.place)
                )
        return read_product(self._files(card), card.address, domain, self.root)

    def _files(self, card: Card) -> "ProductFiles":
        from meshwright.documents.product_files import read_files

        row, domain = self._rows[card.folder]
        listing = Listing(tuple(row.names), tuple(row.stamps))
        return read_files(self._store, row.folder, domain.name, listing)

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
            found += self._mesh_wide()
            self._problems = sorted(found, key=lambda p: (p.place, p.key, p.code, p.message))
        return list(self._problems)

    def _document(self, file: str, kind: str) -> Document:
        stamps = stamps_of(str(self.root), [file])
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
        self._own_problems += document.problems
        if document.is_broken:
            return None
        domain = read_domain(document, folder, self.mesh)
        other = self.domains.setdefault(domain.name, domain)
        if other is not domain:
            text = (
                f"two domains are named `{domain.name}`; the other is {self._relative(other.path)}"
            )
            hint = "name each domain once"
            self._own_problems.append(
                document.problem("domain-duplicate", text, ("name",), hint=hint)
            )
            return None
        return domain, document, key

    def _open_domain(self, domain: Domain, document: Document, key: str) -> list[str]:
        folder = str(domain.path)
        listed = list(domain.products) if domain.products is not None else None
        identity = [self._form, domain.name, list(domain.owners), domain.engine, listed]
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
        self._shelves.append(shelf)
        for name, row in shelf.rows.items():
            self._rows[name] = (row, domain)
        return changed

    def _is_current(self, row: Row | None) -> bool:
        return row is not None and stamps_of(f"{self.root}/{row.folder}", row.names) == row.stamps

    def _renew(
        self, shelf: Shelf, folders: Sequence[str], changed: list[str], domain: Domain
    ) -> None:
        edges = shelf.edges(self._cache) or self._edges.get(shelf.key, {})
        changed += [name for name in folders if name not in edges and name not in changed]
        rows, kept = {}, {}
        for name, entry in self._entries(changed, domain):
            rows[name], edges[name], kept[name] = entry.row, entry.edges, entry.card
        shelf.rows = {name: rows.get(name) or shelf.rows[name] for name in folders}
        edges = {name: edges[name] for name in folders}
        values = shelf.renewed(edges)
        self._edges[shelf.key] = edges
        self._kept |= kept
        if self._cache is not None:
            self._store.flush()
            cards = {
                name: json.dumps(card, ensure_ascii=False).encode() for name, card in kept.items()
            }
            self._cache.put(CARDS, cards)
            self._cache.put(SECTION, values)

    def _entries(self, folders: Sequence[str], domain: Domain) -> "Iterator[tuple[str, Entry]]":
        from meshwright.documents.product_entry import read_entry

        for folder in folders:
            listing = list_product(self._store.path(folder))
            yield folder, read_entry(self._store, folder, listing, domain, self.root, self._enrich)

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
        _, domain = self._rows[folder]
        for _, entry in self._entries([folder], domain):
            return entry.card
        raise AssertionError(folder)

    def _mesh_wide(self) -> list[Problem]:
        """Return the problems between products: kept ones while no product has changed."""
        generations = [shelf.generation for shelf in self._shelves]
        if self._cache is not None:
            stored = self._cache.get(SECTION, "mesh-wide")
            value = json.loads(stored) if stored is not None else {}
            if value.get("generations") == generations:
                return [problem_from_json(row) for row in value["problems"]]
        from meshwright.documents.edges import edges_from_json
        from meshwright.documents.mesh_rules import mesh_wide_problems

        products = []
        for shelf in self._shelves:
            edges = self._edges.get(shelf.key) or shelf.edges(self._cache)
            products += [edges_from_json(row) for row in edges.values()]
        problems = mesh_wide_problems(products)
        if self._cache is not None:
            rows = [problem_to_json(problem) for problem in problems]
            kept = json.dumps({"generations": generations, "problems": rows}, ensure_ascii=False)
            self._cache.put(SECTION, {"mesh-wide": kept.encode()})
        return problems
