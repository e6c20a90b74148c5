"""Export a product in the form that is asked for, or a page of the mesh as a catalog."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from meshwright.app.exporting.dcat import dcat, dcat_catalog
from meshwright.app.exporting.described import describe
from meshwright.app.exporting.dprod import dprod
from meshwright.app.exporting.linked import Names
from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError, UsageError, did_you_mean
from meshwright.model.address import Address

ODCS_VERSION = "v3.2.0"
LINKED, YAML, JSON = "application/ld+json", "application/yaml", "application/json"
FORMS: dict[str, str] = {
    "dcat": LINKED,
    "dprod": LINKED,
    "odps": YAML,
    "odcs": YAML,
    "odcs-3.2.0": YAML,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A document, or several: of a product with several contracts. `media` is what it is written as."""

    media: str
    documents: tuple[dict[str, Any], ...]

    def text(self, media: str = "") -> str:
        """Return it as text, YAML or JSON: one document, which is a list where there are several."""
        found = self.documents[0] if len(self.documents) == 1 else list(self.documents)
        if (media or self.media) == YAML:
            import yaml

            return str(yaml.safe_dump(found, sort_keys=False, allow_unicode=True))
        return json.dumps(found, ensure_ascii=False, indent=2, default=str) + "\n"


def export(
    wiring: Wiring,
    address: Address,
    form: str,
    base: str,
    knows: Callable[[str], bool] = lambda _: True,
) -> Exported:
    """Export a product or port; raise `UsageError` (`form-unknown`, `product-unknown`, `port-unknown`)."""
    if form not in FORMS:
        raise UsageError(
            "form-unknown", f"nothing is exported as `{form[:40]}`", hint=did_you_mean(form, FORMS)
        )
    found = describe(wiring, address, knows)
    product = found.product.address
    match form:
        case "dcat":
            documents: Sequence[Any] = [dcat(Names(base), found)]
        case "dprod":
            documents = [dprod(Names(base), found)]
        case "odps":
            documents = [wiring.workspace.raw_product(product)]
        case _:
            contracts = wiring.workspace.raw_contracts(product)
            names = [port.port.name for port in found.ports if port.port.name in contracts]
            documents = [_contract(dict(contracts[name]), form) for name in names]
    return Exported(FORMS[form], tuple(documents))


def export_catalog(
    wiring: Wiring, products: Sequence[str], base: str, knows: Callable[[str], bool]
) -> Exported:
    """Export some products as a DCAT catalog; one whose files have errors is left out."""
    found = []
    for name in products:
        try:
            found.append(describe(wiring, Address.parse(name), knows))
        except DescriptorError:
            continue
    mesh = wiring.mesh
    return Exported(LINKED, (dcat_catalog(Names(base), mesh.name, mesh.description, found),))


def _contract(document: dict[str, Any], form: str) -> dict[str, Any]:
    """Return a contract as it is, or as 3.2.0: every v3 is one but for what it calls itself."""
    return document if form == "odcs" else {**document, "apiVersion": ODCS_VERSION}
