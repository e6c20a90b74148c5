"""Score: how mature each product is, what to do next, and whether it earns the badge."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from meshwright.app.health import check_health
from meshwright.app.order import load_briefs, reads_of
from meshwright.app.policy.files import has_rules
from meshwright.app.product_graph import ProductGraph, graph_of
from meshwright.app.promises import promises_of
from meshwright.app.served import served_products
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.govern.scores import PortStanding, Score, Standing, judge_standing
from meshwright.model.address import Address
from meshwright.model.classification import is_personal
from meshwright.model.contract import ContractObject
from meshwright.model.facts import ScoreChanged
from meshwright.model.health import STATUSES
from meshwright.model.monitoring import OFF
from meshwright.model.product import OutputPort, Product
from meshwright.observe.service.objectives import Promises
from meshwright.orchestrate.selection import select
from meshwright.publish.accepting import active_waivers
from meshwright.spi.state_store import Reader

USED_WITHIN = timedelta(days=30)
_FEW = 20  # products for which each is read by itself


def score_products(wiring: Wiring, expressions: Sequence[str] = ()) -> tuple[Score, ...]:
    """Return the scores of the selected products by address, and record those that changed.

    A product whose files have errors has no score: `mesh check` tells.
    """
    scores = judge_products(wiring, expressions)
    with wiring.store.read() as reader:
        before = _latest(reader)
    changed = [
        ScoreChanged(score.product, score.scores, score.is_certified)
        for score in scores
        if before.get(score.product) != (score.scores, score.is_certified)
    ]
    if changed:
        wiring.ledger.record(changed)
    return scores


def score_of(wiring: Wiring, product: Product, health: str) -> Score:
    """Return one product's score of now, whose health is known; nothing is recorded."""
    name = str(product.address)
    with wiring.store.read() as reader:
        known = _Known(wiring.origin, reader, wiring.now(), name)
        return judge_standing(known.standing(product, {name: health}))


def certified(wiring: Wiring, health: Mapping[str, str]) -> frozenset[str]:
    """Return which products, whose health is known, earn the badge; nothing is recorded."""
    now, wiring = wiring.now(), wiring.origin
    found = set[str]()
    with wiring.store.read() as reader:
        every = _Known(wiring, reader, now) if len(health) > _FEW else None
        for name in health:
            try:
                product = wiring.workspace.product(Address.parse(name))
            except MeshwrightError:  # its files have errors: `mesh check` tells
                continue
            known = every or _Known(wiring, reader, now, name)
            if judge_standing(known.standing(product, health)).is_certified:
                found.add(name)
    return frozenset(found)


def judge_products(wiring: Wiring, expressions: Sequence[str] = ()) -> tuple[Score, ...]:
    """Return the scores as `score_products` does, and record nothing."""
    briefs = load_briefs(wiring)
    chosen = select(expressions, briefs, reads_of(briefs), formerly=wiring.workspace.former_names)
    products = [
        wiring.workspace.product(Address.parse(name)) for name in sorted(chosen) if briefs[name]
    ]
    health = _health(wiring, [str(product.address) for product in products])
    with wiring.store.read() as reader:
        known = _Known(wiring, reader, wiring.now())
        return tuple(judge_standing(known.standing(p, health)) for p in products)


class _Known:
    """What the state says of all products, or of one alone, read once."""

    def __init__(self, wiring: Wiring, reader: Reader, now: datetime, only: str = "") -> None:
        self._wiring = wiring
        self._reader = reader
        self._now = now
        self._graph: ProductGraph = graph_of(wiring)
        self._served = served_products(reader, only)
        self._is_ruled = has_rules(wiring)
        self._incidents = _counts(reader, "incidents", "state <> 'resolved'", only)
        self._suggestions = _counts(reader, "suggestions", "state = 'open'", only)
        self._violations, self._exemptions = _violations(reader, only)
        self._readers = _readers(reader, (now - USED_WITHIN).isoformat(), only)

    def standing(self, product: Product, health: Mapping[str, str]) -> Standing:
        name = str(product.address)
        card = self._wiring.workspace.card(product.address)
        promises = promises_of(card)
        served = self._served.get(name)
        return Standing(
            product=name,
            purpose=product.description,
            owners=self._graph.owners(product.address),
            semver=product.version,
            tags=product.tags,
            ports=tuple(_port(port, promises[port.name]) for port in product.outputs),
            tests=len(product.tests),
            terms=len(card.extra.get("terms") or ()),
            is_served=bool(served and served.version),
            health=health.get(name, "unknown"),
            incidents=self._incidents[name],
            is_ruled=self._is_ruled,
            is_alerted=bool(self._wiring.mesh.alerting.notifiers),
            violations=tuple(self._violations[name]),
            exemptions=self._exemptions[name],
            suggestions=self._suggestions[name],
            waivers=len(active_waivers(self._reader, product.address, self._now.date())),
            consumers=len(self._graph.readers(product.address)),
            readers=len(self._readers[name]),
        )


