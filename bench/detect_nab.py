"""NAB's scoring, from its published definition (Lavin and Ahmad 2015, the Numenta Anomaly Benchmark).

Each labelled window earns, for the earliest detection in it, a sigmoid of where in the window it lies
(early is better); a window without one costs. Every detection outside of a window costs, little
shortly after a window and in full far from it. What lies in the first 15 % of a file (at most 750
records) counts neither way. The sum over the files is put on a scale on which a detector that
never detects anything has 0 and the perfect one 100.
"""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# The standard profile.
TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE = 1.0, 0.11, 1.0
PROBATION, PROBATION_LIMIT = 0.15, 5000


@dataclass(frozen=True, slots=True)
class Labelled:
    """One file: its records, and the windows (of indexes, both ends included) that are anomalous."""

    name: str
    times: tuple[datetime, ...]
    values: tuple[float, ...]
    windows: tuple[tuple[int, int], ...]

    @property
    def probation(self) -> int:
        """Return how many records at the start count neither way."""
        return int(PROBATION * min(len(self.times), PROBATION_LIMIT))

    @property
    def part(self) -> str:
        """Return the folder of the file: the artificial ones or the real ones."""
        return "artificial" if self.name.startswith("artificial") else "real"


def read(folder: Path) -> list[Labelled]:
    """Read every file that `windows.json` names."""
    windows = json.loads((folder / "windows.json").read_text())
    return [_file(folder / "data" / name, name, spans) for name, spans in sorted(windows.items())]


def _file(path: Path, name: str, spans: Sequence[Sequence[str]]) -> Labelled:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    times = tuple(_time(row["timestamp"]) for row in rows)
    windows = []
    for start, end in spans:
        inside = [place for place, at in enumerate(times) if _time(start) <= at <= _time(end)]
        windows.append((inside[0], inside[-1]))
    return Labelled(name, times, tuple(float(row["value"]) for row in rows), tuple(windows))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sigmoid(position: float) -> float:
    """Return what a detection is worth at a place: -1 is a window's start, 0 its end."""
    if position > 3.0:
        return -1.0
    return 2.0 / (1.0 + math.exp(5.0 * position)) - 1.0


def raw(file: Labelled, detections: Sequence[int]) -> float:
    """Return the raw score of one file under the standard profile."""
    found: dict[tuple[int, int], float] = {}
    total = 0.0
    for place in sorted(detections):
        if place < file.probation:
            continue
        window = next((w for w in file.windows if w[0] <= place <= w[1]), None)
        if window is not None:
            width = window[1] - window[0] + 1
            worth = sigmoid(-(window[1] - place + 1) / width) / sigmoid(-1.0)
            found.setdefault(window, TRUE_POSITIVE * worth)
        else:
            total += FALSE_POSITIVE * _outside(file, place)
    missed = sum(1 for window in _counted(file) if window not in found)
    return total + sum(found.values()) - FALSE_NEGATIVE * missed


def _outside(file: Labelled, place: int) -> float:
    before = [window for window in file.windows if window[1] < place]
    if not before:
        return -1.0
    start, end = before[-1]
    return sigmoid((place - end) / max(end - start, 1))


def _counted(file: Labelled) -> list[tuple[int, int]]:
    return [window for window in file.windows if window[1] >= file.probation]


def normalised(files: Sequence[Labelled], detections: Mapping[str, Sequence[int]]) -> float:
    """Return the score of a corpus: 0 for no detection at all, 100 for the perfect detector."""
    total = sum(raw(file, detections[file.name]) for file in files)
    count = sum(len(_counted(file)) for file in files)
    null, perfect = -FALSE_NEGATIVE * count, TRUE_POSITIVE * count
    return 100.0 * (total - null) / (perfect - null)


def best_threshold(
    files: Sequence[Labelled], scores: Mapping[str, Sequence[float]]
) -> tuple[float, float]:
    """Return NAB's own choice: the one threshold that scores best on the corpus, and that score."""
    levels = sorted({score for rows in scores.values() for score in rows}, reverse=True)
    step = max(len(levels) // 250, 1)
    tried = [(normalised(files, above(scores, level)), level) for level in levels[::step] if level]
    return max((score, level) for score, level in tried) if tried else (0.0, 0.0)


def above(scores: Mapping[str, Sequence[float]], level: float) -> dict[str, list[int]]:
    """Return the detections at a threshold."""
    return {
        name: [place for place, score in enumerate(rows) if score >= level]
        for name, rows in scores.items()
    }


def false_alarms_a_week(
    files: Sequence[Labelled], detections: Mapping[str, Sequence[int]]
) -> float:
    """Return the detections outside of every window, after probation, by series and week."""
    count, weeks = 0, 0.0
    for file in files:
        counted = [place for place in detections[file.name] if place >= file.probation]
        count += sum(not any(a <= place <= b for a, b in file.windows) for place in counted)
        weeks += (file.times[-1] - file.times[file.probation]).total_seconds() / 604_800
    return count / weeks
