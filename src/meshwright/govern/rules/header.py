"""Read the header of a rule's file: comment lines `-- key: value` before the SQL.

A line indented by two or more spaces after `--` goes on with the value before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from meshwright.errors import did_you_mean
from meshwright.govern.rules.rule import SCOPES, SEVERITIES, Exemption, Rule
from meshwright.model.problem import Place, Problem

REQUIRED = ("title", "severity", "scope", "rationale", "remedy", "owner")
KEYS = (*REQUIRED, "exempt", "tightens")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_ENTRY = re.compile(r"--\s?([A-Za-z][\w-]*)\s*:(?:\s+(.*))?$")
_GOES_ON = re.compile(r"--\s{2,}(\S.*)$")
_EXEMPTION = re.compile(r"(\S+)\s+until\s+(\S+)\s+by\s+(\S+?)\s*:\s+(\S.*)$")
_PATTERN = re.compile(r"[a-z0-9_*]+(\.[A-Za-z0-9_*]+){0,3}\Z")
EXEMPTION_FORM = "-- exempt: sales.orders until 2027-03-31 by ada@example.com: why it must be so"


@dataclass(slots=True)
class Header:
    """What stands in a header, with its lines; `exempt` may stand there several times."""

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    exempt: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_rule(
    file: str, name: str, text: str, origin: str, today: date
) -> tuple[Rule | None, list[Problem]]:
    """Return the rule of a file (None where its header has errors) and what is wrong with the header."""
    header = _read(file, text)
    if not NAME.match(name):
        what = f"`{name}` cannot be the name of a rule"
        hint = "name the file with lowercase letters, digits, `-` and `_`"
        header.problems.append(Problem("rule-name", what, Place(file), hint))
    _judge_words(file, header)
    exemptions = tuple(_exemptions(file, header, today))
    tightens = header.values.get("tightens", "")
    if any(problem.is_error for problem in header.problems):
        return None, header.problems
    said = header.values
    rule = Rule(
        name=name,
        file=file,
        origin=origin,
        title=said.get("title", ""),
        severity=said["severity"],
        scope=said.get("scope", ""),
        rationale=said.get("rationale", ""),
        remedy=said.get("remedy", ""),
        owner=said.get("owner", ""),
        sql=text if has_sql(text) else "",
        exemptions=exemptions,
        tightens=tightens,
        severity_line=header.lines["severity"],
    )
    if not rule.sql and not tightens:
        what = "the file has a header and no SQL"
        hint = "a rule is one SELECT whose rows are violations: address, message"
        header.problems.append(Problem("rule-empty", what, Place(file), hint))
        return None, header.problems
    return rule, header.problems


def has_sql(text: str) -> bool:
    """Say whether anything but comments and blank lines stands in a file."""
    without = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return any(line.strip() and not line.strip().startswith("--") for line in without.splitlines())


def _read(file: str, text: str) -> Header:
    header, last = Header(), ""
    for number, line in _header_lines(text):
        entry, more = _ENTRY.match(line), _GOES_ON.match(line)
        if more and last:
            _go_on(header, last, more[1].strip())
        elif entry:
            last = _add(file, header, number, entry[1].lower(), (entry[2] or "").strip())
        elif line.strip("- \t"):
            what = f"`{line.strip()}` is no `-- key: value`"
            hint = "indent by two spaces what goes on; other comments go below the SQL's first line"
            header.problems.append(Problem("rule-header", what, Place(file, number), hint))
    return header


def _header_lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("--"):
            return
        if stripped:
            yield number, stripped


def _add(file: str, header: Header, number: int, key: str, value: str) -> str:
    place = Place(file, number)
    if key not in KEYS:
        what = f"`{key}` is not a key of a rule's header"
        header.problems.append(
            Problem("rule-key-unknown", what, place, did_you_mean(key, KEYS), key)
        )
    elif key == "exempt":
        header.exempt.append((number, value))
    elif key in header.values:
        what = f"`{key}` stands twice in the header"
        hint = f"the other is in line {header.lines[key]}"
        header.problems.append(Problem("rule-key-twice", what, place, hint, key))
    else:
        header.values[key] = value
        header.lines[key] = number
    return key


def _go_on(header: Header, key: str, more: str) -> None:
    if key == "exempt" and header.exempt:
        number, value = header.exempt[-1]
        header.exempt[-1] = (number, f"{value} {more}".strip())
    elif key in header.values:
        header.values[key] = f"{header.values[key]} {more}".strip()


def _judge_words(file: str, header: Header) -> None:
    said = header.values
    needed = ("severity",) if "tightens" in said else REQUIRED
    for key in needed:
        if not said.get(key):
            place = Place(file, header.lines.get(key, 1))
            what = f"the header says no `{key}`"
            header.problems.append(
                Problem("rule-key-missing", what, place, f"add `-- {key}: {_HINTS[key]}`", key)
            )
    for key, allowed in (("severity", SEVERITIES), ("scope", SCOPES)):
        value = said.get(key)
        if value and value not in allowed:
            what = f"`{key}` cannot be `{value}`"
            place = Place(file, header.lines[key])
            header.problems.append(
                Problem("rule-value", what, place, did_you_mean(value, allowed), key)
            )


_HINTS = {
    "title": "what holds, in one sentence",
    "severity": "block, warn or advise",
    "scope": "product (each judged by itself) or mesh (judged whole)",
    "rationale": "why it matters",
    "remedy": "what to do about a violation",
    "owner": "who answers for the rule",
}


def _exemptions(file: str, header: Header, today: date) -> Iterator[Exemption]:
    for number, text in header.exempt:
        place = Place(file, number)
        found = _EXEMPTION.match(text)
        until = _day(found[2]) if found else None
        if found is None or until is None or not _PATTERN.match(found[1]):
            what = f"an exemption is not written as it must be: `{text}`"
            header.problems.append(
                Problem("exemption-invalid", what, place, EXEMPTION_FORM, "exempt")
            )
            continue
        exemption = Exemption(found[1], until, found[3], found[4].strip(), number)
        if exemption.is_over(today):
            what = f"the exemption of `{exemption.pattern}` ended on {until}"
            hint = (
                f"remove it, or let {header.values.get('owner') or 'the owner'} approve a new date"
            )
            header.problems.append(
                Problem("exemption-expired", what, place, hint, "exempt", "warning")
            )
        yield exemption


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
