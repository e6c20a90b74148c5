"""Everything that a product's folder holds, read but not yet put together."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from meshwright.documents.document import Document
from meshwright.documents.names import PRODUCT_FILE
from meshwright.documents.scan import Listing
from meshwright.documents.store import DocumentStore
from meshwright.model.problem import Place, Problem
from meshwright.model.product import Model


@dataclass(slots=True)
class ProductFiles:
    """One product's folder. `contracts` and `models` are by the name of their file, without its ending."""

    folder: str
    domain: str
    product: Document
    build: Document | None = None
    contracts: dict[str, Document] = field(default_factory=dict)
    tests: list[Document] = field(default_factory=list)
    models: dict[str, Model] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def documents(self) -> Iterator[Document]:
        """Yield every descriptor of the folder."""
        yield self.product
        if self.build is not None:
            yield self.build
        yield from self.contracts.values()
        yield from self.tests

    def file(self, name: str) -> str:
        """Return the path of a file of this folder, relative to the mesh."""
        return f"{self.folder}/{name}"


def read_files(store: DocumentStore, folder: str, domain: str, listing: Listing) -> ProductFiles:
    """Read a product's folder."""
    product_file = next((n for n in listing.names if n.startswith("product.odps.y")), PRODUCT_FILE)
    stamp = listing.stamp(product_file) if product_file in listing.names else (-1, -1)
    product = store.document(f"{folder}/{product_file}", stamp, "product")
    files = ProductFiles(folder, domain, product)
    for name in listing.names:
        path = f"{folder}/{name}"
        part, _, base = name.rpartition("/")
        if name.startswith("build.y"):
            files.build = store.document(path, listing.stamp(name), "build")
        elif part == "contracts":
            files.contracts[base.partition(".odcs.y")[0]] = store.document(
                path, listing.stamp(name), "contract"
            )
        elif part == "tests":
            files.tests.append(store.document(path, listing.stamp(name), "tests"))
        elif part == "models":
            _read_model(store, files, base.removesuffix(".sql"), path)
    return files


def _read_model(store: DocumentStore, files: ProductFiles, name: str, path: str) -> None:
    try:
        files.models[name] = Model(name, path, store.text(path))
    except UnicodeDecodeError:
        text = f"model `{name}` is not UTF-8"
        files.problems.append(Problem("file-encoding", text, Place(path), "save the file as UTF-8"))
    except OSError as error:
        text = f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}"
        files.problems.append(Problem("file-unreadable", text, Place(path)))
