"""Who holds a grant on what changes, or on what is made of it: people that a change would hurt."""

from collections.abc import Collection, Sequence

from meshwright.access.durations import written
from meshwright.app.access.kept import KeptGrant, read_grants
from meshwright.app.impact.found import Holder
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.spi.state_store import Reader


def holders(
    wiring: Wiring,
    reader: Reader,
    starts: Sequence[tuple[Address, str]],
    ports: Collection[str],
) -> tuple[Holder, ...]:
    """Return the grants that hold on these ports; of a port that changes, those that give a column hit."""
    now = written(wiring.now())
    hit: dict[str, set[str]] = {}
    for port, column in starts:
        hit.setdefault(str(port), set()).add(column.lower())
    found = []
    for name in sorted(ports):
        for kept in read_grants(reader, "address = ? AND revoked_at = ''", (name,)):
            if kept.state(now) == "active" and _gives(kept, hit.get(name) or {""}):
                found.append(_holder(reader, kept))
    return tuple(found)


def _gives(kept: KeptGrant, columns: Collection[str]) -> bool:
    given = {name.lower() for name in kept.grant.conditions.columns}
    return "" in columns or not given or not given.isdisjoint(columns)


def _holder(reader: Reader, kept: KeptGrant) -> Holder:
    grant = kept.grant
    rows = reader.rows(
        "SELECT last_at FROM uses WHERE principal = ? AND address = ?",
        (grant.principal, str(grant.address)),
    )
    used = str(rows[0][0]) if rows else ""
    return Holder(grant.id, grant.principal, str(grant.address), grant.purpose, grant.until, used)
