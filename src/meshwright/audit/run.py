"""Run the plan of an audit in a session and judge what it measures.

A scan that fails is repeated measure by measure, so that one wrong check leaves the others their result.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import repeat

from meshwright.audit.examples import find_examples, shown_keys, unpacked
from meshwright.audit.first_rows import FirstRows
from meshwright.audit.grouped import bucket_sql, buckets_from, segment_sql, segments_from
from meshwright.audit.judging import Counted, judge, needs_count
from meshwright.audit.key_scans import members_sql, stretches_key
from meshwright.audit.measuring import measure, newest_time
from meshwright.audit.plan import MOST_EXAMPLES, AuditPlan, Check, Scan
from meshwright.audit.profiling import assemble
from meshwright.audit.sampling import SAMPLE_TABLE, samplings
from meshwright.audit.scans import ROWS
from meshwright.errors import ExhaustedError, InternalError, MeshwrightError
from meshwright.model.check import Verdict
from meshwright.spi.engine import Session

MOST_MEASURES = 600  # in one query


@dataclass(slots=True)
class Findings:
    """What the scans gave so far."""

    measured: dict[str, object] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    counted: dict[str, Counted] = field(default_factory=dict)
    repeated: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)
    scans: list[str] = field(default_factory=list)


def run_audit(plan: AuditPlan, session: Session) -> Verdict:
    """Measure, judge, and show examples of what failed; `Verdict.scans` are the queries that ran.

    Raises what the session raises when it is interrupted; any other error is the outcome `errored` of the
    check that caused it.
    """
    found = Findings()
    _run_scans(_chosen(plan, session, found), session, found)
    for check in plan.checks:
        if needs_count(check, plan, found.measured) and check.id not in found.errors:
            _count_members(check, plan, session, found)
    fresh = plan.target.fresh_rows
    rows = fresh if fresh is not None else _int(found.measured.get(ROWS))
    whole = plan.target.whole_rows
    total = whole if whole is not None else rows
    outcomes = tuple(
        judge(check, plan, found.measured, found.errors, found.counted, total)
        for check in plan.checks
    )
    examples = find_examples(plan, outcomes, session, found.measured, found.repeated)
    _sample(plan, session, found, rows)
    repeats = {name: counted.surplus for name, counted in found.counted.items()}
    profile = assemble(plan, found.measured, repeats, rows)
    segments = segments_from(plan, _grouped(segment_sql(plan), session, found))
    buckets = buckets_from(_grouped(bucket_sql(plan), session, found))
    return Verdict(
        plan.port,
        outcomes,
        profile,
        examples,
        tuple(found.scans),
        metrics=measure(plan, profile, total, segments, buckets),
        newest=newest_time(plan),
        details={"rows": total},
    )


def _sample(plan: AuditPlan, session: Session, found: Findings, rows: int) -> None:
    """Measure what a sample tells; what cannot be sampled is not profiled."""
    for sampling in samplings(plan, found.measured, rows):
        if sampling.table:
            found.scans.append(sampling.table)
            try:
                session.define(SAMPLE_TABLE, sampling.table, keep=True)
            except MeshwrightError as error:
                _raise_if_final(error)
                continue
        _run_scans(sampling.scans, session, found)


def _grouped(sql: str, session: Session, found: Findings) -> Sequence[tuple[object, ...]]:
    """Run a query that counts rows by groups; what cannot be counted is not watched."""
    if not sql:
        return ()
    found.scans.append(sql)
    try:
        return session.rows(sql, trusted=True)
    except MeshwrightError as error:
        _raise_if_final(error)
        return ()


def _chosen(plan: AuditPlan, session: Session, found: Findings) -> list[Scan]:
    """Return the scans as the first rows of their relations say that they should be run."""
    looks = {}
    for source in dict.fromkeys(scan.relation for scan in plan.scans):
        look = FirstRows(plan, [scan for scan in plan.scans if scan.relation == source])
        looks[source] = look
        if not look.sql:
            continue
        found.scans.append(look.sql)
        try:
            look.look(session)
        except MeshwrightError as error:
            _raise_if_final(error)
    return [looks[scan.relation].chosen(scan) for scan in plan.scans]


def _run_scans(scans: Sequence[Scan], session: Session, found: Findings) -> None:
    """Run two at a time: a bitmap keeps one thread busy, the rest fills the others. Keys follow one another,
    for each may need much memory."""
    keys = [scan for scan in scans if scan.kind == "keys"]
    lines = [keys] if keys else []
    lines += [[scan] for scan in scans if scan.kind != "keys"]
    if len(lines) < 2:
        _run_all(scans, session, found)
        return
    apart = [Findings() for _ in lines]
    with ThreadPoolExecutor(2) as both:
        list(both.map(_run_all, lines, repeat(session), apart))
    for each in apart:
        found.measured |= each.measured
        found.errors |= each.errors
        found.scans += each.scans


def _run_all(scans: Iterable[Scan], session: Session, found: Findings) -> None:
    for scan in scans:
        for part in _parts(scan):
            _run_scan(part, session, found)


def _parts(scan: Scan) -> list[Scan]:
    """Cut a query of too many measures: planning it costs more than linearly, reading again costs little."""
    return [
        replace(scan, measures=scan.measures[begin : begin + MOST_MEASURES])
        for begin in range(0, len(scan.measures), MOST_MEASURES)
    ]


def _run_scan(scan: Scan, session: Session, found: Findings) -> None:
    found.scans.append(scan.sql)
    try:
        rows = session.rows(scan.sql, trusted=scan.kind != "query")
    except MeshwrightError as error:
        _raise_if_final(error)
        if len(scan.measures) == 1:
            found.errors[scan.measures[0].key] = _reason(scan.sql, error, session)
            return
        for measure in scan.measures:
            _run_scan(replace(scan, measures=(measure,)), session, found)
        return
    if scan.kind == "query" and (len(rows) != 1 or len(rows[0]) != 1):
        found.errors[scan.measures[0].key] = "the query must give one row with one value"
        return
    for measure, value in zip(scan.measures, rows[0], strict=True):
        found.measured[measure.key] = value


def _reason(sql: str, error: MeshwrightError, session: Session) -> str:
    """Say why a query failed. An engine's message may quote data, unless the query cannot even be bound."""
    try:
        session.columns(sql)
    except MeshwrightError as refused:
        return refused.message
    return f"the data broke the query (`{error.code}`)"


def _raise_if_final(error: MeshwrightError) -> None:
    if isinstance(error, InternalError):
        raise error
    if isinstance(error, ExhaustedError) and error.code == "query-interrupted":
        raise error


def _count_members(check: Check, plan: AuditPlan, session: Session, found: Findings) -> None:
    """Count, exactly and over the whole table, the rows that share their key, and those that repeat one."""
    listed = found.measured.get(stretches_key(check))
    stretches = [_int(each) for each in listed] if isinstance(listed, list) else []
    sql = members_sql(check, plan.target, shown_keys(check, plan), MOST_EXAMPLES, stretches)
    found.scans.append(sql)
    try:
        failed, surplus, worst = session.rows(sql, trusted=True)[0]
    except MeshwrightError as error:
        _raise_if_final(error)
        found.errors[check.id] = _reason(sql, error, session)
        return
    found.counted[check.id] = Counted(_int(failed), _int(surplus))
    if isinstance(worst, list):
        found.repeated[check.id] = unpacked(worst)


def _int(value: object) -> int:
    return int(value) if isinstance(value, int | float) or hasattr(value, "__int__") else 0
