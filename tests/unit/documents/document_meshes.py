"""Small meshes for the tests of this room."""

from collections.abc import Mapping
from pathlib import Path

MESH = """name: test
domains: [domains/ops]
alerts:
  notifiers:
    chat: "slack://${env:SLACK_TOKEN}/#data"
    pager: {url: "pagerduty://${vault:pager}@${file:pager.key}"}
  routes:
    - {to: [pager], severity: critical}
    - to: [chat]
      owner: maria@example.com
      domain: [ops]
      tag: pii
      quiet: {from: 22:00, to: "07:00", zone: Europe/Berlin, days: [sat, sun]}
      digest: 1h
      repeat: 4h
  default: [chat]
"""
DOMAIN = "name: ops\nteam: {owners: [maria@example.com]}\n"
PRODUCT = """apiVersion: v1.0.0
kind: DataProduct
id: 5d1bd0a8-flights
name: flights
version: 1.0.0
status: active
domain: ops
inputPorts:
  - {name: raw, version: 1.0.0, contractId: none}
outputPorts:
  - name: departures
    version: 1.0.0
    contractId: departures-contract
"""
CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: departures-contract
version: 1.0.0
status: active
schema:
  - name: departures
    properties:
      - {name: id, logicalType: integer, physicalType: BIGINT, primaryKey: true, required: true}
      - {name: day, logicalType: date, physicalType: DATE}
    quality:
      - {metric: rowCount, mustBeGreaterThan: 0}
"""
BUILD = """inputs:
  raw: {files: "../../../silos/*.csv", tolerance: 0.1%}
params:
  threshold: {type: integer, value: 15}
"""
TESTS = """- name: it counts
  model: departures
  given: {raw: [{id: 1}]}
  expect: {rows: [{id: 1}]}
"""

FLIGHTS = {
    "product.odps.yaml": PRODUCT,
    "build.yaml": BUILD,
    "contracts/departures.odcs.yaml": CONTRACT,
    "models/departures.sql": "select * from raw\n",
    "tests/departures.yaml": TESTS,
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return root


def small_mesh(root: Path, **changed: str) -> Path:
    """Write a sound mesh of one product; `changed` replaces files of the product by their stem."""
    write(root, {"mesh.yaml": MESH, "domains/ops/domain.yaml": DOMAIN})
    write(root / "domains/ops/flights", FLIGHTS | changed)
    return root


def large_mesh(root: Path, products: int, per_domain: int = 100) -> Path:
    """Write a mesh of many products: each reads the one before it, six files each."""
    domains = []
    for number in range(products):
        domain = f"d{number // per_domain}"
        if number % per_domain == 0:
            domains.append(f"domains/{domain}")
            write(
                root / "domains" / domain,
                {"domain.yaml": f"name: {domain}\nteam: {{owners: [a@example.com]}}\n"},
            )
        write(root / "domains" / domain / f"p{number}", _numbered(number, domain, per_domain))
    listed = "".join(f"  - {name}\n" for name in domains)
    return write(root, {"mesh.yaml": f"name: large\ndomains:\n{listed}"})


def _numbered(number: int, domain: str, per_domain: int) -> dict[str, str]:
    product = PRODUCT.replace("flights", f"p{number}").replace("domain: ops", f"domain: {domain}")
    product = product.replace("departures-contract", f"c{number}")
    build = BUILD
    if number % 10:
        before = number - 1
        build = f"inputs:\n  raw: {{port: d{before // per_domain}.p{before}.departures}}\n"
        product = product.replace("contractId: none", f"contractId: c{before}")
    return {
        "product.odps.yaml": product,
        "build.yaml": build,
        "contracts/departures.odcs.yaml": CONTRACT.replace("departures-contract", f"c{number}"),
        "models/departures.sql": "select * from staged\n",
        "models/staged.sql": "select * from raw\n",
        "tests/departures.yaml": TESTS,
    }
