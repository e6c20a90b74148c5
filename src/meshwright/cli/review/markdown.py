"""A plan as the comment on a pull request: a verdict, a table, and what is behind it, folded.

The first line is a comment by which a bot finds what it wrote before and updates it.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from meshwright.app.findings import Finding
from meshwright.app.places import in_repository
from meshwright.cli.review.markup import code, comment, details, html, plain, prose, table
from meshwright.model.counted import counted
from meshwright.model.plan import ContractChange, Plan, Step
from meshwright.model.problem import Place

MOST = 60_000  # characters; a comment on GitHub may have 65,536
SHOWN = 40
_LEVELS = {"major": "breaking", "minor": "minor", "patch": "patch"}


@dataclass(frozen=True, slots=True)
class Page:
    """Where the mesh is: its name, the way to it from the repository, and where files can be looked at."""

    mesh: str
    prefix: str = ""
    files: str = ""

    def link(self, place: Place) -> str:
        """Return a place as Markdown, as a link where the address of files is known."""
        if not place.file:
            return ""
        shown = code(f"{place.file.rpartition('/')[2]}" + (f":{place.line}" if place.line else ""))
        if not self.files:
            return shown
        found = in_repository(self.prefix, place)
        line = f"#L{found.line}" if found.line else ""
        return f"[{shown}]({self.files}/{quote(found.file)}{line})"


def page_of(mesh: str, prefix: str) -> Page:
    """Return the page of a mesh; in GitHub Actions its files can be looked at."""
    said = [os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA")]
    files = f"{said[0]}/{said[1]}/blob/{said[2]}" if all(said) else ""
    return Page(mesh, prefix, files if files.startswith("https://") else "")


def plan_markdown(plan: Plan, page: Page) -> str:
    """Return a plan as a comment; what would make it too long is left out and counted."""
    head = [comment(f"meshwright:plan:{page.mesh}"), f"### {_verdict(plan)}", ""]
    head += [_summary(plan, page), ""]
    changes = [(step, change) for step in plan.steps for change in step.changes]
    sections = [_overview(changes)] if changes else []
    ordered = sorted(changes, key=lambda pair: (not pair[1].refusal, pair[1].level != "major"))
    sections += [_change(step, change, page) for step, change in ordered]
    sections += [lines for lines in (_refusals(plan, page), _violations(plan, page)) if lines]
    sections += [lines for lines in (_problems(plan, page), _steps(plan)) if lines]
    return _fitted(head, sections)


def findings_markdown(findings: Sequence[Finding], page: Page, command: str) -> str:
    """Return findings as a table."""
    head = [comment(f"meshwright:{command}:{page.mesh}"), f"### mesh {command}", ""]
    if not findings:
        return "\n".join([*head, "No problems.", ""])
    rows = [(f.level, page.link(f.place), prose(f.message), prose(f.hint)) for f in findings]
    return _fitted(head, [table(("", "where", "what", "next"), rows[:SHOWN]), _rest(len(rows))])


def _fitted(head: Sequence[str], sections: Iterable[Sequence[str]]) -> str:
    text, left = "\n".join((*head, "")), 0
    for lines in sections:
        section = "\n".join((*lines, "", ""))
        if left or len(text) + len(section) > MOST:
            left += 1
        else:
            text += section
    more = f"{counted(left, 'section')} left out: run `mesh plan` to see all of it.\n"
    return text + (more if left else "")


def _rest(count: int) -> list[str]:
    return [f"And {count - SHOWN} more."] if count > SHOWN else []


def _verdict(plan: Plan) -> str:
    refused = [step for step in plan.steps if step.action == "refused"]
    if any(problem.is_error for problem in plan.problems):
        return "Not valid: the files of the mesh have errors"
    if refused:
        return f"Refused: {counted(len(refused), 'product')} may not be published like this"
    breaking = [c for step in plan.steps for c in step.changes if c.level == "major"]
    if breaking:
        return f"Breaking, and its version says so: {counted(len(breaking), 'contract')}"
    return "Nothing breaks" if plan.work else "Nothing changes"


def _summary(plan: Plan, page: Page) -> str:
    counts: dict[str, int] = {}
    for step in plan.steps:
        counts[step.action] = counts.get(step.action, 0) + 1
    listed = ", ".join(f"{count} {action.replace('_', ' ')}" for action, count in counts.items())
    against = f", compared with {code(plan.against)}" if plan.against else ""
    said = f"Mesh {code(page.mesh)}{against}: {listed or 'no products'}."
    people = {
        one for step in plan.steps for c in step.changes for a in c.affected for one in a.people
    }
    return f"{said} Whom it concerns: {', '.join(map(code, sorted(people)))}." if people else said


def _overview(changes: Sequence[tuple[Step, ContractChange]]) -> list[str]:
    rows = [
        (
            "**refused**" if step.action == "refused" else "ok",
            code(f"{step.product}.{change.port}"),
            f"**{change.level}**" if change.level == "major" else change.level,
            _version(change),
            str(sum(item.level == "major" for item in change.details)),
            _reach(change),
        )
        for step, change in changes
    ]
    headers = ("", "contract", "change", "version", "breaks", "affects")
    return [*table(headers, rows[:SHOWN]), *_rest(len(rows))]


def _version(change: ContractChange) -> str:
    said = f"{code(change.old_version)} → {code(change.new_version) or 'gone'}"
    return f"{said}, write {plain(change.suggestion)}" if change.suggestion else said


def _reach(change: ContractChange) -> str:
    if not change.affected:
        return "nobody" if change.level == "major" else ""
    columns = sum(len(one.columns) for one in change.affected)
    people = {person for one in change.affected for person in one.people}
    parts = [counted(len(change.affected), "product")]
    parts += [counted(columns, "column")] if columns else []
    parts += [f"{len(people)} {'person' if len(people) == 1 else 'people'}"] if people else []
    return ", ".join(parts)


def _change(step: Step, change: ContractChange, page: Page) -> list[str]:
    rows = [
        (_LEVELS.get(i.level, i.level), page.link(i.place), prose(i.what), prose(i.breaks))
        for i in change.details
    ]
    lines = table(("", "where", "what", "consequence"), rows[:SHOWN]) + _rest(len(rows))
    if change.refusal:
        lines += ["", f"**Refused:** {prose(change.refusal)} ({page.link(change.place)})."]
    if change.suggestion:
        beside = ", or publish a new port beside it" if change.refusal else ""
        lines += ["", f"**Next:** write version {prose(change.suggestion)}{beside}."]
    if change.affected:
        who = [
            (
                code(one.product),
                ", ".join(map(code, one.columns[:SHOWN])),
                ", ".join(map(code, one.people)),
            )
            for one in change.affected
        ]
        lines += ["", *table(("affected", "columns", "people"), who[:SHOWN]), *_rest(len(who))]
    address = html(f"{step.product}.{change.port}")
    summary = (
        f"<code>{address}</code>: {change.level} change, {counted(len(change.details), 'item')}"
    )
    return details(summary, lines, is_open=bool(change.refusal))


def _refusals(plan: Plan, page: Page) -> list[str]:
    rows = [
        (
            code(r.address),
            prose(r.message),
            " → ".join(map(code, r.path)),
            page.link(r.place),
            prose(r.hint),
        )
        for step in plan.steps
        for r in step.refusals
    ]
    if not rows:
        return []
    headers = ("refused", "why", "path", "where", "next")
    return ["#### What must not be published", "", *table(headers, rows[:SHOWN]), *_rest(len(rows))]


def _violations(plan: Plan, page: Page) -> list[str]:
    rows = [
        (
            f"{v.severity}, exempted until {plain(v.exempted)}" if v.exempted else v.severity,
            code(v.rule), code(v.address), prose(v.message), page.link(v.place), prose(v.remedy),
        )
        for step in plan.steps
        for v in step.violations
    ]  # fmt: skip
    if not rows:
        return []
    headers = ("", "rule", "of", "what", "where", "remedy")
    return ["#### Rules", "", *table(headers, rows[:SHOWN]), *_rest(len(rows))]


def _problems(plan: Plan, page: Page) -> list[str]:
    notices = [problem for step in plan.steps for problem in (*step.notices, *step.problems)]
    rows = [
        (p.severity, page.link(p.place), prose(p.message), prose(p.hint))
        for p in (*plan.problems, *notices)
    ]
    if not rows:
        return []
    headers = ("", "where", "what", "next")
    return ["#### Notices", "", *table(headers, rows[:SHOWN]), *_rest(len(rows))]


def _steps(plan: Plan) -> list[str]:
    rows = [
        (code(str(s.product)), s.action.replace("_", " "), "; ".join(map(prose, s.reasons[:3])))
        for s in plan.work
    ]
    if not rows:
        return []
    lines = [*table(("product", "would", "why"), rows[:SHOWN]), *_rest(len(rows))]
    return details(f"What a run would do: {counted(len(rows), 'product')}", lines)
