"""What a product is made of, and the text of its contract: what its files say, as a page shows it."""

import json
from dataclasses import dataclass

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.product_page import Subject
from meshwright.app.product_graph import present
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address

_LONGEST = 400_000


@dataclass(frozen=True, slots=True)
class Input:
    """What a product reads: a port of the mesh (with how its product fares), or a source outside.

    `is_hidden`: it reads something that whoever looks may not know of.
    """

    name: str
    port: str = ""
    title: str = ""
    health: str = ""
    kind: str = ""
    is_hidden: bool = False


def inputs_of(
    wiring: Wiring, board: Board, knowing: Knowing, subject: Subject
) -> tuple[Input, ...]:
    """Return the inputs of a product, as somebody may know them."""
    product = subject.product
    return tuple(
        _of_port(wiring, board, knowing, one.name, one.port) if one.port else
        Input(one.name, kind=one.source.kind if one.source else "")
        for one in (product.inputs if product else ())
    )  # fmt: skip


def _of_port(wiring: Wiring, board: Board, knowing: Knowing, name: str, port: Address) -> Input:
    address = present(port.port_address, wiring.workspace.former_names)
    if not knowing.of(address):
        return Input("", is_hidden=True)
    glance = board.products.get(str(address.product_address))
    return Input(name, str(address), glance.name if glance else "", glance.health if glance else "")


def contract_text(wiring: Wiring, subject: Subject) -> str:
    """Return the file of the contract that is looked at; '' where there is none, or it is not text."""
    contract = subject.contract
    if contract is None or not contract.file:
        return ""
    try:
        return (wiring.root / contract.file).read_text("utf-8")[:_LONGEST]
    except (OSError, UnicodeDecodeError):
        return ""


def contract_words(wiring: Wiring, subject: Subject) -> tuple[tuple[str, str], ...]:
    """Return what the published contract says in words: (title, text) of purpose, usage and limitations."""
    page = subject.port_page
    digest = page.served.contract if page and page.served else ""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT json_extract(document, '$.description') FROM contracts"
            " WHERE product = ? AND port = ? AND digest = ?",
            (str(subject.address), subject.port, digest),
        )
    said = json.loads(str(rows[0][0])) if rows and str(rows[0][0]).startswith("{") else None
    if not isinstance(said, dict):
        text = subject.contract.description if subject.contract else ""
        return (("Purpose", text),) if text else ()
    titles = {"purpose": "Purpose", "usage": "How to use it", "limitations": "What it cannot tell"}
    return tuple((title, str(said[key])) for key, title in titles.items() if said.get(key))
