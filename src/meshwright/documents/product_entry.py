"""Read one changed product: its row, its edges and its card."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshwright.documents.cards import card_to_json
from meshwright.documents.document import problem_to_json
from meshwright.documents.edges import edges_of
from meshwright.documents.product_files import ProductFiles, read_files
from meshwright.documents.product_reader import formerly, read_product
from meshwright.documents.product_rules import product_problems
from meshwright.documents.scan import Listing, is_racy
from meshwright.documents.shelf import RACY, Row
from meshwright.documents.store import DocumentStore
from meshwright.documents.variables import variables_of
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address, is_name
from meshwright.model.json_value import Json
from meshwright.model.mesh import Domain
from meshwright.model.problem import Place, Problem
from meshwright.model.product import Product

Enrich = Callable[[Product], Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a product: `card`, `edges` and `brief` as JSON, `product` in this process only."""

    row: Row
    edges: list[Any]
    card: dict[str, Any]
    brief: Json
    product: Product | None


def read_entry(
    store: DocumentStore,
    folder: str,
    listing: Listing,
    domain: Domain,
    root: Path,
    enrich: Enrich | None,
) -> Entry:
    """Read and judge the product in a folder."""
    files = read_files(store, folder, domain.name, listing)
    problems = all_problems(files)
    address = address_of(files)
    product, extra = None, dict[str, Json]()
    if not any(problem.is_error for problem in problems):
        product = read_product(files, Address.parse(address), domain, root)
        if enrich is not None:
            extra, more = _enriched(enrich, product, files)
            problems += more
    raw = files.product.raw if isinstance(files.product.raw, dict) else {}
    is_broken = any(problem.is_error for problem in problems)
    stamps = list(listing.stamps)
    if is_racy(stamps):
        stamps[0] = RACY
    kept = [problem_to_json(problem) for problem in problems]
    row = Row(
        folder, address, is_broken, list(listing.names), stamps, kept, variables_of(files.documents)
    )
    edges = list(edges_of(files, address, formerly(raw)))
    brief = extra.pop("brief", None)
    card = card_to_json(product, signature(listing.stamps), extra)
    return Entry(row, edges, card, brief, product)


def all_problems(files: ProductFiles) -> list[Problem]:
    """Return every problem of a product's files, one by one and together, in the order of places."""
    found = list(files.problems)
    for document in files.documents:
        found += document.problems
    known = {(problem.place, problem.code) for problem in found}
    found += [p for p in product_problems(files) if (p.place, p.code) not in known]
    return sorted(found, key=lambda problem: (problem.place, problem.key, problem.code))


def address_of(files: ProductFiles) -> str:
    """Return a product's address: by its name, or by its folder where it has no fit one."""
    raw = files.product.raw
    name = raw.get("name") if isinstance(raw, dict) else None
    if not isinstance(name, str) or not is_name(name):
        name = os.path.basename(files.folder)
    return f"{files.domain}.{name}"


def signature(stamps: object) -> str:
    """Return a short text for the times and sizes of a product's files."""
    return hashlib.blake2b(repr(stamps).encode(), digest_size=12).hexdigest()


def _enriched(
    enrich: Enrich, product: Product, files: ProductFiles
) -> tuple[dict[str, Json], list[Problem]]:
    """Return what `enrich` says; its `problems` (in the form of `problem_to_json`) become problems."""
    from meshwright.documents.document import problem_from_json

    try:
        extra = dict(enrich(product))
    except MeshwrightError as error:
        file, _, line = error.place.rpartition(":")
        place = (
            Place(file, int(line)) if line.isdigit() else Place(error.place or files.product.file)
        )
        return {}, [Problem(error.code, error.message, place, error.hint)]
    listed = extra.pop("problems", [])
    rows = listed if isinstance(listed, list) else []
    return extra, [problem_from_json(row) for row in rows if isinstance(row, list)]
