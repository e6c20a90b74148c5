"""What something may let somebody read: all else is denied for sure, and need not be decided one by one."""

from collections.abc import Iterator

from meshwright.app.access.ground import subject_of
from meshwright.app.access.policies import rules_of
from meshwright.app.wiring import Wiring
from meshwright.model.access import ALLOW
from meshwright.model.address import Address
from meshwright.model.principal import Principal
from meshwright.spi.state_store import Reader


def open_ports(wiring: Wiring, reader: Reader, principal: Principal) -> Iterator[Address]:
    """Yield the served ports that something may let a principal read: all others are denied for sure.

    It takes membership of the domain, a grant, or a policy of the domain that allows something.
    """
    domains = subject_of(wiring, principal).domains | {
        domain
        for domain in wiring.workspace.domains
        if ALLOW in rules_of(wiring, domain).rules.effects
    }
    names = sorted(principal.names)
    granted = {
        str(row[0])
        for row in reader.rows(
            "SELECT DISTINCT product FROM grants WHERE revoked_at = ''"
            f" AND principal IN ({', '.join('?' * len(names))})",
            names,
        )
    }
    for address in served_ports(reader):
        if address.domain in domains or str(address.product_address) in granted:
            yield address


def served_ports(reader: Reader) -> list[Address]:
    """Return every port that is served, by address."""
    rows = reader.rows(
        "SELECT vp.product || '.' || vp.port FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served ORDER BY 1"
    )
    return [Address.parse(str(row[0])) for row in rows]
