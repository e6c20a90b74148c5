"""Find what a change would break: from the columns that it is about, down everything that rests on them."""

from collections.abc import Sequence
from dataclasses import replace

from meshwright.app.impact.affected import consumers, readers_of, rests_on
from meshwright.app.impact.found import (
    BREAKS,
    DROP,
    MAY,
    RENAME,
    RESTS,
    TYPE,
    USE,
    HitColumn,
    Impact,
    Subscriber,
    Wish,
)
from meshwright.app.impact.holders import holders
from meshwright.app.impact.models import hit_models
from meshwright.app.impact.promises import hit_promises
from meshwright.app.impact.queries import hit_queries
from meshwright.app.impact.retyping import Retyped, retyped
from meshwright.app.product_graph import graph_of, present
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.lineage.resting import Resting
from meshwright.model.address import Address
from meshwright.model.lineage import UNKNOWN
from meshwright.model.plan import Affected
from meshwright.publish.reading import find_product
from meshwright.spi.state_store import Reader


def find_impact(wiring: Wiring, address: str, wish: Wish) -> Impact:
    """Return what a change of a product, port or column would break.

    Raises `UsageError`: `port-unknown`, `column-unknown`, `address-not-a-column` where a new type or name
    is for one, `type-unknown`.
    """
    start = present(Address.parse(address).at(None), wiring.workspace.former_names)
    if wish.kind in (TYPE, RENAME) and not start.column:
        raise UsageError(
            "address-not-a-column",
            f"`{start}` is not a column, and only that gets another {'type' if wish.to else 'name'}",
            hint="domain.product.port.column",
        )
    with wiring.store.read() as reader:
        starts = _starts(wiring, reader, start)
        change = retyped(wiring, reader, start, wish.to) if wish.kind == TYPE else None
        if change is not None and change.is_same:
            return Impact(str(start), wish)
        found = rests_on(reader, [(str(port), column) for port, column in starts])
        columns = tuple(_column(one, wish, change) for one in found)
        columns = tuple(column for column in columns if column.verdict)
        impact = Impact(str(start), wish, columns)
        return _with_the_rest(wiring, reader, impact, starts, found, change)


def _with_the_rest(
    wiring: Wiring,
    reader: Reader,
    impact: Impact,
    starts: Sequence[tuple[Address, str]],
    found: Sequence[Resting],
    change: Retyped | None,
) -> Impact:
    """Add models, products, promises, queries and people."""
    hit = {column.address for column in impact.columns}
    kept = [one for one in found if _address(one) in hit]
    addresses = [f"{port}.{column}" if column else f"{port}.*" for port, column in starts]
    verdict = {USE: RESTS, TYPE: MAY}.get(impact.wish.kind, BREAKS)
    if change is not None and change.is_wider:
        verdict = RESTS
    products = _products(wiring, reader, starts, kept)
    ports = {str(port) for port, _ in starts} | {
        name.rpartition(".")[0] for name in hit if name.count(".") == 3
    }
    graph = graph_of(wiring)
    return replace(
        impact,
        models=hit_models(wiring, addresses, kept, verdict),
        products=products,
        contracts=hit_promises(wiring, starts, impact, verdict),
        queries=hit_queries(wiring, reader, addresses, impact.columns, verdict),
        owners=tuple(
            sorted({o for one in products for o in graph.owners(Address.parse(one.product))})
        ),
        readers=readers_of(reader, ports),
        subscribers=_subscribers(reader, [address for address, _ in starts], products),
        grants=holders(wiring, reader, starts, ports),
    )


def _starts(wiring: Wiring, reader: Reader, start: Address) -> list[tuple[Address, str]]:
    """Return the (port, column) that an address means; a column '' is every one of the port."""
    product = start.product_address
    card = wiring.workspace.card(product)
    ports = [output.name for output in card.outputs]
    if not start.port:
        return [(replace(product, port=port), "") for port in ports]
    if start.port not in ports:
        raise UsageError(
            "port-unknown",
            f"`{product}` has no port `{start.port}`",
            hint=did_you_mean(start.port, ports),
        )
    if not start.column:
        return [(start.port_address, "")]
    known = {name.lower(): name for name in columns_of(wiring, reader, start.port_address)}
    if known and start.column.lower() not in known:
        raise UsageError(
            "column-unknown",
            f"`{start.port_address}` has no column `{start.column}`",
            hint=did_you_mean(start.column, known.values()),
        )
    return [(start.port_address, known.get(start.column.lower(), start.column))]


def columns_of(wiring: Wiring, reader: Reader, port: Address) -> dict[str, str]:
    """Return the columns of a port and their types: as it is served, else as its contract says."""
    from meshwright.app.served import served_ports, served_products

    product = find_product(reader, port.product_address) or port.product_address
    served = served_products(reader, str(product)).get(str(product))
    if served is not None and served.version is not None:
        known = served_ports(reader, product, served.version).get(port.port)
        if known is not None:
            return dict(known.columns)
    output = wiring.workspace.product(port).output(port.port)
    described = output.contract.object_for(port.port) if output and output.contract else None
    columns = described.columns if described else ()
    return {column.name: column.physical_type for column in columns}


def _column(one: Resting, wish: Wish, change: Retyped | None) -> HitColumn:
    verdict, why = {USE: (RESTS, "")}.get(wish.kind, (BREAKS, ""))
    if one.link.kind == UNKNOWN and wish.kind in (DROP, RENAME):
        verdict, why = MAY, "it is not known what it is made of"
    if change is not None:
        verdict, why = change.judge(one)
    return HitColumn(_address(one), one.by, one.link.how or one.link.kind, verdict, one.depth, why)


def _address(one: Resting) -> str:
    return f"{one.dataset}.{one.column}" if one.column else one.dataset


def _products(
    wiring: Wiring,
    reader: Reader,
    starts: Sequence[tuple[Address, str]],
    found: Sequence[Resting],
) -> tuple[Affected, ...]:
    merged: dict[str, Affected] = {}
    for port, column in starts:
        for one in consumers(wiring, reader, port, (column,), found):
            known = merged.get(one.product)
            columns = tuple(dict.fromkeys([*(known.columns if known else ()), *one.columns]))
            merged[one.product] = Affected(one.product, columns, one.people)
    return tuple(merged.values())


def _subscribers(
    reader: Reader, ports: Sequence[Address], products: Sequence[Affected]
) -> tuple[Subscriber, ...]:
    """Return who wants to hear of these ports, of what is below them, or of a domain that they are in."""
    names = {*map(str, ports), *(one.product for one in products)}
    names |= {str(port.product_address) for port in ports}
    names |= {column.rpartition(".")[0] for one in products for column in one.columns}
    names |= {name.partition(".")[0] for name in names}
    rows = reader.rows(
        "SELECT address, notifier, principal FROM subscriptions ORDER BY address, notifier"
    )
    return tuple(
        Subscriber(str(address), str(notifier), str(principal))
        for address, notifier, principal in rows
        if str(address) in names
    )
