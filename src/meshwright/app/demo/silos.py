"""Lay out the demo's silos: what each domain's systems would really hand over, nothing cleaned.

The rows are exactly those of the packed data; only the clothes differ (daily CSV drops, SQLite, NDJSON,
Excel). The same data always gives the same rows in the same order.
"""

import csv
import gzip
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import duckdb

from meshwright.app.demo import members

DATA = Path(__file__).parent / "data"
FLEET = Path("fleet") / "fleet.db"
_PLANES = (
    "CREATE TABLE planes (tailnum TEXT, year INTEGER, type TEXT, manufacturer TEXT, model TEXT, "
    "engines INTEGER, seats INTEGER, speed INTEGER, engine TEXT)"
)
_AIRLINES = "CREATE TABLE airlines (carrier TEXT, name TEXT)"


def write_silos(folder: Path) -> None:
    """Write every silo below `folder`."""
    with closing(duckdb.connect()) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        with suppress(
            duckdb.InvalidInputException
        ):  # a notebook without ipywidgets has none to put out
            engine.execute("SET enable_progress_bar = false")
        write_flights(engine, folder / "operations" / "flights")
        write_fleet(engine, folder / FLEET)
        write_weather(engine, folder / "weather")
        write_airports(engine, folder / "geography" / "airports.xlsx")
        write_members(engine, folder / "loyalty" / "members.csv")


def write_flights(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write one CSV file a day, as the source writes CSV: `NA` where there is no value."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [str(row[0]) for row in engine.sql(f"DESCRIBE {_all('flights')}").fetchall()]
    cells = ", ".join(f"coalesce({name}::VARCHAR, 'NA')" for name in names)
    days = engine.sql(
        "SELECT make_date(year, month, day)::VARCHAR AS file, string_agg(concat_ws(',', "
        f"{cells}), chr(10) ORDER BY sched_dep_time, carrier, flight, origin) "
        f"FROM ({_with_instant('flights')}) GROUP BY file ORDER BY file"
    ).fetchall()
    header = ",".join(names)
    for day, lines in days:
        (folder / f"{day}.csv").write_bytes(f"{header}\n{lines}\n".encode())


def write_fleet(engine: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the aircraft registry and the airline codes as one SQLite database, replacing it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute(_PLANES)
        database.execute(_AIRLINES)
        _fill(database, "planes", engine.sql(_all("planes")).fetchall())
        _fill(database, "airlines", engine.sql(_all("airlines")).fetchall())
        database.commit()


def write_weather(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write one gzipped NDJSON file a month."""
    folder.mkdir(parents=True, exist_ok=True)
    months = engine.sql(
        "SELECT printf('%d-%02d', year, month) AS file, "
        "string_agg(to_json(observation)::VARCHAR, chr(10) ORDER BY origin, time_hour) "
        f"FROM ({_with_instant('weather')}) AS observation GROUP BY file ORDER BY file"
    ).fetchall()
    for month, lines in months:
        packed = gzip.compress(f"{lines}\n".encode(), compresslevel=6, mtime=0)
        (folder / f"{month}.ndjson.gz").write_bytes(packed)


def write_airports(engine: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write one Excel sheet, `airports`; an empty cell where there is no value."""
    from openpyxl import Workbook

    path.parent.mkdir(parents=True, exist_ok=True)
    relation = engine.sql(_all("airports"))
    book = Workbook()
    sheet = book.active
    sheet.title = "airports"
    sheet.append(relation.columns)
    for row in relation.fetchall():
        sheet.append(row)
    book.save(path)


def write_members(engine: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the invented frequent flyers as one CSV file; empty where nothing is known."""
    path.parent.mkdir(parents=True, exist_ok=True)
    airports = engine.sql(
        f"SELECT DISTINCT dest FROM {_packed('flights')} "
        f"WHERE dest IN (SELECT faa FROM {_packed('airports')}) ORDER BY dest"
    ).fetchall()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(members.COLUMNS)
        writer.writerows(members.invent([str(row[0]) for row in airports]))


def _packed(name: str) -> str:
    path = str(DATA / f"{name}.parquet").replace("'", "''")
    return f"'{path}'"


def _all(name: str) -> str:
    return f"SELECT * FROM {_packed(name)}"


def _with_instant(name: str) -> str:
    """Select everything, with the instant written as the source writes it."""
    instant = "strftime(time_hour, '%Y-%m-%dT%H:%M:%SZ')"
    return f"SELECT * REPLACE ({instant} AS time_hour) FROM {_packed(name)}"


def _fill(database: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
