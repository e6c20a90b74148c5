"""Generate a mesh of many products, seeded: domains, contracts, models, and a little local data.

What: products in eight layers; the first fifth reads a local CSV file each, every other reads the
ports of one to three products of lower layers, the next lower one preferred; one or two output
ports each, with a contract of eight or nine columns. What must stay true: the same number and seed
give the same files, byte for byte, and `mesh check` and `mesh run` find nothing wrong in them.

    python bench/scale_mesh.py FOLDER --products 1000
"""

import argparse
import json
import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from descriptors import (
    describe_columns,
    describe_contract,
    describe_domain,
    describe_product,
    stable_id,
    write_yaml,
)
from models_dag import STATUSES

LAYERS = 8
ROWS = 50
PRODUCTS_A_DOMAIN = 25
RECORDS = ("id", "customer_id", "status", "code", "amount", "quantity", "day", "score")
TOTALS = ("id", "status", "code", "amount", "quantity", "members", "day", "score")
EDITED = "0.99"


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the generated mesh: where it is, what it reads, what it publishes."""

    number: int
    domain: str
    layer: int
    parents: tuple[int, ...]
    has_totals: bool

    @property
    def name(self) -> str:
        return f"product_{self.number:05}"

    @property
    def records(self) -> str:
        return f"{self.name}_records"

    @property
    def totals(self) -> str:
        return f"{self.name}_totals"

    @property
    def ports(self) -> tuple[str, ...]:
        return (self.records, self.totals) if self.has_totals else (self.records,)

    def address(self, port: str) -> str:
        return f"{self.domain}.{self.name}.{port}"

    def folder(self, mesh: Path) -> Path:
        return mesh / "domains" / self.domain / self.name


def make_products(count: int, seed: int = 7) -> list[Product]:
    """Return the products, each after those that it reads."""
    rng = random.Random(seed)
    domains = max(2, count // PRODUCTS_A_DOMAIN)
    sources = max(1, count // 5)
    starts = [0, *(sources + (count - sources) * n // (LAYERS - 1) for n in range(LAYERS - 1))]
    products = []
    for number in range(count):
        layer = bisect_right(starts, number) - 1 if number >= sources else 0
        parents = _parents(rng, starts[layer - 1], starts[layer]) if layer else ()
        domain = f"domain_{rng.randrange(domains):03}"
        products.append(Product(number, domain, layer, parents, rng.random() < 0.5))
    return products


def _parents(rng: random.Random, near: int, end: int) -> tuple[int, ...]:
    """Draw one parent from the layer below, which starts at `near`, and up to two from any."""
    far = rng.sample(range(end), min(end, rng.choice((0, 0, 1, 2))))
    return tuple(dict.fromkeys((rng.randrange(near, end), *far)))


def downstream(products: list[Product], changed: int) -> set[int]:
    """Return the numbers of the products that a change of one reaches, itself among them."""
    reached = {changed}
    for product in products:
        if reached.intersection(product.parents):
            reached.add(product.number)
    return reached


def choose_changed(products: list[Product]) -> Product:
    """Return the product that the bench edits: the last one that others still read, by few."""
    read = {parent for product in products for parent in product.parents}
    return next(product for product in reversed(products) if product.number in read)


def write_mesh(folder: Path, products: list[Product], seed: int = 7) -> None:
    """Write every file of the mesh."""
    domains = sorted({product.domain for product in products})
    paths = [f"domains/{domain}" for domain in domains]
    write_yaml(folder / "mesh.yaml", {"name": "scale", "domains": paths})
    for domain in domains:
        write_yaml(folder / "domains" / domain / "domain.yaml", describe_domain(domain))
    for product in products:
        _write_product(product.folder(folder), product, products)
        if not product.parents:
            _write_source(product.folder(folder) / "data" / "raw.csv", seed + product.number)


def _write_product(folder: Path, product: Product, products: list[Product]) -> None:
    parents = [products[number] for number in product.parents]
    inputs: dict[str, Any] = {
        parent.records: {"port": parent.address(parent.records)} for parent in parents
    }
    contracts = {parent.records: stable_id(parent.address(parent.records)) for parent in parents}
    if not parents:
        inputs = {"raw": {"files": "data/*.csv", "columns": {"amount": "DECIMAL(18,2)"}}}
        contracts = {"raw": stable_id(product.address("raw"))}
    outputs = {port: stable_id(product.address(port)) for port in product.ports}
    write_yaml(folder / "build.yaml", {"inputs": inputs})
    descriptor = describe_product(product.domain, product.name, contracts, outputs)
    write_yaml(folder / "product.odps.yaml", descriptor)
    _write_port(folder, product, product.records, RECORDS, records_sql(product, parents))
    if product.has_totals:
        _write_port(folder, product, product.totals, TOTALS, totals_sql(product))


def _write_port(
    folder: Path, product: Product, port: str, columns: tuple[str, ...], sql: str
) -> None:
    address = (product.domain, product.name, port)
    contract = describe_contract(
        stable_id(product.address(port)), address, describe_columns(columns)
    )
    write_yaml(folder / "contracts" / f"{port}.odcs.yaml", contract)
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models" / f"{port}.sql").write_text(sql + "\n")


def records_sql(product: Product, parents: list[Product]) -> str:
    """Return the model of the records: the raw file typed, or the parents joined on the key."""
    if not parents:
        return f"""SELECT
  CAST(id AS BIGINT) AS id,
  CAST(customer_id AS BIGINT) AS customer_id,
  status,
  code,
  CAST(amount AS DECIMAL(18, 2)) AS amount,
  CAST(quantity AS BIGINT) AS quantity,
  CAST(day AS DATE) AS day,
  CAST(score * {EDITED} AS DOUBLE) AS score
