"""Hostile statements: none reads, writes, tells, crashes or exhausts, and each layer holds what it claims."""

import dataclasses
import os
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from meshwright.adapters.duckdb import channel as wire
from meshwright.adapters.duckdb.child import Request
from meshwright.adapters.duckdb.pool import DuckDBQueryPool
from meshwright.adapters.duckdb.process import Process
from meshwright.adapters.duckdb.views import Definition, define
from meshwright.errors import DeniedError, ExhaustedError, MeshwrightError, ModelError
from meshwright.model.access import Mask
from meshwright.spi.query_pool import Limits, View
from tests.governed import ANALYST, CANARY, KEY, Ground, shown, statements

HOSTILE = statements("hostile")
BOMBS = statements("hostile", "bombs")
HARMFUL = statements("hostile", "reads", "writes", "engine", "metadata", "texts")
SIDE_CHANNELS = statements("hostile", "side_channels")
QUIET = Limits(seconds=10, memory=512 * 2**20, threads=1)
WIDE = Limits(seconds=20, memory=2**30, threads=1)
SMALL = Limits(seconds=0.5, memory=200 * 2**20, threads=2)
PATIENCE = 5.0


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def pool() -> Iterator[DuckDBQueryPool]:
    made = DuckDBQueryPool()
    yield made
    made.close()


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    assert len(HOSTILE) >= 300
    assert len(set(HOSTILE.values())) == len(HOSTILE)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in BOMBS])
def test_a_hostile_statement_is_refused_or_harmless(
    name: str, pool: DuckDBQueryPool, ground: Ground
) -> None:
    before = ground.digests()
    sql = ground.text(HOSTILE[name])
    try:
        gated = pool.gate(sql)
        running = pool.run(ANALYST, gated, ground.views(gated.tables), QUIET)
        rows = pa.table(running)
        running.close()
    except MeshwrightError as error:
        assert_clear(error, ground)
        assert name not in ("side_channels: a masked value", "side_channels: a summary")
    else:
        assert name not in HARMFUL, "only what could be honest is answered"
        assert not CANARY.search(shown(rows.to_pylist()).replace(sql, ""))
        assert_nothing_found(rows)
    assert ground.digests() == before


@pytest.mark.parametrize("name", HARMFUL)
def test_the_gate_alone_refuses(name: str, pool: DuckDBQueryPool, ground: Ground) -> None:
    granted = {view.name for view in (ground.flights, ground.profiles, ground.visits)}
    try:
        gated = pool.gate(ground.text(HARMFUL[name]))
    except ModelError as error:
        assert_clear(error, ground)
    else:
        assert gated.tables - granted, "it names what was not granted"


@pytest.mark.slow
def test_the_locked_process_alone_reads_its_own_files_and_writes_nothing(
    ground: Ground, pool: DuckDBQueryPool
) -> None:
    """The gate is not asked: texts go straight to the process, whose masks are computed in its files."""
    everything = {c: Mask("token-domain") for c in ("email", "name", "salary", "note")}
    masked = dataclasses.replace(ground.profiles, masks=everything, filters=())
    files = pool.make_masked(masked, ground.folder / "masked")
    masked = dataclasses.replace(masked, masked_files=files, masked_columns=frozenset(everything))
    views = (define(masked, None), define(ground.flights, None))
    before = ground.digests()
    with Straight(views) as straight:
        for number, (name, sql) in enumerate({**HARMFUL, **SIDE_CHANNELS}.items()):
            changes = name.startswith(("writes", "engine", "texts"))  # may spoil its database
            said = straight.say(ground.text(sql), number if changes else 0)
            assert not CANARY.search(said.replace(ground.text(sql), "")), (name, said)
            assert ground.digests() == before, name
    assert not list(ground.out.iterdir())


@pytest.mark.parametrize("name", [n for n, sql in SIDE_CHANNELS.items() if "profiles" in sql])
def test_a_secure_view_alone_tells_nothing(name: str, ground: Ground, straight: "Straight") -> None:
    said = straight.say(SIDE_CHANNELS[name], 0)
    assert not CANARY.search(said.replace(SIDE_CHANNELS[name], "")), said


def test_a_plain_view_would_tell(ground: Ground) -> None:
    """The statistics that a secure view withholds are real ones: the test above can fail."""
    secure = define(ground.view("a.b.c", "profiles", filters=("country = 'SE'",)), None)
    plain = dataclasses.replace(secure, sql=secure.sql.replace("SECURE VIEW", "VIEW"))
    sql = "SELECT stats(salary)::VARCHAR AS s FROM a.b.c LIMIT 1"
    with Straight((plain,)) as open_view, Straight((secure,)) as closed_view:
        assert "7313020" in open_view.say(sql, 0)
        assert "7313020" not in closed_view.say(sql, 0)


