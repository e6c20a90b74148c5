"""Live through the demo's year and judge its incidents: precision, recall, and how long it takes.

What: `mesh demo DIR --replay` as a stranger types it, then every incident of `mesh incidents --all` with
the days that its timeline names. They are held against two lists: the days of `detect_days.py`, compiled
from public knowledge, and the days on which at least a tenth of the flights were cancelled, by the data
itself. Why it is fair: nothing is configured for the demo beyond what a port says of itself; the lists were
written before the replay was first judged. Days around holidays have another timetable: noticed or not,
they count neither way. The first fourteen days are for learning.

    python bench/replay.py
    python bench/replay.py --until 2013-03-31
"""

import argparse
import json
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import measure
from detect_days import DISRUPTIONS, HOLIDAYS, MASS

FIRST = date(2013, 1, 1)
LEARNING = 14
PORT = "operations.flights.departures"
SHARES = (
    f"SELECT date, count(*) FILTER (dep_time IS NULL) / count(*) AS share FROM {PORT} GROUP BY 1"
)


def ask(folder: Path, *arguments: str) -> Any:
    """Return what a command answers as JSON."""
    command: list[str | Path] = [measure.mesh_command(), *arguments, "--json"]
    return json.loads(measure.run(command, folder).output)


def incident_days(folder: Path) -> dict[str, set[date]]:
    """Return the days that each incident is about, by its id."""
    found = {}
    for line in ask(folder, "incidents", "--all")["incidents"]:
        page = ask(folder, "incidents", "show", line["id"])
        named = {line["business_date"], *(e["business_date"] for e in page["timeline"])}
        found[line["id"]] = {date.fromisoformat(day) for day in named if day}
    return found


def judge(found: dict[str, set[date]], shares: dict[date, float], last: date) -> dict[str, Any]:
    """Hold the incidents against both lists."""
    begin = FIRST + timedelta(days=LEARNING)
    mass = {day for day, share in shares.items() if share >= MASS and day >= begin}
    listed = {day for day in DISRUPTIONS if begin <= day <= last}
    known, alarmed = mass | listed, set().union(*found.values())
    right = [name for name, days in found.items() if days & known]
    wrong = [name for name, days in found.items() if not days & (known | set(HOLIDAYS))]
    return {
        "days": (last - FIRST).days + 1,
        "incidents": {name: sorted(map(str, days)) for name, days in sorted(found.items())},
        "precision": round(len(right) / max(len(right) + len(wrong), 1), 3),
        "wrong": wrong,
        "recall_mass": f"{len(mass & alarmed)} of {len(mass)}",
        "missed_mass": {str(day): round(shares[day], 3) for day in sorted(mass - alarmed)},
        "recall_listed": f"{len(listed & alarmed)} of {len(listed)}",
        "blizzard_is_one": any(
            {date(2013, 2, 8), date(2013, 2, 9)} <= days for days in found.values()
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--until", type=date.fromisoformat, default=date(2013, 12, 31))
    arguments = parser.parse_args()
    work = measure.DATA / "replay"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    command: list[str | Path] = [measure.mesh_command(), "demo", "year", "--replay"]
    sample = measure.run([*command, "--until", str(arguments.until), "--json"], work)
    print(f"replay: {sample.wall:.0f} s, {sample.peak_mib:.0f} MiB", file=sys.stderr)
    folder = work / "year"
    rows = ask(folder, "query", SHARES)["rows"]
    shares = {date.fromisoformat(row[0]): float(row[1]) for row in rows}
    judged = judge(incident_days(folder), shares, arguments.until)
    report = {"wall": sample.wall, "cpu": sample.cpu, "peak_mib": sample.peak_mib, **judged}
    print(json.dumps(report, indent=1))
    if arguments.until == date(2013, 12, 31):
        measure.write_results("replay", report)


if __name__ == "__main__":
    main()
