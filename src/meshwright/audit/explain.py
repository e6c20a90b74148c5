"""Say what an audit will do, readable at 80 columns."""

from collections.abc import Iterable
from textwrap import wrap

from meshwright.audit.plan import AuditPlan, Check, Duplicates, Rows, Scan, Settled

_WIDTH = 80
_TITLES = {
    "wide": "one pass over {relation}",
    "ranges": "limits of {column}",
    "rows": "rows, by {column}",
    "values": "distinct values of {column}",
    "keys": "keys: {column}",
    "orphans": "relationships",
    "query": "SQL of the contract",
}


def explain(plan: AuditPlan) -> str:
    """Return the plan as text: which checks need no scan, and which each scan answers."""
    rows = plan.target.whole_rows
    size = "unknown rows" if rows is None else f"{rows:,} rows"
    style = "several scans" if plan.is_tiered else "fused"
    lines = [f"audit of {plan.port}: {len(plan.checks)} checks, {size}, {style}"]
    lines += _group("columns alone", _settled(plan, "passed", "failed"))
    lines += _group("file statistics (no scan)", list(plan.answered))
    carried = [c.id for c in plan.checks if _is_carried(c, plan)]
    lines += _group("fresh rows only (the rest was judged before)", carried)
    for number, scan in enumerate(plan.scans, 1):
        lines += _scan_lines(number, scan)
    if plan.profile == "full":
        lines += ["  then a sample, for quantiles, histogram and top values"]
    lines += _group("cannot be judged", _settled(plan, "errored"))
    lines += _group("NOT ENFORCED", _settled(plan, "not_enforced"))
    return "\n".join(lines) + "\n"


def _scan_lines(number: int, scan: Scan) -> list[str]:
    title = _TITLES[scan.kind].format(relation=scan.relation.replace('"', ""), column=scan.column)
    title += f", {scan.note}" if scan.note else ""
    checks = [m.key for m in scan.measures if "#" not in m.key]
    aside = ("#bad:", "#stretches:")
    profile = sum(m.key.startswith("#") and not m.key.startswith(aside) for m in scan.measures)
    names = checks + ([f"{profile} numbers of the profile"] if profile else [])
    lines = _group(f"scan {number}: {title}", names)
    if scan.kind == "values":
        lines.append("      (in a scan by row, if the first rows show many values)")
    return lines


def _settled(plan: AuditPlan, *statuses: str) -> list[str]:
    return [
        check.id
        for check in plan.checks
        if isinstance(check.probe, Settled) and check.probe.status in statuses
    ]


def _is_carried(check: Check, plan: AuditPlan) -> bool:
    about_rows = isinstance(check.probe, Rows | Duplicates)
    return about_rows and plan.target.is_append and not check.on_whole


def _group(title: str, names: Iterable[str]) -> list[str]:
    listed = list(names)
    if not listed:
        return []
    text = ", ".join(listed)
    body = wrap(text, _WIDTH - 6, break_long_words=False, break_on_hyphens=False)
    return [
        *wrap(f"  {title}", _WIDTH, subsequent_indent="    "),
        *(f"      {line}" for line in body),
    ]
