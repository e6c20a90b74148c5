"""Dates, timestamps and schedules as descriptors write them."""

import re
from datetime import datetime

from meshwright.documents.document import Document, Path
from meshwright.documents.wording import show
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem


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
    """Say whether a text is a cron schedule of five fields that some day comes true."""
    from cronsim import CronSim, CronSimError  # few files have a schedule

    if len(text.split()) != 5:
        return False
    try:
        CronSim(text, datetime(2000, 1, 1))
    except CronSimError:
        return False
    return True
