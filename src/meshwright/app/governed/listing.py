"""What a tool is told of, and what its names mean: ports as tables of a database.

A mesh is a database whose schemas are `domain.product`; each domain is one too, whose schemas are its
products. `domain.product.port` means the same in each of them, as everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.app.governed.visible import VisiblePort, visible_ports
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.principal import Asker
from meshwright.spi.sql_catalog import CatalogColumn, CatalogContent, CatalogTable, SqlReading


@dataclass(frozen=True, slots=True)
class Listing:
    """The ports that somebody may read, as a database has them. `domain` is '' in the mesh's own."""

    database: str
    domain: str
    ports: tuple[VisiblePort, ...]
    content: CatalogContent

    def schema_of(self, address: Address) -> str:
        """Return the schema in which a port stands."""
        return address.product if self.domain else f"{address.domain}.{address.product}"


def list_ports(wiring: Wiring, asker: Asker, database: str) -> Listing:
    """Return what somebody is told of in a database; raise `UsageError` (`database-unknown`)."""
    ports = visible_ports(wiring, asker)
    mesh = wiring.mesh.name
    domains = sorted({port.address.domain for port in ports})
    if database != mesh and database not in domains:
        raise UsageError(
            "database-unknown",
            f"the database `{database}` does not exist",
            hint=did_you_mean(database, [mesh, *domains]),
        )
    domain = "" if database == mesh else database
    listed = tuple(port for port in ports if domain in ("", port.address.domain))
    databases = (
        (mesh, "the mesh"),
        *((name, f"the domain {name}") for name in domains if name != mesh),
    )
    made = Listing(
        database, domain, ports, CatalogContent(database, asker.principal.name, databases)
    )
    content = CatalogContent(
        database,
        asker.principal.name,
        databases,
        _schemas(wiring, made, listed),
        tuple(_table(made, port) for port in listed),
    )
    return Listing(database, domain, ports, content)


def _schemas(
    wiring: Wiring, listing: Listing, ports: Sequence[VisiblePort]
) -> tuple[tuple[str, str], ...]:
    products = {port.address.product_address for port in ports}
    found = (
        (listing.schema_of(product), _purpose(wiring, product)) for product in sorted(products)
    )
    return tuple(found)


def _purpose(wiring: Wiring, product: Address) -> str:
    try:
        return wiring.workspace.product(product).description
    except MeshwrightError:  # its files are broken or gone; what was published is served still
        return ""


def _table(listing: Listing, port: VisiblePort) -> CatalogTable:
    described = dict(port.described)
    return CatalogTable(
        listing.schema_of(port.address),
        port.address.port,
        tuple(
            CatalogColumn(c.name, c.type, _comment(port, c.name, described.get(c.name, "")))
            for c in port.columns
        ),
        port.description,
        port.key,
        port.rows,
    )


def _comment(port: VisiblePort, column: str, words: str) -> str:
    """Return a column's description, and how it is masked by which policy where it is."""
    mask = port.decision.masks.get(column)
    if mask is None:
        return words
    why = [
        r.policy
        for r in port.decision.reasons
        if r.effect in ("mask", "deny") and column in r.columns
    ]
    by = f" by {', '.join(dict.fromkeys(why))}" if why else ""
    return f"{words} (masked: {mask}{by})".strip()


def resolve(reading: SqlReading, sql: str, listing: Listing, path: Sequence[str]) -> str:
    """Return a text with its tables named by address; what is not found stays as it is written."""
    places = {name.start: name for name in (*reading.qualifiers, *reading.tables)}
    for _, name in sorted(places.items(), reverse=True):
        address = _meant(name.parts, listing, path)
        if address is not None:
            written = ".".join(f'"{part}"' for part in address)
            sql = f"{sql[: name.start]}{written}{sql[name.end :]}"
    return sql


def _meant(
    parts: Sequence[str], listing: Listing, path: Sequence[str]
) -> tuple[str, str, str] | None:
    """Return the address that a name means, as its three parts; None where it says it itself, or nothing."""
    *before, name = parts
    if len(before) == 2 and before[0].lower() == listing.database and not listing.domain:
        before = before[1:]  # the mesh's own name, then `domain.product`
    if len(before) == 1:
        return _in_schema(before[0], name, listing)
    if before:
        return None
    for schema in path:
        found = _in_schema(schema, name, listing)
        if found is not None and _is_port(listing, found):
            return found
    alike = [p.address for p in listing.ports if p.address.port == name.partition("@")[0].lower()]
    alike = [a for a in alike if listing.domain in ("", a.domain)]
    return (alike[0].domain, alike[0].product, name) if len(alike) == 1 else None


def _in_schema(schema: str, name: str, listing: Listing) -> tuple[str, str, str] | None:
    domain, dot, product = schema.partition(".")
    if dot:
        return domain, product, name
    return (listing.domain, schema, name) if listing.domain else None


def _is_port(listing: Listing, parts: tuple[str, str, str]) -> bool:
    domain, product, port = parts
    wanted = (domain.lower(), product.lower(), port.partition("@")[0].lower())
    return any(
        (p.address.domain, p.address.product, p.address.port) == wanted for p in listing.ports
    )


def column_types(reading: SqlReading, listing: Listing) -> Mapping[str, str]:
    """Return the types of the columns that a text could name, where all its tables agree on them."""
    found: dict[str, str] = {}
    for table in reading.tables:
        name = table.parts[-1].partition("@")[0].lower()
        for port in listing.ports:
            if port.address.port == name:
                for column in port.columns:
                    known = found.setdefault(column.name.lower(), column.type)
                    if known != column.type:
                        found[column.name.lower()] = ""
    return found
