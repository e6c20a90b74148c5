"""Write a plan or a check in one of the forms for reviewers."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from meshwright.app.findings import Finding, findings_of_plan, findings_of_problems
from meshwright.app.places import prefix_of
from meshwright.cli import console
from meshwright.cli.review.github import annotations
from meshwright.cli.review.markdown import findings_markdown, page_of, plan_markdown
from meshwright.cli.review.sarif import sarif
from meshwright.model.plan import Plan
from meshwright.model.problem import Problem

SUMMARY = "GITHUB_STEP_SUMMARY"


def show_plan_as(form: str, plan: Plan, mesh: str, root: Path) -> None:
    """Write a plan as `markdown`, `sarif` or `github`."""
    prefix = prefix_of(root)
    page = page_of(mesh, prefix)
    if form == "markdown":
        click.echo(plan_markdown(plan, page), nl=False)
        return
    findings = findings_of_plan(plan)
    _show(form, findings, prefix, "plan")
    if form == "github":
        _summarise(plan_markdown(plan, page))


def show_problems_as(form: str, problems: Iterable[Problem], mesh: str, root: Path) -> None:
    """Write what a check found as `sarif` or `github`."""
    prefix = prefix_of(root)
    findings = findings_of_problems(problems)
    _show(form, findings, prefix, "check")
    if form == "github":
        _summarise(findings_markdown(findings, page_of(mesh, prefix), "check"))


def _show(form: str, findings: Sequence[Finding], prefix: str, command: str) -> None:
    if form == "sarif":
        console.put_json(sarif(findings, prefix, command))
        return
    for line in annotations(findings, prefix):
        click.echo(line)


def _summarise(markdown: str) -> None:
    """Add to the page of the job, where GitHub says where that is."""
    path = os.environ.get(SUMMARY)
    if path:
        with open(path, "a", encoding="utf-8") as page:
            page.write(f"{markdown}\n")
