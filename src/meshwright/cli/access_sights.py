"""How access looks: explanations, and lists of who reads what."""

from collections.abc import Sequence

import click
from rich.text import Text

from meshwright.app.access.explain_shapes import how_much, shown_as
from meshwright.app.access.explaining import Explanation, Sight
from meshwright.app.access.testing import CaseResult
from meshwright.cli import console, entries, tables
from meshwright.cli.access_words import plain
from meshwright.model.access import Reason
from meshwright.model.counted import counted

COLOURS = {"raw": "green", "whole": "green", "null": "red"}


def show_explanation(found: Explanation) -> None:
    """Print whether a principal reads a port, why, each column, filters, and what would help."""
    decision = found.decision
    sign = (
        console.paint("✔ reads", "green")
        if decision.is_allowed
        else console.paint("✘ may not read", "red")
    )
    purpose = f" for `{console.clean(decision.purpose)}`" if decision.purpose else ""
    address = f"{decision.address.at(None)}@{found.version}"
    click.echo(f"{console.clean(decision.principal)} {sign} {address}{purpose}")
    for reason in found.reasons:
        _say(reason)
    if decision.is_allowed:
        click.echo()
        rows = [
            (column.name, _shown(shown_as(column.mask)), _why(column.reasons))
            for column in found.columns
        ]
        tables.out().print(tables.table(("column", "shown", "why"), rows))
    if decision.help:
        console.say(f"  {console.paint('next:', 'cyan')} {console.clean(decision.help)}")


def show_who(sights: Sequence[Sight], column: str, address: str) -> None:
    """Print everybody who can read a port or a column."""
    if not sights:
        click.echo(f"nobody can read {address}")
        return
    for sight in sights:
        shown = shown_as(sight.mask) if column else how_much(sight.decision)
        limits = _limits(sight) if column else _purpose(sight)
        entries.put(
            plain(sight.principal), (shown, COLOURS.get(shown, "yellow")), (limits,),
            (", ".join(_deciding(sight, column)),),
        )  # fmt: skip
    click.echo(f"{counted(len(sights), 'principal')} can read {address}")


def show_what(sights: Sequence[Sight], principal: str) -> None:
    """Print everything that a principal can read."""
    if not sights:
        click.echo(f"{console.clean(principal)} can read nothing")
        return
    for sight in sights:
        shown = how_much(sight.decision)
        entries.put(
            str(sight.decision.address.at(None)),
            (shown, COLOURS.get(shown, "yellow")),
            (_purpose(sight),),
            (", ".join(_deciding(sight, "")),),
        )
    click.echo(f"{console.clean(principal)} can read {counted(len(sights), 'port')}")


def _deciding(sight: Sight, column: str) -> list[str]:
    """Return the policies that matter: those of the port, and of the column where one is asked for."""
    wanted = column.lower()
    return list(
        dict.fromkeys(
            reason.policy
            for reason in sight.decision.reasons
            if not reason.columns or not wanted or wanted in map(str.lower, reason.columns)
        )
    )


def _limits(sight: Sight) -> str:
    rows = ["filtered"] if sight.decision.filters else []
    group = sight.decision.minimum_group
    return ", ".join(filter(None, (*rows, f"groups of {group}" if group else "", _purpose(sight))))


def _purpose(sight: Sight) -> str:
    if sight.needs_purpose:
        return "for a purpose, which must be said"
    return f'for "{sight.decision.purpose}"' if sight.decision.purpose else ""


def _shown(word: str) -> Text:
    return Text(word, style=COLOURS.get(word, "yellow"))


def _why(reasons: Sequence[Reason]) -> Text:
    """Return a line a reason."""
    return Text("\n".join(console.clean(f"{one.policy}: {one.text}") for one in reasons))


def _say(reason: Reason) -> None:
    for line in console.fitted(f"  {reason.policy}: {reason.text}", indent="    "):
        click.echo(line)


def show_cases(results: Sequence[CaseResult], untested: Sequence[str]) -> None:
    """Print the cases that failed, how many passed, and the policies that no case holds."""
    if not results:
        click.echo("no tests of access policies")
    for result in results:
        case = result.case
        sign = console.paint("✔", "green") if result.has_passed else console.paint("✘", "red")
        click.echo(f"{sign} {console.clean(case.name)}")
        if result.has_passed:
            continue
        click.echo(
            f"    {case.file}:{case.line}: {console.clean(f'{case.principal} at {case.address}')}"
        )
        for text in (result.error,) if result.error else result.wrong:
            for line in console.fitted(f"    {text}", indent="      "):
                click.echo(line)
    if results:
        passed = sum(result.has_passed for result in results)
        click.echo(f"{passed} of {counted(len(results), 'test')} passed")
    if untested:
        what = counted(len(untested), "policy", "policies")
        for line in console.fitted(f"no test would miss {what}: {', '.join(untested)}"):
            console.say(line)
