"""A hundred new points: which deserve a look, which are told together, and by what past."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from meshwright.model.address import Address
from meshwright.model.series import Judgement, Point, Series, Watch
from meshwright.observe.detectors.automatic import AutomaticDetector
from meshwright.observe.watched.history import Recorded, SeriesName, day_of, moment_of
from meshwright.observe.watched.screening import alike, is_plain
from meshwright.observe.watched.weighing import Anomaly, is_bad, signal_of, weigh

START = datetime(2024, 1, 1, tzinfo=UTC)
PORT = Address("shop", "sales", "orders")


def days(count: int) -> list[datetime]:
    return [START + timedelta(days=n) for n in range(count)]


def weekly(count: int, seed: int = 1) -> list[float | None]:
    random = Random(seed)
    return [1000 - 400 * (n % 7 > 4) + random.gauss(0, 15) for n in range(count)]


def test_a_usual_day_is_plain_and_a_weekend_on_a_monday_is_not() -> None:
    times, values = days(57), weekly(56)
    assert is_plain("rows", 1000.0, values, alike(times[56], times[:56]))
    assert not is_plain("rows", 600.0, values, alike(times[56], times[:56]))
    assert not is_plain("rows", None, values, alike(times[56], times[:56]))


def test_of_a_distance_only_too_much_is_looked_at() -> None:
    times, values = days(57), [0.1 + (n * 7 % 5) / 100 for n in range(56)]
    assert is_plain("psi", 0.0, values, alike(times[56], times[:56]))
    assert not is_plain("psi", 0.5, values, alike(times[56], times[:56]))


def test_a_value_that_stands_still_is_looked_at_where_values_move() -> None:
    times, values = days(57), weekly(56)
    assert not is_plain("rows", values[-1], values, alike(times[56], times[:56]))
    assert is_plain("rows", 5.0, [5.0] * 56, alike(times[56], times[:56]))


@given(st.integers(0, 500), st.sampled_from([0.0, 0.2, 0.5, 1.6, 3.0]), st.integers(40, 90))
def test_what_is_plain_the_detector_finds_plain_too(seed: int, factor: float, count: int) -> None:
    """No jump goes by: what the detector would call far off is never screened away."""
    times, values = days(count + 1), weekly(count, seed)
    value = factor * 1000
    points = tuple(map(Point, times, [*values, value]))
    judged = AutomaticDetector().judge(Series("rows", "count", points), Watch())
    assert judged is not None
    if judged.is_anomalous and judged.score > 1.2:
        recent = slice(max(count - 56, 0), count)
        assert not is_plain("rows", value, values[recent], alike(times[count], times[recent]))


def anomaly(
    metric: str, score: float, column: str = "", value: float = 9.0, kind: str = "spike"
) -> Anomaly:
    judged = Judgement(
        START, value, "anomalous", kind, 1.0, 0.0, 2.0, score,  # type: ignore[arg-type]
        "high" if score >= 3 else "low", f"{metric} {column} {value}",
    )  # fmt: skip
    return Anomaly(SeriesName(column, "", metric), judged, "2024-01-01")


def test_rows_speak_alone_and_a_distribution_only_when_far_off() -> None:
    assert weigh([anomaly("rows", 1.1)])
    assert not weigh([anomaly("null_share", 1.2, "a")])
    assert weigh([anomaly("null_share", 1.6, "a")])
    assert not weigh([anomaly("mean", 2.5, "a")])
    assert weigh([anomaly("mean", 3.5, "a")])
    assert not weigh([anomaly("null_share", 2.5, "a", kind="drift")])


def test_weak_signs_count_together_but_one_column_counts_once() -> None:
    same = [anomaly(metric, 1.8, "a") for metric in ("mean", "psi", "js", "deviation")]
    assert not weigh(same)
    assert weigh([anomaly("mean", 1.8, column) for column in "abc"])


def test_nulls_that_grow_in_several_columns_speak_like_rows() -> None:
    """What is missing of whole rows is as grave as rows that are missing; that less is missing is not."""
    for score, kind, is_told in (
        (1.1, "spike", True),
        (0.9, "spike", False),
        (2.9, "drift", False),
    ):
        found = [anomaly("null_share", score, column, kind=kind) for column in "ab"]
        assert bool(weigh(found)) == is_told
    assert not weigh([anomaly("null_share", 1.2, column, value=0.5) for column in "abcdef"])


def test_columns_that_always_moved_together_are_one_witness() -> None:
    random = Random(1)
    times = [f"2024-01-01T{n:03}" for n in range(60)]
    one: list[float | None] = [random.gauss(0, 1) for _ in times]
    past = {
        "time": Recorded(times, one),
        "hour": Recorded(times, [-2 * (value or 0) + random.gauss(0, 0.1) for value in one]),
        "fare": Recorded(times, [random.gauss(0, 1) for _ in times]),
        "seat": Recorded(times, [*[None] * 50, *one[50:]]),
        "fix": Recorded(times, [1.0] * 60),
    }

    def is_told(*columns: str) -> bool:
        found = [anomaly("mean", 2.4, column) for column in columns]
        return bool(weigh(found, lambda name: past.get(name.column)))

    assert not is_told("time", "hour")
    assert is_told("time", "fare")
    assert is_told("time", "hour", "fare")
    assert is_told("time", "seat")  # too short a common past to say
    assert is_told("time", "fix")
    assert is_told("time", "new")


def test_a_chosen_monitor_speaks_whatever_its_score() -> None:
    name = SeriesName("a", "", "mean")
    assert weigh([Anomaly(name, anomaly("mean", 1.0).judgement, is_chosen=True)])


def test_one_sentence_names_the_strongest_three_of_different_metrics() -> None:
    """What needs no statistics to understand comes first; the rest is counted."""
    loud = weigh(
        [
            anomaly("psi", 9.0, "a"),
            anomaly("null_share", 2.0, "b", 0.2),
            anomaly("null_share", 2.0, "c", 0.2),
            anomaly("mean", 5.0, "a"),
        ]
    )
    signal = signal_of(PORT, loud, "2024-01-01", "b1", note="; x")
    words = "orders of 2024-01-01: null_share b 0.2; psi a 9.0; mean a 9.0; and 1 more; x"
    assert signal.explanation == words
    assert signal.key == "anomaly|shop.sales.orders.b|null_share|"
    assert (signal.severity, signal.business_date, signal.build) == ("high", "2024-01-01", "b1")


def test_nothing_at_all_is_critical() -> None:
    assert signal_of(PORT, [anomaly("rows", 5.0, value=0.0)], "", "b").severity == "critical"


def test_of_a_distance_less_is_no_bad_news() -> None:
    assert not is_bad("psi", anomaly("psi", 4.0, value=1.5).judgement)
    assert is_bad("psi", anomaly("psi", 4.0, value=2.5).judgement)
    assert is_bad("mean", anomaly("mean", 4.0, value=1.5).judgement)


def test_points_before_a_time_and_times_without_a_zone() -> None:
    recorded = Recorded(["2024-01-01", "2024-01-02", "2024-01-03"], [1.0, 2.0, 3.0])
    assert recorded.before("2024-01-03") == Recorded(["2024-01-01", "2024-01-02"], [1.0, 2.0])
    zone = ZoneInfo("America/New_York")
    assert moment_of("2024-01-01", zone).isoformat() == "2024-01-01T00:00:00-05:00"
    assert day_of("2024-01-01T03:00:00+00:00", zone) == "2023-12-31"
