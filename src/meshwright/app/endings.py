"""How a build ends: published, rejected, failed or up to date; recorded, and told in one shape."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic, time
from traceback import format_exception
from typing import TYPE_CHECKING

from meshwright.app.build_signals import failure, refusals
from meshwright.app.candidates import candidate_of
from meshwright.app.clock import AsOf
from meshwright.app.decide import Decision
from meshwright.app.diff import ColumnDifference, compare_columns
from meshwright.app.identity.verbs import may_see_rows
from meshwright.app.incidents import PUBLISHED, raise_signals, teller
from meshwright.app.inputs import PinnedInput
from meshwright.app.judge import Judged
from meshwright.app.served import ServedProduct
from meshwright.app.watch import Watched, watch
from meshwright.app.wiring import Wiring
from meshwright.errors import InternalError, MeshwrightError
from meshwright.model.facts import BuildStarted
from meshwright.model.plan import BuildResult, FailedCheck, PortResult
from meshwright.model.product import Product
from meshwright.model.signal import ANOMALY
from meshwright.publish.accepting import waived_checks
from meshwright.publish.candidate import Candidate
from meshwright.publish.places import Storage
from meshwright.publish.publishing import fail, nobody, publish, reject
from meshwright.transform.graph import ModelGraph

if TYPE_CHECKING:
    from meshwright.app.build import Ground


SHOWN_COLUMNS = 3


class Ending:
    """Records how one build ended. Nothing is recorded of a build that never started."""

    def __init__(
        self,
        wiring: Wiring,
        product: Product,
        graph: ModelGraph,
        build: str,
        as_of: AsOf,
        started: float,
    ) -> None:
        self._wiring = wiring
        self._product = product
        self._graph = graph
        self._build = build
        self._as_of = as_of
        self._began = started
        self._is_started = False
        self._storage: Storage | None = None
        self._served: ServedProduct | None = None

    def stand_on(self, storage: Storage, served: ServedProduct | None) -> None:
        """Remember where the product lies and what is served."""
        self._storage, self._served = storage, served

    def start(self, fact: BuildStarted) -> None:
        """Record that the build began, before anything is staged."""
        self._wiring.ledger.record([fact])
        self._is_started = True

    def up_to_date(self) -> BuildResult:
        """End without a build; a product that is well again has no open incident."""
        raise_signals(self._wiring, None, self._product.address, (), healthy=PUBLISHED)
        return self._result("up_to_date")

    def interrupted(self) -> None:
        """Record an interruption; the next run removes what was staged."""
        if self._is_started:
            self._fail("build-interrupted", sweep=False)  # threads may still be writing

    def failed(self, error: MeshwrightError) -> BuildResult:
        """Record an error; its message, which may quote data, goes to a side file only."""
        if self._is_started:
            self._fail(error.code, is_unhealthy=True)
            self._note("error.txt", f"{error.code}: {error}\n{error.hint}\n")
        else:
            signal = failure(self._product.address, error.code, self._as_of.text, "")
            raise_signals(self._wiring, None, self._product.address, [signal])
        return self._result(
            "failed",
            error=str(error) if self._is_owners else f"it failed: {error.code}",
            error_code=error.code,
            error_kind=error.kind.value,
            hint=error.hint,
        )

    def broke(self, error: Exception) -> BuildResult:
        """Record a failure that is ours; the other products go on, the traceback is kept beside the build."""
        failure = InternalError(
            "internal",
            f"internal error: {type(error).__name__}: {error}".splitlines()[0],
            hint="run it again; if it stays, report it with the traceback",
        )
        result = self.failed(failure)
        if self._is_started and self._storage is not None:
            self._note("traceback.txt", "".join(format_exception(error)))
            hint = (
                f"report it with the traceback in {self._storage.build(self._build)}/traceback.txt"
            )
            return replace(result, hint=hint)
        return result

    def judged(
        self,
        judged: Mapping[str, Judged],
        decisions: Mapping[str, Decision],
        codes: Mapping[str, str],
        code: str,
        inputs: tuple[PinnedInput, ...],
        ground: "Ground",
        reasons: tuple[str, ...],
    ) -> BuildResult:
        """Publish, or reject what the audit forbids and no waiver covers."""
        failing = [
            f"{name}:{outcome.id}"
            for name, one in judged.items()
            for outcome in one.verdict.outcomes
            if outcome.rejects
        ]
        candidate = candidate_of(
            self._wiring, self._product, self._graph, self._build, self._as_of, judged, decisions,
            codes, code, inputs, ground, monotonic() - self._began,
        )  # fmt: skip
        watched = self._watch(candidate, ground)
        failing += [f"{port}:{ANOMALY}" for port in watched.rejected]
        waiver = self._waiver(failing)
        candidate = replace(candidate, waiver=waiver, anomalies=watched.facts)
        ports = _ports(judged, decisions, candidate.ports)
        store, append, data = self._wiring.store, self._wiring.ledger.append, self._wiring.mesh.data
        failed = (*_unusual(watched), *self._shown(_failed(judged)))
        if failing and not waiver:
            address = self._product.address
            signals = refusals(address, judged, self._as_of.text, self._build)
            signals += watched.signals
            reject(store, append, data, candidate, failing, teller(self._wiring, signals))
            return self._result(
                "rejected",
                ports=ports,
                failed_checks=failed,
                reasons=reasons,
                hint=f"mesh show {address}, then mend the data or the contract;"
                f" or: mesh accept {address} --reason …",
            )
        told = teller(self._wiring, watched.signals, healthy=(*PUBLISHED, ANOMALY))
        version = publish(store, append, data, candidate, told)
        for one in judged.values():
            for path in one.dropped:
                path.unlink(missing_ok=True)
        return self._result(
            "published",
            version=version,
            served=version,
            ports=ports,
            failed_checks=failed,
            reasons=reasons,
            waiver=waiver,
        )

    def _shown(self, failed: tuple[FailedCheck, ...]) -> tuple[FailedCheck, ...]:
        """Return checks with rows for owners alone: to run a product is not to read it."""
        return (
            failed if self._is_owners else tuple(replace(check, example=None) for check in failed)
        )

    @property
    def _is_owners(self) -> bool:
        """Say whether who runs it may see its rows, of which an error may quote values."""
        return may_see_rows(self._wiring, self._product.address)

    def _watch(self, candidate: Candidate, ground: "Ground") -> Watched:
        """Judge what was measured by what was to be expected."""
        notes = {}
        for name, port in candidate.ports.items():
            old = ground.before.ports.get(name)
            now = [(column.name, column.type) for column in port.columns]
            notes[name] = _changed(compare_columns(old.columns, now)) if old else ""
        return watch(self._wiring, self._product, self._build, candidate.audits, notes)

    def _waiver(self, failing: list[str]) -> str:
        """Return the waiver that covers every failing check, or an empty text."""
        if not failing:
            return ""
        with self._wiring.store.read() as reader:
            waived = waived_checks(reader, self._product.address, datetime.now(UTC).date())
        return waived[failing[0]] if all(check in waived for check in failing) else ""

    def _note(self, name: str, text: str) -> None:
        """Write a side file of the build; it is erasable, so a full disk loses no fact."""
        if self._storage is None:
            return
        folder = self._storage.build(self._build)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        except OSError:
            return

    def _fail(self, code: str, *, sweep: bool = True, is_unhealthy: bool = False) -> None:
        product = self._product.address
        signals = [failure(product, code, self._as_of.text, self._build)] if is_unhealthy else []
        fail(
            self._wiring.store,
            self._wiring.ledger.append,
            product,
            self._build,
            code,
            monotonic() - self._began,
            storage=self._storage if sweep else None,
            tell=teller(self._wiring, signals) if signals else nobody,
        )

    def _result(self, status: str, **said: object) -> BuildResult:
        served = self._served.version if self._served else None
        values: dict[str, object] = {
            "product": self._product.address,
            "status": status,
            "served": served,
            "build": self._build if self._is_started else "",
            "seconds": monotonic() - self._began,
            "as_of": self._as_of.text,
            "ended": time(),
        }
        return BuildResult(**{**values, **said})  # type: ignore[arg-type]


def _ports(
    judged: Mapping[str, Judged], decisions: Mapping[str, Decision], ports: Mapping[str, object]
) -> dict[str, PortResult]:
    results = {}
    for name in decisions:
        rows = getattr(ports.get(name), "rows", 0)
        one = judged.get(name)
        if one is None:
            results[name] = PortResult(name, "reused", rows)
            continue
        outcomes = one.verdict.outcomes
        enforced = [o for o in outcomes if o.status != "not_enforced"]
        results[name] = PortResult(
            name,
            "rejected" if one.verdict.is_rejected else "built",
            rows,
            one.quarantined,
            len(enforced),
            tuple(o.id for o in outcomes if o.status == "not_enforced"),
            tuple(o.id for o in outcomes if o.status in ("failed", "errored") and not o.rejects),
            one.plan,
        )
    return results


def _unusual(watched: Watched) -> tuple[FailedCheck, ...]:
    """Return the anomalies of a build: errors where the port's owner says so, else warnings."""
    return tuple(
        FailedCheck(
            signal.address.port,
            ANOMALY,
            "failed",
            "error" if signal.address.port in watched.rejected else "warning",
            "as expected",
            None,
            None,
            signal.explanation,
        )
        for signal in watched.signals
    )


def _changed(differences: tuple[ColumnDifference, ...]) -> str:
    """Say which columns came, went or changed with this build."""
    if not differences:
        return ""
    told = [
        f"`{one.column}` added" if not one.before
        else f"`{one.column}` removed" if not one.after
        else f"`{one.column}` {one.before} before, {one.after} now"
        for one in differences[:SHOWN_COLUMNS]
    ]  # fmt: skip
    more = len(differences) - len(told)
    return f"; its columns changed: {', '.join(told)}" + (f" and {more} more" if more else "")


def _failed(judged: Mapping[str, Judged]) -> tuple[FailedCheck, ...]:
    """Return every check that failed, those that reject first."""
    found = []
    for name, one in judged.items():
        examples = {example.check: example for example in one.verdict.examples}
        for outcome in one.verdict.outcomes:
            if outcome.status in ("failed", "errored"):
                found.append(
                    FailedCheck(
                        name,
                        outcome.id,
                        outcome.status,
                        outcome.severity,
                        outcome.expectation,
                        outcome.failed_rows,
                        outcome.total_rows,
                        outcome.reason,
                        outcome.value,
                        examples.get(outcome.id),
                    )
                )
    return tuple(sorted(found, key=lambda check: check.severity != "error"))
