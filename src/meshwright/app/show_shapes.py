"""The one JSON shape of a product's page: of `mesh show --json` and of the API."""

from dataclasses import asdict

from meshwright.app.show import ProductPage


def page_shape(page: ProductPage) -> dict[str, object]:
    """Return all of a product."""
    product = page.product
    return {
        "product": str(product.address),
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "semver": product.version,
        "owners": list(product.owners),
        "served": page.served.version if page.served else None,
        "status": page.served.status if page.served else "never built",
        "inputs": [
            {
                "name": i.name,
                "port": str(i.port) if i.port else None,
                "source": list(i.source.paths) if i.source else None,
            }
            for i in product.inputs
        ],
        "consumers": list(page.consumers),
        "retired_until": (page.served.retired_until or None) if page.served else None,
        "waivers": [
            {
                "id": waiver.id,
                "checks": sorted(waiver.checks),
                "owner": waiver.owner,
                "reason": waiver.reason,
                "expires": waiver.expires.isoformat(),
            }
            for waiver in page.waivers
        ],
        "incidents": [{"id": a, "opened": b, "cause": c} for a, b, c in page.incidents],
        "ports": [asdict(port) for port in page.ports],
    }
