"""What the demo lays out holds the packed data's rows, whole and unchanged, in the silos' own formats."""

import csv
import gzip
import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pytest

from meshwright.app.demo.lay_out import lay_out
from meshwright.app.demo.silos import DATA, write_silos
from meshwright.app.demo.steps import (
    DELIVERED_TWICE,
    WITHOUT_SENSE,
    break_input,
    mend_input,
)
from meshwright.errors import UnreachableError, UsageError


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "nyc"
    lay_out(folder)
    return folder


def packed(name: str) -> duckdb.DuckDBPyRelation:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection.sql(f"SELECT * FROM '{DATA / name}.parquet'")


def differences(first: str, second: str) -> list[tuple[object, ...]]:
    with closing(duckdb.connect()) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.sql(
            f"(FROM ({first}) EXCEPT ALL FROM ({second})) "
            f"UNION ALL (FROM ({second}) EXCEPT ALL FROM ({first}))"
        ).fetchall()


def test_every_flight_is_in_the_daily_files(mesh: Path) -> None:
    """All 336,776 flights, and nothing else, are in the CSV files, with every column of the source."""
    folder = mesh / "silos" / "operations" / "flights"
    original = f"SELECT * FROM '{DATA / 'flights.parquet'}'"
    names = [str(row[0]) for row in duckdb.sql(f"DESCRIBE {original}").fetchall()]
    types = "{" + ", ".join(
        f"'{name}': '{kind}'" for name, kind, *_ in duckdb.sql(f"DESCRIBE {original}").fetchall()
    ) + "}"  # fmt: skip
    dropped = (
        f"SELECT * FROM read_csv('{folder}/*.csv', header=true, nullstr='NA', columns={types})"
    )
    assert duckdb.sql(f"SELECT count(*) FROM ({dropped})").fetchall() == [(336_776,)]
    assert len(names) == 19
    assert differences(dropped, original) == []


def test_each_day_has_its_own_file(mesh: Path) -> None:
    """There are 365 files, and each holds the flights of the day that it is named after."""
    files = sorted((mesh / "silos" / "operations" / "flights").iterdir())
    days = [(date(2013, 1, 1) + timedelta(days=n)).isoformat() for n in range(365)]
    assert [file.name for file in files] == [f"{day}.csv" for day in days]
    with files[38].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["year"], row["month"], row["day"]) for row in rows} == {("2013", "2", "8")}
    assert len(rows) == 930
    assert sum(row["dep_time"] == "NA" for row in rows) == 472


def test_a_missing_value_is_written_as_the_source_writes_it(mesh: Path) -> None:
    """A cancelled flight has `NA` in its cells, and no cell is empty."""
    text = (mesh / "silos" / "operations" / "flights" / "2013-07-27.csv").read_text()
    assert (
        "\n2013,7,27,NA,106,NA,NA,245,NA,US,1632,NA,EWR,LGA,NA,17,1,6,2013-07-27T05:00:00Z\n"
        in text
    )
    assert ",," not in text


def test_the_weather_keeps_its_impossible_wind(mesh: Path) -> None:
    """All 26,115 observations are there, the one of 1,048 miles an hour included."""
    rows = []
    for file in sorted((mesh / "silos" / "weather").iterdir()):
        rows += [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    original = packed("weather")
    assert len(rows) == 26_115
    assert list(rows[0]) == original.columns
    assert sum(row["wind_speed"] or 0 for row in rows) == pytest.approx(
        original.sum("wind_speed").fetchall()[0][0], rel=1e-12
    )
    assert max(row["wind_speed"] or 0 for row in rows) == 1048.36058


def test_the_fleet_is_a_database(mesh: Path) -> None:
    """Planes and airlines are in SQLite as they are in the packed data."""
    with closing(sqlite3.connect(mesh / "silos" / "fleet" / "fleet.db")) as database:
        planes = database.execute("SELECT * FROM planes").fetchall()
        airlines = database.execute("SELECT * FROM airlines").fetchall()
    assert planes == packed("planes").fetchall()
    assert airlines == packed("airlines").fetchall()


def test_the_airports_are_a_sheet(mesh: Path) -> None:
    """The Excel sheet holds every airport, to the 16 digits that Excel keeps; no time zone, no value."""
    book = openpyxl.load_workbook(mesh / "silos" / "geography" / "airports.xlsx", read_only=True)
    header, *rows = book["airports"].iter_rows(values_only=True)
    book.close()
    original = packed("airports")
    assert list(header) == original.columns
    assert [row[:2] + row[4:] for row in rows] == [row[:2] + row[4:] for row in original.fetchall()]
    for row, expected in zip(rows, original.fetchall(), strict=True):
        assert row[2:4] == pytest.approx(expected[2:4], rel=1e-15)
    assert sum(row[-1] is None for row in rows) == 3


def test_the_members_can_reach_nobody(mesh: Path) -> None:
    """The 5,000 members have unique e-mails in reserved domains and numbers in the fictional range."""
    with (mesh / "silos" / "loyalty" / "members.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["email"] for row in rows}) == len({row["member_id"] for row in rows}) == 5_000
    assert all(row["email"].endswith(("example.com", "example.org", "example.net")) for row in rows)
    assert all("-555-01" in row["phone"] for row in rows if row["phone"])
    known = {row[0] for row in packed("airports").fetchall()}
    assert {row["home_airport"] for row in rows} <= known


def test_the_silos_are_the_same_every_time(mesh: Path, tmp_path: Path) -> None:
    """Laying out twice gives the same bytes, but for Excel, which writes the time into its file."""
    write_silos(tmp_path)
    first, second = content(mesh / "silos"), content(tmp_path)
    assert first == second
    assert len(first) == 365 + 12 + 1 + 1


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".xlsx"
    }


def test_the_demo_replaces_nothing(tmp_path: Path) -> None:
    """A folder with anything in it is refused, and stays as it was."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError) as caught:
        lay_out(tmp_path)
    assert caught.value.code == "demo-folder-not-empty"
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError):
        lay_out(tmp_path / "mine.txt")


def test_an_input_breaks_and_mends(mesh: Path) -> None:
    """Breaking (even twice) delivers planes again, some with negative seats; mending undoes it."""
    registry = mesh / "silos" / "fleet" / "fleet.db"
    whole = registry.read_bytes()
    break_input(mesh)
    break_input(mesh)
    with closing(sqlite3.connect(registry)) as database:
        rows, tails = database.execute(
            "SELECT count(*), count(DISTINCT tailnum) FROM planes"
        ).fetchone()
        (negative,) = database.execute("SELECT count(*) FROM planes WHERE seats < 0").fetchone()
    assert (rows - tails, negative) == (DELIVERED_TWICE, WITHOUT_SENSE)
    mend_input(mesh)
    assert registry.read_bytes() == whole


def test_breaking_needs_the_silo(tmp_path: Path) -> None:
    """Without a laid-out registry the error names the folder that is missing."""
    with pytest.raises(UnreachableError) as caught:
        break_input(tmp_path)
    assert caught.value.code == "demo-silo-missing"
