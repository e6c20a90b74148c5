"""Which columns of a port are above internal or personal: by its contracts, and by open suggestions."""

import json

from meshwright.app.wiring import Wiring
from meshwright.documents.contract_reader import contract_from
from meshwright.errors import MeshwrightError
from meshwright.model.classification import is_open
from meshwright.model.contract import Contract
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader


def classified_columns(wiring: Wiring, reader: Reader, port: PinnedPort) -> frozenset[str]:
    """Return columns, as the port spells them, of which a contract or an open suggestion says so."""
    address = port.address.port_address
    described = (one.object_for(address.port) for one in _contracts(wiring, reader, port))
    found = {name.lower() for table in described if table for name in table.classified}
    rows = reader.rows(
        "SELECT column_name, classification, tags FROM suggestions WHERE product = ? AND state = 'open'",
        (str(address.product_address),),
    )
    for column, level, tags in rows:
        if str(column).startswith(f"{address}.") and not is_open(str(level), json.loads(str(tags))):
            found.add(str(column).rpartition(".")[2].lower())
    return frozenset(column.name for column in port.columns if column.name.lower() in found)


def _contracts(wiring: Wiring, reader: Reader, port: PinnedPort) -> list[Contract]:
    address = port.address.port_address
    rows = reader.rows(
        "SELECT document FROM contracts WHERE product = ? AND port = ? AND digest = ?",
        (str(address.product_address), address.port, port.contract),
    )
    found = [contract_from(json.loads(str(row[0]))) for row in rows]
    try:
        output = wiring.workspace.product(address).output(address.port)
    except MeshwrightError:  # broken or gone: what was published stays said
        output = None
    return [*found, *([output.contract] if output and output.contract else [])]
