"""Products as their files were at another time, read from a copy of these files: no mesh is opened.

Only the folders that are asked for need to be there, beside mesh.yaml and the domains' own files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from meshwright.documents.mesh_reader import read_domain, read_mesh
from meshwright.documents.product_entry import address_of, all_problems
from meshwright.documents.product_files import read_files
from meshwright.documents.product_reader import read_product
from meshwright.documents.scan import list_product
from meshwright.documents.store import DocumentStore
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.mesh import Domain
from meshwright.model.product import Product

_FORM = "earlier"  # nothing of it is kept in a cache


@dataclass(slots=True)
class Earlier:
    """The products of some folders. `broken` are folders whose files had errors then."""

    products: dict[Address, Product] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def domain_folders(copy: Path, mesh: str) -> dict[str, Path]:
    """Return the folders of the domains that `mesh` (a folder in `copy`) lists, each by its path there."""
    store = DocumentStore(copy, None, _FORM)
    file = f"{mesh}/mesh.yaml" if mesh else "mesh.yaml"
    if not (copy / file).is_file():
        return {}
    root = copy / mesh
    listed = read_mesh(store.document(file, (-1, -1), "mesh"), root).domain_paths
    return {
        folder.relative_to(copy).as_posix(): folder
        for folder in listed
        if folder.is_relative_to(copy)
    }


def read_earlier(copy: Path, mesh: str, folders: Iterable[str]) -> Earlier:
    """Read the products in these folders (relative to `copy`), those of other meshes left out."""
    store = DocumentStore(copy, None, _FORM)
    domains = {
        path: _domain(store, copy, mesh, path, folder)
        for path, folder in domain_folders(copy, mesh).items()
    }
    found = Earlier()
    for folder in folders:
        domain = _owner(domains, folder)
        if domain is None:
            continue
        try:
            product = _product(store, copy, folder, domain)
        except MeshwrightError:
            product = None
        if product is None:
            found.broken.append(folder)
        else:
            found.products[product.address] = product
    return found


def _owner(domains: Mapping[str, Domain], folder: str) -> Domain | None:
    """Return the domain that a folder is a product of; None for one of another mesh, or of none."""
    within = [path for path in domains if folder.startswith(f"{path}/")]
    if not within:
        return None
    path = max(within, key=len)
    domain, name = domains[path], folder.removeprefix(f"{path}/")
    is_listed = name in domain.products if domain.products is not None else "/" not in name
    return domain if is_listed else None


def _domain(store: DocumentStore, copy: Path, mesh: str, path: str, folder: Path) -> Domain:
    file = f"{mesh}/mesh.yaml" if mesh else "mesh.yaml"
    read = read_mesh(store.document(file, (-1, -1), "mesh"), copy / mesh)
    return read_domain(store.document(f"{path}/domain.yaml", (-1, -1), "domain"), folder, read)


def _product(store: DocumentStore, copy: Path, folder: str, domain: Domain) -> Product | None:
    files = read_files(store, folder, domain.name, list_product(str(copy / folder)))
    if any(problem.is_error for problem in all_problems(files)):
        return None
    return read_product(files, Address.parse(address_of(files)), domain, copy)
