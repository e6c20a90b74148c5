"""Run every contestant over the same series; each gives a score a point, above 1 is an alarm."""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import measure
from detect_peers import HOMES
from detect_rules import RULES
from peers import PEERS

from meshwright.model.series import Judgement, Point, Series, Unit, Watch
from meshwright.observe.detectors.automatic import AutomaticDetector

OURS = "meshwright"


@dataclass(frozen=True, slots=True)
class Question:
    """A series to be scored from `train` on."""

    metric: str
    unit: Unit
    cadence: str  # daily, hourly, stream
    times: Sequence[datetime]
    values: Sequence[float | None]
    train: int


def names() -> list[str]:
    """Return the contestants that can run here, ours first; say which peers are missing."""
    for method, home in HOMES.items():
        if not PEERS[home].is_installed():
            print(f"{method} left out; run: python bench/peers.py {home}", file=sys.stderr)
    return [OURS, *RULES, *(m for m, home in HOMES.items() if PEERS[home].is_installed())]


def judgements(question: Question) -> list[Judgement]:
    """Return our judgements of a series, absences among them."""
    points = tuple(map(Point, question.times, question.values))
    series = Series(question.metric, question.unit, points)
    return list(AutomaticDetector().replay(series, Watch()))


def scores(name: str, questions: Sequence[Question]) -> list[list[float]]:
    """Return a contestant's scores: one list a question, one score a point."""
    if name in RULES:
        return [RULES[name](q.times, q.values, q.cadence) for q in questions]
    with tempfile.TemporaryDirectory() as folder:
        asked, told = Path(folder) / "asked.jsonl", Path(folder) / "told.jsonl"
        asked.write_text("".join(json.dumps(_line(q)) + "\n" for q in questions))
        command = [PEERS[HOMES[name]].python, measure.BENCH / "detect_peers.py", name, asked, told]
        measure.run(command, measure.BENCH, environment={"OMP_NUM_THREADS": "1"})
        return [json.loads(line) for line in told.read_text().splitlines()]


def _line(question: Question) -> dict[str, object]:
    return {
        "times": [at.timestamp() for at in question.times],
        "values": list(question.values),
        "cadence": question.cadence,
        "train": question.train,
    }
