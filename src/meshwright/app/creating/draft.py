"""A draft of a product: what was chosen so far, and what its source shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from meshwright.documents.drafts import DraftColumn
from meshwright.model.address import Address

UPLOAD, PLACE = "upload", "place"
DATA = "data"  # the folder of a product in which an uploaded source lies


@dataclass(frozen=True, slots=True)
class DraftSource:
    """Where the rows come from. `file`: its name where uploaded, else its path in the mesh."""

    kind: str
    file: str
    table: str = ""
    bytes: int = 0

    @property
    def is_database(self) -> bool:
        """Say whether it is a SQLite database."""
        return self.file.lower().endswith((".db", ".sqlite", ".sqlite3"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A column as inferred, and what was chosen of it. `is_kept`: it goes into the product."""

    column: DraftColumn
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """One product to be. `by`: whose draft it is; `state`: open, building, published, failed, proposed.

    `leaves_out`: rows of the source that do not parse are left out; else they keep it from being published.
    `run`: the name of the run that builds it first.
    """

    draft: str
    by: str
    at: str
    source: DraftSource
    choices: tuple[Choice, ...] = ()
    rows: int = 0
    rejected: int = 0
    first_rejected: str = ""
    domain: str = ""
    domain_title: str = ""
    domain_owner: str = ""
    is_new_domain: bool = False
    product: str = ""
    port: str = ""
    title: str = ""
    purpose: str = ""
    owner: str = ""
    leaves_out: bool = False
    product_id: str = ""
    contract_id: str = ""
    is_named: bool = False
    state: str = "open"
    outcome: str = ""
    run: str = ""

    @property
    def address(self) -> Address:
        """Return the address of the product; only once it is named."""
        return Address(self.domain, self.product)

    @property
    def columns(self) -> tuple[DraftColumn, ...]:
        """Return the columns that go into the product."""
        return tuple(choice.column for choice in self.choices if choice.is_kept)


def new_draft(draft: str, by: str, at: str, source: DraftSource) -> Draft:
    """Return a draft of a source."""
    return Draft(draft, by, at, source, product_id=str(uuid4()), contract_id=str(uuid4()))


def chosen(choice: Choice, said: Mapping[str, str | bool]) -> Choice:
    """Return a column with what was said of it: only what was inferred of it can be kept or dropped.

    `said` has description, classification, required, unique, enum, minimum, is_kept.
    """
    column = choice.column
    guesses = {*column.guesses}
    level = str(said["classification"])
    if level != column.classification:
        guesses.discard("classification")
    required, unique = bool(said["required"]), bool(said["unique"])
    if required != column.required:
        guesses.discard("required")
    return Choice(
        replace(
            column,
            description=str(said["description"]),
            classification=level,
            required=required,
            unique=unique,
            has_enum=bool(said["enum"]) and bool(column.enum),
            has_minimum=bool(said["minimum"]) and bool(column.minimum),
            guesses=tuple(guess for guess in column.guesses if guess in guesses),
        ),
        bool(said["is_kept"]),
    )
