"""Products in open standards, held against the standards: their schemas, and RDF as a library reads it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, SKOS

import meshwright
from meshwright.app.exporting.exporting import export, export_catalog
from meshwright.model.address import Address
from tests.serving import Serving, error_of, serving

BASE = "https://mesh.example.com"
STANDARDS = Path(__file__).resolve().parents[3] / "shared" / "standards"
needs_standards = pytest.mark.skipif(not STANDARDS.exists(), reason="the standards are not here")
DPROD = Namespace("https://ekgf.github.io/dprod/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
# Terms of DPROD 1.0: what its ontology defines.
DPROD_TERMS = {
    "DataProduct", "DataProductLifecycleStatus", "InformationSensitivityClassification", "Enumeration",
    "Protocol", "SecuritySchemaType", "dataProductOwner", "lifecycleStatus", "domain", "purpose",
    "informationSensitivityClassification", "inputPort", "outputPort", "inputDataset", "outputDataset",
    "isDistributionOf", "isAccessServiceOf", "protocol", "securitySchemaType",
}  # fmt: skip
NEW_IN_DCAT_3 = {"version", "resource"}  # the library lists those of version 2
ORDERS = URIRef(f"{BASE}/products/sales.orders.orders#it")
PRODUCT = URIRef(f"{BASE}/products/sales.orders#it")
# The library that reads JSON-LD warns of itself.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    with serving(served_shop) as found:
        yield found


def exported(folder: Path, address: str, form: str) -> Any:
    with meshwright.open(folder) as mesh:
        return export(mesh.wiring, Address.parse(address), form, BASE)


def graph(document: Any) -> Graph:
    return Graph().parse(data=json.dumps(document), format="json-ld")


def require_known_terms(found: Graph) -> None:
    """No term is invented: each is one of its vocabulary."""
    for subject, predicate, thing in found:
        for iri in (predicate, *([thing] if predicate == RDF.type else [])):
            text = str(iri)
            name = text.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
            if text.startswith(str(DCAT)):
                assert iri in DCAT or name in NEW_IN_DCAT_3, (subject, iri)
            elif text.startswith(str(DPROD)):
                assert name in DPROD_TERMS, (subject, iri)
            else:
                known = any(iri in one for one in (DCTERMS, FOAF, PROV, SKOS, RDF, RDFS))
                assert known or text.startswith(str(VCARD)), (subject, iri)


def test_a_product_is_dcat(shop: Path) -> None:
    (document,) = exported(shop, "sales.orders", "dcat").documents
    found = graph(document)
    require_known_terms(found)
    assert (ORDERS, RDF.type, DCAT.Dataset) in found
    assert (ORDERS, DCTERMS.isPartOf, PRODUCT) in found
    assert (ORDERS, DCTERMS.identifier, Literal("sales.orders.orders")) in found
    rights = URIRef("http://publications.europa.eu/resource/authority/access-right/RESTRICTED")
    assert (ORDERS, DCTERMS.accessRights, rights) in found
    distributions = set(found.objects(ORDERS, DCAT.distribution))
    assert len(distributions) == 5
    csv = next(one for one in distributions if str(one).endswith("csv"))
    assert (csv, RDF.type, DCAT.Distribution) in found
    media = URIRef("https://www.iana.org/assignments/media-types/text/csv")
    assert (csv, DCAT.mediaType, media) in found
    rows = URIRef(f"{BASE}/api/v1/ports/sales.orders.orders/rows")
    assert (csv, DCAT.accessURL, rows) in found
    api = URIRef(f"{BASE}/api/v1")
    assert (csv, DCAT.accessService, api) in found
    assert (api, RDF.type, DCAT.DataService) in found
    assert (api, DCAT.servesDataset, ORDERS) in found
    contract = URIRef(f"{BASE}/api/v1/contracts/sales.orders.orders")
    assert (ORDERS, DCTERMS.conformsTo, contract) in found
    assert next(found.objects(ORDERS, DCTERMS.modified)).toPython().year >= 2024


def test_a_product_is_dprod(shop: Path) -> None:
    (document,) = exported(shop, "insight.report", "dprod").documents
    found = graph(document)
    require_known_terms(found)
    product = URIRef(f"{BASE}/products/insight.report#it")
    assert (product, RDF.type, DPROD.DataProduct) in found
    assert (product, DPROD.domain, URIRef(f"{BASE}/domains/insight")) in found
    assert (product, DPROD.inputDataset, ORDERS) in found
    owner = next(found.objects(product, DPROD.dataProductOwner))
    assert (owner, RDF.type, PROV.Agent) in found
    stage = next(found.objects(product, DPROD.lifecycleStatus))
    assert (stage, RDFS.label, Literal("Consume")) in found
    assert (stage, RDF.type, DPROD.DataProductLifecycleStatus) in found
    spending = URIRef(f"{BASE}/products/insight.report.spending#it")
    assert (product, DPROD.outputDataset, spending) in found
    port = URIRef(f"{BASE}/api/v1/ports/insight.report.spending/rows")
    assert (product, DPROD.outputPort, port) in found
    assert (port, RDF.type, DCAT.DataService) in found
    (offered,) = found.objects(port, DPROD.isAccessServiceOf)
    assert (offered, RDF.type, DCAT.Distribution) in found
    assert (offered, DPROD.isDistributionOf, spending) in found
    assert (spending, RDF.type, DCAT.Dataset) in found
    assert len(set(found.objects(product, DPROD.inputPort))) == 2


def test_the_most_sensitive_column_classifies_a_data_set(crm: Path) -> None:
    (document,) = exported(crm, "crm.people", "dprod").documents
    found = graph(document)
    people = URIRef(f"{BASE}/products/crm.people.people#it")
    level = next(found.objects(people, DPROD.informationSensitivityClassification))
    assert (level, RDFS.label, Literal("restricted")) in found
    assert "ada@example.com" not in json.dumps(document)


@needs_standards
@pytest.mark.parametrize("form", ["odcs", "odcs-3.2.0"])
def test_contracts_are_valid_odcs(shop: Path, form: str) -> None:
    schema = json.loads(
        (STANDARDS / "odcs" / "schema" / "odcs-json-schema-v3.2.0.json").read_text()
    )
    judge = jsonschema_rs.validator_for(schema)
    found = exported(shop, "sales.orders", form)
    documents = yaml.safe_load(found.text())
    assert {one["name"] for one in documents} == {"orders", "totals"}
    for one in documents:
        assert not [str(error) for error in judge.iter_errors(one)]
    if form == "odcs-3.2.0":
        assert {one["apiVersion"] for one in documents} == {"v3.2.0"}
    single = yaml.safe_load(exported(shop, "sales.orders.orders", form).text())
    assert single["name"] == "orders"


@needs_standards
def test_the_descriptor_is_valid_odps(shop: Path) -> None:
    schema = json.loads(
        (STANDARDS / "odps" / "schema" / "odps-json-schema-v1.0.0.json").read_text()
    )
    judge = jsonschema_rs.validator_for(schema)
    document = yaml.safe_load(exported(shop, "sales.orders", "odps").text())
    assert not [str(error) for error in judge.iter_errors(document)]
    assert document["kind"] == "DataProduct"


def test_the_mesh_is_a_catalog_of_what_one_may_know(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        found = export_catalog(
            mesh.wiring, ["insight.report"], BASE, lambda name: not name.startswith("sales.orders")
        )
    read = graph(found.documents[0])
    require_known_terms(read)
    catalog = URIRef(f"{BASE}/")
    assert (catalog, RDF.type, DCAT.Catalog) in read
    assert (catalog, DCAT.dataset, URIRef(f"{BASE}/products/insight.report.names#it")) in read
    assert (catalog, DCAT.service, URIRef(f"{BASE}/api/v1")) in read
    text = found.text()
    assert "sales.customers" in text
    assert "sales.orders" not in text  # read by it, but not to be named


def test_a_product_is_exported_over_http_by_what_is_asked_for(server: Serving) -> None:
    path = "/api/v1/exports/sales.orders"
    linked = server.get(path, headers={"Accept": "application/ld+json"})
    assert linked.headers["content-type"] == "application/ld+json"
    found = Graph().parse(data=linked.text, format="json-ld")
    here = URIRef(f"{server.url}/products/sales.orders.orders#it")
    assert (here, RDF.type, DCAT.Dataset) in found
    as_yaml = server.get(path, headers={"Accept": "application/yaml"})
    assert yaml.safe_load(as_yaml.text)["kind"] == "DataProduct"
    contracts = server.get(f"{path}?form=odcs", headers={"Accept": "application/json"}).json()
    assert [one["kind"] for one in contracts] == ["DataContract"] * 2
    dprod = server.get(f"{path}?form=dprod").json()
    assert dprod["@type"] == "dprod:DataProduct"
    assert error_of(server.get(f"{path}?form=xml")) == (400, "parameter-invalid")
    assert error_of(server.get("/api/v1/exports/sales.nothing")) == (404, "product-unknown")
    assert error_of(server.get(path, headers={"Accept": "image/png"})) == (406, "format-unknown")
    again = server.get(path, headers={"If-None-Match": server.get(path).headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_catalog_comes_in_pages(server: Serving) -> None:
    path, seen = "/api/v1/catalog?limit=3", set()
    for _ in range(9):
        page = server.get(path)
        read = Graph().parse(data=page.text, format="json-ld")
        seen |= {str(one) for one in read.objects(None, URIRef(f"{DCAT}resource"))}
        following = page.links.get("next")
        if following is None:
            break
        path = following["url"].removeprefix(server.url)
    assert {one.rsplit("/", 1)[-1] for one in seen} == {
        "insight.lonely#it", "insight.report#it", "sales.customers#it", "sales.orders#it"
    }  # fmt: skip
