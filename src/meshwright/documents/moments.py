"""Dates, timestamps and schedules as descriptors write them."""

import re
from datetime import datetime

from meshwright.documents.document import Document, Path
from meshwright.documents.wording import show
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_PART = re.compile(r"(\*|(\w+)(?:-(\w+))?)(?:/(\d+))?\Z")


def moment_problem(
    document: Document, value: Json, kind: str, path: Path, code: str
) -> list[Problem]:
    """Return what is wrong with an ISO date (`kind` date) or timestamp: nothing, or one problem."""
    example = "2013-01-31" if kind == "date" else "2013-01-31 or 2013-01-31T06:00:00"
    try:
        if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value):
            parsed = datetime.fromisoformat(value)
            if kind != "date" or len(value) == len("2013-01-31") or parsed is None:
                return []
    except ValueError:
        pass
    text = f"{show(value)} is not an ISO {kind}"
    return [document.problem(code, text, path, hint=f"for example {example}")]


def is_cron(text: str) -> bool:
    """Say whether a text is a cron schedule of five fields."""
    fields = text.split()
    return len(fields) == 5 and all(
        _is_field(field, low, high, index)
        for index, (field, (low, high)) in enumerate(zip(fields, _RANGES, strict=True))
    )


def _is_field(field: str, low: int, high: int, index: int) -> bool:
    names = {3: _MONTHS, 4: _DAYS}.get(index, [])
    for part in field.split(","):
        match = _PART.match(part)
        if match is None or match[4] == "0":
            return False
        for bound in (match[2], match[3]):
            if bound is None or bound.lower() in names:
                continue
            if not bound.isdigit() or not low <= int(bound) <= high:
                return False
    return True
