"""What audits measured of ports, as service levels need it: row counts, shares, how far the data reaches."""

import json
from collections.abc import Callable, Collection

from meshwright.observe.watched.publications import among
from meshwright.spi.state_store import Reader

TREND = 30


def read_trends(
    reader: Reader, products: Collection[str] = (), until: str = "9999"
) -> dict[tuple[str, str], tuple[float | None, ...]]:
    """Return the newest row counts of every port, the oldest first, by product and port."""
    only, names = among("product", products)
    series = reader.rows(
        "SELECT series, product, port FROM series"
        f" WHERE name = 'rows' AND column_name = '' AND segment = ''{only}",
        names,
    )
    found: dict[tuple[str, str], tuple[float | None, ...]] = {}
    for number, product, port in series:
        points = reader.rows(
            "SELECT value FROM points WHERE series = ? AND at <= ? ORDER BY at DESC, build DESC LIMIT ?",
            (number, until, TREND),
        )
        values = (None if value is None else float(value) for (value,) in reversed(points))
        found[(str(product), str(port))] = tuple(values)
    return found


def read_beginnings(reader: Reader, products: Collection[str] = ()) -> dict[tuple[str, str], int]:
    """Return the first version that has each port, by product and port."""
    only, names = among("product", products)
    rows = reader.rows(
        f"SELECT product, port, min(version) FROM version_ports WHERE 1 = 1{only} GROUP BY product, port",
        names,
    )
    return {(str(product), str(port)): int(first or 0) for product, port, first in rows}


def read_reach(
    reader: Reader, product: str, port: str, instant: Callable[[str], float]
) -> dict[int, float]:
    """Return how far the data of each version of a port reaches, as far as known.

    A port that appends says it by its last interval; another one by the metric `age`, the seconds between its
    newest row and its build.
    """
    found: dict[int, float] = {}
    rows = reader.rows(
        "SELECT version, done FROM version_ports WHERE product = ? AND port = ?", (product, port)
    )
    for version, done in rows:
        ends = [str(end) for _, end in json.loads(str(done or "[]"))]
        if ends:
            found[int(version or 0)] = instant(max(ends))
    if found:
        return found
    ages = reader.rows(
        "SELECT v.version, p.at, p.value FROM versions v JOIN series s ON s.product = v.product"
        " AND s.port = ? AND s.column_name = '' AND s.segment = '' AND s.name = 'data_age'"
        " JOIN points p ON p.series = s.series AND p.build = v.build"
        " WHERE v.product = ? AND p.value IS NOT NULL",
        (port, product),
    )
    return {int(version or 0): instant(str(at)) - float(age or 0) for version, at, age in ages}


def read_quarantined(reader: Reader, product: str, port: str) -> dict[int, float]:
    """Return the share of rows that were put aside, by version."""
    rows = reader.rows(
        "SELECT version, rows, quarantined FROM version_ports WHERE product = ? AND port = ?",
        (product, port),
    )
    return {
        int(version or 0): float(aside or 0) / max(1.0, float(kept or 0) + float(aside or 0))
        for version, kept, aside in rows
    }


def read_null_shares(reader: Reader, product: str, port: str, column: str) -> dict[int, float]:
    """Return the share of rows without a value in a column, by version."""
    rows = reader.rows(
        "SELECT v.version, p.value FROM versions v JOIN series s ON s.product = v.product"
        " AND s.port = ? AND s.column_name = ? AND s.segment = '' AND s.name = 'null_share'"
        " JOIN points p ON p.series = s.series AND p.build = v.build"
        " WHERE v.product = ? AND p.value IS NOT NULL",
        (port, column, product),
    )
    return {int(version or 0): float(value or 0) for version, value in rows}