@pytest.mark.parametrize("name", BOMBS)
def test_the_process_alone_holds_a_bomb(name: str, pool: DuckDBQueryPool) -> None:
    started = time.monotonic()
    with Watch() as watch, pytest.raises(ExhaustedError) as caught:
        pool.run(ANALYST, pool.gate(BOMBS[name]), (), SMALL)
    assert caught.value.code in ("query-timeout", "query-memory")
    assert time.monotonic() - started < PATIENCE
    assert watch.largest < 1024**3


@pytest.fixture(scope="module")
def straight(ground: Ground) -> Iterator["Straight"]:
    with Straight((define(ground.profiles, None), define(ground.flights, None))) as made:
        yield made


class Straight:
    """A process that is sent whatever text there is; it is started again when it dies."""

    def __init__(self, views: tuple[Definition, ...]) -> None:
        self._views = views
        self._process: Process | None = None

    def __enter__(self) -> "Straight":
        return self

    def __exit__(self, *error: object) -> None:
        if self._process is not None:
            self._process.close()

    def say(self, sql: str, number: int) -> str:
        """Return all that comes back; another `number` is another database."""
        if self._process is None or not self._process.is_alive:
            self.__exit__()
            self._process = Process(os.getpid())
        seconds = 5 + number / 1000
        request = Request(sql, self._views, (), 0, seconds, QUIET.memory, 1)
        try:
            _, words = self._process.ask(request)
            return f"{words} {self._rows(self._process)}"
        except MeshwrightError as error:
            return f"{error} {error.hint}"

    def _rows(self, process: Process) -> str:
        parts = []
        while True:
            kind, payload = process.next(5)
            if kind == wire.ENDED:
                parts.append(process.next(5)[1])
                break
            parts.append(payload)
        try:
            return shown(pa.ipc.open_stream(b"".join(parts)).read_all().to_pylist())
        except OverflowError:  # dates that Python has not
            return repr(b"".join(parts))


class Watch:
    """Sees the largest resident memory of any process that this one started."""

    largest = 0

    def __enter__(self) -> "Watch":
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            listed = Path(f"/proc/{os.getpid()}/task").glob("*/children")
            for child in " ".join(path.read_text() for path in listed).split():
                self.largest = max(self.largest, _resident(child))


def _resident(process: str) -> int:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * 4096


def assert_clear(error: MeshwrightError, ground: Ground) -> None:
    assert isinstance(error, ModelError | DeniedError)
    assert error.code
    assert "\n" not in error.message
    assert not error.message.endswith(".")
    told = f"{error} {error.hint}"
    assert KEY.hex() not in told.lower()
    assert "secure view" not in told.lower()


def assert_nothing_found(rows: pa.Table) -> None:
    """A statement that asks whether a hidden value is there calls its answer `found`."""
    if "found" in rows.column_names:
        assert rows.column("found").to_pylist() in ([], [0])


def test_a_view_of_no_file_has_no_rows(pool: DuckDBQueryPool, ground: Ground) -> None:
    empty = View("fleet.flights.list", (), ground.flights.columns)
    gated = pool.gate("SELECT count(*) AS n, max(id) AS m FROM fleet.flights.list")
    running = pool.run(ANALYST, gated, [empty], QUIET)
    assert pa.table(running).to_pylist() == [{"n": 0, "m": None}]


FAILING = {
    "a part of a date": "date_trunc(CASE WHEN {row} THEN 'bogus' ELSE 'day' END, day) IS NOT NULL",
    "a constant": "CASE WHEN {row} THEN CAST('x' AS INTEGER) ELSE 1 END = 1",
    "a sum of constants": "CASE WHEN {row} THEN 9223372036854775807 + 1 ELSE 1 END = 1",
    "a date that is none": "{row} AND day > CAST('bogus' AS DATE)",
    "a text beside a number": "CASE WHEN {row} THEN who ELSE '1' END = 1",
    "a text among numbers": "CASE WHEN {row} THEN who ELSE '1' END IN (1, 2)",
    "a text that is a condition": "CASE WHEN {row} THEN who ELSE 'true' END",
    "a length": "substring(who, 1, CASE WHEN {row} THEN -9223372036854775808 ELSE 1 END) <> ''",
}  # fmt: skip


