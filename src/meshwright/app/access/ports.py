"""Which port somebody means who asks for access, and who is asked to approve."""

from collections.abc import Sequence
from dataclasses import dataclass

from meshwright.access.conditions import named_columns
from meshwright.access.requests import levels_of
from meshwright.app.product_graph import graph_of, present
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, UsageError, did_you_mean
from meshwright.model.access_request import ContractRole
from meshwright.model.address import Address
from meshwright.model.table import Column
from meshwright.publish.reading import PinnedPort, pin
from meshwright.spi.state_store import Reader

EXAMPLE = 'mesh access request sales.orders.orders --purpose "…"'


@dataclass(frozen=True, slots=True)
class Wanted:
    """A published port, and the columns of it that were named."""

    port: PinnedPort
    columns: tuple[str, ...]

    @property
    def address(self) -> Address:
        """Return the port's address, without a version."""
        return self.port.address.port_address

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all columns of the port."""
        return tuple(column.name for column in self.port.columns)


def find_wanted(
    wiring: Wiring, reader: Reader, text: str, columns: Sequence[str], *, promised: bool = False
) -> Wanted:
    """Return the published port that an address names; one of a column names that column too.

    With `promised`, one that has published nothing yet is taken as its contract describes it.

    Raises `UsageError` (`address-invalid`, `address-not-a-port`, `product-unknown`, `port-unknown`,
    `not-published`, `column-unknown`).
    """
    address = present(Address.parse(text), wiring.workspace.former_names)
    if address.version is not None:
        raise UsageError(
            "address-has-version",
            f"access is to a port at all its versions, and `{text}` names one",
            hint=str(address.at(None)),
        )
    known = _known_ports(reader)
    if not address.port:
        of_product = [name for name in known if name.startswith(f"{address}.")]
        raise UsageError(
            "address-not-a-port",
            f"`{text}` is a product; access is to one of its ports",
            hint=did_you_mean(text, of_product or known),
        )
    try:
        port = pin(reader, address.port_address)
    except UsageError as error:
        if error.code not in ("product-unknown", "port-unknown"):
            raise
        port_promised = _promised(wiring, address) if promised else None
        if port_promised is None:
            raise _unknown(wiring, address, known) from error
        port = port_promised
    names = [column.name for column in port.columns]
    wanted = [*columns, *([address.column] if address.column else [])]
    return Wanted(port, named_columns(wanted, names, port.address.port_address))


def _promised(wiring: Wiring, address: Address) -> PinnedPort | None:
    """Return a port of the files that has no version, by its contract; None where there is none."""
    try:
        output = wiring.workspace.product(address).output(address.port)
    except MeshwrightError:
        return None
    contract = output.contract if output else None
    described = contract.object_for(address.port) if contract else None
    if described is None:
        return None
    columns = tuple(Column(column.name, column.physical_type) for column in described.columns)
    return PinnedPort(address.port_address, "", columns, (), 0, "", 0)


def approvers_of(wiring: Wiring, address: Address) -> tuple[tuple[str, ...], ...]:
    """Return who approves access to a port, by level, as its files say now.

    The contract's roles that let read name them, else the product's owners do it, else its domain's.
    """
    graph = graph_of(wiring)
    domain = wiring.workspace.domains.get(address.domain)
    roles = [role for role in _roles(wiring, address) if role.reads]
    return levels_of(
        [name for role in roles for name in role.first],
        [name for role in roles for name in role.second],
        graph.owners(address.product_address),
        domain.owners if domain else (),
    )


def _roles(wiring: Wiring, address: Address) -> Sequence[ContractRole]:
    try:
        output = wiring.workspace.product(address).output(address.port)
    except MeshwrightError:  # its files are broken or gone: owners decide
        return ()
    return output.contract.roles if output and output.contract else ()


def _known_ports(reader: Reader) -> list[str]:
    rows = reader.rows(
        "SELECT vp.product || '.' || vp.port FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served"
    )
    return [str(row[0]) for row in rows]


def _unknown(wiring: Wiring, address: Address, known: Sequence[str]) -> UsageError:
    card = wiring.workspace.cards.get(address.product_address)
    if card and any(output.name == address.port for output in card.outputs):
        return UsageError(
            "not-published",
            f"`{address.port_address}` has nothing published yet",
            hint=f"mesh run {address.product_address}",
        )
    return UsageError(
        "port-unknown",
        f"`{address.port_address}` is not a published port",
        hint=did_you_mean(str(address.port_address), known),
    )
