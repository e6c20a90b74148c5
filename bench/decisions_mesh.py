"""Give a mesh of `rules_mesh.py` a ledger, people, grants and access policies, seeded.

What: every product published once with its contract; people in forty teams, each with a country and a
grade; a grant for every second person; policies of every effect, a tenth of them of the federation, the rest
spread over the domains. What must stay true: the same numbers and seed give the same mesh; there are no
files of data, since a decision reads none.

    python bench/decisions_mesh.py FOLDER --principals 5000 --policies 1000
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

import meshwright
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.facts import (
    AccessGranted,
    ContractPublished,
    Fact,
    Json,
    PrincipalAdded,
    VersionPublished,
)

BATCH = 1_000
TEAMS, COUNTRIES, GRADES = 40, ("at", "ch", "de", "fr", "it"), ("1", "2", "3")
COLUMNS = [[f"c{index:02}", "BIGINT"] for index in range(20)]
EFFECTS = (
    "deny", "mask", "mask", "mask", "filter", "require-purpose", "aggregate",
)  # fmt: skip


def person(number: int) -> str:
    """Return the name of a person."""
    return f"person:p{number:05}@example.com"


def write_policies(root: Path, policies: int, seed: int = 7) -> None:
    """Write the policies of the federation and of the domains."""
    rng = random.Random(seed)
    domains = sorted(path.name for path in (root / "domains").iterdir())
    own: dict[str, list[str]] = {}
    for number in range(policies):
        domain = "" if number % 10 == 0 else domains[number % len(domains)]
        own.setdefault(domain, []).append(_policy(rng, number, domain))
    for domain, entries in own.items():
        home = root / "domains" / domain / "policies" if domain else root / "policies"
        home.mkdir(exist_ok=True)
        (home / "access.yaml").write_text("policies:\n" + "".join(entries))


def _policy(rng: random.Random, number: int, domain: str) -> str:
    if domain and number % 3 == 0:
        effect = "allow"
    elif not domain and number % 50 == 0:
        effect = "ceiling"
    else:
        effect = rng.choice(EFFECTS)
    said = {
        "mask": "mask: show-last-4", "filter": 'filter: "c00 > 0"', "aggregate": "minimum_group: 5",
        "ceiling": "days: 90",
    }.get(effect)  # fmt: skip
    subjects = rng.choice(
        (
            f"teams: [t{rng.randrange(TEAMS):02}]",
            f"attributes: {{country: [{rng.choice(COUNTRIES)}]}}",
            f"kinds: [{rng.choice(('agent', 'service'))}]",
            f'principals: ["{person(rng.randrange(5000))}"]',
        )
    )
    of = domain or "*"
    objects = rng.choice(
        (
            "tags: [pii]",
            "classifications: [confidential]",
            f"addresses: ['{of}.*.wide']",
            f"addresses: ['{of}.*.wide'], tags: [pii]",
        )
    )
    if effect in ("mask", "deny") and number % 4 == 0:
        objects = f"addresses: ['{of}.*.wide.c{rng.choice((1, 5, 9)):02}']"
    lines = [
        f"id: p{number:04}", f"effect: {effect}", f"subjects: {{{subjects}}}",
        f"objects: {{{objects}}}", *([said] if said else []),
    ]  # fmt: skip
    return f"  - {{{', '.join(lines)}}}\n"


def record(root: Path, principals: int, seed: int = 7) -> None:
    """Publish every product, and say who there is and what was granted."""
    rng = random.Random(seed)
    with meshwright.open(root) as mesh:
        wiring = mesh.wiring
        batch: list[Fact] = []
        for fact in (*_published(wiring), *_people(rng, wiring, principals)):
            batch.append(fact)
            if len(batch) >= BATCH:
                _append(wiring, batch)
                batch = []
        _append(wiring, batch)


def _append(wiring: Wiring, facts: list[Fact]) -> None:
    with wiring.store.write() as writer:
        wiring.ledger.append(writer, facts)


def _published(wiring: Wiring) -> Iterator[Fact]:
    for address, card in wiring.workspace.cards.items():
        (document,) = wiring.workspace.raw_contracts(address).values()
        (output,) = card.outputs
        digest = output.contract_digest
        yield ContractPublished(
            product=str(address), port=output.name, contract_id=output.contract_id,
            version=output.contract_version, digest=digest, document=document,
        )  # fmt: skip
        yield VersionPublished(
            build=f"build-of-{address}", product=str(address), version=1, semver="1.0.0", code="",
            ports={output.name: _port(address, output.name, digest)}, inputs=[],
        )  # fmt: skip


def _port(product: Address, port: str, digest: str) -> dict[str, Json]:
    return {
        "location": f"{product.domain}/{product.product}/{port}", "data_version": 1, "contract": digest,
        "contract_version": "1.0.0", "code": digest, "columns": COLUMNS, "rows": 50, "bytes": 4_000,
        "added": [{"path": f"{port}.parquet", "rows": 50, "bytes": 4_000}],
    }  # fmt: skip


def _people(rng: random.Random, wiring: Wiring, principals: int) -> Iterator[Fact]:
    products = [str(address) for address in wiring.workspace.cards]
    for number in range(principals):
        teams = sorted({f"team:t{rng.randrange(TEAMS):02}" for _ in range(3)})
        said = {"country": rng.choice(COUNTRIES), "grade": rng.choice(GRADES)}
        yield PrincipalAdded(person(number), f"Person {number}", teams, [], said)
        if number % 2 == 0:
            product = products[number * 2 % len(products)]
            yield AccessGranted(
                grant=f"g-{number}", principal=person(number), address=f"{product}.wide",
                product=product, purpose="analysis", since="2020-01-01", until="2999-01-01",
            )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--principals", type=int, default=5_000)
    parser.add_argument("--policies", type=int, default=1_000)
    arguments = parser.parse_args()
    write_policies(arguments.folder, arguments.policies)
    record(arguments.folder, arguments.principals)


if __name__ == "__main__":
    main()
