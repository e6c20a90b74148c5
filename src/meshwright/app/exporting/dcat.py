"""A product, or the mesh, as DCAT 3 in JSON-LD."""

from collections.abc import Sequence

from meshwright.app.exporting.described import Described
from meshwright.app.exporting.linked import (
    CONTEXT,
    Names,
    Node,
    agent,
    contact,
    dataset,
    pruned,
    ref,
    service,
    theme,
)


def dcat(names: Names, found: Described) -> Node:
    """Return a product: a resource whose parts are data sets with their distributions, and the service."""
    addresses = [port.address for port in found.ports]
    graph = [_resource(names, found), *(dataset(names, found, port) for port in found.ports)]
    return {"@context": dict(CONTEXT), "@graph": [*graph, service(names, addresses)]}


def dcat_catalog(names: Names, title: str, description: str, products: Sequence[Described]) -> Node:
    """Return some products of a mesh as a catalog."""
    addresses = [port.address for found in products for port in found.ports]
    catalog = pruned(
        {
            "@id": f"{names.base}/",
            "@type": "dcat:Catalog",
            "dct:title": title,
            "dct:description": description,
            "dcat:resource": [ref(names.thing(str(found.product.address))) for found in products],
            "dcat:dataset": [ref(names.thing(address)) for address in addresses],
            "dcat:service": ref(names.api()),
        }
    )
    graph = [catalog, service(names, addresses)]
    for found in products:
        graph += [_resource(names, found), *(dataset(names, found, port) for port in found.ports)]
    return {"@context": dict(CONTEXT), "@graph": graph}


def _resource(names: Names, found: Described) -> Node:
    product = found.product
    address = str(product.address)
    return pruned(
        {
            "@id": names.thing(address),
            "@type": "dcat:Resource",
            "dct:identifier": address,
            "dct:title": product.title or product.address.product,
            "dct:description": product.description,
            "dcat:keyword": sorted(set(product.tags)),
            "dcat:theme": theme(names, product.address.domain),
            "dct:publisher": [agent(owner) for owner in found.owners],
            "dcat:contactPoint": [contact(owner) for owner in found.owners],
            "dcat:landingPage": ref(names.page(address)),
            "dcat:version": product.version,
            "dct:hasPart": [ref(names.thing(port.address)) for port in found.ports],
        }
    )