def _port(port: OutputPort, promises: Promises) -> PortStanding:
    described = port.contract.object_for(port.name) if port.contract else None
    if port.contract is None or described is None:
        return PortStanding(port.name, has_description=bool(port.description))
    columns = described.columns
    return PortStanding(
        name=port.name,
        has_contract=True,
        has_description=bool(port.description or described.description),
        columns=len(columns),
        columns_described=sum(bool(column.description) for column in columns),
        columns_typed=sum(bool(c.physical_type or c.logical_type) for c in columns),
        has_key=bool(described.key),
        checks=_rules(described),
        not_enforced=len(promises.not_enforced),
        levels=tuple(level.name for level in port.contract.service_levels),
        is_watched=port.monitoring.sensitivity.get("") != OFF,
        has_personal=any(is_personal(c.classification, c.tags) for c in columns),
    )


def _rules(described: ContractObject) -> int:
    return len(described.quality) + sum(len(column.quality) for column in described.columns)


def _health(wiring: Wiring, products: Sequence[str]) -> Mapping[str, str]:
    """Return each product's status: that of its worst port."""
    found: dict[str, str] = {}
    if not products:
        return found
    for port in check_health(wiring, wiring.now(), products):
        name = str(port.address.product_address)
        found[name] = max(found.get(name, STATUSES[0]), port.status, key=STATUSES.index)
    return found


def _counts(reader: Reader, table: str, where: str, only: str) -> Counter[str]:
    one = " AND product = ?" if only else ""
    rows = reader.rows(
        f"SELECT product, count(*) FROM {table} WHERE {where}{one} GROUP BY 1",
        (only,) if only else (),
    )
    return Counter({str(name): int(str(count)) for name, count in rows})


def _violations(
    reader: Reader, only: str
) -> tuple[Mapping[str, Collection[tuple[str, str]]], Mapping[str, int]]:
    """Return each product's violations as (rule, severity), worst first, and how many are exempted."""
    broken: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    exempted: Counter[str] = Counter()
    rows = reader.rows(
        "SELECT address, product, rule, severity, exempted FROM violations"
        + (" WHERE product = ?" if only else "")
        + " ORDER BY CASE severity WHEN 'block' THEN 0 WHEN 'warn' THEN 1 ELSE 2 END, rule",
        (only,) if only else (),
    )
    for address, product, rule, severity, until in rows:
        name = ".".join(str(product or address).split(".")[:2])
        if until:
            exempted[name] += 1
        else:
            broken[name][(str(rule), str(severity))] = None
    return defaultdict(list, {name: list(rules) for name, rules in broken.items()}), exempted


def _readers(reader: Reader, since: str, only: str) -> Mapping[str, set[str]]:
    """Return who read each product since a moment; of one alone, from what is counted of each address."""
    found: dict[str, set[str]] = defaultdict(set)
    if only:
        used = reader.rows(
            "SELECT principal FROM uses WHERE address >= ? AND address < ? AND last_at >= ?",
            (f"{only}.", f"{only}/", since),
        )
        found[only] = {str(row[0]) for row in used}
        return found
    rows = reader.rows("SELECT actor, read FROM queries WHERE at >= ? AND error = ''", (since,))
    for actor, read in rows:
        for address in json.loads(str(read)):
            found[_product_of(address)].add(str(actor))
    return found


def _product_of(address: str) -> str:
    return ".".join(address.partition("@")[0].split(".")[:2])


def _latest(reader: Reader) -> dict[str, tuple[Mapping[str, float], bool]]:
    """Return what each product scored last."""
    rows: Iterable[Sequence[object]] = reader.rows(
        "SELECT product, scores, is_certified FROM scores ORDER BY at"
    )
    return {str(product): (json.loads(str(text)), bool(badge)) for product, text, badge in rows}
