"""From refused to the same masked rows at six doors, to revoked: access as people live through it.

An analyst is refused personal data, asks with a purpose, the owner approves for thirty days with the e-mail
masked; psql, psycopg, SQLAlchemy, ADBC Flight SQL, `mesh query` and Python get the same rows; once the grant
is revoked, the next query of a session that is open is refused; and the trail tells the story.
"""

import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi
import psycopg
import pytest
import sqlalchemy

import meshwright
from meshwright.app.demo.lay_out import lay_out
from tests.e2e.shell import MESH, mesh
from tests.psql import PSQL

PORT = "loyalty.members.profiles"
ANALYST, OWNER = "person:noor.haddad@example.com", "person:amara.okafor@example.com"
PURPOSE = "tiers by age"
SQL = (
    f"select member_id, first_name, email, birth_date, tier from {PORT} order by member_id limit 25"
)
Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class Served:
    """A mesh that is served, and where."""

    folder: Path
    url: str
    sql: int
    flight: str
    token: str


@pytest.fixture(scope="module")
def granted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's members, whom an analyst was granted with the e-mail masked."""
    folder = tmp_path_factory.mktemp("story") / "demo"
    lay_out(folder)
    assert mesh(folder, "run", "loyalty.members", "geography.airports").code == 0
    refused = mesh(folder, "--as", ANALYST, "query", SQL)
    assert (refused.code, refused.out) == (4, "")
    assert f'mesh access request {PORT} --purpose "…"' in refused.err
    asked = ("access", "request", PORT, "--purpose", PURPOSE, "--for", "30d", "--json")
    request = mesh(folder, "--as", ANALYST, *asked).json
    (waiting,) = mesh(folder, "--as", OWNER, "access", "requests", "--to-approve", "--json").json[
        "requests"
    ]
    assert waiting["request"] == request["request"]
    approve = ("access", "approve", request["request"], "--mask", "email=sha-256-global")
    assert mesh(folder, "--as", OWNER, *approve, "--note", "tiers only").code == 0
    return folder


@pytest.fixture(scope="module")
def served(granted: Path) -> Iterator[Served]:
    """The same mesh, served by `mesh serve`; the analyst has a token."""
    token = mesh(granted, "token", "create", ANALYST, "--title", "laptop", "--json").json["text"]
    doors = ("--port", "0", "--sql-port", "0", "--flight-port", "0")
    server = subprocess.Popen(
        [*MESH, "serve", *doors], cwd=granted, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    said = ""
    try:
        while "grpc" not in said:
            line = server.stderr.readline()
            assert line, said
            said += line
        found = [
            re.search(p, said) for p in (r"http://\S+?:\d+", r"@[\d.]+:(\d+)/", r"grpc\S+:\d+")
        ]
        assert all(found), said
        http, sql, flight = (one for one in found if one)
        yield Served(granted, http[0], int(sql[1]), flight[0], token)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        server.stderr.close()


def as_text(rows: object) -> Rows:
    """Return rows as text, NULL as ''."""
    assert isinstance(rows, list)
    return [tuple("" if value is None else str(value) for value in row) for row in rows]


def by_psql(at: Served) -> Rows:
    """Ask psql, the terminal of PostgreSQL."""
    place = f"host=127.0.0.1 port={at.sql} user={ANALYST} dbname=nyc"
    done = subprocess.run(
        [PSQL, place, "-XAt", "-F", "|", "-c", SQL],
        env={"PGPASSWORD": at.token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(line.split("|")) for line in done.stdout.splitlines()]


def by_psycopg(at: Served) -> Rows:
    """Ask psycopg."""
    with connected(at) as connection:
        return as_text(connection.execute(SQL).fetchall())


def connected(at: Served) -> "psycopg.Connection[tuple[object, ...]]":
    """Return a session of psycopg."""
    return psycopg.connect(
        host="127.0.0.1", port=at.sql, user=ANALYST, password=at.token, dbname="nyc"
    )


def by_sqlalchemy(at: Served) -> Rows:
    """Ask SQLAlchemy, by its PostgreSQL dialect."""
    place = f"postgresql+psycopg://{quote(ANALYST, safe='')}:{at.token}@127.0.0.1:{at.sql}/nyc"
    engine = sqlalchemy.create_engine(place)
    try:
        with engine.connect() as connection:
            return as_text([tuple(row) for row in connection.execute(sqlalchemy.text(SQL))])
    finally:
        engine.dispose()


def by_flight(at: Served) -> Rows:
    """Ask ADBC's driver of Flight SQL."""
    bearer = {
        adbc_driver_flightsql.DatabaseOptions.AUTHORIZATION_HEADER.value: f"Bearer {at.token}"
    }
    with (
        adbc_driver_flightsql.dbapi.connect(
            at.flight, db_kwargs=bearer, autocommit=True
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(SQL)
        return as_text(cursor.fetchall())


def by_command(at: Served) -> Rows:
    """Ask `mesh query` as the analyst."""
    ended = mesh(at.folder, "--as", ANALYST, "query", SQL, "--json")
    assert ended.code == 0, ended.err
    return as_text(ended.json["rows"])


def by_python(at: Served) -> Rows:
    """Ask over HTTP from Python, with the verbs of a local mesh."""
    with meshwright.connect(at.url, at.token) as remote:
        return as_text(remote.query(SQL).rows())


def test_six_doors_give_the_same_masked_rows(served: Served) -> None:
    expected = by_command(served)
    assert len(expected) == 25
    for _, first_name, email, birth_date, tier in expected:
        assert first_name == ""
        assert re.fullmatch("[0-9a-f]{64}", email)
        assert birth_date.endswith("-01-01")
        assert tier
    assert len({row[2] for row in expected}) == 25
    for door in (by_psql, by_psycopg, by_sqlalchemy, by_flight, by_python):
        assert door(served) == expected, door.__name__


def test_the_originals_are_what_the_owner_sees(served: Served) -> None:
    ended = mesh(served.folder, "--as", OWNER, "query", SQL, "--json")
    assert all("@" in row[2] for row in ended.json["rows"])


def test_a_revocation_bites_in_a_session_that_is_open(served: Served) -> None:
    with connected(served) as session:
        session.autocommit = True
        assert len(session.execute(SQL).fetchall()) == 25
        (grant,) = mesh(served.folder, "access", "grants", PORT, "--json").json["grants"]
        revoke = ("access", "revoke", grant["grant"], "--reason", "the question is answered")
        assert mesh(served.folder, "--as", OWNER, *revoke).code == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(SQL)
    told = mesh(served.folder, "trail", "--address", PORT, "--principal", ANALYST, "--json").json
    kinds = [entry["kind"] for entry in told["trail"]]
    assert (kinds[0], told["trail"][0]["error"]) == ("query", "access-denied")  # it began with it
    story = [kinds.index(kind) for kind in ("request", "approval", "grant", "revocation")]
    assert story == sorted(story)
    assert (kinds[-1], told["trail"][-1]["error"]) == ("query", "access-denied")
    doors = {entry["door"] for entry in told["trail"]}
    assert {"cli", "http", "sql", "flight"} <= doors
