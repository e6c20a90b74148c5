"""A product as the Data Product Ontology has it (DPROD 1.0, a profile of DCAT), in JSON-LD."""

from meshwright.app.exporting.described import Described, DescribedPort
from meshwright.app.exporting.linked import (
    CONTEXT,
    Names,
    Node,
    agent,
    dataset,
    distribution,
    labelled,
    pruned,
    ref,
)

_STAGES = {"proposed": "Ideation", "draft": "Design", "retired": "Retire"}
FORM = "arrow"  # what a port offers first; the others are distributions of the same data set


def dprod(names: Names, found: Described) -> Node:
    """Return a product with its input and output ports and the data sets behind them."""
    product = found.product
    address = str(product.address)
    node = {
        "@context": dict(CONTEXT),
        "@id": names.thing(address),
        "@type": "dprod:DataProduct",
        "dct:identifier": address,
        "rdfs:label": product.title or product.address.product,
        "dct:title": product.title or product.address.product,
        "dct:description": product.description,
        "dprod:purpose": product.description,
        "dprod:domain": ref(names.domain(product.address.domain)),
        "dprod:dataProductOwner": [agent(owner) for owner in found.owners],
        "dprod:lifecycleStatus": labelled("dprod:DataProductLifecycleStatus", _stage(found)),
        "dcat:keyword": sorted(set(product.tags)),
        "dcat:version": product.version,
        "dcat:landingPage": ref(names.page(address)),
        "dprod:inputPort": [_input_port(names, one) for one in found.inputs],
        "dprod:inputDataset": [
            {"@id": names.thing(one), "@type": "dcat:Dataset"} for one in found.inputs
        ],
        "dprod:outputPort": [_output_port(names, port) for port in found.ports],
        "dprod:outputDataset": [_dataset(names, found, port) for port in found.ports],
    }
    return pruned(node)


def _stage(found: Described) -> str:
    """Return the stage of its life: one of Ideation, Design, Build, Deploy, Consume, Retire."""
    said = _STAGES.get(found.product.status)
    if said:
        return said
    return "Consume" if any(port.served for port in found.ports) else "Build"


def _dataset(names: Names, found: Described, port: DescribedPort) -> Node:
    node = dataset(names, found, port)
    if port.level:
        level = labelled("dprod:InformationSensitivityClassification", port.level)
        node["dprod:informationSensitivityClassification"] = level
    return node


def _output_port(names: Names, port: DescribedPort) -> Node:
    offered = distribution(names, port.address, FORM)
    offered["dprod:isDistributionOf"] = ref(names.thing(port.address))
    node = _service(names, port.address)
    node["dct:title"] = port.port.name
    node["dprod:isAccessServiceOf"] = offered
    return node


def _input_port(names: Names, address: str) -> Node:
    node = _service(names, address)
    node["dct:title"] = address
    return node


def _service(names: Names, address: str) -> Node:
    return {
        "@id": names.rows(address),
        "@type": "dcat:DataService",
        "dcat:endpointURL": ref(names.rows(address)),
        "dcat:endpointDescription": ref(names.api("/openapi.json")),
        "dprod:protocol": labelled("dprod:Protocol", "HTTP"),
        "dprod:securitySchemaType": labelled("dprod:SecuritySchemaType", "bearer token"),
    }
