"""Every check and every call that the page about scans shows is one that the command takes."""

import re
import shlex
from pathlib import Path

import click

from meshwright.app.scanning.inline import parse_check
from meshwright.cli.commands.scan import command

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "scan.md").read_text("utf-8")
CELL = re.compile(r"^\| (`.+?`) \|", re.MULTILINE)


def test_every_check_of_the_page_is_read() -> None:
    section = PAGE.partition("## Inline checks")[2].partition("\n## ")[0]
    shown = [code for cell in CELL.findall(section) for code in re.findall("`(.+?)`", cell)]
    assert len(shown) > 20
    for check in shown:
        parse_check(f"{check} > 1" if re.fullmatch(r"\w+\(c\)", check) else check)


def test_every_call_of_the_page_is_understood() -> None:
    calls = re.findall(r"^mesh scan (.+)$", PAGE, re.MULTILINE)
    assert len(calls) > 4
    for call in calls:
        arguments = shlex.split(call, comments=True)
        with click.Context(command) as context:
            command.parse_args(context, arguments)
        for check in context.params["checks"]:
            parse_check(check)
