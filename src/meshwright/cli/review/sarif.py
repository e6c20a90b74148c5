"""SARIF 2.1.0 (OASIS, errata 01): what code scanning services read. Files are relative to the repository."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from meshwright import __version__
from meshwright.app.findings import Finding
from meshwright.app.places import in_repository

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
FINGERPRINT = "meshwright/v1"
_HOME = "https://github.com/meshwright/meshwright"


def sarif(findings: Sequence[Finding], prefix: str, command: str) -> dict[str, Any]:
    """Return one run of a tool; `prefix` leads from the repository to the mesh, `command` is what ran."""
    rules = {finding.rule: finding for finding in reversed(findings)}
    order = sorted(rules)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "meshwright",
                        "semanticVersion": __version__,
                        "informationUri": _HOME,
                        "rules": [_rule(rules[name]) for name in order],
                    }
                },
                "automationDetails": {"id": f"meshwright/{command}/{prefix}".rstrip("/") + "/"},
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, order.index(one.rule), prefix) for one in findings],
            }
        ],
    }


def _rule(finding: Finding) -> dict[str, Any]:
    title = finding.title[:1].upper() + finding.title[1:]
    return {
        "id": finding.rule,
        "shortDescription": {"text": title},
        "defaultConfiguration": {"level": finding.level},
        **({"help": {"text": finding.hint}} if finding.hint else {}),
    }


def _result(finding: Finding, index: int, prefix: str) -> dict[str, Any]:
    hint = f"\nNext: {finding.hint}" if finding.hint else ""
    path = f"\nPath: {' -> '.join(finding.path)}" if finding.path else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": _literal(f"{finding.message}{path}{hint}")},
        "locations": [_location(finding, prefix)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
    }


def _literal(text: str) -> str:
    """Keep a text from being read as a message with placeholders and links."""
    for mark in "\\[]{}":
        text = text.replace(mark, _ESCAPES.get(mark, mark))
    return text


# Links are `[text](n)`, so that brackets are escaped; braces are placeholders and are doubled.
_ESCAPES = {"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"}


def _location(finding: Finding, prefix: str) -> dict[str, Any]:
    place = in_repository(prefix, finding.place)
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file), "uriBaseId": ROOT}}
    physical["region"] = {"startLine": max(place.line, 1)}
    logical = {"fullyQualifiedName": finding.address}
    return {
        "physicalLocation": physical,
        **({"logicalLocations": [logical]} if finding.address else {}),
    }
