"""What the cache keeps of each product beside its descriptors: fingerprints, and what its SQL says.

What a plan compares of every product is its brief: a short row, so that those of ten thousand products are
decoded in a moment. What a plan needs only of a product that changed is on the product's card.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from meshwright.app.declared import contract_classes
from meshwright.documents.document import problem_to_json
from meshwright.errors import MeshwrightError
from meshwright.ingest.stamps import digest_spec
from meshwright.model.address import Address
from meshwright.model.json_value import Json
from meshwright.model.problem import Place, Problem
from meshwright.model.product import OutputPort, Product
from meshwright.spi import plugins
from meshwright.spi.sql_reader import SqlReader
from meshwright.transform.fingerprint import model_codes, product_code
from meshwright.transform.reading import read_models


class Brief(NamedTuple):
    """What a plan compares of a product with what is served. Digests and codes are hexadecimal.

    `ports`: input -> the port that it reads; `sources`: any other input -> digest of how it is to be read;
    `is_timed`: business time alone may make it build; `references`: ports of others that its contracts name;
    `classes`: port -> [column, level, personal tags] of those that its contract declares above internal;
    `lifecycle`: port that is deprecated or replaces one -> "yes" if deprecated, its end, what it replaces.
    """

    code: str
    ports: Mapping[str, str]
    sources: Mapping[str, str]
    contracts: Mapping[str, str]
    is_timed: bool
    references: list[str]
    lifecycle: Mapping[str, list[str]]
    classes: Mapping[str, list[tuple[str, str, list[str]]]]
    former_names: Mapping[str, str] | None = None  # of the mesh; added when it is loaded

    @property
    def reads(self) -> set[str]:
        """Return the products whose ports this one reads."""
        return self._products(self.ports.values())

    @property
    def targets(self) -> set[str]:
        """Return the products that its contracts refer to."""
        return self._products(self.references)

    def present(self, port: str) -> str:
        """Return a port by the name that its product has now."""
        product, _, name = port.rpartition(".")
        return f"{self.former_names.get(product, product)}.{name}" if self.former_names else port

    def _products(self, ports: Iterable[str]) -> set[str]:
        return {self.present(port).rpartition(".")[0] for port in ports}


def card_extra(product: Product, reader: SqlReader) -> Mapping[str, Json]:
    """Return what a plan needs of a product without reading it again."""
    from meshwright.app.promises import (  # for what is read anew only
        port_promises,
        promises_to_json,
    )
    from meshwright.app.terms import term_links

    graph, problems = read_models(product, reader)
    problems = [*problems, *_monitor_problems(product)]
    found: dict[str, Json] = {"problems": [problem_to_json(problem) for problem in problems]}
    links = term_links(product)
    if links:
        found["terms"] = links
    found["promises"] = {
        port.name: promises_to_json(port_promises(port)) for port in product.outputs
    }
    if graph is None:
        return found
    codes = model_codes(graph, product)
    found["ports"] = {port.name: codes.get(port.name, "") for port in product.outputs}
    found["as_of"] = any(reach.uses_as_of for reach in graph.reach.values())
    found["append"] = {
        port.name: [making.interval, making.column, making.start, making.end]
        for port in product.outputs
        if (making := port.materialisation).kind == "append"
    }
    found["brief"] = Brief(
        code=product_code(product, codes),
        ports={port.name: str(port.port) for port in product.inputs if port.port},
        sources={port.name: digest_spec(port.source) for port in product.inputs if port.source},
        contracts={
            port.name: port.contract.digest if port.contract else "" for port in product.outputs
        },
        is_timed=bool(found["as_of"] or found["append"]),
        references=sorted(_referenced(product)),
        lifecycle=_lifecycle(product),
        classes={
            port.name: classes for port in product.outputs if (classes := _classes(product, port))
        },
    )
    return found


def _lifecycle(product: Product) -> dict[str, list[str]]:
    return {
        port.name: ["yes" if said.is_deprecated else "", said.end_of_life, said.replaces]
        for port in product.outputs
        if (said := port.contract) is not None and (said.is_deprecated or said.replaces)
    }


def _monitor_problems(product: Product) -> list[Problem]:
    """Let each chosen detector judge its own options; only where there are any is one imported."""
    found = []
    for port in product.outputs:
        for monitor in port.monitoring.monitors:
            try:
                plugins.load("detectors", monitor.detector)(monitor.options)
            except MeshwrightError as error:
                place = Place(f"{product.folder}/build.yaml")
                key = f"ports.{port.name}.observe.monitors"
                found.append(Problem(error.code, error.message, place, error.hint, key))
    return found


def _classes(product: Product, port: OutputPort) -> list[tuple[str, str, list[str]]]:
    found = contract_classes(Address.parse(f"{product.address}.{port.name}"), port.contract)
    return [(column, said.level, list(said.tags)) for column, said in sorted(found.items())]


def _referenced(product: Product) -> set[str]:
    """Return the ports of other products that a contract's relationships name."""
    found = set()
    for port in product.outputs:
        described = port.contract.object_for(port.name) if port.contract else None
        if described is None:
            continue
        relationships = [
            *described.relationships,
            *(r for c in described.columns for r in c.relationships),
        ]
        for relationship in relationships:
            for reference in relationship.references:
                parts = reference.split(".")
                if len(parts) == 4 and parts[:2] != [
                    product.address.domain,
                    product.address.product,
                ]:
                    found.add(".".join(parts[:3]))
    return found
