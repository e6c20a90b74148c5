"""Model tests: given rows, expected rows, on the product's own engine."""

from typing import Any

from meshwright.app.order import chosen_of
from meshwright.app.product_graph import present
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.product import Product
from meshwright.model.table import Column
from meshwright.publish.reading import find_product, pin
from meshwright.spi.state_store import Reader
from meshwright.transform.model_test import run_test
from meshwright.transform.reading import read_models


def run_tests(wiring: Wiring, selection: tuple[str, ...]) -> list[dict[str, Any]]:
    """Run the tests of the chosen products; each outcome is a mapping, in the order of the files."""
    chosen = chosen_of(wiring, selection)
    return [
        outcome for address in chosen for outcome in _of(wiring, wiring.workspace.product(address))
    ]


def _of(wiring: Wiring, product: Product) -> list[dict[str, Any]]:
    if not product.tests:
        return []
    graph, problems = read_models(product, wiring.reader)
    if graph is None:
        lines = [str(problem) for problem in problems if problem.is_error]
        return [_outcome(product, "models", False, lines, "")]
    known = _known_columns(wiring, product)
    engine = wiring.engine(product.engine)
    found = []
    for test in product.tests:
        outcome = run_test(product, graph, test, engine, wiring.reader, known=known)
        found.append(_outcome(product, test.name, outcome.is_passed, outcome.lines(), test.file))
    return found


def _outcome(
    product: Product, name: str, passed: bool, lines: list[str], file: str
) -> dict[str, Any]:
    return {
        "product": str(product.address),
        "name": name,
        "file": file,
        "passed": passed,
        "lines": [] if passed else lines,
    }


def _known_columns(wiring: Wiring, product: Product) -> dict[str, tuple[Column, ...]]:
    """Return the columns of foreign inputs; declared types of sources are known to the test itself."""
    known: dict[str, tuple[Column, ...]] = {}
    with wiring.store.read() as reader:
        for port in product.inputs:
            if port.port is not None:
                columns = _foreign_columns(wiring, reader, port.port)
                if columns:
                    known[port.name] = columns
    return known


def _foreign_columns(wiring: Wiring, reader: Reader, port: Address) -> tuple[Column, ...]:
    """Return the columns of another product's port: as published, or else as its contract promises."""
    if find_product(reader, port.product_address):
        try:
            return pin(reader, port).columns
        except MeshwrightError:
            return ()
    port = present(port, wiring.workspace.former_names)
    if port.product_address not in wiring.workspace.cards:
        return ()
    output = wiring.workspace.product(port.product_address).output(port.port)
    described = output.contract.object_for(port.port) if output and output.contract else None
    columns = described.columns if described else ()
    return tuple(Column(c.name, c.physical_type) for c in columns if c.physical_type)
