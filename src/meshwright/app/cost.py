"""Cost: seconds, bytes read and bytes stored, by build, product or domain. Reads projections only."""

from collections.abc import Sequence

from meshwright.app.health import selected_cards
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.cost import Cost
from meshwright.observe.watched.publications import among
from meshwright.spi.state_store import Reader

GRAINS = ("build", "product", "domain")


def read_costs(wiring: Wiring, select: Sequence[str] = (), by: str = "product") -> tuple[Cost, ...]:
    """Return costs, the dearest first (builds: the newest first); raise `UsageError` (`grain-unknown`)."""
    if by not in GRAINS:
        raise UsageError(
            "grain-unknown", f"costs are not known by `{by}`", hint=did_you_mean(by, GRAINS)
        )
    names = [str(card.address) for card in selected_cards(wiring, select)] if select else []
    with wiring.store.read() as reader:
        if by == "build":
            return _by_build(reader, names)
        costs = _by_product(reader, names)
    if by == "domain":
        costs = _by_domain(costs)
    return tuple(sorted(costs, key=lambda cost: (-cost.seconds, cost.name)))


def _by_product(reader: Reader, names: Sequence[str]) -> list[Cost]:
    only, values = among("product", names)
    stored = _stored(reader, only, values)
    rows = reader.rows(
        "SELECT product, count(*), sum(CASE WHEN status IN ('rejected', 'failed') THEN 1 ELSE 0 END),"
        " sum(seconds), sum(read_bytes), max(started_at) FROM builds"
        f" WHERE 1 = 1{only} GROUP BY product",
        values,
    )
    return [
        Cost(
            str(product),
            int(count or 0),
            int(bad or 0),
            float(seconds or 0),
            int(read or 0),
            *stored.get(str(product), (0, 0)),
            at=str(at),
        )
        for product, count, bad, seconds, read, at in rows
    ]


def _stored(reader: Reader, only: str, values: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the bytes of all kept versions, and of the one that is served, by product."""
    rows = reader.rows(
        "SELECT f.product, sum(f.bytes), sum(CASE WHEN f.first_version <= p.served AND"
        " (f.last_version IS NULL OR f.last_version >= p.served) THEN f.bytes ELSE 0 END)"
        " FROM port_files f JOIN products p ON p.product = f.product"
        f" WHERE 1 = 1{only.replace('product', 'f.product', 1)} GROUP BY f.product",
        values,
    )
    return {str(product): (int(kept or 0), int(served or 0)) for product, kept, served in rows}


def _by_domain(costs: Sequence[Cost]) -> list[Cost]:
    domains: dict[str, list[Cost]] = {}
    for cost in costs:
        domains.setdefault(cost.name.partition(".")[0], []).append(cost)
    return [
        Cost(
            domain,
            sum(cost.builds for cost in found),
            sum(cost.unpublished for cost in found),
            sum(cost.seconds for cost in found),
            sum(cost.read_bytes for cost in found),
            sum(cost.stored_bytes for cost in found),
            sum(cost.served_bytes for cost in found),
            at=max(cost.at for cost in found),
        )
        for domain, found in domains.items()
    ]


def _by_build(reader: Reader, names: Sequence[str]) -> tuple[Cost, ...]:
    only, values = among("b.product", names)
    rows = reader.rows(
        "SELECT b.build, b.product, b.status, b.started_at, b.seconds, b.read_bytes,"
        " (SELECT sum(f.bytes) FROM port_files f WHERE f.product = b.product"
        "  AND f.first_version = b.version)"
        f" FROM builds b WHERE 1 = 1{only} ORDER BY b.started_at DESC, b.build DESC",
        values,
    )
    return tuple(
        Cost(
            str(build),
            1,
            int(str(status) in ("rejected", "failed")),
            float(seconds or 0),
            int(read or 0),
            int(added or 0),
            at=str(at),
            product=str(product),
            status=str(status),
        )
        for build, product, status, at, seconds, read, added in rows
    )
