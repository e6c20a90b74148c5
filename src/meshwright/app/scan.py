"""Scan: judge and profile what this mesh did not build, by a contract, by checks, or by nothing at all.

The planned audit runs as in a build; nothing is published, no mesh is needed. Local Parquet files are read
where they lie, and the session may read those and nothing else; everything else is landed into a scratch
folder that is gone when the scan ends, however it ends.
"""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TypeVar

from meshwright.app.scanning.ground import RELATION, Ground, Tell, lay_ground
from meshwright.app.scanning.inline import InlineCheck, parse_check
from meshwright.app.scanning.patterns import require_pattern
from meshwright.app.scanning.promised import Related, choose_object, keep_related, load_contract
from meshwright.app.scanning.promises import Promises
from meshwright.app.scanning.rejected import parse_outcome, reject_examples
from meshwright.app.scanning.scanned import Scanned
from meshwright.app.scanning.subject import Subject, find_subject
from meshwright.app.wiring import Wiring
from meshwright.audit import AuditTarget, compile_audit, run_audit, with_statistics
from meshwright.errors import MeshwrightError
from meshwright.model.check import CheckOutcome, Verdict
from meshwright.model.contract import Contract, ContractColumn, ContractObject, QualityRule
from meshwright.publish.reading import PinnedPort
from meshwright.spi.engine import Reach, Session

Found = TypeVar("Found")
_REPEATED = re.compile(r"\.present\.\d+\Z")


@dataclass(frozen=True, slots=True)
class ScanOrder:
    """What is asked of one scan. `contract` is an ODCS file; `object` the one in it that is meant."""

    source: str
    table: str = ""
    contract: str = ""
    object: str = ""
    checks: tuple[str, ...] = ()
    profile: str = "full"


