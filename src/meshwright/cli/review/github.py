"""Workflow commands of GitHub Actions: each finding becomes an annotation at its line."""

from collections.abc import Sequence

from meshwright.app.findings import Finding
from meshwright.app.places import in_repository

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def annotations(findings: Sequence[Finding], prefix: str) -> list[str]:
    """Return one command a finding; `prefix` leads from the repository to the mesh."""
    return [_command(finding, prefix) for finding in findings]


def _command(finding: Finding, prefix: str) -> str:
    place = in_repository(prefix, finding.place)
    said = {"file": place.file, "title": f"mesh: {finding.title}"}
    if place.line:
        said["line"] = str(place.line)
    path = f"\npath: {' -> '.join(finding.path)}" if finding.path else ""
    hint = f"\nnext: {finding.hint}" if finding.hint else ""
    options = ",".join(f"{key}={escape_property(value)}" for key, value in said.items())
    return f"::{_COMMANDS[finding.level]} {options}::{escape(finding.message + path + hint)}"


def escape(text: str) -> str:
    """Escape what would end the command or begin another one."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Escape a value of a command, where colons and commas part values too."""
    return escape(text).replace(":", "%3A").replace(",", "%2C")
