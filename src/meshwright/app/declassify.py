"""Declassify: a named owner says that a derived column no longer reveals what it was made of."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from meshwright.app.declared import Word, words
from meshwright.app.flows import flows_of
from meshwright.app.owners import owner_of
from meshwright.app.product_graph import present
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError, UsageError, did_you_mean
from meshwright.lineage.carrying import Carried, declared, loss, of_column
from meshwright.model.address import Address
from meshwright.model.classification import LEVELS, level_of
from meshwright.model.facts import ColumnDeclassified
from meshwright.spi.state_store import Reader

EXAMPLE = "mesh declassify sales.report.totals.customer_key --as internal --reason …"


def declassify(
    wiring: Wiring,
    address: str,
    level: str,
    *,
    tags: tuple[str, ...] = (),
    reason: str = "",
    owner: str = "",
    until: str = "",
) -> dict[str, Any]:
    """Record an owner's word on a column that something classified flows into; return it.

    Raises `UsageError` (`address-not-a-column`, `column-unknown`, `level-unknown`, `reason-missing`,
    `date-invalid`, `expiry-past`), `DeniedError` (`not-an-owner`) and `RefusedError`
    (`declassify-source`: nothing flows in; `declassify-nothing`: it would be declared as it is).
    """
    column = _column(wiring, address)
    _require_reason(reason)
    expires = _last_day(until, wiring.now().date())
    word = Word(
        str(column), str(column.product_address), _level(level), tags, "", reason, expires, ""
    )
    with wiring.store.read() as reader:
        flowing = _flowing(wiring, reader, column)
    least = declared("", "", word.classification, word.tags)
    if loss(flowing, least.level, least.tags) is None:
        carries = " and ".join(filter(None, (flowing.level, *flowing.tags)))
        raise RefusedError(
            "declassify-nothing",
            f"`{column}` carries {carries}, and {level} with these tags is no less than that",
            hint=f"--as one of {', '.join(LEVELS)}, without --tags",
        )
    return _record(wiring, replace(word, owner=owner_of(wiring, column, owner)))


def withdraw(wiring: Wiring, address: str, *, reason: str, owner: str = "") -> dict[str, Any]:
    """End an owner's word; raise `UsageError` (`declassify-unknown`) where there is none that holds."""
    column = _column(wiring, address)
    _require_reason(reason)
    today = wiring.now().date()
    with wiring.store.read() as reader:
        known = {word.column: word for word in words(reader) if word.holds(today)}
    if str(column) not in known:
        raise UsageError(
            "declassify-unknown",
            f"nobody declassified `{column}`",
            hint=did_you_mean(str(column), known),
        )
    ended = (today - timedelta(days=1)).isoformat()
    by = owner_of(wiring, column, owner)
    return _record(wiring, replace(known[str(column)], owner=by, reason=reason, expires=ended))


def declassified(wiring: Wiring, selection: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return every word that owners gave on columns, those that expired too."""
    from meshwright.app.order import chosen_of

    chosen = set(map(str, chosen_of(wiring, selection))) if selection else None
    today = wiring.now().date()
    with wiring.store.read() as reader:
        found = words(reader)
    return [
        {**_shape(word), "at": word.at, "holds": word.holds(today)}
        for word in found
        if chosen is None or word.product in chosen
    ]


def _record(wiring: Wiring, word: Word) -> dict[str, Any]:
    fact = ColumnDeclassified(
        product=word.product,
        column=word.column,
        classification=word.classification,
        tags=list(word.tags),
        owner=word.owner,
        reason=word.reason,
        expires=word.expires,
    )
    wiring.ledger.record([fact])
    return _shape(word)


def _shape(word: Word) -> dict[str, Any]:
    return {
        "column": word.column,
        "classification": word.classification,
        "tags": list(word.tags),
        "owner": word.owner,
        "reason": word.reason,
        "expires": word.expires or None,
    }


def _column(wiring: Wiring, text: str) -> Address:
    """Return the address of a column that its product's files describe, by its present name."""
    address = present(Address.parse(text), wiring.workspace.former_names)
    if not address.column or address.version is not None:
        raise UsageError("address-not-a-column", f"`{text}` is not a column", hint=EXAMPLE)
    product = wiring.workspace.product(address)
    port = product.output(address.port)
    if port is None:
        ports = [one.name for one in product.outputs]
        raise UsageError(
            "port-unknown",
            f"`{address.product_address}` has no port `{address.port}`",
            hint=did_you_mean(address.port, ports),
        )
    described = port.contract.object_for(port.name) if port.contract else None
    names = {column.name.lower(): column.name for column in described.columns} if described else {}
    if address.column.lower() not in names:
        raise UsageError(
            "column-unknown",
            f"the contract of `{address.port_address}` has no column `{address.column}`",
            hint=did_you_mean(address.column, names.values()),
        )
    return replace(address, column=names[address.column.lower()])


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("reason-missing", "a reason is needed", hint='--reason "…"')


def _level(level: str) -> str:
    if level.strip().lower() not in LEVELS:
        raise UsageError(
            "level-unknown",
            f"`{level}` is no level of classification",
            hint=did_you_mean(level, LEVELS),
        )
    return level_of(level)


def _last_day(until: str, today: date) -> str:
    if not until:
        return ""
    try:
        last = date.fromisoformat(until)
    except ValueError as error:
        raise UsageError(
            "date-invalid", f"`{until}` is not a date", hint="write one like 2027-06-30"
        ) from error
    if last < today:
        raise UsageError("expiry-past", f"{until} is past", hint=f"--until {today} or later")
    return last.isoformat()


def _flowing(wiring: Wiring, reader: Reader, column: Address) -> Carried:
    """Return what flows into a column; raise `RefusedError` (`declassify-source`) where nothing does."""
    flows = flows_of(wiring, reader)
    classes = flows.into(str(column.product_address)).get(column.port, {})
    flowing = of_column(classes, column.column)
    if not flowing:
        raise RefusedError(
            "declassify-source",
            f"nothing classified flows into `{column}`: only its own contract says what it is",
            hint="change the contract; its readers then see that it changed",
        )
    return flowing
