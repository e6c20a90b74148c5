"""Limits, and limits on change."""

import pytest
from series_making import DAY, START, rows, series

from meshwright.errors import DescriptorError
from meshwright.model.series import Interval, Series, Watch
from meshwright.observe.detectors.alerts import alerts
from meshwright.observe.detectors.bounds import ChangeDetector, ThresholdDetector


@pytest.mark.parametrize(
    ("value", "verdict", "severity"),
    [(100.0, "normal", ""), (99.0, "anomalous", "medium"), (50.0, "anomalous", "high")],
)
def test_a_limit_is_itself_allowed(value: float, verdict: str, severity: str) -> None:
    """At the limit is within; a tenth beyond is severe."""
    judgement = ThresholdDetector({"minimum": 100}).judge(series([value]), Watch())
    assert judgement is not None
    assert (judgement.verdict, judgement.severity) == (verdict, severity)
    assert judgement.explanation.endswith("100 to any allowed")


@pytest.mark.parametrize(
    ("against", "base"), [("previous", 13), ("yesterday", 13), ("same weekday", 7)]
)
def test_change_is_measured_against_the_point_that_is_named(against: str, base: int) -> None:
    """The base is the newest point of that day, and is told."""
    values = [float(1000 + 10 * day) for day in range(14)]
    detector = ChangeDetector({"most": 500, "against": against})
    judgement = detector.judge(series([*values, 1100.0]), Watch())
    assert judgement is not None
    assert judgement.lower == values[base] - 500
    assert f"({against})" in judgement.explanation


def test_percent_and_absolute_the_stricter_counts() -> None:
    """Both given, the smaller room is allowed."""
    detector = ChangeDetector({"most": 500, "most_percent": 10})
    judgement = detector.judge(series([1000.0, 1150.0]), Watch())
    assert judgement is not None
    assert (judgement.lower, judgement.upper) == (900.0, 1100.0)
    assert judgement.kind == "limit"


def test_nothing_to_compare_with_is_learning() -> None:
    """The first week has no same weekday."""
    detector = ChangeDetector({"most_percent": 10, "against": "same weekday"})
    judged = detector.replay(series(rows(8)), Watch())
    assert [j.verdict for j in judged[:7]] == ["learning"] * 7
    assert judged[7].verdict != "learning"


def test_yesterday_is_a_day_of_the_zone() -> None:
    """At 23:30 UTC it is tomorrow in Tokyo."""
    late = START.replace(hour=23, minute=30)
    of = Series("rows", "count", series([10.0, 20.0], start=late).points)
    detector = ChangeDetector({"most": 1, "against": "yesterday"})
    for zone in ("UTC", "Asia/Tokyo"):
        judgement = detector.judge(of, Watch(zone=zone))
        assert judgement is not None
        assert judgement.lower == 9.0


def test_expected_spans_hold_for_limits_too() -> None:
    """What a person marked as expected breaks no limit."""
    watch = Watch(expected=(Interval(START, START),))
    judgement = ThresholdDetector({"maximum": 1}).judge(series([5.0]), watch)
    assert judgement is not None
    assert judgement.verdict == "normal"


@pytest.mark.parametrize(
    ("make", "options", "code"),
    [
        (ThresholdDetector, {}, "detector-option-missing"),
        (ThresholdDetector, {"minimum": "many"}, "detector-option-invalid"),
        (ThresholdDetector, {"minimum": True}, "detector-option-invalid"),
        (ThresholdDetector, {"minimum": 2, "maximum": 1}, "detector-option-invalid"),
        (ThresholdDetector, {"minimun": 2}, "detector-option-unknown"),
        (ChangeDetector, {}, "detector-option-missing"),
        (ChangeDetector, {"most": -1}, "detector-option-invalid"),
        (ChangeDetector, {"most": 1, "against": "last year"}, "detector-option-invalid"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    make: type, options: dict[str, object], code: str
) -> None:
    """Each by its own code, naming the option."""
    with pytest.raises(DescriptorError) as caught:
        make(options)
    assert caught.value.code == code


def test_one_alert_an_episode() -> None:
    """Anomalies within the quiet time belong to the alert before them."""
    judged = ThresholdDetector({"maximum": 1}).replay(series([5.0] * 6, step=DAY / 4), Watch())
    assert [a.at for a in alerts(judged)] == [START, START + 3 * DAY / 4]
