"""What an owner says of a suggestion: accepted, it goes into the contract; refused, it is not made again."""

import os
from dataclasses import dataclass
from pathlib import Path

from meshwright.app.classify import declared_column
from meshwright.app.contracts import contract_changes
from meshwright.app.owners import owner_of
from meshwright.app.wiring import Wiring
from meshwright.documents import edit
from meshwright.documents.document import Path as KeyPath
from meshwright.documents.yaml_text import parse
from meshwright.errors import UsageError, did_you_mean
from meshwright.govern.classifying.kinds import KINDS, Kind
from meshwright.model.address import Address
from meshwright.model.classification import rank
from meshwright.model.contract import Contract
from meshwright.model.facts import ClassificationAccepted, ClassificationRefused
from meshwright.model.json_value import Json


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided. `file` is the contract that was edited; `version` what it should say next, or ''."""

    column: str
    kind: str
    decision: str
    file: str = ""
    classification: str = ""
    tags: tuple[str, ...] = ()
    version: str = ""


def accept(wiring: Wiring, address: str, kind: str = "") -> Decided:
    """Write a suggestion's classification and tags into the contract, changing those lines only.

    With `kind`, also what nobody suggested. What the contract declares more strictly stays. Raises
    `UsageError` for a column that the contract does not describe, or for which nothing is suggested.
    """
    column, port, contract = _described(wiring, address)
    chosen = KINDS[_chosen(wiring, column, kind)]
    said = declared_column(contract, port, column.column)
    assert said is not None
    is_stricter = rank(said.classification) > rank(chosen.classification)
    level = said.classification if is_stricter else chosen.classification
    tags = (*said.tags, *(tag for tag in chosen.tags if tag not in said.tags))
    _write(wiring.root / contract.file, port, column.column, level, tags)
    wiring.look_again()
    product = column.product_address
    wiring.ledger.record(
        [ClassificationAccepted(str(product), str(column), chosen.name, level, list(tags))]
    )
    with wiring.store.read() as reader:
        changes = contract_changes(wiring, reader, product, (port,))
    version = next((c.suggestion for c in changes), "")
    return Decided(str(column), chosen.name, "accepted", contract.file, level, tags, version)


def refuse(wiring: Wiring, address: str, reason: str, kind: str = "", owner: str = "") -> Decided:
    """Take an owner's word that a column does not hold what was suggested; it is not suggested again.

    Raises `DeniedError` (`not-an-owner`): to agree only protects more, to refuse protects less.
    """
    if not reason.strip():
        raise UsageError("reason-missing", "a refusal needs a reason", hint="--reason 'they are …'")
    column = _column(wiring, address)
    chosen = _chosen(wiring, column, kind, is_refusal=True)
    product, by = str(column.product_address), owner_of(wiring, column, owner)
    wiring.ledger.record([ClassificationRefused(product, str(column), chosen, reason.strip(), by)])
    return Decided(str(column), chosen, "refused")


def _column(wiring: Wiring, address: str) -> Address:
    found = Address.parse(address)
    if not found.column:
        raise UsageError(
            "address-not-a-column",
            f"`{address}` is not a column",
            hint="domain.product.port.column",
        )
    former = wiring.workspace.former_names.get(str(found.product_address))
    if former:
        product = Address.parse(former)
        found = Address(product.domain, product.product, found.port, found.column)
    return found


def _described(wiring: Wiring, address: str) -> tuple[Address, str, Contract]:
    column = _column(wiring, address)
    port = wiring.workspace.product(column.product_address).output(column.port)
    if port is None or port.contract is None:
        raise UsageError(
            "contract-missing",
            f"`{column.port_address}` has no contract to write into",
            hint="mesh check",
        )
    described = port.contract.object_for(column.port)
    names = [one.name for one in described.columns] if described else []
    if column.column not in names:
        raise UsageError(
            "column-unknown",
            f"the contract of `{column.port_address}` describes no column `{column.column}`",
            hint=did_you_mean(column.column, names),
        )
    return column, column.port, port.contract


def _chosen(wiring: Wiring, column: Address, kind: str, *, is_refusal: bool = False) -> str:
    """Return the kind that is meant: the one given, or the surest that is open."""
    if kind and kind not in KINDS:
        raise UsageError(
            "kind-unknown", f"there is no kind `{kind}`", hint=did_you_mean(kind, KINDS)
        )
    if kind and not is_refusal:
        return kind
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT kind FROM suggestions WHERE column_name = ? AND state <> 'refused'"
            " ORDER BY state = 'open' DESC, confidence DESC",
            (str(column),),
        )
    open_ = [str(row[0]) for row in rows]
    if not open_ or (kind and kind not in open_):
        raise UsageError(
            "suggestion-unknown",
            f"nothing is suggested for `{column}`" + (f" as {kind}" if kind else ""),
            hint=f"mesh classify {column.product_address}, or name it: --kind email",
        )
    return kind or open_[0]


def _write(file: Path, port: str, column: str, level: str, tags: tuple[str, ...]) -> None:
    """Edit the contract: the lines of this column's classification and tags, and no others."""
    text = file.read_bytes().decode("utf-8")
    raw = parse(str(file), text.encode()).raw
    where = _place(raw, port, column)
    if where is None:
        raise UsageError("column-unknown", f"`{file}` describes no column `{column}`")
    text = edit.set_value(text, (*where, "classification"), level)
    text = edit.set_value(text, (*where, "tags"), list(tags))
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(text.encode())
    os.replace(beside, file)


def _place(raw: Json, port: str, column: str) -> KeyPath | None:
    """Return the key path of a column in a contract as written."""
    objects = raw.get("schema") if isinstance(raw, dict) else None
    found = [(i, o) for i, o in enumerate(objects or ()) if isinstance(o, dict)]
    named = [(i, o) for i, o in found if port in (o.get("name"), o.get("physicalName"))]
    for number, described in named[:1] or found[:1]:
        properties = described.get("properties")
        for place, one in enumerate(properties if isinstance(properties, list) else ()):
            if isinstance(one, dict) and (one.get("physicalName") or one.get("name")) == column:
                return ("schema", number, "properties", place)
    return None


def kinds() -> tuple[Kind, ...]:
    """Return the kinds that there are, by name."""
    return tuple(KINDS[name] for name in sorted(KINDS))
