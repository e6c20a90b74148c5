"""The grants that files of the mesh want, and what is wrong with them: what `mesh check` says of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from meshwright.access.conditions import (
    Offer,
    named_columns,
    parse_mask,
    parse_purpose,
    require_consistent,
)
from meshwright.access.durations import parse_days, written
from meshwright.access.reconciling import Wanted
from meshwright.app.product_graph import present
from meshwright.app.wiring import Wiring
from meshwright.documents.grants_reader import load_grant_files, read_filed_grants
from meshwright.errors import DescriptorError, MeshwrightError, UsageError, did_you_mean
from meshwright.identity.names import parse_name
from meshwright.model.access import AccessGrant, Conditions
from meshwright.model.address import Address
from meshwright.model.filed_grant import FiledGrant
from meshwright.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Filed:
    """What the files say; `wanted` are the grants without errors, each beside its entry."""

    wanted: tuple[tuple[FiledGrant, Wanted], ...]
    problems: tuple[Problem, ...]


def filed_grants(wiring: Wiring) -> Filed:
    """Read every file of grants and judge it, without touching data or state."""
    problems: list[Problem] = []
    wanted: list[tuple[FiledGrant, Wanted]] = []
    seen: dict[tuple[str, str, str], FiledGrant] = {}
    for document in load_grant_files(wiring.root):
        problems += document.problems
        for entry in read_filed_grants(document):
            try:
                one = _wanted(wiring, entry)
                _require_single(seen, entry, one.grant)
            except MeshwrightError as error:
                problems.append(_problem(entry, error))
            else:
                wanted.append((entry, one))
    return Filed(tuple(wanted), tuple(problems))


def grant_problems(wiring: Wiring) -> tuple[Problem, ...]:
    """Return what is wrong with the files of grants."""
    return filed_grants(wiring).problems


def _problem(entry: FiledGrant, error: MeshwrightError) -> Problem:
    return Problem(error.code, error.message, entry.place, error.hint, entry.key)


def _wanted(wiring: Wiring, entry: FiledGrant) -> Wanted:
    address, known = _port(wiring, entry.address)
    columns, raw, masked = (
        named_columns(names, known, address) if known else tuple(names)
        for names in (entry.columns, entry.raw, tuple(entry.masks))
    )
    masks = dict(zip(masked, map(parse_mask, entry.masks.values()), strict=True))
    require_consistent(Offer(raw, masks), columns)
    days = parse_days(entry.lasting) if entry.lasting else 0
    if bool(entry.lasting) == bool(entry.until):
        raise UsageError(
            "grant-end-missing",
            f"the grant to `{entry.principal}` says "
            + ("both `until` and `for`" if entry.until else "neither `until` nor `for`"),
            hint="write one of them: `for: 90d`, or `until: 2027-06-30`",
        )
    grant = AccessGrant(
        "",
        parse_name(entry.principal),
        address,
        parse_purpose(entry.purpose),
        "",
        _end(entry.until) if entry.until else "",
        Conditions(columns, raw, masks, entry.filter),
        source=entry.source,
    )
    return Wanted(grant, days)


def _port(wiring: Wiring, text: str) -> tuple[Address, Sequence[str]]:
    """Return the port that an entry names, and its columns where its contract says them."""
    address = present(Address.parse(text), wiring.workspace.former_names)
    if not address.port or address.column or address.version is not None:
        raise UsageError(
            "address-not-a-port", f"`{text}` is not a port", hint="domain.product.port"
        )
    card = wiring.workspace.card(address)
    names = [output.name for output in card.outputs]
    if address.port not in names:
        raise UsageError(
            "port-unknown",
            f"`{address.product_address}` has no port `{address.port}`",
            hint=did_you_mean(address.port, names),
        )
    try:
        output = wiring.workspace.product(address).output(address.port)
    except DescriptorError:  # told of where it is wrong
        return address, ()
    described = output.contract.object_for(address.port) if output and output.contract else None
    return address, [column.name for column in described.columns] if described else ()


def _end(text: str) -> str:
    """Return the moment at which a last day is over (UTC)."""
    try:
        last = date.fromisoformat(text)
        return written(datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            "date-invalid", f"`{text}` is not a date", hint="write one like 2027-06-30"
        ) from error


def _require_single(
    seen: dict[tuple[str, str, str], FiledGrant], entry: FiledGrant, grant: AccessGrant
) -> None:
    other = seen.setdefault((grant.principal, str(grant.address), grant.purpose), entry)
    if other is not entry:
        raise UsageError(
            "grant-duplicate",
            f"`{grant.principal}` is granted `{grant.address}` for this purpose twice;"
            f" the other is {other.place}",
            hint="make one entry of the two",
        )
