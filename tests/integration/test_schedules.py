"""What is due when, and that it is run once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meshwright.app.observe import LONGEST_PAUSE, pause
from meshwright.app.scheduling import find_due, last_time, remember
from tests.integration.observed import Clock, observe, open_at
from tests.integration.shop import MORE_ORDERS, build, copied, write_shop
from tests.meshes import change_yaml, home_of, set_silo

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "last"),
    [
        ("0 6 * * *", "2026-01-05T05:00", "2026-01-05T05:00"),  # the very minute, in winter
        ("0 6 * * *", "2026-01-05T05:00:59.9", "2026-01-05T05:00"),
        ("0 6 * * *", "2026-01-05T04:59:59", "2026-01-04T05:00"),
        ("0 6 * * *", "2026-07-05T04:00", "2026-07-05T04:00"),  # in summer
        ("*/15 * * * *", "2026-01-05T05:44", "2026-01-05T05:30"),
        ("30 2 * * *", "2026-03-29T06:00", "2026-03-29T01:00"),  # 02:30 is left out: run at 03:00
        (
            "30 2 * * *",
            "2026-10-25T06:00",
            "2026-10-25T00:30",
        ),  # 02:30 comes twice: run at the first
        ("0 0 29 2 *", "2026-01-05T05:00", "2024-02-28T23:00"),
        ("0 9 * * mon-fri", "2026-01-04T12:00", "2026-01-02T08:00"),
    ],
)
def test_the_last_time_is_by_the_clock_of_the_mesh(schedule: str, now: str, last: str) -> None:
    assert last_time(schedule, at(now), BERLIN) == at(last)


def test_a_schedule_that_cannot_be_read_is_never_due() -> None:
    """`mesh check` tells of it."""
    assert last_time("every day", at("2026-01-05T05:00"), BERLIN) is None


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_shop(tmp_path_factory.mktemp("schedules") / "mesh")
    build(folder)
    return folder


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Path:
    folder = copied(built, tmp_path / "mesh")
    schedule(folder, "sales.orders", "0 6 * * *")
    return folder


def schedule(folder: Path, product: str, text: str) -> None:
    change_yaml(home_of(folder, product) / "build.yaml", lambda said: said.update(schedule=text))


def due(folder: Path, clock: Clock) -> list[str]:
    with open_at(folder, clock) as mesh:
        return [str(one.product) for one in find_due(mesh.wiring, clock())]


def next_morning(clock: Clock) -> None:
    """Go to the next 06:00."""
    day = clock().replace(hour=6, minute=0, second=0, microsecond=0)
    clock.time = day if day > clock() else day + timedelta(days=1)


def test_what_was_built_since_its_time_is_not_due(shop: Path) -> None:
    assert due(shop, Clock()) == []


def test_times_that_were_missed_are_made_up_once(shop: Path) -> None:
    """After three days without a loop there is one run; then none until the next morning."""
    clock = Clock()
    next_morning(clock)
    clock.forward(days=3)
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    built = {(str(one.product), one.status) for one in observe(shop, clock).builds}
    assert built == {("sales.orders", "published"), ("insight.report", "published")}
    assert due(shop, clock) == []
    clock.forward(hours=23, minutes=59)
    assert due(shop, clock) == []
    clock.forward(minutes=1)
    assert due(shop, clock) == ["sales.orders"]


def test_a_run_that_built_nothing_counts_too(shop: Path) -> None:
    """Else what is up to date would be due in every round."""
    clock = Clock()
    next_morning(clock)
    assert due(shop, clock) == ["sales.orders"]
    assert observe(shop, clock).builds == []
    assert due(shop, clock) == []


def test_readers_without_a_schedule_follow_and_those_with_one_do_not(shop: Path) -> None:
    clock = Clock()
    next_morning(clock)
    with open_at(shop, clock) as mesh:
        (one,) = find_due(mesh.wiring, clock())
        assert [str(follower) for follower in one.followers] == ["insight.report"]
    schedule(shop, "insight.report", "0 12 1 1 *")
    with open_at(shop, clock) as mesh:
        assert [one.followers for one in find_due(mesh.wiring, clock())] == [()]


def test_without_the_cache_a_product_is_run_once_more(shop: Path) -> None:
    """The memory of schedules may be lost; it costs time, never a fact."""
    clock = Clock()
    next_morning(clock)
    with open_at(shop, clock) as mesh:
        remember(mesh.wiring, find_due(mesh.wiring, clock()))
    assert due(shop, clock) == []
    (shop / ".mesh" / "cache.db").unlink()
    assert due(shop, clock) == ["sales.orders"]


def test_what_another_process_kept_from_running_stays_due(shop: Path) -> None:
    """The round says who runs the mesh, and the next one tries again."""
    clock = Clock()
    next_morning(clock)
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    with open_at(shop, clock) as other, other.wiring.store.hold("run", "somebody", 0.0):
        with open_at(shop, clock) as mesh:
            (problem,) = mesh.observe_once().problems
        assert problem.code == "held-elsewhere"
        assert "somebody" in problem.message
    assert due(shop, clock) == ["sales.orders"]


def test_rounds_that_fail_come_less_often() -> None:
    """Twice as long each time, to ten minutes; one that goes well is followed as asked."""
    minute = timedelta(minutes=1)
    assert [pause(minute, n) for n in range(3)] == [minute, 2 * minute, 4 * minute]
    assert pause(minute, 99) == LONGEST_PAUSE
    assert pause(timedelta(hours=2), 99) == timedelta(hours=2)