def scan(
    order: ScanOrder,
    wiring: Wiring | None = None,
    *,
    base: Path | None = None,
    tell: Tell = lambda text: None,
    now: datetime | None = None,
) -> Scanned:
    """Judge one source and return what was found; a failed check is no error.

    `wiring` is of the mesh that an address is looked up in. Raises `UsageError` for a source, check or object
    that makes no sense, `DescriptorError` for a broken contract, `UnreachableError` for what is not there.
    """
    started, at = monotonic(), now or datetime.now(UTC)
    checks = tuple(parse_check(text) for text in order.checks)
    contract = load_contract(Path(order.contract)) if order.contract else None
    subject = find_subject(order.source, order.table, base or Path.cwd())
    with TemporaryDirectory(prefix="mesh-scan-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder).resolve()
        if subject.port is not None:
            return _scan_port(order, subject, wiring, contract, checks, scratch, tell, at, started)
        work = _Scan(order, subject, contract, checks, scratch, tell, at, started)
        parts = wiring or Wiring(base or Path.cwd())
        ground = lay_ground(parts, subject, scratch, work.described, tell)
        return work.run(parts, ground)


def _scan_port(
    order: ScanOrder,
    subject: Subject,
    wiring: Wiring | None,
    contract: Contract | None,
    checks: tuple[InlineCheck, ...],
    scratch: Path,
    tell: Tell,
    at: datetime,
    started: float,
) -> Scanned:
    """Scan a published port by its own contract, unless another is given; what it classifies stays hidden."""
    from meshwright.app.scanning.port import ground_of, pin_port, record_reading
    from meshwright.documents.mesh_reader import find_root

    parts = wiring or Wiring(find_root(Path.cwd()))
    assert subject.port is not None
    try:
        pinned, own = pin_port(parts, subject.port)
        hidden = _classified(own, pinned)
        work = _Scan(order, subject, contract or own, checks, scratch, tell, at, started, hidden)
        try:
            found = work.run(parts, ground_of(parts, pinned))
        except MeshwrightError as error:
            record_reading(parts, pinned, None, monotonic() - started, error.code)
            raise
        record_reading(parts, pinned, found.rows, found.seconds)
        return found
    finally:
        if wiring is None:
            parts.close()


def _classified(own: Contract | None, pinned: PinnedPort) -> frozenset[str]:
    """Return the columns of a port that are classified, or hold something that is."""
    described = own.object_for(pinned.address.port) if own else None
    columns = described.columns if described else ()
    return frozenset(column.name for column in columns if _holds_classified(column))


def _holds_classified(column: ContractColumn) -> bool:
    parts = (*column.properties, column.items, column.map_key, column.map_value)
    return column.is_classified or any(_holds_classified(part) for part in parts if part)


class _Scan:
    """One scan, once it is known what lies where."""

    def __init__(
        self,
        order: ScanOrder,
        subject: Subject,
        contract: Contract | None,
        checks: Sequence[InlineCheck],
        scratch: Path,
        tell: Tell,
        at: datetime,
        started: float,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self._order = order
        self._subject = subject
        self._contract = contract
        self._checks = checks
        self._scratch = scratch
        self._tell = tell
        self._at = at
        self._started = started
        self._hidden = hidden
        self.described = choose_object(contract, order.object, subject.name) if contract else None

    def run(self, wiring: Wiring, ground: Ground) -> Scanned:
        """Audit the ground in a session of its own."""
        session = wiring.engine().open(Reach(read=ground.files, write=(self._scratch,)))
        try:
            columns = ground.show(session)
            for check in self._checks:
                require_pattern(check, session)
            related = keep_related(self.described or ContractObject(self._subject.name))
            promises = Promises(related.described, columns, self._at)
            described = promises.add(self._checks)
            target = AuditTarget(
                self._subject.name,
                RELATION,
                columns,
                references=related.references,
                classified=self._hidden,
            )
            self._tell(f"auditing {self._subject.name}")
            verdict, classified = _interruptible(
                session, lambda: self._audit(session, described, target, ground.files)
            )
        finally:
            session.close()
        added = self._beside(ground, related, promises.undeclared, verdict.profile.rows)
        is_bare = self.described is None or not self.described.columns
        asked = [o for o in verdict.outcomes
                 if not _says_nothing(o, promises.undeclared, is_bare=is_bare)]  # fmt: skip
        verdict = replace(verdict, outcomes=(*added, *asked))
        return self._scanned(ground, described, verdict, classified)

    def _audit(
        self,
        session: Session,
        described: ContractObject,
        target: AuditTarget,
        files: Sequence[Path],
    ) -> tuple[Verdict, frozenset[str]]:
        contract = self._contract or Contract("", "", "", "", (described,))
        known = with_statistics(target, session, files)
        plan = compile_audit(contract, described, known, profile=self._order.profile)
        return run_audit(plan, session), plan.classified

    def _beside(
        self, ground: Ground, related: Related, undeclared: Sequence[str], rows: int
    ) -> list[CheckOutcome]:
        """Return the outcomes that no plan gives: of rows not parsed, of references, of strange columns."""
        found = [parse_outcome(ground.rejected, rows)] if ground.rejected else []
        found += related.outside
        for name in dict.fromkeys(undeclared):
            reason = f"undeclared column `{name}`"
            found.append(
                CheckOutcome(f"{name}.undeclared", "undeclared", "failed", column=name,
                             expectation="only declared columns", reason=reason)
            )  # fmt: skip
        return found

    def _scanned(
        self,
        ground: Ground,
        described: ContractObject,
        verdict: Verdict,
        classified: frozenset[str],
    ) -> Scanned:
        examples = (*reject_examples(ground.rejects), *verdict.examples)
        return Scanned(
            source=self._order.source,
            name=described.name,
            verdict=replace(verdict, examples=examples),
            at=self._at,
            seconds=monotonic() - self._started,
            contract=self._contract,
            contract_file=self._order.contract,
            version=ground.version,
            files=len(ground.files) if self._subject.lies_ready else 0,
            classified=classified,
            rules=_rules(described),
        )


def _says_nothing(outcome: CheckOutcome, undeclared: Sequence[str], *, is_bare: bool) -> bool:
    """Say whether an outcome is only that a column is there, which nobody asked (or was told before)."""
    if outcome.kind != "present" or outcome.status != "passed":
        return False
    return is_bare or outcome.column in undeclared or _REPEATED.search(outcome.id) is not None


def _rules(described: ContractObject) -> dict[str, QualityRule]:
    found = {f"quality.{rule.key}": rule for rule in described.quality}
    for column in described.columns:
        found |= {f"{column.name}.quality.{rule.key}": rule for rule in column.quality}
    return found


def _interruptible(session: Session, work: Callable[[], Found]) -> Found:
    """Do work in another thread, so that an interruption of this one can stop the session's queries."""
    with ThreadPoolExecutor(1, thread_name_prefix="scan") as beside:
        running: Future[Found] = beside.submit(work)
        try:
            return running.result()
        except KeyboardInterrupt:
            while not running.done():
                session.cancel()
                wait([running], timeout=0.05)
            raise
