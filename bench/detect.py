"""Find what is not as usual: our automatic detector against classic rules and libraries.

What is compared:
- NAB: the 25 labelled series that lie in `--nab` (`data/`, `windows.json`), under NAB's own scoring.
  Ours runs as it is delivered, its threshold being 1, the edge of what it expects: no threshold was
  fitted to these files, but variants of the algorithm, and the 12 hours below, were compared with their
  scores in view. Each contestant also gets NAB's own favour: the one threshold that scores best on
  this very corpus (`best`). One alert in 12 hours counts, for all.
- Faults: sown into real daily and hourly series of the demo. Series with `TUNING` in their name were
  looked at in development, the rest were not; figures are of the rest.
- 2013: the share of cancelled flights and the flights a day, against a list of the year's
  disruptions and a rule on the data (`detect_days.py`).
- Time: 10,000 series of 365 points, the newest judged.

Why it is fair: every contestant sees the same points in the same order and scores a point before it
learns from it; libraries run in their own environment, with their usual settings and thresholds.

    python bench/detect.py [--nab FOLDER] [--small]
"""

import argparse
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import detect_nab as nab
import detect_series
import measure
from detect_contestants import OURS, Question, judgements, names, scores
from detect_days import DISRUPTIONS, HOLIDAYS, MASS
from detect_faults import Case, sow
from detect_rules import RULES
from detect_scoring import Tally, score

from meshwright.model.series import Series, Watch
from meshwright.observe.detectors.alerts import alerts
from meshwright.observe.detectors.automatic import AutomaticDetector

TUNING = ("EWR", "=UA", "=AA", "=MQ", "=US")
HISTORIES = {"daily": (14, 30, 90), "hourly": (30, 90, 336)}
QUIET = timedelta(hours=12)
NO_ABSENCE = ("late", "missing")
STREAMS_ONLY = ("half-space-trees",)  # it needs hundreds of points before it scores at all
SEED = 2013
SHIFT_CUTS = 8
PARTS = ("year", "time", "nab", "faults", "shifts")


def run_nab(folder: Path, contestants: list[str]) -> dict[str, Any]:
    """Return each contestant's scores on NAB."""
    files = nab.read(folder)
    questions = [
        Question("value", "number", "stream", f.times, f.values, f.probation) for f in files
    ]
    rows = {}
    for name in contestants:
        start = time.process_time()
        found = _our_scores(questions) if name == OURS else scores(name, questions)
        series = {f.name: one for f, one in zip(files, found, strict=True)}
        rows[name] = _nab_row(files, series)
        rows[name]["cpu"] = round(time.process_time() - start, 1) if name == OURS else None
        print(f"nab {name}: {rows[name]}", file=sys.stderr)
    return rows


def _our_scores(questions: list[Question]) -> list[list[float]]:
    found = []
    for question in questions:
        judged = [j for j in judgements(question) if j.kind not in NO_ABSENCE]
        found.append([j.score if j.is_anomalous else 0.0 for j in judged])
    return found


def _nab_row(files: list[nab.Labelled], series: dict[str, list[float]]) -> dict[str, Any]:
    def detections(level: float) -> dict[str, list[int]]:
        return {f.name: _told(f, series[f.name], level) for f in files}

    fixed = detections(1.0)
    levels = sorted({round(s, 3) for rows in series.values() for s in rows if s > 0})
    tried = [(nab.normalised(files, detections(v)), v) for v in _some(levels, 60)]
    best, level = max(tried, default=(0.0, 0.0))
    return {
        "standard": round(nab.normalised(files, fixed), 1),
        "artificial": round(nab.normalised(_part(files, "artificial"), fixed), 1),
        "real": round(nab.normalised(_part(files, "real"), fixed), 1),
        "false alarms a series a week": round(nab.false_alarms_a_week(files, fixed), 2),
        "best": round(best, 1),
        "best level": level,
    }


def _part(files: list[nab.Labelled], part: str) -> list[nab.Labelled]:
    return [file for file in files if file.part == part]


