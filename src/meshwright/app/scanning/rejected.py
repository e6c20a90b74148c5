"""Rows of a landed source that did not parse, as a check that failed."""

import json
from collections.abc import Iterator
from pathlib import Path

from meshwright.model.check import CheckOutcome, Example

PARSED = "parsed"
_SHOWN = 20


def parse_outcome(rejected: int, rows: int) -> CheckOutcome:
    """Return the failed check; `rows` are those that did parse."""
    return CheckOutcome(PARSED, "parsed", "failed", failed_rows=rejected,
                        total_rows=rejected + rows, expectation="every row parses")  # fmt: skip


def reject_examples(rejects: Path | None) -> Iterator[Example]:
    """Yield where the first rows are that did not parse: never what they hold, which may be classified."""
    if rejects is None or not rejects.exists():
        return
    with rejects.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(_SHOWN), lines, strict=False)]
    found = tuple((row["item"], row["line"] or None, row["column"] or None) for row in rows)
    yield Example(PARSED, ("file", "line", "column"), found)
