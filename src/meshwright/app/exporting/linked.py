"""Parts that DCAT and DPROD share: the names of the vocabularies, agents, data sets and how they come.

Terms are those of DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/), of Dublin Core, FOAF, PROV and vCard as it
uses them, and of the Data Product Ontology 1.0 (https://ekgf.github.io/dprod/).
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from meshwright.app.exporting.described import Described, DescribedPort

Node = dict[str, Any]
CONTEXT: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dprod": "https://ekgf.github.io/dprod/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# Nobody reads rows of a mesh without a grant.
RIGHTS = "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
_IANA = "https://www.iana.org/assignments/media-types/"
FORMATS: Mapping[str, tuple[str, str]] = {  # word -> (its name, the media type where IANA lists it)
    "arrow": ("Arrow IPC stream", "application/vnd.apache.arrow.stream"),
    "csv": ("CSV", "text/csv"),
    "json": ("JSON", "application/json"),
    "ndjson": ("NDJSON", ""),
    "parquet": ("Parquet", "application/vnd.apache.parquet"),
}


class Names:
    """The IRIs of what a mesh holds: the addresses of its pages and of its API."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def page(self, address: str) -> str:
        """Return the page of a product or port."""
        return f"{self.base}/products/{quote(address)}"

    def thing(self, address: str) -> str:
        """Return the IRI of a product or port itself, which its page is about."""
        return f"{self.page(address)}#it"

    def domain(self, name: str) -> str:
        """Return the IRI of a domain."""
        return f"{self.base}/domains/{quote(name)}"

    def api(self, path: str = "") -> str:
        """Return an address of the API."""
        return f"{self.base}/api/v1{path}"

    def rows(self, address: str, form: str = "") -> str:
        """Return where the rows of a port are had."""
        return self.api(f"/ports/{quote(address)}/rows" + (f"?format={form}" if form else ""))

    def contract(self, address: str) -> str:
        """Return where the contract of a port is had."""
        return self.api(f"/contracts/{quote(address)}")


def ref(iri: str) -> Node:
    """Return a link to something."""
    return {"@id": iri}


def theme(names: "Names", domain: str) -> Node:
    """Return a domain as what a product is about."""
    return {"@id": names.domain(domain), "@type": "skos:Concept", "skos:prefLabel": domain}


def labelled(kind: str, label: str) -> Node:
    """Return something that has no IRI of its own."""
    return {"@type": kind, "rdfs:label": label}


def agent(owner: str) -> Node:
    """Return an owner: a mail address, or the name of a team."""
    node: Node = {"@type": ["prov:Agent", "foaf:Agent"], "foaf:name": owner}
    if "@" in owner:
        node["foaf:mbox"] = ref(f"mailto:{quote(owner, safe='@')}")
    return node


def contact(owner: str) -> Node:
    """Return whom to ask."""
    node: Node = {"@type": "vcard:Kind", "vcard:fn": owner}
    if "@" in owner:
        node["vcard:hasEmail"] = ref(f"mailto:{quote(owner, safe='@')}")
    return node


def service(names: Names, addresses: Iterable[str]) -> Node:
    """Return the API as what serves data sets."""
    return {
        "@id": names.api(),
        "@type": "dcat:DataService",
        "dct:title": "HTTP API",
        "dcat:endpointURL": ref(names.api()),
        "dcat:endpointDescription": ref(names.api("/openapi.json")),
        "dct:accessRights": {"@id": RIGHTS, "@type": "dct:RightsStatement"},
        "dcat:servesDataset": [ref(names.thing(address)) for address in addresses],
    }


def dataset(names: Names, found: Described, port: DescribedPort) -> Node:
    """Return a port as a data set, with every format that its rows come in."""
    product = found.product
    contract = port.contract
    described = contract.object_for(port.port.name) if contract else None
    tags = [
        *product.tags,
        *(contract.tags if contract else ()),
        *(described.tags if described else ()),
    ]
    standard = {"@id": names.contract(port.address), "@type": "dct:Standard"}
    node: Node = {
        "@id": names.thing(port.address),
        "@type": "dcat:Dataset",
        "dct:identifier": port.address,
        "dct:title": (contract.name if contract else "") or port.port.name,
        "rdfs:label": (contract.name if contract else "") or port.port.name,
        "dct:description": port.description,
        "dcat:keyword": sorted(set(tags)),
        "dct:isPartOf": ref(names.thing(str(product.address))),
        "dct:publisher": [agent(owner) for owner in found.owners],
        "dcat:contactPoint": [contact(owner) for owner in found.owners],
        "dct:accessRights": {"@id": RIGHTS, "@type": "dct:RightsStatement"},
        "dcat:landingPage": ref(names.page(port.address)),
        "dcat:version": contract.version if contract else "",
        "dct:modified": moment(port.published) if port.served else None,
        "dct:conformsTo": standard if contract else None,
        "prov:wasDerivedFrom": [ref(names.thing(address)) for address in found.inputs],
        "dct:replaces": ref(names.thing(contract.replaces)) if contract and contract.replaces else None,
        "dcat:distribution": [distribution(names, port.address, form) for form in FORMATS],
    }  # fmt: skip
    return pruned(node)


def distribution(names: Names, address: str, form: str) -> Node:
    """Return one format of a port's rows."""
    title, media = FORMATS[form]
    return pruned(
        {
            "@id": names.rows(address, form),
            "@type": "dcat:Distribution",
            "dct:title": title,
            "dct:format": labelled("dct:MediaTypeOrExtent", title),
            "dcat:mediaType": ref(_IANA + media) if media else None,
            "dcat:accessURL": ref(names.rows(address)),
            "dcat:downloadURL": ref(names.rows(address, form)),
            "dcat:accessService": ref(names.api()),
            "dct:accessRights": {"@id": RIGHTS, "@type": "dct:RightsStatement"},
        }
    )


def moment(text: str) -> Node:
    """Return a time."""
    return {"@type": "xsd:dateTime", "@value": text}


def pruned(node: Node) -> Node:
    """Return a node without what says nothing."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}
