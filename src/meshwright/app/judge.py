"""Judge: audit staged ports against their contracts, put failing rows aside where a contract allows it."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from meshwright.app.make import FRESH, KEPT, StagedPort, show_rows
from meshwright.app.promises import level_reasons
from meshwright.audit import (
    AuditTarget,
    Reference,
    compile_audit,
    explain,
    profile_document,
    row_predicate,
    run_audit,
    within,
)
from meshwright.errors import InternalError
from meshwright.model.check import CheckOutcome, Verdict
from meshwright.model.contract import Contract, ContractObject
from meshwright.model.table import DataFile
from meshwright.spi.engine import Session


@dataclass(frozen=True, slots=True)
class Judged:
    """A staged port with its verdict; `staged` has the files that passed."""

    staged: StagedPort
    verdict: Verdict
    quarantined: int = 0
    plan: str = ""
    dropped: tuple[Path, ...] = ()  # staged files that quarantine replaced


@dataclass(frozen=True, slots=True)
class Judge:
    """What judging the ports of one build needs. `aside` is where quarantined rows go."""

    session: Session
    aside: Path
    build: str
    references: Mapping[str, Mapping[str, Reference]] = field(default_factory=dict)
    carried: Mapping[str, Mapping[str, CheckOutcome]] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda text: None

    def judge(self, staged: StagedPort) -> Judged:
        """Audit one port; with quarantine, audit again what is left."""
        contract, described = promised(staged)
        self.tell(f"auditing {staged.name}")
        judged = self._audit(staged, contract, described)
        if judged.verdict.is_rejected and contract.quarantine is not None:
            judged = self._quarantine(judged, contract, described) or judged
        self._keep(judged)
        return judged

    def _keep(self, judged: Judged) -> None:
        """Write profile and examples beside the build; they are erasable, so a full disk loses no fact."""
        written = json.dumps(profile_document(judged.verdict), default=str)
        with suppress(OSError):
            (self.aside / f"{judged.staged.name}.audit.json").write_text(written, "utf-8")

    def _audit(self, staged: StagedPort, contract: Contract, described: ContractObject) -> Judged:
        plan = compile_audit(contract, described, self._target(staged))
        return Judged(staged, run_audit(plan, self.session), plan=explain(plan))

    def _target(self, staged: StagedPort) -> AuditTarget:
        name, wanted = staged.name, staged.wanted
        if not wanted.kept:
            return AuditTarget(
                port=name,
                fresh=name,
                columns=staged.columns,
                files=staged.added,
                references=self.references.get(name, {}),
                levels=level_reasons(wanted.port),
                rows=0,
            )
        fresh, kept = f"{FRESH}.{name}", f"{KEPT}.{name}"
        show_rows(self.session, fresh, staged.paths(staged.added), staged.columns)
        show_rows(self.session, kept, staged.paths(wanted.kept), staged.columns)
        return AuditTarget(
            port=name,
            fresh=fresh,
            columns=staged.columns,
            files=staged.added,
            whole=name,
            kept=kept,
            kept_files=wanted.kept,
            carried=self.carried.get(name, {}),
            references=self.references.get(name, {}),
            levels=level_reasons(wanted.port),
            rows=0,
        )

    def _quarantine(
        self, judged: Judged, contract: Contract, described: ContractObject
    ) -> Judged | None:
        """Split the new rows into good and failing; None where that is not possible or allowed."""
        staged = judged.staged
        plan = compile_audit(contract, described, self._target(staged))
        failed = [o.id for o in judged.verdict.outcomes if o.rejects]
        predicate = row_predicate(plan, failed)
        if predicate is None or contract.quarantine is None or not staged.added:
            return None
        source = f'{FRESH}."{staged.name}"' if staged.wanted.kept else f'"{staged.name}"'
        bad = int(str(self.session.rows(f"SELECT count(*) FROM {source} WHERE {predicate}")[0][0]))
        total = sum(file.rows for file in staged.added)
        if not bad or not within(contract.quarantine, bad, total):
            return None
        self.tell(f"putting {bad} rows of {staged.name} aside")
        self.session.stage(
            f"SELECT * FROM {source} WHERE {predicate}", self.aside / f"{staged.name}.parquet"
        )
        kept = self._restage(staged, source, predicate)
        again = staged.with_files(kept)
        show_rows(self.session, staged.name, again.paths(again.files), again.columns)
        second = self._audit(again, contract, described)
        return Judged(
            again,
            second.verdict,
            quarantined=bad,
            plan=second.plan,
            dropped=tuple(staged.paths(staged.added)),
        )

    def _restage(self, staged: StagedPort, source: str, predicate: str) -> tuple[DataFile, ...]:
        wanted = staged.wanted
        making = wanted.port.materialisation
        return self.session.stage(
            f"SELECT * FROM {source} WHERE NOT ({predicate})",
            wanted.folder / f"{self.build}-kept.parquet",
            interval=(making.column, making.interval) if wanted.is_append else None,
        )


def promised(staged: StagedPort) -> tuple[Contract, ContractObject]:
    """Return the port's contract and the object in it that describes the port."""
    contract = staged.wanted.port.contract
    described = contract.object_for(staged.name) if contract else None
    if contract is None or described is None:
        raise InternalError("contract-missing", f"`{staged.name}` was built without a contract")
    return contract, described