FROM raw"""
    amount, joins = "a.amount", ""
    for alias, parent in zip("bc", parents[1:], strict=False):
        amount = f"greatest({amount}, coalesce({alias}.amount, 0))"
        joins += f"\nLEFT JOIN {parent.records} AS {alias} ON {alias}.id = a.id"
    return f"""SELECT
  a.id,
  a.customer_id,
  a.status,
  a.code,
  CAST({amount} AS DECIMAL(18, 2)) AS amount,
  a.quantity,
  a.day,
  a.score * {EDITED} AS score
FROM {parents[0].records} AS a{joins}
WHERE a.id % {ROWS + 1} <> {product.number % ROWS}"""


def totals_sql(product: Product) -> str:
    """Return the model of the totals: the product's records by customer."""
    return f"""SELECT
  customer_id AS id,
  CASE WHEN count(*) > 1 THEN 'done' ELSE 'new' END AS status,
  min(code) AS code,
  CAST(sum(amount) AS DECIMAL(18, 2)) AS amount,
  CAST(sum(quantity) AS BIGINT) AS quantity,
  count(*) AS members,
  max(day) AS day,
  avg(score) AS score
FROM {product.records}
GROUP BY customer_id"""


def _write_source(path: Path, seed: int) -> None:
    rng = random.Random(seed)
    lines = [",".join(RECORDS)]
    for number in range(1, ROWS + 1):
        day = date(2024, 1, 1) + timedelta(days=rng.randrange(366))
        code = f"{rng.choice(('ORD', 'PAY', 'RET'))}-{rng.randrange(10**6):06}"
        values = (
            number,
            rng.randrange(1, 21),
            rng.choice(STATUSES),
            code,
            f"{rng.randrange(50_000) / 100:.2f}",
            rng.randrange(1, 21),
            day.isoformat(),
            rng.random(),
        )
        lines.append(",".join(map(str, values)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--products", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    products = make_products(arguments.products, arguments.seed)
    write_mesh(arguments.folder / "mesh", products, arguments.seed)
    changed = choose_changed(products)
    model = changed.folder(Path()) / "models" / f"{changed.records}.sql"
    manifest = {
        "products": len(products),
        "ports": sum(len(product.ports) for product in products),
        "changed": changed.name,
        "changed_file": str(model),
        "edited": EDITED,
        "downstream": len(downstream(products, changed.number)),
    }
    (arguments.folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
