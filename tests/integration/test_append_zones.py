"""Ports that grow by a column with a time zone: its days and hours are those of the mesh's clock."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.shop import build, column, rows, statuses
from tests.meshes import change_yaml, set_silo, write_mesh

MODEL = "select k, ts from raw where ts >= $interval_start and ts < $interval_end"
DAY_ONE = "k,ts\n1,2024-01-01T09:00:00+09:00\n2,2024-01-01T23:00:00+09:00\n"
DAY_TWO = (
    DAY_ONE
    + "3,2024-01-02T00:30:00+09:00\n4,2024-01-02T08:30:00+09:00\n5,2024-01-02T10:00:00+09:00\n"
)


def write_log(
    folder: Path, zone: str, unit: str, start: str, text: str, model: str = MODEL
) -> Path:
    """Write a product that appends by a TIMESTAMPTZ, in a mesh of a zone."""
    making = {"kind": "append", "interval": unit, "column": "ts", "start": start}
    write_mesh(
        folder,
        {
            "log": {
                "events": {
                    "inputs": {
                        "raw": {
                            "files": "../../../silos/log.events.raw.csv",
                            "columns": {"k": "BIGINT", "ts": "TIMESTAMPTZ", "day": "DATE"},
                        }
                    },
                    "ports": {"events": model},
                    "contracts": {
                        "events": {"columns": [column("k"), column("ts", "timestamp")]},
                    },
                    "build": {"ports": {"events": making}},
                }
            }
        },
    )
    set_silo(folder, "log.events.raw", text)
    change_yaml(folder / "mesh.yaml", lambda mesh: mesh.update(timezone=zone))
    return folder


def declared(folder: Path, *names: str) -> None:
    """Keep only these of the declared columns."""

    def keep(described: Any) -> None:
        columns = described["inputs"]["raw"]["columns"]
        described["inputs"]["raw"]["columns"] = {name: columns[name] for name in names}

    change_yaml(folder / "domains" / "log" / "events" / "build.yaml", keep)


def keys(folder: Path) -> list[int]:
    return [row[0] for row in rows(folder, "select k from log.events.events order by k")]


@pytest.fixture
def tokyo(tmp_path: Path) -> Path:
    folder = write_log(tmp_path / "mesh", "Asia/Tokyo", "day", "2024-01-01", DAY_ONE)
    declared(folder, "k", "ts")
    return folder


def test_a_day_has_the_rows_of_the_meshs_day(tokyo: Path) -> None:
    """Also those of its first hours, which are on the day before in UTC."""
    assert statuses(build(tokyo, as_of="2024-01-01")) == {"log.events": "published"}
    assert keys(tokyo) == [1, 2]
    set_silo(tokyo, "log.events.raw", DAY_TWO)
    build(tokyo, as_of="2024-01-02")
    assert keys(tokyo) == [1, 2, 3, 4, 5]


def test_a_day_made_again_replaces_its_own_rows(tokyo: Path) -> None:
    """Its files are labelled by the mesh's day, so none of another day is replaced."""
    set_silo(tokyo, "log.events.raw", DAY_TWO)
    build(tokyo, as_of="2024-01-02")
    again = build(tokyo, as_of="2024-01-01", force=True)["log.events"]
    assert again.status == "published"
    assert keys(tokyo) == [1, 2, 3, 4, 5]


def test_a_model_may_hold_the_interval_against_a_day_without_a_zone(tmp_path: Path) -> None:
    """What is compared with the interval need not be the column itself."""
    text = (
        "k,ts,day\n1,2024-01-01T00:30:00+09:00,2024-01-01\n2,2024-01-01T23:30:00+09:00,2024-01-01\n"
    )
    model = "select k, ts from raw where day >= $interval_start and day < $interval_end"
    folder = write_log(tmp_path / "mesh", "Asia/Tokyo", "day", "2024-01-01", text, model)
    build(folder, as_of="2024-01-01")
    assert keys(folder) == [1, 2]


def test_the_day_of_an_instant_is_the_meshs_day(tmp_path: Path) -> None:
    """A cast to DATE and `$as_of` are on the mesh's clock too."""
    model = "select k, ts from raw where ts::DATE >= $interval_start and ts < $as_of"
    folder = write_log(
        tmp_path / "mesh",
        "Asia/Tokyo",
        "day",
        "2024-01-01",
        "k,ts\n1,2024-01-01T00:30:00+09:00\n",
        model,
    )
    declared(folder, "k", "ts")
    build(folder, as_of="2024-01-01")
    assert keys(folder) == [1]


def test_an_hour_that_the_clock_shows_twice_is_one_interval(tmp_path: Path) -> None:
    """When clocks are set back, neither of the two hours is lost, run by run."""
    text = (
        "k,ts\n0,2024-10-26T23:30:00Z\n1,2024-10-27T00:30:00Z\n2,2024-10-27T01:30:00Z\n"
        "3,2024-10-27T02:30:00Z\n"
    )
    folder = write_log(tmp_path / "mesh", "Europe/Zurich", "hour", "2024-10-27T01:00:00", text)
    declared(folder, "k", "ts")
    for hour in ("2024-10-27T00:05:00Z", "2024-10-27T02:05:00Z", "2024-10-27T03:05:00Z"):
        build(folder, as_of=hour)
    assert keys(folder) == [0, 1, 2, 3]


def test_another_zone_makes_the_days_anew(tokyo: Path) -> None:
    """Rows lie in other days then."""
    build(tokyo, as_of="2024-01-02")
    change_yaml(tokyo / "mesh.yaml", lambda mesh: mesh.update(timezone="UTC"))
    result = build(tokyo)["log.events"]
    assert (result.status, result.reasons) == ("published", ("code of events changed",))
