"""A scan as JUnit XML, which every CI server shows: one test case a check.

XML 1.0 cannot hold most control characters, escaped or not; they are written as `\\x00`, so that a hostile
name stays readable and the file stays XML.
"""

import re
from xml.etree import ElementTree

from meshwright.app.scanning.scanned import Scanned
from meshwright.app.scanning.shapes import told, verdict_line
from meshwright.model.check import CheckOutcome, Example

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WARNED = "warning: "
_SHOWN = 5


def junit_text(scanned: Scanned) -> str:
    """Return the document; a failed check of a lower severity is no failure, but says so."""
    outcomes = scanned.outcomes
    numbers = {
        "tests": str(len(outcomes)),
        "failures": str(sum(o.rejects and o.status == "failed" for o in outcomes)),
        "errors": str(sum(o.rejects and o.status == "errored" for o in outcomes)),
        "skipped": str(sum(o.status == "not_enforced" for o in outcomes)),
        "time": f"{scanned.seconds:.3f}",
    }
    root = ElementTree.Element("testsuites", {"name": "mesh scan", **numbers})
    moment = scanned.at.replace(microsecond=0, tzinfo=None).isoformat()
    named = {"name": _clean(scanned.name), "timestamp": moment}
    suite = ElementTree.SubElement(root, "testsuite", {**named, **numbers})
    _add_properties(suite, scanned)
    for outcome in outcomes:
        _add_case(suite, scanned, outcome)
    ElementTree.SubElement(suite, "system-out").text = _clean(verdict_line(scanned))
    ElementTree.indent(root)
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'


def _add_properties(suite: ElementTree.Element, scanned: Scanned) -> None:
    properties = ElementTree.SubElement(suite, "properties")
    known = {"source": scanned.source, "rows": str(scanned.rows)}
    if scanned.contract is not None:
        known |= {"contract": scanned.contract.id, "contract version": scanned.contract.version}
    for name, value in known.items():
        ElementTree.SubElement(properties, "property", {"name": name, "value": _clean(value)})


def _add_case(suite: ElementTree.Element, scanned: Scanned, outcome: CheckOutcome) -> None:
    about = f"{scanned.name}.{outcome.column}" if outcome.column else scanned.name
    name = f"{outcome.id}: {outcome.expectation}" if outcome.expectation else outcome.id
    case = ElementTree.SubElement(
        suite, "testcase", {"classname": _clean(about), "name": _clean(name), "time": "0"}
    )
    if outcome.status == "passed":
        return
    message = _clean(told(outcome))
    if outcome.status == "not_enforced":
        ElementTree.SubElement(case, "skipped", {"message": f"NOT ENFORCED: {message}"})
    elif not outcome.rejects:
        said = f"{_WARNED if outcome.severity == 'warning' else 'info: '}{message}"
        ElementTree.SubElement(case, "system-out").text = said
    else:
        tag = "failure" if outcome.status == "failed" else "error"
        found = ElementTree.SubElement(case, tag, {"message": message, "type": outcome.kind})
        found.text = _clean(_examples(scanned.examples.get(outcome.id)))


def _examples(example: Example | None) -> str:
    if example is None:
        return ""
    lines = [
        ", ".join(f"{name}={value}" for name, value in zip(example.columns, row, strict=True))
        for row in example.rows[:_SHOWN]
    ]
    return "\n".join(["for example:", *lines])


def _clean(text: str) -> str:
    return _FORBIDDEN.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
