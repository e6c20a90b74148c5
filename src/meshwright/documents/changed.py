"""A product's files as they would be: judged as `mesh check` judges them, with nothing of it written."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from meshwright.documents.product_entry import address_of, all_problems
from meshwright.documents.product_files import ProductFiles, read_files
from meshwright.documents.product_reader import read_product
from meshwright.documents.scan import list_product
from meshwright.documents.store import DocumentStore
from meshwright.model.address import Address
from meshwright.model.mesh import Domain
from meshwright.model.problem import Problem
from meshwright.model.product import Product

_FORM = "changed"  # nothing of it is kept in a cache


def problems_in(folder: str, domain: str, texts: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong with a new product whose files have these texts, by their path in its folder."""
    with TemporaryDirectory(prefix="mesh-changed-") as temporary:
        return all_problems(_read(Path(temporary), folder, domain, texts))


def changed_product(
    root: Path, folder: str, domain: Domain, texts: Mapping[str, str]
) -> tuple[Product | None, list[Problem]]:
    """Return a product with some files changed, and what is wrong with it; None where that is an error."""
    names = [name for name in list_product(str(root / folder)).names if "." in name[1:]]
    now = {name: (root / folder / name).read_bytes().decode("utf-8-sig") for name in names}
    with TemporaryDirectory(prefix="mesh-changed-") as temporary:
        files = _read(Path(temporary), folder, domain.name, {**now, **texts})
        problems = all_problems(files)
        if any(problem.is_error for problem in problems):
            return None, problems
        return read_product(files, Address.parse(address_of(files)), domain, root), problems


def _read(copy: Path, folder: str, domain: str, texts: Mapping[str, str]) -> ProductFiles:
    for name, text in texts.items():
        path = copy / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    listing = list_product(str(copy / folder))
    return read_files(DocumentStore(copy, None, _FORM), folder, domain, listing)
