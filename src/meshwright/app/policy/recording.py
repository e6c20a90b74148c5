"""Record what rules found, as facts, where it is not what was found before."""

from collections import defaultdict

from meshwright.app.policy.files import has_rules, load_book, today_of
from meshwright.app.policy.judging import judge
from meshwright.app.wiring import Wiring
from meshwright.model.facts import Json, RulesJudged
from meshwright.model.plan import Violation
from meshwright.spi.state_store import Reader

Said = dict[str, Json]


def record_rules(wiring: Wiring) -> list[RulesJudged]:
    """Judge the whole mesh and record what changed; rules that cannot be judged change nothing.

    With no rules, what an earlier one found is over.
    """
    violations: tuple[Violation, ...] = ()
    if has_rules(wiring):
        book = load_book(wiring)
        outcome = judge(wiring, book, today_of(wiring))
        if outcome.broken or book.broken:
            return []  # half a verdict would end violations that are still there
        violations = outcome.violations
    now = _by_product(violations)
    with wiring.store.read() as reader:
        before = _recorded(reader)
    facts = [
        RulesJudged(product, now.get(product, []))
        for product in sorted({*now, *before})
        if _key(now.get(product, [])) != _key(before.get(product, []))
    ]
    if facts:
        wiring.ledger.record(facts)
    return facts


def _by_product(violations: tuple[Violation, ...]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    for one in violations:
        parts = one.address.split(".")
        product = ".".join(parts[:2]) if len(parts) > 1 else ""
        found[product].append(
            {
                "rule": one.rule,
                "severity": one.severity,
                "address": one.address,
                "message": one.message,
                "exempted": one.exempted,
            }
        )
    return found


def _recorded(reader: Reader) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    for product, *said in reader.rows(
        "SELECT product, rule, severity, address, message, exempted FROM violations"
    ):
        names = ("rule", "severity", "address", "message", "exempted")
        found[str(product)].append({n: str(v) for n, v in zip(names, said, strict=True)})
    return found


def _key(listed: list[Said]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(said[name]) for name in sorted(said)) for said in listed)
