"""A model is a stranger's text: nothing it says reads, writes, changes or tells what it was not given."""

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.errors import ExhaustedError, ModelError
from meshwright.spi.engine import Reach, Session
from tests.integration.hostile_texts import ATTACKS, HARMLESS

SECRET = "the-neighbour-s-secret"


class Ground:
    """A session with two granted files, beside files that it was not granted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs = folder / "inputs"
        self.out = folder / "out"
        self.other = folder / "other"
        for made in (self.inputs, self.out, self.other):
            made.mkdir()
        engine = DuckDBEngine()
        _write(
            engine, self.inputs / "orders.parquet", "SELECT range AS id, 'x' AS note FROM range(10)"
        )
        _write(engine, self.inputs / "people.parquet", "SELECT 1 AS id, 'Ada' AS name")
        _write(engine, self.other / "hidden.parquet", f"SELECT '{SECRET}' AS secret")
        (self.other / "hidden.csv").write_text(f"secret\n{SECRET}\n")
        (self.other / "hidden.json").write_text(f'{{"secret": "{SECRET}"}}\n')
        (self.other / "hidden.sql").write_text(f"SELECT '{SECRET}';")
        with sqlite3.connect(self.other / "hidden.db") as database:
            database.execute("CREATE TABLE t AS SELECT ? AS secret", [SECRET])
        database.close()
        files = (self.inputs / "orders.parquet", self.inputs / "people.parquet")
        self.session: Session = engine.open(Reach(read=files, write=(self.out,), seconds=20))
        self.session.scan("orders", files[:1])
        self.session.scan("fleet.people.list", files[1:])
        self.session.define("kept", "SELECT * FROM orders", keep=True)
        self.before = self.digests()

    def digests(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def text(self, attack: str) -> str:
        for name in ("inputs", "out", "other"):
            attack = attack.replace(f"<{name}>", str(getattr(self, name)))
        return attack


def _write(engine: DuckDBEngine, path: Path, sql: str) -> None:
    session = engine.open(Reach(write=(path.parent,)))
    session.stage(sql, path)
    session.close()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    made = Ground(tmp_path_factory.mktemp("attacks"))
    yield made
    made.session.close()


WRITING = [sql for sql in ATTACKS.values() if "COPY" in sql or "INSERT" in sql or "DELETE" in sql]
WAYS = ("rows", "columns", "stage", "define", "keep", "stream")


def run(ground: Ground, way: str, sql: str) -> None:
    session = ground.session
    match way:
        case "rows":
            session.rows(sql)
        case "columns":
            session.columns(sql)
        case "stage":
            session.stage(sql, ground.out / "staged.parquet")
        case "define":
            session.define("attack", sql)
        case "keep":
            session.define("attack", sql, keep=True)
        case "stream":
            session.stream(sql).__arrow_c_stream__()


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_a_hostile_text_is_refused_everywhere_and_changes_nothing(
    ground: Ground, attack: str
) -> None:
    """Every way into the session refuses the text with a clear error, and no file differs after."""
    sql = ground.text(attack)
    for way in WAYS:
        with pytest.raises(ModelError) as refused:
            run(ground, way, sql)
        assert refused.value.code
        assert SECRET not in str(refused.value)
        assert "\n" not in refused.value.message
    assert ground.digests() == ground.before
    assert ground.session.rows("SELECT count(*), count(DISTINCT note) FROM kept") == [(10, 1)]
    assert ground.session.rows("SELECT name FROM fleet.people.list") == [("Ada",)]


@pytest.mark.parametrize("attack", WRITING)
def test_trust_never_covers_writing(ground: Ground, attack: str) -> None:
    """A text that Meshwright says it composed itself still cannot write, should a quote have failed."""
    with pytest.raises(ModelError):
        ground.session.rows(ground.text(attack), trusted=True)
    assert ground.digests() == ground.before
    assert ground.session.rows("SELECT count(*), count(DISTINCT note) FROM kept") == [(10, 1)]


def test_there_are_enough_attacks() -> None:
    """The list of attacks stays long."""
    assert len(ATTACKS) >= 60


@pytest.mark.parametrize("sql", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_plain_select_passes_every_way(ground: Ground, sql: str) -> None:
    """What looks like an attack, or is only unusual, works like any SELECT."""
    try:
        for way in WAYS:
            run(ground, way, sql)
    finally:
        (ground.out / "staged.parquet").unlink(missing_ok=True)
    assert ground.digests() == ground.before


def test_nothing_is_staged_outside_the_write_folders_or_over_a_file(ground: Ground) -> None:
    """A caller's mistake about the path is refused as well, and inputs are never written over."""
    for path in (ground.other / "x.parquet", ground.out / ".." / "other" / "x.parquet"):
        with pytest.raises(ModelError, match="outside"):
            ground.session.stage("SELECT 1 AS a", path)
    with pytest.raises(ModelError, match="outside"):
        ground.session.stage("SELECT 1 AS a", ground.inputs / "orders.parquet")
    assert ground.digests() == ground.before


def test_a_file_outside_the_grant_cannot_be_scanned(ground: Ground) -> None:
    """Only granted files get a name."""
    with pytest.raises(ModelError, match="not among the files"):
        ground.session.scan("hidden", [ground.other / "hidden.parquet"])


def test_the_configuration_is_locked_below_the_gate(ground: Ground) -> None:
    """Were the gate passed, the engine itself would still refuse files, settings and extensions."""
    connection = ground.session._lockdown.connection.cursor()  # type: ignore[attr-defined]
    for sql in (
        "SET enable_external_access = true",
        "SET allowed_paths = ['/']",
        "INSTALL httpfs",
        "LOAD httpfs",
        f"FROM read_text('{ground.other / 'hidden.sql'}')",
        f"FROM glob('{ground.other}/*')",
        f"ATTACH '{ground.other / 'hidden.db'}'",
        f"COPY (SELECT 1) TO '{ground.other / 'x.csv'}'",
        "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
    ):
        with pytest.raises(Exception, match=r"(?i)error"):
            connection.execute(sql).fetchall()
    assert connection.execute("FROM duckdb_secrets()").fetchall() == []
    connection.close()


def test_a_query_that_runs_too_long_is_interrupted(tmp_path: Path) -> None:
    """A grant's seconds end a query."""
    session = DuckDBEngine().open(Reach(seconds=0.2))
    with pytest.raises(ExhaustedError) as ended:
        session.rows(
            "SELECT count(*) FROM range(10000000) a, range(10000) b WHERE a.range * b.range % 7 = 3"
        )
    assert ended.value.code == "query-interrupted"
    session.close()
