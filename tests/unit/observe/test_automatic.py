"""The automatic detector: what it finds, and what it leaves alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from series_making import DAY, HOUR, START, alarmed, changed, judge, replay, rows, series

from meshwright.model.series import Interval, Point, Series, Watch
from meshwright.observe.detectors.automatic import AutomaticDetector
from meshwright.observe.watched.metrics import unit_of


def test_a_usual_year_is_quiet() -> None:
    """A week and some noise alarm nobody, all year long."""
    assert alarmed(replay(series(rows(365)))) == []


def test_a_drop_is_told_in_words_for_its_weekday() -> None:
    """The explanation names the value, the bounds and the kind of day."""
    values = rows(62)  # the newest is a Saturday
    values[-1] = 212
    judgement = judge(series([*values[:61], 212.0]))
    assert judgement.kind == "drop"
    assert judgement.explanation.startswith("rows 212; expected ")
    assert " for a S" in judgement.explanation or " for a F" in judgement.explanation


def test_a_weekend_value_on_a_workday_is_out() -> None:
    """What is usual on a Saturday is a drop on a Wednesday."""
    values = rows(59)  # the newest is a Wednesday
    assert datetime.fromisoformat("2024-02-28T06:00:00+00:00") == START + 58 * DAY
    saturday = values[54]
    assert judge(series([*values[:58], saturday])).kind == "drop"
    assert not judge(series(values)).is_anomalous


@pytest.mark.parametrize(("count", "kind"), [(5, "learning"), (13, "learning"), (14, "anomalous")])
def test_short_history_is_said(count: int, kind: str) -> None:
    """Before 14 days nothing is judged, and the judgement says how far it is."""
    judgement = judge(series([*rows(count), 1.0]))
    assert judgement.verdict == kind
    if kind == "learning":
        assert judgement.explanation.endswith(f"learning, {count} of 14")
        assert (judgement.seen, judgement.needed) == (count, 14)


def test_an_old_anomaly_is_out_of_training() -> None:
    """A fault that was found does not make the next one usual: bounds stay as they were."""
    clean, dirty = rows(70), changed(rows(70), 60, lambda value: value * 10)
    before, after = judge(series(clean)), judge(series(dirty))
    assert after.upper == pytest.approx(before.upper, rel=0.02)


def test_known_incidents_are_out_of_training() -> None:
    """What is known to have been bad teaches nothing, even where it looked usual."""
    values = rows(60)
    bad = [round(value * 1.09) for value in values[40:50]]
    spans = (Interval(START + 40 * DAY, START + 49 * DAY),)
    of = series([*values[:40], *bad, values[50]])
    taught, kept = judge(of), judge(of, Watch(incidents=spans))
    clean = judge(Series("rows", "count", of.points[:40] + of.points[50:]))
    assert kept.expected == pytest.approx(clean.expected)
    assert taught.expected is not None
    assert kept.expected is not None
    assert taught.expected > 1.03 * kept.expected


def test_marked_as_expected_never_alarms_and_widens() -> None:
    """A person said it was all right: neither that Sunday nor another like it alarms."""
    values = changed(rows(77), 62, lambda value: value * 2)  # a Sunday, and the last one is too
    span = Interval(START + 62 * DAY, START + 62 * DAY)
    doubled = series([*values[:76], values[76] * 1.9])
    assert judge(doubled).kind == "spike"
    assert not judge(doubled, Watch(expected=(span,))).is_anomalous
    marked = replay(series(values), Watch(expected=(span,)))
    assert alarmed(marked) == []
    assert "marked as expected" in marked[62].explanation


def test_a_new_level_is_told_then_believed() -> None:
    """A shift of 30 % alarms at once, is called a shift after three points, and is usual in the end."""
    values = [*rows(60), *rows(40, level=1560, seed=2, first=60)]
    judged = replay(series(values))
    times = alarmed(judged)
    assert times[0] == START + 60 * DAY
    assert [j.kind for j in judged if j.is_anomalous][2] == "level shift"
    assert len(times) <= 7
    assert not judged[-1].is_anomalous


def test_a_return_to_the_former_level_is_no_second_alarm() -> None:
    """What goes back to where it was is not unusual."""
    values = [*rows(60), *rows(8, level=800, seed=2, first=60), *rows(20, seed=3, first=68)]
    times = alarmed(replay(series(values)))
    assert times
    assert max(times) < START + 68 * DAY


def test_a_weekday_that_becomes_another_is_learned() -> None:
    """Saturdays that double are told twice, not for ever."""
    values = rows(150)
    for day in range(75, 150, 7):
        values[day] *= 1.6
    assert START.weekday() == 0
    assert 1 <= len(alarmed(replay(series(values)))) <= 4


def test_slow_drift_is_found() -> None:
    """A noisy level that creeps away is told though no point alone is far out."""
    values = rows(60, noise=0.08, level=1000)
    creeping = [
        value * (1 + 0.04 * n)
        for n, value in enumerate(rows(14, noise=0.08, level=1000, seed=5, first=60))
    ]
    assert alarmed(replay(series([*values, *creeping])))[0] >= START + 60 * DAY


def test_a_stuck_value_is_found() -> None:
    """The same count day after day is not plausible where it always changed."""
    values = [*rows(40, noise=0.05), *[1111.0] * 6]
    flat = [value for value in values if value]
    kinds = [j.kind for j in replay(series(flat))[-6:]]
    assert "stuck" in kinds


def test_a_constant_series_is_quiet_until_it_changes() -> None:
    """A table that never changes is not stuck; a change of it is told."""
    assert alarmed(replay(series([16.0] * 60))) == []
    assert judge(series([*[16.0] * 60, 12.0])).kind == "drop"
    assert not judge(series([*[1458.0] * 60, 1460.0])).is_anomalous


def test_all_null_is_quiet_and_says_so() -> None:
    """A metric that never had a value is no anomaly; one that loses it is."""
    judged = replay(series([None] * 40))
    assert alarmed(judged) == []
    assert judged[-1].explanation.startswith("no rows")
    assert judge(series([*rows(40), None])).kind == "missing"
    assert judge(series([*rows(40), float("nan")])).kind == "missing"


def test_fresher_than_usual_is_no_anomaly() -> None:
    """Of an age only too much is bad."""
    ages = [3600.0 + 60 * (n % 7) for n in range(40)]
    assert not judge(series([*ages, 1.0], "seconds", metric="age")).is_anomalous
    late = judge(series([*ages, 14_400.0], "seconds", metric="age"))
    assert late.kind == "spike"
    assert late.explanation.startswith("age 4 h; expected 0 s to ")


def test_a_null_rate_stays_within_its_bounds() -> None:
    """Bounds of a share lie within 0 and 1, and small moves are not worth telling."""
    rates = [0.01 + 0.002 * (n % 5) for n in range(40)]
    usual = judge(series([*rates, 0.025], "share", metric="null rate of email"))
    assert not usual.is_anomalous
    assert usual.lower is not None
    assert usual.upper is not None
    assert 0 <= usual.lower <= usual.upper <= 1
    assert judge(series([*rates, 0.3], "share", metric="null rate of email")).kind == "spike"


@pytest.mark.parametrize(("hours", "kind"), [(20, ""), (30, "late"), (50, "missing")])
def test_what_does_not_come_is_told(hours: int, kind: str) -> None:
    """Late after its usual gap, missing after two; named with the gap that is usual."""
    of = series(rows(30))
    now = of.points[-1].at + timedelta(hours=hours)
    judgement = judge(of, Watch(now=now))
    assert judgement.kind == kind
    if kind:
        assert "usually every 1 d" in judgement.explanation


def test_weekends_without_points_are_no_gap() -> None:
    """A series of workdays is not overdue on a Saturday, but is on a Tuesday."""
    points = [p for p in series(rows(60)).points if p.at.weekday() < 5]
    friday = max(place for place, p in enumerate(points) if p.at.weekday() == 4)
    of = Series("rows", "count", tuple(points[: friday + 1]))
    last = of.points[-1].at
    assert judge(of, Watch(now=last + 2 * DAY)).kind == ""
    assert judge(of, Watch(now=last + 4 * DAY)).kind in ("late", "missing")


def test_a_gap_in_the_past_is_told_once_where_it_was_due() -> None:
    """Replaying says when the absence would have been noticed."""
    points = series(rows(40)).points
    of = Series("rows", "count", points[:30] + points[32:])
    absences = [j for j in replay(of) if j.kind == "missing"]
    assert len(absences) == 1
    assert points[30].at < absences[0].at < points[31].at


def test_hours_are_those_of_the_clock_across_daylight_saving() -> None:
    """A job at 9 in Zurich is at 9 in summer and winter: the change of clocks alarms nobody."""
    start = datetime.fromisoformat("2024-03-04T00:00:00+00:00")
    zone = Watch(zone="Europe/Zurich")
    points = []
    for hour in range(24 * 56):
        at = start + hour * HOUR
        clock = (
            at.hour + (2 if at >= datetime.fromisoformat("2024-03-31T01:00:00+00:00") else 1)
        ) % 24
        busy = 5000.0 if clock in (9, 10, 11) else 200.0
        points.append(Point(at, busy + hour * 7919 % 13))
    of = Series("rows", "count", tuple(points))
    assert alarmed(replay(of, zone)) == []
    assert alarmed(replay(of)) != []


def test_a_clock_that_jumps_back_is_judged_like_any_point() -> None:
    """Neither a gap nor an error; the value counts."""
    points = list(series(rows(50)).points)
    points[45] = Point(points[20].at, points[45].value)
    judged = replay(Series("rows", "count", tuple(points)))
    assert len([j for j in judged if j.kind == "missing"]) <= 1
    assert not judged[-1].is_anomalous


def test_sensitivity_narrows_and_widens() -> None:
    """High expects less room than normal, low more."""
    of = series(rows(60, noise=0.08))
    widths = []
    for sensitivity in ("high", "normal", "low"):
        judgement = judge(of, Watch(sensitivity=sensitivity))  # type: ignore[arg-type]
        assert judgement.upper is not None
        assert judgement.lower is not None
        widths.append(judgement.upper - judgement.lower)
    assert widths == sorted(widths)
    assert widths[0] < widths[2]


def test_long_histories_give_the_same_verdict_as_their_recent_part() -> None:
    """Old points cost nothing: judging looks back no further than it helps."""
    values = rows(700)
    whole, recent = judge(series(values)), judge(series(values[-140:], start=START + 560 * DAY))
    assert replace(whole, at=recent.at) == recent


def test_no_point_no_judgement() -> None:
    """An empty series has nothing to be judged."""
    assert AutomaticDetector().judge(Series("rows", "count"), Watch()) is None


@pytest.mark.parametrize("metric", ["psi", "deviation"])
def test_what_cannot_be_negative_is_not_expected_to_be(metric: str) -> None:
    """Bounds around a small distance end at 0."""
    values = [0.01 + 0.009 * (n * 7 % 5) for n in range(60)]
    judged = replay(series(values, unit=unit_of(metric), metric=metric))
    lowest = [judgement.lower for judgement in judged if judgement.lower is not None]
    assert min(lowest) == 0.0
    as_number = replay(series(values, unit="number", metric=metric))
    assert min(j.lower for j in as_number if j.lower is not None) < 0.0
