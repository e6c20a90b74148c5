"""`mesh demo --replay`: the demo's year lived through, day by day."""

from pathlib import Path

import pytest

from tests.e2e.shell import mesh, process


@pytest.mark.slow
def test_each_day_is_a_version_at_its_own_business_time(tmp_path: Path) -> None:
    """The port that grows by the day has one version a day; the others are built over all of it."""
    ended = process(tmp_path, "demo", "year", "--replay", "--until", "2013-01-04", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["replay"] == {
        "from": "2013-01-01", "to": "2013-01-04", "days": {"published": 3}
    }  # fmt: skip
    served = {build["product"]: build["served"] for build in ended.json["builds"]}
    assert served["operations.flights"] == 4
    assert served["experience.delay_risk"] == 2
    folder = tmp_path / "year"
    days = "select date, count(*) n from operations.flights.departures group by 1 order by 1"
    assert [row[1] for row in mesh(folder, "query", days, "--json").json["rows"]] == [
        842, 943, 914, 915
    ]  # fmt: skip
    first = mesh(
        folder, "query", 'select count(*) n from operations.flights."departures@1"', "--json"
    )
    assert first.json["rows"] == [[842]]


def test_a_day_outside_of_the_year_is_refused_before_anything_is_laid_out(tmp_path: Path) -> None:
    ended = mesh(tmp_path, "demo", "year", "--replay", "--until", "2014-01-04")
    assert ended.code == 2
    assert "2013-12-31" in ended.err
    assert not (tmp_path / "year").exists()
