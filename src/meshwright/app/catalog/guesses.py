"""What may be said of fields that nobody filled: from lineage, from names, from what looks personal.

What must stay true: nothing is inferred from a product that whoever looks may not know of.
"""

import json
from collections.abc import Sequence

from meshwright.app.catalog.known import knowing
from meshwright.app.wiring import Wiring
from meshwright.catalog.provenance import DESCRIPTION, INFERRED, TAGS, TERMS, Said
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.glossary import fold
from meshwright.spi.state_store import Reader

Key = tuple[str, str]


def guesses(wiring: Wiring, product: Address, addresses: Sequence[Address]) -> dict[Key, Said]:
    """Return what is inferred of the fields of a product, of its ports and columns."""
    with wiring.store.read() as reader:
        found = _tags(reader, str(product))
        sources = _sources(reader, str(product))
    found.update(_terms(wiring, addresses))
    found.update(_descriptions(wiring, sources))
    return found


def _tags(reader: Reader, product: str) -> dict[Key, Said]:
    rows = reader.rows(
        "SELECT column_name, kind, tags, confidence FROM suggestions"
        " WHERE product = ? AND state = 'open' ORDER BY confidence",
        (product,),
    )
    return {
        (str(column), TAGS): Said(
            tuple(map(str, json.loads(str(tags)))),
            INFERRED,
            reason=f"looks like {str(kind).replace('_', ' ')}",
        )
        for column, kind, tags, _ in rows
    }


def _terms(wiring: Wiring, addresses: Sequence[Address]) -> dict[Key, Said]:
    words = {
        word: term.name for term in wiring.workspace.terms.values() for word in term.words if word
    }
    return {
        (str(one), TERMS): Said((words[fold(one.column)],), INFERRED, reason="is named like it")
        for one in addresses
        if one.column and fold(one.column) in words
    }


def _sources(reader: Reader, product: str) -> list[tuple[str, str, str]]:
    """Return (column, dataset, column there) of each column that holds another one's values as they are."""
    rows = reader.rows(
        "SELECT dataset, column_name, source, source_column FROM lineage_edges"
        " WHERE product = ? AND last_version IS NULL AND how = 'IDENTITY' AND masked = 0",
        (product,),
    )
    return [(f"{a!s}.{b!s}", str(c), str(d)) for a, b, c, d in rows]


def _descriptions(wiring: Wiring, sources: Sequence[tuple[str, str, str]]) -> dict[Key, Said]:
    may = knowing(wiring)
    found = {}
    for column, dataset, source in sources:
        try:
            upstream = Address.parse(dataset)
        except MeshwrightError:
            continue  # a file or a model, which says nothing
        if not upstream.port or not may.of(upstream):
            continue
        text = _described(wiring, upstream, source)
        if text:
            reason = f"holds the values of {dataset}.{source}"
            found[column, DESCRIPTION] = Said(text, INFERRED, reason=reason)
    return found


def _described(wiring: Wiring, port: Address, column: str) -> str:
    try:
        output = wiring.workspace.product(port.product_address).output(port.port)
    except MeshwrightError:
        return ""
    described = output.contract.object_for(port.port) if output and output.contract else None
    columns = described.columns if described else ()
    return next((one.description for one in columns if one.name == column), "")
