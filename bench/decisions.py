"""Decide who sees what in a mesh of 10,000 products, 1,000 policies and 5,000 principals.

What is measured, each decision by `app.access.deciding`, in one process that has read the mesh:
- *cached, within a query*: a decision that is known, asked again in the same snapshot (a list of tables);
- *cached, a query each*: the state opened, its access state read, policy files looked at, then the same;
- *cold*: somebody and a port that were never asked about, the policies of the domain made ready before;
- *cold and let in*: those of them that are allowed, for which masks and filters are asked for too;
- *first of a domain*: the same, and the policies of federation and domain compiled and validated;
- *after a revocation*: the next decision on what was allowed, which must be a denial, each time.
Why it is fair: no peer is compared. Half of those who ask were granted what they ask for. Every fact goes
through the ledger; the mesh is that of `rules_mesh.py` and `decisions_mesh.py`. Times are of the CPU, which a
busy machine does not change much; wall times stand beside them.

    python bench/decisions.py
    python bench/decisions.py --small
"""

import argparse
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import measure
from decisions_mesh import person

import meshwright
from meshwright.app.access import deciding, policies
from meshwright.app.access.deciding import decide, decisions_in
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.facts import AccessRevoked
from meshwright.model.principal import Asker, Principal
from meshwright.publish.reading import PinnedPort, pin
from meshwright.spi.state_store import Reader

PURPOSE = "analysis"
Case = tuple[Asker, PinnedPort]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of many single decisions."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]

    def summary(self) -> dict[str, float]:
        ordered = sorted(self.cpu)
        return {
            "cpu_median_ms": round(statistics.median(ordered), 3),
            "cpu_p95_ms": round(ordered[int(len(ordered) * 0.95)], 3),
            "cpu_max_ms": round(ordered[-1], 3),
            "wall_median_ms": round(statistics.median(self.wall), 3),
            "count": len(ordered),
        }


def made(products: int, principals: int, rules: int) -> Any:
    """Return the folder of the mesh, made once."""
    root = measure.DATA / f"decisions-{products}-{principals}-{rules}"
    if not (root / "made").exists():
        print(f"generating {products:,} products", file=sys.stderr)
        command = measure.script("rules_mesh.py", root, "--products", str(products))
        measure.run(command, measure.BENCH)
        numbers = ("--principals", str(principals), "--policies", str(rules))
        measure.run(measure.script("decisions_mesh.py", root, *numbers), measure.BENCH)
        (root / "made").write_text("")
    return root


def each(decisions: Sequence[Callable[[], Any]]) -> Times:
    cpu, wall = [], []
    for decision in decisions:
        began, started = time.process_time(), time.perf_counter()
        decision()
        cpu.append((time.process_time() - began) * 1_000)
        wall.append((time.perf_counter() - started) * 1_000)
    return Times(tuple(cpu), tuple(wall))


def rate(decide_all: Callable[[], int]) -> int:
    """Return decisions a second of CPU, the best of three."""
    best = 0.0
    for _ in range(3):
        began = time.process_time()
        count = decide_all()
        best = max(best, count / (time.process_time() - began))
    return round(best)


