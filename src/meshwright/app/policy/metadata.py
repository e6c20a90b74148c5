"""The metadata of an opened mesh, brought up to date: what its files say, and what its ledger tells.

What must stay true: it describes what would be, the files as they are on disk now; of domains in which
nothing changed nothing is read. It is kept in the cache folder, and may be deleted at any time.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from meshwright.app.policy.families import Family, fingerprint, form_of, sweep
from meshwright.app.policy.lived import lived_rows
from meshwright.app.policy.touched import touched
from meshwright.app.wiring import CACHE_FOLDER, Wiring
from meshwright.errors import MeshwrightError
from meshwright.govern.rules.declared import DECLARED
from meshwright.govern.rules.describing import Rows, broken_rows, domain_rows, product_rows
from meshwright.govern.rules.lived import LIVED, TABLES
from meshwright.model.address import Address

FORM = "2"  # changes when rows of the same files would be others
SECTION, PRODUCTS = "metadata", "metadata-products"


class Metadata:
    """The two families of tables. `refresh` brings them up to date; before, they are what the cache kept."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        folder = wiring.root / CACHE_FOLDER / "metadata"
        self._folder = folder / wiring.environment if wiring.environment else folder
        self._begin()
        self._form = f"{FORM}:{form_of(TABLES.values())}"
        self._key = f"index:{wiring.environment}"
        self._seq = 0

    def _begin(self) -> None:
        """Know nothing yet."""
        self.declared = Family("declared", {t.name: t for t in DECLARED}, self._folder)
        self.lived = Family("lived", {t.name: t for t in LIVED}, self._folder)
        self._seq = 0

    @property
    def families(self) -> tuple[Family, Family]:
        """Return both families."""
        return self.declared, self.lived

    @property
    def domains(self) -> set[str]:
        """Return the domains of which there are rows."""
        return self.declared.digests.keys() | self.lived.digests.keys()

    def refresh(self) -> None:
        """Read what changed in files and ledger since the last time."""
        self._load()
        before = fingerprint([self._seq, *(family.to_json() for family in self.families)])
        self._refresh_declared()
        self._refresh_lived()
        after = {family.name: family.to_json() for family in self.families}
        if fingerprint([self._seq, *after.values()]) != before:
            value = {"form": self._form, "seq": self._seq, **after}
            self._wiring.cache.put(SECTION, {self._key: json.dumps(value).encode()})
            sweep(self._folder, self.families)

    def whole_mark(self, tables: Iterable[str]) -> str:
        """Return a text that changes when a row of these tables does."""
        return fingerprint([self._family(name).digest_of(name) for name in sorted(tables)])

    def marks(self, tables: Iterable[str], domains: Iterable[str]) -> dict[str, str]:
        """Return for each of some domains a text that changes when a row of it in these tables does."""
        parts = [(name, self._family(name).digests) for name in sorted(tables)]
        nothing: dict[str, str] = {}
        return {
            domain: ":".join([each.get(domain, nothing).get(name, "")[:16] for name, each in parts])
            for domain in domains
        }

    def files(self, table: str) -> tuple[Path | None, list[Path], list[str]]:
        """Return the base of a table, its newer files, and the domains that those hide in the base."""
        family = self._family(table)
        return (*family.files(table), sorted(family.newer))

    def _family(self, table: str) -> Family:
        return self.declared if table in self.declared.tables else self.lived

    def _load(self) -> None:
        stored = self._wiring.cache.get(SECTION, self._key)
        value = json.loads(stored) if stored is not None else {}
        if value.get("form") == self._form and all(f.load(value[f.name]) for f in self.families):
            self._seq = value["seq"]
            return
        self._begin()

    def _refresh_declared(self) -> None:
        workspace = self._wiring.workspace
        marks = {}
        for name, mark in workspace.domain_marks().items():
            domain = workspace.domains[name]
            marks[name] = fingerprint([mark, json.loads(json.dumps(asdict(domain), default=str))])
        known = self.declared.marks
        changed = [name for name, mark in marks.items() if known.get(name) != mark]
        gone = [name for name in known if name not in marks]
        if changed or gone:
            rows = {name: (marks[name], self._describe(name)) for name in changed}
            self.declared.update(rows, gone)

    def _describe(self, name: str) -> Rows:
        """Return the rows of a domain; of products that did not change, as they were kept."""
        wiring = self._wiring
        domain = wiring.workspace.domains[name]
        found = domain_rows(domain, wiring.root)
        fresh: dict[str, bytes] = {}
        for address, mark in sorted(wiring.workspace.product_marks(name).items()):
            mark = f"{self._form}:{mark}"
            stored = wiring.cache.get(PRODUCTS, address)
            kept = json.loads(stored) if stored is not None else {}
            if kept.get("mark") != mark:
                kept = {"mark": mark, "rows": self._of_product(Address.parse(address))}
                fresh[address] = json.dumps(kept, ensure_ascii=False, default=str).encode()
            for table, rows in kept["rows"].items():
                found.setdefault(table, []).extend(rows)
        if fresh:
            wiring.cache.put(PRODUCTS, fresh)
        return found

    def _of_product(self, address: Address) -> Rows:
        from meshwright.app.promises import level_reasons

        workspace = self._wiring.workspace
        try:
            product = workspace.product(address)
        except MeshwrightError:
            return broken_rows(address, workspace.folder(str(address)))
        reasons: Mapping[str, Mapping[str, str]] = {
            p.name: level_reasons(p) for p in product.outputs
        }
        return product_rows(product, self._wiring.root, reasons)

    def _refresh_lived(self) -> None:
        domains = self._wiring.workspace.domains
        with self._wiring.store.read() as reader:
            self._seq, found = touched(reader, self._seq, domains)
            if found is not None and not found:
                return
            rows = lived_rows(reader, found)
        names = found if found is not None else {*domains, *rows, *self.lived.digests}
        self.lived.update({name: ("", rows.get(name, {})) for name in names})
