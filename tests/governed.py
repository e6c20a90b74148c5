"""Ground for governed queries: ports with marked secrets, the views of one analyst, and the corpora."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from meshwright.model.access import Mask
from meshwright.model.table import Column
from meshwright.spi.query_pool import View

CORPUS = Path(__file__).parent / "corpus"
KEY = bytes(range(32))
ANALYST = "person:ada"
# Every hidden text and number of the ground; the digits of a token are no number.
CANARY = re.compile(r"canary|(?<![0-9a-f])7313\d{3}(?![0-9a-f])")

_FILES = {
    "flights": """
        SELECT i AS id, ['ARN', 'OSL', 'CPH'][1 + i % 3] AS dest,
            CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 37) % 60 END::INTEGER AS delay,
            DATE '2025-01-01' + (i % 9)::INTEGER AS day,
            TIMESTAMP '2025-01-01 06:00:00' + INTERVAL (i * 5) HOUR AS moment,
            CASE WHEN i % 4 = 0 THEN ['early', 'full'] ELSE ['late'] END AS tags,
            {'gate': 'A' || i % 5} AS extra,
            '{"via": "X' || i % 2 || '", "codes": [1, 2]}' AS stops
        FROM range(40) t(i)""",
    "profiles": """
        SELECT i AS id, 'canary-mail-' || i || '@example.com' AS email, 'canary-name-' || i AS name,
            (7313000 + i)::BIGINT AS salary, CASE WHEN i % 2 = 1 THEN 'SE' ELSE 'NO' END AS country,
            CASE WHEN i % 2 = 1 THEN 'plain' ELSE 'canary-row-' || i END AS note
        FROM range(1, 21) t(i)""",
    "visits": """
        SELECT i AS id, 'canary-who-' || i AS who, (10 + i % 3 * 30)::INTEGER AS amount,
            DATE '2025-01-01' + (i % 50)::INTEGER AS day, ['park', 'museum'][1 + i % 2] AS place,
            CASE WHEN i = 3 THEN 7313777 END::BIGINT AS rare
        FROM range(60) t(i)""",
    "hidden": "SELECT 'canary-file' AS secret",
}  # fmt: skip


class Ground:
    """Files in a folder, and the views over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data, self.other, self.out = folder / "data", folder / "other", folder / "out"
        for made in (self.data, self.other, self.out):
            made.mkdir()
        with duckdb.connect() as connection:
            for name, sql in _FILES.items():
                place = self.other if name == "hidden" else self.data
                connection.execute(f"COPY ({sql}) TO '{place / name}.parquet' (FORMAT parquet)")
            connection.execute(f"ATTACH '{self.other}/hidden.db' AS h")
            connection.execute("CREATE TABLE h.t AS SELECT 'canary-file' AS secret; DETACH h")
            self.columns = {name: _columns(connection, self.path(name)) for name in _FILES}
        (self.other / "hidden.csv").write_text("secret\ncanary-file\n")
        (self.other / "hidden.json").write_text('{"secret": "canary-file"}\n')
        self.flights = self.view("fleet.flights.list", "flights")
        self.visits = self.view("loyalty.members.visits", "visits", minimum_group=5)
        self.profiles = self.view(
            "loyalty.members.profiles",
            "profiles",
            masks={
                "email": Mask("token-domain"),
                "name": Mask("replace-with-null"),
                "salary": Mask("round-to", 1_000_000),
            },
            filters=("country = 'SE'",),
            keys={"token-domain": KEY},
        )

    def path(self, name: str) -> Path:
        """Return the file of a table."""
        return (self.other if name == "hidden" else self.data) / f"{name}.parquet"

    def view(self, port: str, table: str, **limits: object) -> View:
        """Return a view of a table."""
        return View(port, (self.path(table),), self.columns[table], **limits)  # type: ignore[arg-type]

    def views(self, tables: frozenset[str]) -> list[View]:
        """Return the analyst's views among the names that a query reads."""
        return [v for v in (self.flights, self.profiles, self.visits) if v.name in tables]

    def text(self, sql: str) -> str:
        """Put real paths into a statement of the corpus."""
        places = {"other": self.other, "out": self.out, "data": self.data}
        for name, path in {**places, "raw": self.path("profiles")}.items():
            sql = sql.replace(f"<{name}>", str(path))
        return sql

    def digests(self) -> dict[str, str]:
        """Return what every file of the ground holds."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


def statements(kind: str, *groups: str) -> dict[str, str]:
    """Return the statements of a corpus by `group: title`."""
    found: dict[str, str] = {}
    for file in sorted((CORPUS / kind).glob("*.sql")):
        if groups and file.stem not in groups:
            continue
        for block in file.read_text(encoding="utf-8").split("---- ")[1:]:
            title, _, sql = block.partition("\n")
            name = f"{file.stem}: {title}"
            assert name not in found, name
            found[name] = sql.removesuffix("\n")
    return found


def shown(rows: Sequence[object]) -> str:
    """Return all that rows say, as one text."""
    return repr(rows)


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[Column, ...]:
    rows = connection.execute(f"DESCRIBE FROM '{path}'").fetchall()
    return tuple(Column(str(row[0]), str(row[1])) for row in rows)
