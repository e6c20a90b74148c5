"""Begin a mesh, a domain, a product: files that are the people's from the first moment."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from meshwright.app.infer import infer_columns, with_classification
from meshwright.app.wiring import Wiring
from meshwright.documents import drafts
from meshwright.errors import UsageError
from meshwright.model.address import RESERVED_DOMAINS, RESERVED_PRODUCTS, Address, is_name
from meshwright.model.product import SourceSpec
from meshwright.model.table import Column
from meshwright.spi import plugins
from meshwright.spi.engine import Reach

IGNORED = ".mesh/\n"


@dataclass(frozen=True, slots=True)
class Drafted:
    """What `mesh new product` wrote, and what in it was guessed (`column`, `what`)."""

    written: tuple[str, ...]
    guesses: tuple[tuple[str, str], ...]
    address: str
    rows: int


def init_mesh(folder: str, name: str = "") -> list[str]:
    """Write mesh.yaml and .gitignore.

    Raises `UsageError`: `mesh-exists` where there is a mesh, `name-invalid`, `folder-is-file`.
    """
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise UsageError("folder-is-file", f"`{root}` is a file", hint="name a folder")
    if name:
        check_name(name, "mesh")
    if (root / "mesh.yaml").exists():
        raise UsageError("mesh-exists", f"`{root / 'mesh.yaml'}` exists already", hint="mesh check")
    root.mkdir(parents=True, exist_ok=True)
    given = name or as_name(root.resolve().name, "mesh")
    files = {root / "mesh.yaml": drafts.draft_mesh(given)}
    if not (root / ".gitignore").exists():
        files[root / ".gitignore"] = IGNORED
    return _write(files)


def new_domain(wiring: Wiring, name: str, owner: str, title: str = "") -> list[str]:
    """Write domains/<name>/domain.yaml and list it in mesh.yaml."""
    check_name(name, "domain")
    if not owner:
        raise UsageError("owner-missing", "a domain needs an owner", hint="--owner you@example.com")
    folder = wiring.root / "domains" / name
    if (folder / "domain.yaml").exists():
        raise UsageError("domain-exists", f"the domain `{name}` exists already", hint="mesh show")
    mesh_file = wiring.root / "mesh.yaml"
    written = _write({folder / "domain.yaml": drafts.draft_domain(name, owner, title)})
    mesh_file.write_text(
        drafts.with_domain(mesh_file.read_text("utf-8"), f"domains/{name}"), "utf-8"
    )
    return [*written, str(mesh_file)]


def new_product(
    wiring: Wiring, address: str, source: str, port: str = "", table: str = "", form: str = ""
) -> Drafted:
    """Write a product that publishes one source, its contract inferred from the rows.

    `source` is a file, a glob, or a SQLite database (then `table` names the table).
    """
    found = Address.parse(address)
    domain = wiring.workspace.domains.get(found.domain)
    if domain is None:
        raise UsageError(
            "domain-unknown",
            f"there is no domain `{found.domain}`",
            hint=f"mesh new domain {found.domain} --owner you@example.com",
        )
    folder = domain.path / found.product
    if folder.exists() and any(folder.iterdir()):
        raise UsageError("product-exists", f"`{folder}` exists already and is not empty")
    check_name(found.product, "product")
    name = port or found.port or found.product
    check_name(name, "port")
    entry, spec = _source(source, table, form, folder)
    inferred = infer_source(wiring, spec, (found.product, name))
    columns = inferred.columns
    draft = drafts.DraftPort(
        found.domain, found.product, name, input_name(name, source, table), entry, columns
    )
    contract_id = str(uuid4())
    written = _write(
        {
            folder / "product.odps.yaml": drafts.draft_product(draft, contract_id),
            folder / "contracts" / f"{name}.odcs.yaml": drafts.draft_contract(draft, contract_id),
            folder / "build.yaml": drafts.draft_build(draft),
            folder / "models" / f"{name}.sql": drafts.draft_model(draft),
        }
    )
    guesses = tuple((column.name, guess) for column in columns for guess in column.guesses)
    return Drafted(tuple(written), guesses, f"{found.product_address}.{name}", inferred.rows)


def input_name(port: str, source: str, table: str) -> str:
    """Return the name that models call a source by: never that of the port, which they make."""
    name = as_name(table or Path(source).name.split(".")[0], "source")
    return f"{name}_source" if name == port else name


def as_name(text: str, otherwise: str) -> str:
    """Return a name as like a text as names can be."""
    plain = "".join(c if c.isalnum() and c.isascii() else "_" for c in text.lower()).strip("_")
    if not plain:
        return otherwise
    return plain if is_name(plain) else f"{otherwise}_{plain}"


def _source(
    source: str, table: str, form: str, folder: Path
) -> tuple[Mapping[str, object], SourceSpec]:
    """Return the entry of build.yaml and the spec to read with now."""
    relative = os.path.relpath(Path(source).absolute(), folder.absolute())
    if table or Path(source).suffix.lower() in (".db", ".sqlite", ".sqlite3"):
        if not table:
            raise UsageError(
                "table-missing", f"which table of `{source}`?", hint="add --table NAME"
            )
        spec = SourceSpec("sqlite", folder, (relative,), options={"table": table})
        return {"sqlite": relative, "table": table}, spec
    entry: dict[str, object] = {"files": relative}
    if form:
        entry["format"] = form
    return entry, SourceSpec("files", folder, (relative,), format=form)


@dataclass(frozen=True, slots=True)
class Inferred:
    """What a source shows: its columns, how many rows there are, how many do not parse and why the first."""

    columns: tuple[drafts.DraftColumn, ...]
    rows: int
    rejected: int = 0
    first_rejected: str = ""


def infer_source(wiring: Wiring, spec: SourceSpec, words: tuple[str, ...]) -> Inferred:
    """Read a source once into a temporary Parquet file and look at it there; `words` name the table."""
    source = plugins.load("sources", spec.kind)(spec)
    items = source.items()
    columns: tuple[Column, ...] = source.columns(items)
    engine = wiring.engine("duckdb")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "source.parquet"
        reading = source.read(items, columns)
        try:
            landed, types = engine.land(reading.stream(), path)
            rejected, first = reading.rejected_count(), next(iter(reading.rejected()), None)
        finally:
            reading.close()
        session = engine.open(Reach(read=(path,)))
        try:
            session.scan("source", [path])
            drafted = infer_columns(session, "source", types, landed.rows)
            found = with_classification(session, "source", drafted, landed.rows, words)
        finally:
            session.close()
    why = f"line {first.line}: {first.error}" if first else ""
    return Inferred(found, landed.rows, rejected, why)


def check_name(name: str, what: str) -> None:
    """Raise `UsageError` (`name-invalid`, `name-reserved`) for what cannot be a name."""
    if not is_name(name):
        raise UsageError(
            "name-invalid",
            f"`{name}` cannot be the name of a {what}",
            hint="lower-case letters, digits and _, beginning with a letter",
        )
    if name in {"domain": RESERVED_DOMAINS, "product": RESERVED_PRODUCTS}.get(what, ()):
        raise UsageError(
            "name-reserved",
            f"`{name}` is a name that SQL keeps for itself",
            hint="give another name",
        )


def _write(files: Mapping[Path, str]) -> list[str]:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    return [str(path) for path in files]
