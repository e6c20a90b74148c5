"""Judge: audit staged ports against their contracts, put failing rows aside where a contract allows it."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from meshwright.app.make import FRESH, KEPT, StagedPort, show_rows
from meshwright.app.past import NO_PAST, Past
from meshwright.app.promises import level_reasons
from meshwright.audit import (
    AuditTarget,
    ColumnReference,
    Reference,
    compile_audit,
    edges_of,
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
from meshwright.transform.intervals import name_of, starts


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
    past: Past = NO_PAST
    tell: Callable[[str], None] = lambda text: None

    def judge(self, staged: StagedPort) -> Judged:
        """Audit one port; with quarantine, audit again what is left."""
        contract, described = promised(staged)
        self.tell(f"auditing {staged.name}")
        references = self.past.references(staged.name)
        judged = self._audit(staged, contract, described, references)
        if judged.verdict.is_rejected and contract.quarantine is not None:
            judged = self._quarantine(judged, contract, described, references) or judged
        self._keep(judged, references)
        return judged

    def _keep(self, judged: Judged, references: Mapping[str, ColumnReference]) -> None:
        """Write profile and examples beside the build; they are erasable, so a full disk loses no fact."""
        written = json.dumps(profile_document(judged.verdict, references), default=str)
        with suppress(OSError):
            (self.aside / f"{judged.staged.name}.audit.json").write_text(written, "utf-8")

    def _audit(
        self,
        staged: StagedPort,
        contract: Contract,
        described: ContractObject,
        references: Mapping[str, ColumnReference],
    ) -> Judged:
        target = self._watched(self._target(staged), staged, references)
        plan = compile_audit(contract, described, target)
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

    def _watched(
        self, target: AuditTarget, staged: StagedPort, references: Mapping[str, ColumnReference]
    ) -> AuditTarget:
        """Add what is watched of a port: distributions, segments, times."""
        port = staged.wanted.port
        monitoring, making = port.monitoring, port.materialisation
        return replace(
            target,
            references_of=references,
            bins=edges_of(references),
            by=monitoring.by,
            time=monitoring.time or (making.column if staged.wanted.is_append else ""),
            every=monitoring.every if monitoring.time else "",
            counted=self.past.counted.get(staged.name, {}),
            intervals=_intervals(staged) if staged.wanted.is_append else {},
        )

    def _quarantine(
        self,
        judged: Judged,
        contract: Contract,
        described: ContractObject,
        references: Mapping[str, ColumnReference],
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
        second = self._audit(again, contract, described, references)
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


def _intervals(staged: StagedPort) -> dict[str, int]:
    """Return the rows of every interval that was made: none where it has no file."""
    unit = staged.wanted.port.materialisation.interval
    starts_made = (start for span in staged.wanted.spans for start in starts(span, unit))
    rows = dict.fromkeys((name_of(start, unit) for start in starts_made), 0)
    for file in staged.added:
        rows[file.interval] = rows.get(file.interval, 0) + file.rows
    return rows


def promised(staged: StagedPort) -> tuple[Contract, ContractObject]:
    """Return the port's contract and the object in it that describes the port."""
    contract = staged.wanted.port.contract
    described = contract.object_for(staged.name) if contract else None
    if contract is None or described is None:
        raise InternalError("contract-missing", f"`{staged.name}` was built without a contract")
    return contract, described