def _some(levels: list[float], count: int) -> list[float]:
    return levels[:: max(len(levels) // count, 1)] + levels[-1:]


def _told(file: nab.Labelled, rows: list[float], level: float) -> list[int]:
    """Return which records tell somebody: one in any 12 hours."""
    told: list[int] = []
    for place, value in enumerate(rows):
        if (
            value >= level
            and value > 0
            and (not told or file.times[place] > file.times[told[-1]] + QUIET)
        ):
            told.append(place)
    return told


def run_faults(contestants: list[str], cuts: int, only: str) -> list[dict[str, Any]]:
    """Return precision and recall for each cadence, history, contestant and fault."""
    rows = []
    for cadence, series in (("daily", detect_series.daily()), ("hourly", detect_series.hourly())):
        unseen = [one for one in series if not any(part in one.name for part in TUNING)]
        if only not in ("", cadence):
            continue
        for history in HISTORIES[cadence]:
            cases = sow(unseen, history, cuts, SEED)
            for name in (one for one in contestants if one not in STREAMS_ONLY):
                rows += _fault_rows(name, cadence, history, cases)
                print(f"{cadence} {history} {name}: {rows[-1]}", file=sys.stderr)
    return rows


def run_shifts(contestants: list[str]) -> list[dict[str, Any]]:
    """Return precision and recall of shifts of 30 % alone, with 30 days of history, on many cuts."""
    unseen = [one for one in detect_series.daily() if not any(p in one.name for p in TUNING)]
    cases = sow(unseen, 30, SHIFT_CUTS, SEED + 1)
    pairs = zip(cases[::2], cases[1::2], strict=True)  # a fault and its clean window
    shifts = [one for pair in pairs if pair[0].fault == "level shift" for one in pair]
    rows = []
    for name in contestants:
        if name == OURS or name in RULES:
            rows += _fault_rows(name, "daily", 30, shifts)
    return [row for row in rows if row["fault"] == "level shift"]


def _fault_rows(name: str, cadence: str, history: int, cases: list[Case]) -> list[dict[str, Any]]:
    questions = [
        Question(c.metric, c.unit, cadence, c.times, c.values, history)  # type: ignore[arg-type]
        for c in cases
    ]
    if name == OURS:
        found = [[j.at for j in judgements(q) if j.is_anomalous] for q in questions]
    else:
        found = [
            [at for at, value in zip(q.times, one, strict=True) if value > 1]
            for q, one in zip(questions, scores(name, questions), strict=True)
        ]
    tallies: dict[tuple[str, str], Tally] = {}
    fault = ""
    for case, alarms in zip(cases, found, strict=True):
        fault = case.fault or fault  # a clean window follows the fault that it is paired with
        if fault in NO_ABSENCE and name != OURS:
            continue  # only ours is told of what did not come
        for key in ((fault, case.unit), (fault, "all"), ("all", "all"), ("all", case.unit)):
            tallies.setdefault(key, Tally()).add(score(case, alarms))
    return [
        {
            "cadence": cadence,
            "history": history,
            "contestant": name,
            "fault": key[0],
            "unit": key[1],
            "precision": round(tally.precision, 3),
            "recall": round(tally.recall, 3),
            "faults": tally.faults,
            "false": tally.false,
            "false a point": round(tally.false / tally.points, 5),
        }
        for key, tally in sorted(tallies.items(), reverse=True)
    ]


def run_year() -> dict[str, Any]:
    """Return which days of 2013 alarm, against the list and the rule."""
    watched = {
        one.name: one.series
        for one in detect_series.daily()
        if one.name in ("daily rows of all", "daily null rate of dep_time of all")
    }
    rates = {
        p.at.date(): p.value or 0.0 for p in watched["daily null rate of dep_time of all"].points
    }
    mass = {day for day, rate in rates.items() if rate >= MASS}
    alarms: dict[Any, str] = {}
    for series in watched.values():
        for judged in AutomaticDetector().replay(series, Watch()):
            if judged.is_anomalous:
                alarms.setdefault(judged.at.date(), judged.explanation)
    learned = sorted(rates)[14]
    listed = {day for day in DISRUPTIONS if day >= learned}
    right = set(alarms) & (listed | mass)
    wrong = set(alarms) - listed - mass - set(HOLIDAYS)
    return {
        "alarms": {str(day): alarms[day] for day in sorted(alarms)},
        "precision": round(len(right) / max(len(right) + len(wrong), 1), 3),
        "wrong": sorted(map(str, wrong)),
        "on holidays": sorted(str(day) for day in set(alarms) & set(HOLIDAYS)),
        "recall of mass cancellation": _share(mass, alarms),
        "recall of listed days": _share(listed, alarms),
        "missed mass": {str(day): round(rates[day], 3) for day in sorted(mass - set(alarms))},
        "blizzard": all(
            any(str(day).endswith(end) for day in alarms) for end in ("02-08", "02-09")
        ),
        "quiet days that alarmed": round(len(wrong) / (365 - len(listed | mass)), 4),
    }


def _share(days: set[Any], alarms: dict[Any, str]) -> str:
    return f"{len(days & set(alarms))} of {len(days)}"


def run_time(count: int) -> dict[str, float]:
    """Return CPU seconds for judging the newest point of many series of 365 points."""
    real = [one.series for one in detect_series.daily()]
    detector = AutomaticDetector()
    start = time.process_time()
    for place in range(count):
        series = real[place % len(real)]
        detector.judge(Series(series.metric, series.unit, series.points), Watch())
    spent = time.process_time() - start
    points = sum(len(series.points) for series in real)
    begin = time.process_time()
    for series in real:
        list(alerts(detector.replay(series, Watch())))
    replayed = time.process_time() - begin
    return {
        "series": count,
        "cpu seconds": round(spent, 1),
        "ms a series": round(1000 * spent / count, 3),
        "replay, us a point": round(1e6 * replayed / points, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    beside = measure.BENCH.parents[1] / "shared" / "nab"
    parser.add_argument("--nab", type=Path, default=beside, help="folder of windows.json and data/")
    parser.add_argument("--cuts", type=int, default=1, help="cuts of each series and fault")
    parser.add_argument("--small", action="store_true", help="one cut, 500 series, no peers")
    parser.add_argument("--parts", default=",".join(PARTS), help="the others keep their figures")
    parser.add_argument("--cadence", default="", choices=("", *HISTORIES), help="of the faults")
    parser.add_argument("--only", help="some contestants; the others keep their figures")
    arguments = parser.parse_args()
    contestants = [OURS, "elementary"] if arguments.small else names()
    if arguments.only:
        contestants = arguments.only.split(",")
    name = "detect-small" if arguments.small else "detect"
    for part in arguments.parts.split(","):
        figures = run(part, arguments, contestants)
        if figures is not None:
            path = measure.RESULTS / f"{name}.json"
            kept = json.loads(path.read_text()) if path.exists() else {}
            kept.pop("environment", None)
            if arguments.only:
                figures = _merged(kept.get(part), figures, contestants)
            measure.write_results(name, {**kept, part: figures})
            print(f"{part}: written to {path.relative_to(measure.BENCH)}")


def _merged(kept: Any, figures: Any, contestants: list[str]) -> Any:
    """Return the kept figures, with those of these contestants replaced."""
    if isinstance(kept, list):
        return [*figures, *(row for row in kept if row["contestant"] not in contestants)]
    return {**kept, **figures} if isinstance(kept, dict) else figures


def run(part: str, arguments: argparse.Namespace, contestants: list[str]) -> Any:
    """Return the figures of one part; None where it cannot be run here."""
    if part == "year":
        return run_year()
    if part == "time":
        return run_time(500 if arguments.small else 10_000)
    if part == "shifts":
        return run_shifts(contestants)
    if part == "faults":
        return run_faults(contestants, 1 if arguments.small else arguments.cuts, arguments.cadence)
    if not (arguments.nab / "windows.json").exists():
        print("nab left out: no labelled series there; give their folder by --nab")
        return None
    return run_nab(arguments.nab, contestants)


if __name__ == "__main__":
    main()
