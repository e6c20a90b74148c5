"""Audit one Parquet file by one ODCS contract with meshwright: one process, from nothing to verdicts.

What: the room `audit` as a build uses it, on a file that somebody else wrote, so that its statistics
are asked for first; the engine may read that one file. Why it is fair: nothing of the contract is
known beforehand; it is read and judged by the standard's schema, compiled, run and judged here.

    python bench/audit_meshwright.py ORDERS.parquet CONTRACT            prints the outcomes as JSON
    python bench/audit_meshwright.py ORDERS.parquet CONTRACT --profile full
"""

import argparse
import json
from pathlib import Path
from typing import Any

from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.audit.compile import compile_audit
from meshwright.audit.probing import with_statistics
from meshwright.audit.run import run_audit
from meshwright.audit.target import AuditTarget
from meshwright.documents.contract_reader import read_contract
from meshwright.documents.files import read_file
from meshwright.model.check import CheckOutcome, Verdict
from meshwright.spi.engine import Reach


def audit(parquet: Path, contract_path: Path, profile: str) -> Verdict:
    """Judge the file by the first object of the contract."""
    contract = read_contract(read_file(contract_path))
    declared = contract.objects[0]
    session = DuckDBEngine().open(Reach(read=(parquet,)))
    try:
        session.scan(declared.name, [parquet])
        columns = session.columns(f'SELECT * FROM "{declared.name}"')
        target = AuditTarget(declared.name, declared.name, columns)
        target = with_statistics(target, session, [parquet])
        return run_audit(compile_audit(contract, declared, target, profile=profile), session)
    finally:
        session.close()


def outcome(found: CheckOutcome) -> dict[str, Any]:
    """Return what a verdict of the bench is made of."""
    return {
        "id": found.id,
        "column": found.column,
        "kind": found.kind,
        "status": found.status,
        "failed_rows": found.failed_rows,
        "value": found.value,
        "reason": found.reason,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parquet", type=Path)
    parser.add_argument("contract", type=Path)
    parser.add_argument("--profile", choices=("none", "light", "full"), default="none")
    arguments = parser.parse_args()
    verdict = audit(arguments.parquet.absolute(), arguments.contract, arguments.profile)
    print(json.dumps([outcome(found) for found in verdict.outcomes], indent=1))


if __name__ == "__main__":
    main()
