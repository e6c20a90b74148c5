"""Whatever is done to the ledger or its projections behind our back is found, named and placed."""

import sqlite3
from collections.abc import Callable

import pytest
from ledger_facts import port, published

from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.ledger.chain import link
from meshwright.ledger.ledger import Ledger
from meshwright.ledger.projections import TABLES
from meshwright.ledger.replay import rebuild
from meshwright.ledger.verification import Verification, verify
from meshwright.model.facts import BuildFailed, QueryRan

Sql = sqlite3.Connection
NewStore = Callable[[], SQLiteStateStore]


@pytest.fixture
def recorded(store: SQLiteStateStore, ledger: Ledger) -> SQLiteStateStore:
    """A store with ten entries."""
    ledger.record([published("d.p", 1, {"a": port(["f"])})])
    for n in range(2, 10):
        ledger.record([QueryRan(f"q{n}", "digest", [], n, 0.5)])
    ledger.record([BuildFailed("b", "d.p", "e")])
    return store


def _tamper(store: SQLiteStateStore, how: Callable[[Sql], object]) -> None:
    """Do something to the file as somebody who knows SQLite and not Meshwright."""
    connection = sqlite3.connect(store.path)
    how(connection)
    connection.commit()
    connection.close()


def _found(verification: Verification) -> list[tuple[int, str]]:
    return [(finding.seq, finding.code) for finding in verification.findings]


def _renumber(sql: Sql, *moves: tuple[int, int]) -> None:
    """Give entries other numbers, whatever is there."""
    for old, _ in moves:
        sql.execute("UPDATE facts SET seq = -seq WHERE seq = ?", (old,))
    for old, new in moves:
        sql.execute("UPDATE facts SET seq = ? WHERE seq = ?", (new, -old))


def _hash_again(sql: Sql, start: int) -> None:
    """Recompute every hash from an entry on, as a forger who knows the chain would."""
    previous = sql.execute("SELECT hash FROM facts WHERE seq = ?", (start - 1,)).fetchone()[0]
    rows = sql.execute(
        "SELECT seq, at, actor, kind, payload FROM facts WHERE seq >= ? ORDER BY seq", (start,)
    ).fetchall()
    for row in rows:
        hash_ = link(*row, previous)
        sql.execute(
            "UPDATE facts SET previous = ?, hash = ? WHERE seq = ?", (previous, hash_, row[0])
        )
        previous = hash_


def _insert(sql: Sql, seq: int) -> None:
    """Put a copy of entry 2 at a number that is free."""
    sql.execute(
        "INSERT INTO facts SELECT ?, at, actor, kind, payload, previous, hash FROM facts"
        " WHERE seq = 2",
        (seq,),
    )


def test_what_was_recorded_is_sound(recorded: SQLiteStateStore, new_store: NewStore) -> None:
    """Nothing is found in a ledger that nobody touched; the end of the chain is named."""
    verification = verify(recorded, scratch=new_store())
    assert verification.is_sound
    assert verification.entries == 10
    with recorded.read() as reader:
        assert reader.rows("SELECT hash FROM facts WHERE seq = 10") == [(verification.head,)]


def test_an_empty_ledger_is_sound(store: SQLiteStateStore, new_store: NewStore) -> None:
    """Nothing recorded, nothing wrong."""
    assert verify(store, scratch=new_store()) == Verification(0, "")


@pytest.mark.parametrize("column", ["at", "actor", "kind", "payload", "hash"])
@pytest.mark.parametrize("seq", [1, 5, 10])
def test_a_changed_entry_is_found(recorded: SQLiteStateStore, seq: int, column: str) -> None:
    """Any column of any entry, the first and the last too."""
    _tamper(
        recorded,
        lambda sql: sql.execute(f"UPDATE facts SET {column} = {column} || '0' WHERE seq = {seq}"),
    )
    assert _found(verify(recorded)) == [(seq, "changed")]


def test_a_changed_link_is_found(recorded: SQLiteStateStore) -> None:
    """An entry that says it follows another."""
    _tamper(recorded, lambda sql: sql.execute("UPDATE facts SET previous = 'x' WHERE seq = 5"))
    assert _found(verify(recorded)) == [(5, "changed")]


def test_an_entry_that_was_hashed_again_is_found(recorded: SQLiteStateStore) -> None:
    """A change whose own hash is made to fit is betrayed by the entry after it."""

    def change(sql: Sql) -> None:
        sql.execute("UPDATE facts SET actor = 'eve' WHERE seq = 5")
        row = sql.execute(
            "SELECT seq, at, actor, kind, payload, previous FROM facts WHERE seq = 5"
        ).fetchone()
        sql.execute("UPDATE facts SET hash = ? WHERE seq = 5", (link(*row),))

    _tamper(recorded, change)
    assert _found(verify(recorded)) == [(5, "changed")]


@pytest.mark.parametrize("seq", [1, 5])
def test_a_removed_entry_is_found(recorded: SQLiteStateStore, seq: int) -> None:
    """The gap in the numbers is named."""
    _tamper(recorded, lambda sql: sql.execute(f"DELETE FROM facts WHERE seq = {seq}"))
    assert _found(verify(recorded)) == [(seq, "removed")]


def test_removed_entries_are_counted(recorded: SQLiteStateStore) -> None:
    """The message names the whole gap."""
    _tamper(recorded, lambda sql: sql.execute("DELETE FROM facts WHERE seq BETWEEN 3 AND 6"))
    (finding,) = verify(recorded).findings
    assert finding.message == "entries 3 to 6 are missing"