@pytest.mark.parametrize("name", FAILING)
def test_no_row_of_an_aggregates_only_port_makes_a_query_fail(
    name: str, pool: DuckDBQueryPool, ground: Ground
) -> None:
    """An error would tell of one row what its values are compared with."""
    table = ground.visits.name
    for guess in ("amount > 0", "amount < 0"):
        condition = FAILING[name].format(row=f"id = 3 AND {guess}")
        for sql in (
            f"SELECT count(*) FROM {table} WHERE {condition}",
            f"SELECT CASE WHEN {condition} THEN 1 ELSE 2 END AS k, count(*) FROM {table} GROUP BY 1",
        ):
            asked(pool, ground, sql)


def test_what_chooses_groups_looks_at_no_small_one(pool: DuckDBQueryPool, ground: Ground) -> None:
    sql = (
        f"SELECT id, count(*) FROM {ground.visits.name} GROUP BY id"
        " HAVING CAST(sum(amount) * 100 AS TINYINT) > 0"
    )
    assert asked(pool, ground, sql).num_rows == 0


def test_a_key_that_is_tried_keeps_its_name(pool: DuckDBQueryPool, ground: Ground) -> None:
    table = ground.visits.name
    found = asked(
        pool,
        ground,
        f"SELECT date_trunc('month', day), upper(place) AS p, count(*) AS n FROM {table}"
        " WHERE day >= DATE '2025-01-01' - INTERVAL 3 DAY GROUP BY date_trunc('month', day), upper(place)"
        " ORDER BY date_trunc('month', day), p",
    )
    assert [name.replace('"', "") for name in found.column_names] == [
        "date_trunc('month', day)",
        "p",
        "n",
    ]
    assert sum(found["n"].to_pylist()) == 60


def test_a_result_of_very_many_columns_is_described_whole(
    pool: DuckDBQueryPool, ground: Ground
) -> None:
    """Names and types of more than one piece of a frame are one message, and the next query is its own."""
    sql = f"SELECT {', '.join(f'{n} AS column_{n}' for n in range(10_000))}"
    assert len(pool.describe(ANALYST, pool.gate(sql), [])) == 10_000
    found = asked(pool, ground, "SELECT 1 AS one")
    assert found.to_pylist() == [{"one": 1}]
    assert asked(pool, ground, sql, WIDE).num_columns == 10_000
    name = "n" * 200_000
    assert asked(pool, ground, f'SELECT 1 AS "{name}"').column_names == [name]


def test_columns_that_no_frame_holds_are_refused(pool: DuckDBQueryPool, ground: Ground) -> None:
    name = "n" * 200_000
    with pytest.raises(ExhaustedError) as caught:
        asked(
            pool, ground, f'WITH t AS (SELECT 1 AS "{name}") SELECT {", ".join(["*"] * 90)} FROM t'
        )
    assert caught.value.code in ("query-too-wide", "query-memory")
    assert asked(pool, ground, "SELECT 1 AS one").num_rows == 1


def test_many_definitions_take_no_memory_of_the_parent(pool: DuckDBQueryPool) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ModelError, match="WITH"):
        pool.gate(f"WITH {', '.join(f'a{n} AS (SELECT 1)' for n in range(9_000))} SELECT 1")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # KB


def test_nobody_keeps_others_waiting_by_not_reading(ground: Ground) -> None:
    """As many streams as the mesh runs at once are open, and whoever opened them reads no more."""
    pool = DuckDBQueryPool(processes=2, at_once=1, unread_seconds=0.5)
    try:
        sql = f"SELECT repeat('x', 1000) AS x FROM {ground.flights.name}, range(100000)"
        views = [ground.flights]
        held = [pool.run(who, pool.gate(sql), views, QUIET) for who in ("person:a", "person:b")]
        assert pa.table(pool.run("person:c", pool.gate("SELECT 1 AS one"), [], QUIET)).num_rows == 1
        ended = [running.failure for running in held if running.failure is not None]
        assert {error.code for error in ended} == {"query-unread"}
        for running in held:
            running.close()
    finally:
        pool.close()


def asked(pool: DuckDBQueryPool, ground: Ground, sql: str, limits: Limits = QUIET) -> pa.Table:
    """Ask as the analyst; return all rows."""
    gated = pool.gate(sql)
    running = pool.run(ANALYST, gated, ground.views(gated.tables), limits)
    try:
        return pa.table(running)
    finally:
        running.close()
