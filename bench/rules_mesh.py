"""Generate a mesh of wide products, seeded, for judging rules: descriptors alone, and one small source file.

What: products in domains of 25, each with one output port of 20 columns and a full contract; the first fifth
reads a file, every other reads one to three products before it. About one column in fifty has no
description, one product in twenty a personal column, half of those without a mask; one contract in a hundred
is deprecated. What must stay true: the same numbers and seed give the same files, and `mesh check` finds no
error in them.

    python bench/rules_mesh.py FOLDER --products 10000
"""

import argparse
import random
from pathlib import Path

from descriptors import stable_id

A_DOMAIN = 25
COLUMNS = 20


def write_mesh(folder: Path, products: int, seed: int = 7) -> int:
    """Write the mesh; return how many columns its contracts promise."""
    rng = random.Random(seed)
    domains = sorted({_domain(number) for number in range(products)})
    (folder / "silos").mkdir(parents=True, exist_ok=True)
    names = [f"c{index:02}" for index in range(COLUMNS)]
    (folder / "silos" / "raw.csv").write_text(f"{','.join(names)}\n{','.join('1' * COLUMNS)}\n")
    listed = "".join(f"  - domains/{domain}\n" for domain in domains)
    (folder / "mesh.yaml").write_text(f"name: rules\ndomains:\n{listed}")
    for domain in domains:
        home = folder / "domains" / domain
        home.mkdir(parents=True, exist_ok=True)
        owner = f"{domain}@example.com"
        (home / "domain.yaml").write_text(f"name: {domain}\nteam: {{owners: [{owner}]}}\n")
    for number in range(products):
        _write_product(folder, number, products, names, rng)
    return products * COLUMNS


def _domain(number: int) -> str:
    return f"domain_{number // A_DOMAIN:03}"


def _name(number: int) -> str:
    return f"product_{number:05}"


def _write_product(
    folder: Path, number: int, products: int, names: list[str], rng: random.Random
) -> None:
    name, domain = _name(number), _domain(number)
    home = folder / "domains" / domain / name
    (home / "contracts").mkdir(parents=True, exist_ok=True)
    (home / "models").mkdir(exist_ok=True)
    sources = max(1, products // 5)
    parents = (
        sorted({rng.randrange(number) for _ in range(rng.choice((1, 1, 2, 3)))})
        if number >= sources
        else []
    )
    reads = {f"in_{parent}": f"port: {_domain(parent)}.{_name(parent)}.wide" for parent in parents}
    reads = reads or {"raw": "files: ../../../silos/raw.csv"}
    contract, identity = stable_id(f"contract-{number}"), stable_id(f"product-{number}")
    inputs = "".join(
        f"  - {{name: {n}, version: 1.0.0, contractId: {_contract_of(n)}}}\n" for n in reads
    )
    tags = f"tags: [layer-{number % 8}]\n" if number % 3 else ""
    (home / "product.odps.yaml").write_text(
        f"apiVersion: v1.0.0\nkind: DataProduct\nid: {identity}\nname: {name}\ndomain: {domain}\n"
        f"version: 1.0.0\nstatus: active\ndescription: {{purpose: Product number {number}.}}\n{tags}"
        f"inputPorts:\n{inputs}outputPorts:\n  - {{name: wide, version: 1.0.0, contractId: {contract}}}\n"
    )
    built = "".join(f"  {n}: {{{said}}}\n" for n, said in reads.items())
    (home / "build.yaml").write_text(f"inputs:\n{built}")
    first, *others = reads
    known = "".join(f"\nand exists (select 1 from {other})" for other in others)
    (home / "models" / "wide.sql").write_text(
        f"select {', '.join(names)}\nfrom {first}\nwhere true{known}\n"
    )
    (home / "contracts" / "wide.odcs.yaml").write_text(
        _contract(number, contract, names, rng, is_personal=number % 20 == 0)
    )


def _contract_of(name: str) -> str:
    number = name.removeprefix("in_")
    return str(stable_id(f"contract-{number}")) if number.isdigit() else "raw"


def _contract(
    number: int, identity: object, names: list[str], rng: random.Random, *, is_personal: bool
) -> str:
    lines = [
        "apiVersion: v3.2.0", "kind: DataContract", f"id: {identity}", "name: wide", "version: 1.0.0",
        f"status: {'deprecated' if number % 100 == 7 else 'active'}",
        f"description: {{purpose: Rows of product {number}.}}",
        "slaProperties:", "  - {property: freshness, value: 1, unit: d}",
    ]  # fmt: skip
    if number % 100 == 7:
        lines += ["customProperties:", '  - {property: endOfLife, value: "2099-12-31"}']
    lines += ["schema:", "  - name: wide", "    physicalType: table", "    properties:"]
    for index, name in enumerate(names):
        lines += [f"      - name: {name}", "        logicalType: integer"]
        if rng.random() > 0.02:
            lines.append(f"        description: Column {index} of product {number}.")
        if index == 0:
            lines += ["        primaryKey: true", "        primaryKeyPosition: 1"]
        if index == 5 and is_personal:
            lines += ["        classification: confidential", "        tags: [pii]"]
            if number % 40:
                lines += [
                    "        customProperties:",
                    "          - {property: mask, value: replace-with-null}",
                ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--products", type=int, default=10_000)
    arguments = parser.parse_args()
    print(write_mesh(arguments.folder, arguments.products))


if __name__ == "__main__":
    main()
