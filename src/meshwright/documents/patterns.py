"""Judge a regular expression that a contract gives: it must compile, and an engine must be able to run it."""

import re

from meshwright.documents.document import Document, Path
from meshwright.documents.wording import show
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

_UNICODE_CLASS = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")
_NAMED_GROUP = re.compile(r"\(\?<(?=\w+>)")
_UNSUPPORTED = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]|\(\?P=")


def pattern_problem(document: Document, pattern: Json, path: Path) -> list[Problem]:
    """Return what is wrong with a regular expression: nothing, or one problem."""
    if not isinstance(pattern, str):
        text = f"a pattern must be text, not {show(pattern)}"
        return [document.problem("value-type", text, path)]
    try:
        re.compile(_NAMED_GROUP.sub("(?P<", _UNICODE_CLASS.sub("x", pattern)))
    except (re.error, OverflowError) as error:
        text = f"the pattern {show(pattern)} is not a regular expression: {error}"
        hint = "in YAML, single quotes keep backslashes as they are"
        return [document.problem("pattern-invalid", text, path, hint=hint)]
    if _UNSUPPORTED.search(pattern):
        text = (
            f"the pattern {show(pattern)} looks around or back, which engines of linear time refuse"
        )
        hint = "write it without (?=…), (?!…), (?<…) and \\1"
        return [document.problem("pattern-unsupported", text, path, hint=hint, severity="warning")]
    return []
