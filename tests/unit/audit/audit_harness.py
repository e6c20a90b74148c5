"""A real session over staged Parquet, and audits of a few rows under both kinds of plan."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.audit import AuditPlan, AuditTarget, compile_audit, run_audit
from meshwright.model.check import CheckOutcome, Verdict
from meshwright.model.contract import Contract, ContractColumn, ContractObject
from meshwright.spi.engine import Reach, Session


@dataclass(slots=True)
class Bench:
    """A session and the folder it may write."""

    session: Session
    folder: Path
    staged: int = 0

    def target(self, sql: str, name: str = "staged", **more: object) -> AuditTarget:
        """Stage the rows of a SELECT and make them visible."""
        self.staged += 1
        path = self.folder / f"{name}-{self.staged}.parquet"
        files = self.session.stage(sql, path)
        self.session.scan(name, [path])
        columns = self.session.columns(f"SELECT * FROM {name}")
        return AuditTarget("orders", name, columns, files, **more)  # type: ignore[arg-type]


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Open a session that may write one folder."""
    session = DuckDBEngine().open(Reach(write=(folder,), threads=1))
    try:
        yield Bench(session, folder)
    finally:
        session.close()


def contract_of(*columns: ContractColumn, **more: object) -> tuple[Contract, ContractObject]:
    """Make a contract of one object."""
    declared = ContractObject("orders", columns, **more)  # type: ignore[arg-type]
    return Contract("c1", "1.0.0", "active", "v3.2.0", (declared,)), declared


def plans(
    columns: Sequence[ContractColumn], target: AuditTarget, **more: object
) -> tuple[AuditPlan, AuditPlan]:
    """Compile the fused and the tiered plan of the same contract."""
    contract, declared = contract_of(*columns, **more)
    fused = compile_audit(contract, declared, target)
    return fused, compile_audit(contract, declared, target, fused_rows=-1)


def audit(
    place: Bench, sql: str, *columns: ContractColumn, target: Mapping[str, object] | None = None,
    **more: object,
) -> Verdict:  # fmt: skip
    """Audit the rows of a SELECT under both plans, which must agree, and return the verdict."""
    staged = place.target(sql, **dict(target or {}))
    fused, tiered = plans(columns, staged, **more)
    first, second = run_audit(fused, place.session), run_audit(tiered, place.session)
    assert first.outcomes == second.outcomes
    return first


def outcome(verdict: Verdict, check: str) -> CheckOutcome:
    """Return one check's outcome."""
    found = {each.id: each for each in verdict.outcomes}
    assert check in found, f"{check} is not among {sorted(found)}"
    return found[check]
