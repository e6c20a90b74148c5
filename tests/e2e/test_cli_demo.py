"""`mesh demo`: a whole mesh on real data, a rejection, and what every later command shows of it."""

from pathlib import Path

import duckdb
import pytest

from tests.e2e.shell import Ended, mesh, process

PRODUCTS = {
    "operations.flights",
    "fleet.aircraft",
    "weather.observations",
    "geography.airports",
    "experience.delay_risk",
    "loyalty.members",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """The demo, laid out and built by a command of its own, asked for JSON."""
    place = tmp_path_factory.mktemp("place")
    return place / "nyc demo", process(place, "demo", "nyc demo", "--json")


def test_every_product_is_told_with_status_version_and_rows(demo: tuple[Path, Ended]) -> None:
    _, ended = demo
    assert (ended.code, ended.err) == (0, "")
    builds = ended.json["builds"]
    published = {b["product"]: b for b in builds if b["status"] == "published"}
    assert set(published) == PRODUCTS
    for build in published.values():
        assert build["version"] == 1
        assert all(port["rows"] > 0 for port in build["ports"].values())
    assert published["operations.flights"]["ports"]["departures"]["rows"] == 336_776


def test_the_rejected_product_names_its_checks_and_what_is_still_served(
    demo: tuple[Path, Ended],
) -> None:
    _, ended = demo
    (rejected,) = [b for b in ended.json["builds"] if b["status"] == "rejected"]
    assert rejected["product"] == "fleet.aircraft"
    assert (rejected["version"], rejected["served"]) == (None, 1)
    failed = [c for c in rejected["failed_checks"] if c["severity"] == "error"]
    assert {check["check"] for check in failed} == {"primaryKey", "seats.minimum"}
    assert all(check["failed_rows"] and check["examples"] for check in failed)


def test_a_query_counts_what_the_raw_files_count(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    sql = "select origin, count(*) n from operations.flights.departures group by 1 order by 2 desc"
    inside = folder / "domains" / "fleet"
    got = mesh(inside, "query", sql, "--format", "csv").out.splitlines()
    with duckdb.connect() as engine:
        raw = engine.execute(
            "SELECT origin, count(*) n FROM read_csv(?, all_varchar = true) GROUP BY 1 ORDER BY 2 DESC",
            [str(folder / "silos" / "operations" / "**" / "*.csv*")],
        ).fetchall()
    assert got == ["origin,n", *(f"{origin},{n}" for origin, n in raw)]
    assert sum(n for _, n in raw) == 336_776


def test_the_worst_days_of_the_year_are_found(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    sql = (
        "select make_date(year, month, day) d from operations.flights.departures group by 1"
        " order by count(*) filter (dep_time is null) * 1.0 / count(*) desc limit 2"
    )
    days = {row[0] for row in mesh(folder, "query", sql, "--json").json["rows"]}
    assert days == {"2013-02-08", "2013-02-09"}


def test_what_the_demo_leaves_can_be_looked_at(demo: tuple[Path, Ended]) -> None:
    """Every command that it suggests works."""
    folder, _ = demo
    for command, code in (
        (["check"], 0),
        (["plan"], 0),
        (["test"], 0),
        (["show"], 0),
        (["show", "experience.delay_risk"], 0),
        (["show", "fleet.aircraft.planes"], 0),
        (["history", "fleet.aircraft"], 0),
        (["ledger", "list", "--limit", "10"], 0),
        (["ledger", "verify"], 0),
        (["vacuum", "--dry-run"], 0),
        (["diff", "fleet.aircraft.planes"], 2),
    ):
        ended = mesh(folder, *command)
        assert ended.code == code, (command, ended.out, ended.err)
    lines = mesh(folder, "history", "fleet.aircraft", "--json").json["history"]
    assert [line["status"] for line in lines] == ["rejected", "published"]


def test_persons_are_found_among_the_members_and_nowhere_else(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    found = mesh(folder, "classify", "--json").json["suggestions"]
    assert {(one["column"], one["kind"], one["state"]) for one in found} == {
        (f"loyalty.members.profiles.{column}", kind, "declared")
        for column, kind in (
            ("first_name", "person_name"),
            ("last_name", "person_name"),
            ("email", "email"),
            ("phone", "phone"),
            ("birth_date", "birth_date"),
        )
    }


def test_a_second_demo_replaces_nothing(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    ended = mesh(folder.parent, "demo", folder.name)
    assert ended.code == 2
    assert "demo-folder-not-empty" in ended.err


def test_mended_the_registry_is_published_and_only_what_changed_is_built(
    demo: tuple[Path, Ended],
) -> None:
    from meshwright.app.demo.steps import mend_input

    folder, _ = demo
    mend_input(folder)
    ended = mesh(folder, "run", "--json")
    assert ended.code == 0
    builds = {b["product"]: b["status"] for b in ended.json["builds"]}
    assert builds["operations.flights"] == "up_to_date"
    assert builds["fleet.aircraft"] in ("published", "up_to_date")
    shown = mesh(folder, "show", "fleet.aircraft", "--json").json
    assert shown["incidents"] == []