def test_a_removed_entry_whose_gap_was_closed_is_found(recorded: SQLiteStateStore) -> None:
    """Renumbering what came after does not hide it."""

    def change(sql: Sql) -> None:
        sql.execute("DELETE FROM facts WHERE seq = 5")
        _renumber(sql, *[(seq, seq - 1) for seq in range(6, 11)])

    _tamper(recorded, change)
    assert _found(verify(recorded)) == [(5, "removed")]


def test_an_inserted_entry_is_found(recorded: SQLiteStateStore) -> None:
    """An entry that was put in between."""

    def change(sql: Sql) -> None:
        _renumber(sql, *[(seq, seq + 1) for seq in range(5, 11)])
        _insert(sql, 5)

    _tamper(recorded, change)
    assert _found(verify(recorded)) == [(5, "inserted")]


def test_an_inserted_entry_that_fits_is_found(recorded: SQLiteStateStore) -> None:
    """An entry that was put in between with a right hash is betrayed by the one after it."""

    def change(sql: Sql) -> None:
        _renumber(sql, *[(seq, seq + 1) for seq in range(5, 11)])
        (previous,) = sql.execute("SELECT hash FROM facts WHERE seq = 4").fetchone()
        (at,) = sql.execute("SELECT at FROM facts WHERE seq = 4").fetchone()
        row = (5, at, "eve", "Invented", "{}", previous)
        sql.execute("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, link(*row)))

    _tamper(recorded, change)
    assert _found(verify(recorded)) == [(5, "inserted")]


@pytest.mark.parametrize(("one", "other"), [(4, 5), (3, 8), (1, 2)])
def test_reordered_entries_are_found(recorded: SQLiteStateStore, one: int, other: int) -> None:
    """Two entries that changed places."""
    _tamper(recorded, lambda sql: _renumber(sql, (one, other), (other, one)))
    (finding,) = verify(recorded).findings
    assert (finding.seq, finding.code) == (one, "reordered")
    assert f"recorded as entry {other}" in finding.message


def test_time_that_goes_back_is_found(recorded: SQLiteStateStore) -> None:
    """Even where every hash was made to fit."""

    def change(sql: Sql) -> None:
        sql.execute("UPDATE facts SET at = '2001-01-01T00:00:00.000000+00:00' WHERE seq = 5")
        _hash_again(sql, 5)

    _tamper(recorded, change)
    assert _found(verify(recorded)) == [(5, "changed")]


def test_an_entry_that_does_not_read_is_found(
    recorded: SQLiteStateStore, new_store: NewStore
) -> None:
    """A payload that is no fact cannot be replayed, and is said instead of raised."""

    def change(sql: Sql) -> None:
        sql.execute("UPDATE facts SET payload = '{}' WHERE seq = 5")
        _hash_again(sql, 5)

    _tamper(recorded, change)
    (finding,) = verify(recorded, scratch=new_store()).findings
    assert finding.code == "unreadable"
    assert "entry 5" in finding.message


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE products SET served = 7", "products"),
        ("UPDATE port_files SET path = 'other'", "port_files"),
        ("DELETE FROM queries WHERE query = 'q3'", "queries"),
        ("UPDATE builds SET status = 'published' WHERE status = 'failed'", "builds"),
        ("INSERT INTO aliases VALUES ('x', 'y')", "aliases"),
        ("UPDATE ports SET sequence = 99", "ports"),
    ],
)
def test_a_tampered_projection_is_found(
    recorded: SQLiteStateStore, new_store: NewStore, statement: str, table: str
) -> None:
    """A row that the ledger does not give is named with its table; a rebuild mends it."""
    _tamper(recorded, lambda sql: sql.execute(statement))
    verification = verify(recorded, scratch=new_store())
    assert not verification.is_sound
    assert [difference.table for difference in verification.differences] == [table]
    rebuild(recorded)
    assert verify(recorded, scratch=new_store()).is_sound


def test_both_sides_of_a_difference_are_shown(
    recorded: SQLiteStateStore, new_store: NewStore
) -> None:
    """What is there and should not be, and what should be and is not."""
    _tamper(recorded, lambda sql: sql.execute("UPDATE products SET served = 7"))
    (difference,) = verify(recorded, scratch=new_store()).differences
    assert difference.count == 2
    assert [row[5] for row in difference.extra] == [7]
    assert [row[5] for row in difference.missing] == [1]


def test_where_the_table_store_has_come_to_is_no_difference(
    recorded: SQLiteStateStore, new_store: NewStore
) -> None:
    """`ports.followed` is operational: not compared, and 0 after a rebuild."""
    _tamper(recorded, lambda sql: sql.execute("UPDATE ports SET followed = 1"))
    assert verify(recorded, scratch=new_store()).is_sound
    assert rebuild(recorded) == 10
    with recorded.read() as reader:
        assert reader.rows("SELECT followed FROM ports") == [(0,)]


def test_every_projected_table_is_compared(store: SQLiteStateStore) -> None:
    """The list of projections has every table but the ledger, what was signed and sent, what proves who
    somebody is, what people keep for themselves, the index of search, and the tool's."""
    with store.read() as reader:
        rows = reader.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    names = {str(row[0]) for row in rows}
    assert {name for name in names if "yoyo" not in name and not name.startswith("search_")} == {
        "credentials",
        "facts",
        "lineage_sinks",
        "saved_queries",
        "signed_checkpoints",
        "webhook_places",
        *TABLES,
    }
