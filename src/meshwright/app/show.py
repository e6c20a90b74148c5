"""`mesh show`: the mesh, a domain, a product or a port, as it is now."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from meshwright.app.deprecation import farewells_of
from meshwright.app.order import load_briefs
from meshwright.app.product_graph import graph_of, present
from meshwright.app.served import ServedPort, ServedProduct, served_ports, served_products
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.contract import ContractColumn
from meshwright.model.farewell import Farewell
from meshwright.model.product import OutputPort, Product
from meshwright.publish.accepting import Waiver, active_waivers
from meshwright.publish.reading import find_product
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One product in a list."""

    product: str
    status: str
    version: int | None
    ports: tuple[str, ...]
    rows: int | None
    incidents: int


@dataclass(frozen=True, slots=True)
class PortPage:
    """All that one port promises and is. `checks` are (id, status, severity, expectation or reason)."""

    address: str
    description: str
    contract_version: str
    kind: str
    served: ServedPort | None
    columns: tuple[ContractColumn, ...]
    checks: tuple[tuple[str, str, str, str], ...] = ()
    audited: str = ""  # how the build of these checks ended, and when
    is_deprecated: bool = False
    ends: str = ""  # until when it is served; '' where no end is announced
    is_over: bool = False
    replaced_by: tuple[str, ...] = ()
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class ProductPage:
    """All of one product. `incidents` are (id, opened at, cause)."""

    product: Product
    served: ServedProduct | None
    ports: tuple[PortPage, ...]
    consumers: tuple[str, ...]
    incidents: tuple[tuple[str, str, str], ...]
    waivers: tuple[Waiver, ...] = ()


def list_products(wiring: Wiring, domain: str = "") -> tuple[ProductLine, ...]:
    """Return every product of the mesh or of one domain; raise `UsageError` (`domain-unknown`)."""
    domains = wiring.workspace.domains
    if domain and domain not in domains:
        raise UsageError(
            "domain-unknown", f"there is no domain `{domain}`", hint=did_you_mean(domain, domains)
        )
    with wiring.store.read() as reader:
        known = served_products(reader)
        rows = dict(_rows_by_product(reader))
        incidents = dict(_incidents_by_product(reader))
    lines = []
    for address, card in sorted(wiring.workspace.cards.items()):
        if domain and address.domain != domain:
            continue
        name = str(address)
        served = known.get(name)
        lines.append(
            ProductLine(
                name,
                served.status if served else "never built",
                served.version if served else None,
                tuple(output.name for output in card.outputs),
                rows.get(name),
                incidents.get(name, 0),
            )
        )
    return tuple(lines)


def show_product(wiring: Wiring, address: Address) -> ProductPage:
    """Return all of one product or port; raise `UsageError` (`product-unknown`, `port-unknown`)."""
    product = wiring.workspace.product(_present(wiring, address))
    if address.port and product.output(address.port) is None:
        raise UsageError(
            "port-unknown",
            f"`{product.address}` has no port `{address.port}`",
            hint=did_you_mean(
                f"{product.address}.{address.port}",
                [f"{product.address}.{port.name}" for port in product.outputs],
            ),
        )
    with wiring.store.read() as reader:
        name = str(product.address)
        served = served_products(reader, name).get(name)
        ports = (
            served_ports(reader, product.address, served.version)
            if served and served.version is not None
            else {}
        )
        pages = tuple(
            _with_end(wiring, _page(reader, product, port, ports.get(port.name)), port)
            for port in product.outputs
            if not address.port or port.name == address.port
        )
        incidents = _open_incidents(reader, product.address)
        waivers = active_waivers(reader, product.address, datetime.now(UTC).date())
    consumers = _consumers(wiring, product.address)
    return ProductPage(product, served, pages, consumers, incidents, waivers)


def _present(wiring: Wiring, address: Address) -> Address:
    """Return a product's address of today, by any that it had."""
    if address.product_address in wiring.workspace.cards:
        return address.product_address
    named = present(address.product_address, wiring.workspace.former_names)
    if named in wiring.workspace.cards:
        return named
    with wiring.store.read() as reader:
        return find_product(reader, address) or address.product_address


def _page(
    reader: Reader, product: Product, port: OutputPort, served: ServedPort | None
) -> PortPage:
    contract = port.contract
    described = contract.object_for(port.name) if contract else None
    audited, checks = _checks(reader, product.address, port.name)
    return PortPage(
        address=f"{product.address}.{port.name}",
        description=port.description or (described.description if described else ""),
        contract_version=contract.version if contract else "",
        kind=port.materialisation.kind,
        served=served,
        columns=described.columns if described else (),
        checks=checks,
        audited=audited,
    )


def _with_end(wiring: Wiring, page: PortPage, port: OutputPort) -> PortPage:
    """Add to a page until when its port is served, what follows it, and what it follows itself."""
    replaces = port.contract.replaces if port.contract else ""
    if port.contract is None or not port.contract.is_deprecated:
        return replace(page, replaces=replaces)
    farewell = farewells_of(load_briefs(wiring)).get(page.address) or Farewell(
        page.address, port.contract.end_of_life
    )
    return replace(
        page,
        is_deprecated=True,
        ends=farewell.end,
        is_over=farewell.is_over(wiring.now(), ZoneInfo(wiring.mesh.timezone)),
        replaced_by=farewell.successors,
        replaces=replaces,
    )


def _checks(
    reader: Reader, product: Address, port: str
) -> tuple[str, tuple[tuple[str, str, str, str], ...]]:
    """Return how the newest build that audited this port ended, and its outcomes."""
    builds = reader.rows(
        "SELECT b.build, b.status, b.version, b.started_at FROM builds b WHERE b.build ="
        " (SELECT max(build) FROM checks WHERE product = ? AND port = ?)",
        (str(product), port),
    )
    if not builds:
        return "", ()
    build, status, version, at = builds[0]
    rows = reader.rows(
        "SELECT check_id, status, severity, expectation, reason FROM checks"
        " WHERE build = ? AND product = ? AND port = ? ORDER BY check_id",
        (build, str(product), port),
    )
    what = f"version {version!s}" if version else f"a {status!s} build"
    return f"{what}, {str(at)[:16].replace('T', ' ')} UTC", tuple(
        (str(a), str(b), str(c), str(d or e)) for a, b, c, d, e in rows
    )


def _consumers(wiring: Wiring, product: Address) -> tuple[str, ...]:
    """Return the products of this mesh that read a port of this one."""
    return tuple(map(str, graph_of(wiring).readers(product)))


def _rows_by_product(reader: Reader) -> list[tuple[str, int]]:
    rows = reader.rows(
        "SELECT p.product, sum(vp.rows) FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served GROUP BY p.product"
    )
    return [(str(product), int(str(count))) for product, count in rows]


def _incidents_by_product(reader: Reader) -> list[tuple[str, int]]:
    rows = reader.rows(
        "SELECT product, count(*) FROM incidents WHERE state <> 'resolved' GROUP BY 1"
    )
    return [(str(product), int(str(count))) for product, count in rows]


def _open_incidents(reader: Reader, product: Address) -> tuple[tuple[str, str, str], ...]:
    """Return the open incidents of a product, and those of others that explain what is wrong with it."""
    rows = reader.rows(
        "SELECT incident, opened_at, cause FROM incidents i WHERE state IN ('open', 'acknowledged')"
        " AND (product = ? OR EXISTS (SELECT 1 FROM incident_signals s"
        " WHERE s.incident = i.incident AND s.product = ?)) ORDER BY opened_at, incident",
        (str(product), str(product)),
    )
    return tuple((str(a), str(b), str(c)) for a, b, c in rows)
