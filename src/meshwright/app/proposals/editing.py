"""A change of one field, as the text of its descriptor would be: only the lines change that must."""

from dataclasses import dataclass
from pathlib import Path

from meshwright.app.catalog.fields import Descriptors, field_of
from meshwright.app.catalog.known import known
from meshwright.app.catalog.saying import read_value
from meshwright.app.proposals.branches import Repository, repository_around
from meshwright.app.proposals.kept import ProposedFile
from meshwright.app.wiring import Wiring
from meshwright.catalog.provenance import Value
from meshwright.documents import edit, fields
from meshwright.documents.fields import Spot
from meshwright.documents.yaml_text import parse
from meshwright.errors import RefusedError, UsageError
from meshwright.model.address import Address


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A change of a field: its file as it would be, and the repository that it is committed in, if any."""

    address: Address
    field: str
    value: Value
    file: ProposedFile
    repository: Repository | None


def change_field(
    wiring: Wiring, text: str, field: str, value: str | tuple[str, ...]
) -> FieldChange:
    """Return the change of a field; what is committed is what changes, where the file is in git.

    Raises `RefusedError` (`field-same`, `field-unplaced`, `file-uncommitted`) and what `known` does.
    """
    address = known(wiring, text)
    field_of(wiring, str(address), field)
    said = read_value(wiring, field, value)
    product = wiring.workspace.product(address.product_address)
    folder = wiring.root / product.folder
    spot = Descriptors(wiring, product).spot(address, field)
    if spot is None:
        raise RefusedError(
            "field-unplaced",
            f"no descriptor has a place for the {field} of `{address}`",
            hint="describe the column in its contract first",
        )
    require_inside(wiring.root, folder, wiring.root / spot.document.file)
    repository = repository_around(wiring.root, folder)
    before, repository = base_text(wiring, repository, spot.document.file)
    after = _edited(before, spot, address, field, said)
    if after == before:
        raise RefusedError("field-same", f"the {field} of `{address}` is that already")
    return FieldChange(
        address, field, said, ProposedFile(spot.document.file, after, before), repository
    )


def base_text(
    wiring: Wiring, repository: Repository | None, file: str
) -> tuple[str, Repository | None]:
    """Return the text that a change begins with: as committed, else as it lies there, with no repository."""
    committed = repository.text(file) if repository else None
    is_committed = committed is not None
    data = committed if committed is not None else (wiring.root / file).read_bytes()
    try:
        return data.decode("utf-8"), repository if is_committed else None
    except UnicodeDecodeError:
        raise RefusedError("file-encoding", f"`{file}` is not UTF-8", hint="save it so") from None


def require_inside(root: Path, folder: Path, path: Path) -> None:
    """Raise `RefusedError` (`path-outside`) for a file that is not in a product's folder of this mesh."""
    home, real = folder.resolve(), path.resolve()
    if (
        path.is_symlink()
        or not real.is_relative_to(home)
        or not home.is_relative_to(root.resolve())
    ):
        raise RefusedError("path-outside", "the file does not lie in its product's folder")


def _edited(text: str, spot: Spot, address: Address, field: str, value: Value) -> str:
    """Edit the text; the place is looked for in it, as it may be older than what lies in the folder."""
    document = parse(spot.document.file, text.encode())
    is_contract = not spot.document.file.rpartition("/")[2].startswith("product.odps.")
    if not address.port:
        found: Spot | None = fields.product_spot(document, field)
    elif address.column:
        found = fields.column_spot(document, address.port, address.column, field)
    elif is_contract:
        found = fields.port_spot(parse("", b"{}"), document, address.port, field)
    else:
        found = fields.port_spot(document, None, address.port, field)
    if found is None:
        raise RefusedError(
            "file-uncommitted",
            f"`{address}` is not in `{spot.document.file}` as it is committed",
            hint="commit the file first",
        )
    wanted = fields.written(found, field, value)
    if not wanted:
        return edit.remove_value(text, found.path) if found.held else text
    try:
        return edit.set_value(text, found.path, wanted)
    except UsageError as error:
        if error.code != "edit-path":
            raise
        # a description that is not there yet: its mapping is made with it
        return edit.set_value(text, found.path[:-1], {str(found.path[-1]): wanted})
