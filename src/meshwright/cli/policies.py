"""How rules look: lists, pages, and the results of their tests."""

from collections.abc import Sequence

import click
from rich.text import Text

from meshwright.app.policy.desk import AddressPage, RuleLine, RuleList
from meshwright.app.policy.testing import TestResult
from meshwright.cli import console, tables
from meshwright.cli.problems import show_problems
from meshwright.model.counted import counted
from meshwright.model.plan import Violation

COLOURS = {"block": "red", "warn": "yellow", "advise": "cyan"}
_SHOWN = 20


def show_list(listed: RuleList) -> None:
    """Print the rules, then what is wrong with them."""
    out = tables.out()
    if not listed.lines and not listed.problems:
        click.echo("no rules")
        console.say(f"  {console.paint('next:', 'cyan')} mesh policy add")
        return
    cells = [
        (
            line.rule.key,
            _severity(line.rule.severity, bool(line.raised)),
            line.rule.scope,
            line.rule.domain or "federation",
            len(line.standing),
            len(line.violations) - len(line.standing),
        )
        for line in listed.lines
    ]
    headers = ("rule", "severity", "scope", "origin", "violations", "exempted")
    out.print(tables.table(headers, cells, right=("violations", "exempted")))
    show_problems(out, listed.problems)


def _severity(word: str, is_raised: bool) -> Text:
    return Text(f"{word}{'+' if is_raised else ''}", style=COLOURS[word])


def show_page(page: RuleLine | AddressPage) -> None:
    """Print a rule's page or an address's."""
    if isinstance(page, RuleLine):
        _show_rule(page)
    elif not page.found:
        click.echo(f"no rule finds anything at {page.address}")
    else:
        for violation, rule in page.found:
            _show_violation(violation, with_rule=True)
            _say("  why:", rule.rationale)
            _say("  do:", rule.remedy)
            _say("  owner:", rule.owner)


def _show_rule(line: RuleLine) -> None:
    rule = line.rule
    word = console.paint(rule.severity, COLOURS[rule.severity])
    click.echo(f"{rule.key}  {word}, scope {rule.scope}, {rule.file}")
    for said, text in (
        ("", rule.title), ("why:", rule.rationale), ("do:", rule.remedy), ("owner:", rule.owner),
    ):  # fmt: skip
        _say(said, text)
    for domain, severity in line.raised:
        click.echo(f"in {domain}: {console.paint(severity, COLOURS[severity])}")
    for one in rule.exemptions:
        _say("exempt:", f"{one.pattern} until {one.until} by {one.approver}: {one.reason}")
    click.echo(f"\n{counted(len(line.violations), 'violation')}")
    for violation in line.violations[:_SHOWN]:
        _show_violation(violation, with_rule=False)
    if len(line.violations) > _SHOWN:
        click.echo(f"and {len(line.violations) - _SHOWN} more; --json lists them all")


def _show_violation(violation: Violation, *, with_rule: bool) -> None:
    word = console.paint(violation.severity, COLOURS[violation.severity])
    about = console.clean(violation.address or "the mesh")
    rule = f" (rule {violation.rule})" if with_rule else ""
    exempted = f" [exempted until {violation.exempted}]" if violation.exempted else ""
    where = f"  {violation.place}" if violation.place.file else ""
    click.echo(f"{word} {about}: {console.clean(violation.message)}{rule}{exempted}{where}")


def _say(said: str, text: str) -> None:
    if text:
        console.put(f"{said} {text}".strip())


def show_tests(results: Sequence[TestResult], untested: Sequence[str]) -> None:
    """Print each failing test with what was expected and what was got, then how many passed."""
    failed = [result for result in results if not result.has_passed]
    for result in failed:
        sign = console.paint("✘", "red")
        click.echo(
            f"{sign} {result.rule}: {console.clean(result.test)}  {result.file}:{result.line}"
        )
        if result.error:
            click.echo(f"    {console.clean(result.error)}")
        for one in result.difference.missing:
            said = f": {one.message}" if one.message is not None else ""
            click.echo(f"    expected  {console.clean(one.address + said)}")
        for address, message in result.difference.unexpected:
            click.echo(f"    got       {console.clean(f'{address}: {message}')}")
    passed = len(results) - len(failed)
    click.echo(f"{counted(passed, 'test')} passed, {len(failed)} failed")
    if untested:
        console.say(f"{counted(len(untested), 'rule')} without a test: {', '.join(untested)}")
