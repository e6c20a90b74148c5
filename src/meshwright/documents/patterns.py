"""Judge a regular expression that somebody gives: it must compile, and an engine must be able to run it."""

import re
from dataclasses import dataclass

from meshwright.documents.document import Document, Path
from meshwright.documents.wording import show
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

_UNICODE_CLASS = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")
_NAMED_GROUP = re.compile(r"\(\?<(?=\w+>)")
_UNSUPPORTED = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]|\(\?P=")


@dataclass(frozen=True, slots=True)
class PatternFault:
    """What is wrong with a regular expression; `is_broken` where no engine could run it."""

    text: str
    hint: str = ""
    is_broken: bool = True


def pattern_fault(pattern: str) -> PatternFault | None:
    """Return what is wrong with a regular expression, None where nothing is."""
    try:
        re.compile(_NAMED_GROUP.sub("(?P<", _UNICODE_CLASS.sub("x", pattern)))
    except (re.error, OverflowError, RecursionError) as error:
        return PatternFault(f"the pattern {show(pattern)} is not a regular expression: {error}")
    if _UNSUPPORTED.search(pattern):
        return PatternFault(
            f"the pattern {show(pattern)} looks around or back, which engines of linear time refuse",
            "write it without (?=…), (?!…), (?<…) and \\1",
            is_broken=False,
        )
    return None


def pattern_problem(document: Document, pattern: Json, path: Path) -> list[Problem]:
    """Return what is wrong with a regular expression: nothing, or one problem."""
    if not isinstance(pattern, str):
        text = f"a pattern must be text, not {show(pattern)}"
        return [document.problem("value-type", text, path)]
    fault = pattern_fault(pattern)
    if fault is None:
        return []
    if fault.is_broken:
        hint = "in YAML, single quotes keep backslashes as they are"
        return [document.problem("pattern-invalid", fault.text, path, hint=hint)]
    return [
        document.problem(
            "pattern-unsupported", fault.text, path, hint=fault.hint, severity="warning"
        )
    ]
