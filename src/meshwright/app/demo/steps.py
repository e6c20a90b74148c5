"""Break one input of the demo on purpose, and mend it.

The registry of planes gets a second delivery: planes that are there already, some with a negative number
of seats. The next build of the product that reads it must be rejected, with the last version still served.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

from meshwright.app.demo.silos import FLEET, write_fleet
from meshwright.errors import UnreachableError

BROKEN_PRODUCT = "fleet.aircraft"
BROKEN_PORT = "planes"
DELIVERED_TWICE = 40
WITHOUT_SENSE = 12
STORY = (
    f"the registry of planes is delivered a second time: {DELIVERED_TWICE} tail numbers occur twice, "
    f"{WITHOUT_SENSE} of them with a negative number of seats"
)

_DELIVER = (
    "INSERT INTO planes SELECT tailnum, year, type, manufacturer, model, engines, "
    "CASE WHEN place <= ? THEN -seats ELSE seats END, speed, engine "
    "FROM (SELECT *, row_number() OVER (ORDER BY tailnum) AS place FROM planes) WHERE place <= ?"
)


def break_input(folder: Path) -> None:
    """Deliver the registry of the demo mesh in `folder` a second time; breaking twice is as bad as once."""
    mend_input(folder)
    with closing(sqlite3.connect(_registry(folder))) as database:
        database.execute(_DELIVER, (WITHOUT_SENSE, DELIVERED_TWICE))
        database.commit()


def mend_input(folder: Path) -> None:
    """Put the registry back as it was laid out."""
    with closing(duckdb.connect()) as engine:
        write_fleet(engine, _registry(folder))


def _registry(folder: Path) -> Path:
    path = folder / "silos" / FLEET
    if not path.parent.is_dir():
        raise UnreachableError(
            "demo-silo-missing",
            f"`{path.parent}` is not there",
            hint="lay the demo out again in a new folder: mesh demo nyc-demo",
        )
    return path