def cases(
    reader: Reader, products: Sequence[str], principals: int, count: int, seed: int
) -> list[Case]:
    """Return who asks for what: every second has a grant, of the others every second a personal column."""
    rng = random.Random(seed)
    personal = products[::20]
    found = []
    for number in range(count):
        who = rng.randrange(principals // 2) * 2
        product = products[who * 2 % len(products)]
        if number % 2:
            product = rng.choice(personal if number % 4 == 1 else products)
        port = pin(reader, Address.parse(f"{product}.wide"))
        found.append((Asker(Principal(person(who)), PURPOSE), port))
    return found


def forget(wiring: Wiring) -> None:
    """Forget what was decided, as if the process had just started."""
    deciding._KNOWN.pop(wiring.origin, None)


def cached(wiring: Wiring, known: Sequence[Case], rounds: int) -> tuple[int, int]:
    """Return how many decisions a second: within one query, and with a query each."""
    with wiring.store.read() as reader:
        within = decisions_in(wiring, reader)
        for asker, port in known:
            within.of(asker, port)

        def again() -> int:
            for _ in range(rounds):
                for asker, port in known:
                    within.of(asker, port)
            return rounds * len(known)

        in_one = rate(again)

    def queries() -> int:
        for asker, port in known:
            with wiring.store.read() as reader:
                decide(wiring, reader, asker, port)
        return len(known)

    return in_one, rate(queries)


def revoked(wiring: Wiring, products: Sequence[str], count: int) -> Times:
    """Revoke one grant after another; the next decision must deny."""
    cpu, wall = [], []
    for number in range(0, 2 * count, 2):
        product = products[number * 2 % len(products)]
        asker = Asker(Principal(person(number)), PURPOSE)
        with wiring.store.read() as reader:
            port = pin(reader, Address.parse(f"{product}.wide"))
            before = decide(wiring, reader, asker, port)
        wiring.ledger.record([AccessRevoked(f"g-{number}", "person:bench", "measured")])
        with wiring.store.read() as reader:
            began, started = time.process_time(), time.perf_counter()
            after = decide(wiring, reader, asker, port)
            cpu.append((time.process_time() - began) * 1_000)
            wall.append((time.perf_counter() - started) * 1_000)
        if before.grant == f"g-{number}" and after.is_allowed and after.grant:
            raise AssertionError(f"g-{number} still opens {port.address}")
        wiring.ledger.record([_again(before.principal, product, number)])
    return Times(tuple(cpu), tuple(wall))


def _again(principal: str, product: str, number: int) -> Any:
    from meshwright.model.facts import AccessGranted

    return AccessGranted(
        grant=f"g-{number}", principal=principal, address=f"{product}.wide", product=product,
        purpose=PURPOSE, since="2020-01-01", until="2999-01-01",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a smoke test")
    small = parser.parse_args().small
    products, principals, rules = (500, 200, 100) if small else (10_000, 5_000, 1_000)
    count = 50 if small else 1_000
    with meshwright.open(made(products, principals, rules)) as mesh:
        wiring = mesh.wiring
        names = [str(address) for address in wiring.workspace.cards]
        with wiring.store.read() as reader:
            asked = cases(reader, names, principals, count, seed=1)
            fresh = cases(reader, names, principals, count, seed=2)
            one, *others = asked
            decide(wiring, reader, *one)
            firsts = {port.address.domain: (asker, port) for asker, port in others}
            first = each([lambda c=c: decide(wiring, reader, *c) for c in firsts.values()])
            for _, port in fresh:
                policies.rules_of(wiring, port.address.domain)
            forget(wiring)
            decide(wiring, reader, *one)
            cold = each([lambda c=c: decide(wiring, reader, *c) for c in fresh])
            forget(wiring)
            let_in = [case for case in fresh if decide(wiring, reader, *case).is_allowed]
            forget(wiring)
            decide(wiring, reader, *one)
            allowed = each([lambda c=c: decide(wiring, reader, *c) for c in let_in])
            told = Counter(
                decide(wiring, reader, *case).reasons[0].policy.partition(":")[0] for case in fresh
            )
        in_one, by_query = cached(wiring, fresh, 3 if small else 50)
        bitten = revoked(wiring, names, 10 if small else 200)
    found = {
        "products": products, "principals": principals, "policies": rules,
        "cached_per_second_within_a_query": in_one, "cached_per_second_a_query_each": by_query,
        "cold": cold.summary(), "cold_and_let_in": allowed.summary(), "first_of_a_domain": first.summary(),
        "after_a_revocation": bitten.summary(), "decided": dict(told),
    }  # fmt: skip
    if any(name == "policies" for name in told):
        raise AssertionError("the policies are broken: nothing was decided by them")
    for name, value in found.items():
        print(f"{name}: {value}")
    if not small:
        path = measure.write_results("decisions", found)
        print(f"\nwritten: {path.relative_to(measure.BENCH)}")


if __name__ == "__main__":
    main()
