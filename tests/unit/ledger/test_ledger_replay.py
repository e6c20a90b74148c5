"""Whatever happens, the projections are what the naive mesh says, and a replay gives the same rows."""

from collections.abc import Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_facts import NaiveMesh

from meshwright.ledger.ledger import Ledger
from meshwright.ledger.projections import TABLES
from meshwright.ledger.replay import differences, rebuild
from meshwright.spi.state_store import Reader, Row, StateStore

NewStore = Callable[[], StateStore]
_SETTINGS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _everything(store: StateStore) -> dict[str, list[Row]]:
    with store.read() as reader:
        return {table: sorted(reader.rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def _files(reader: Reader, product: str, port: str, version: int) -> list[str]:
    rows = reader.rows(
        "SELECT path FROM port_files WHERE product = ? AND port = ? AND first_version <= ?"
        " AND (last_version IS NULL OR last_version >= ?)",
        (product, port, version, version),
    )
    return sorted(str(row[0]) for row in rows)


def _live(store: StateStore, seed: int, steps: int) -> NaiveMesh:
    mesh = NaiveMesh(Random(seed))
    ledger = Ledger(store, "maria")
    for _ in range(steps):
        with store.write() as writer:
            ledger.append(writer, mesh.step())
    return mesh


@_SETTINGS
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 40))
def test_versions_are_what_a_full_list_of_files_says(
    new_store: NewStore, seed: int, steps: int
) -> None:
    """Files of every kept version, pointers and sequences equal those of the naive mesh."""
    store = new_store()
    mesh = _live(store, seed, steps)
    with store.read() as reader:
        for product, memory in mesh.products.items():
            pointers = reader.rows(
                "SELECT coalesce(served, 0), latest FROM products WHERE product = ?", (product,)
            )
            assert (pointers or [(0, 0)]) == [(memory.served, memory.latest)]
            sequences = reader.rows(
                "SELECT port, sequence FROM ports WHERE product = ?", (product,)
            )
            assert dict(sequences) == memory.sequences
            for version in memory.kept:
                for port in "abc":
                    expected = memory.versions[version].get(port, (frozenset(), ""))[0]
                    assert _files(reader, product, port, version) == sorted(expected)


@_SETTINGS
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 40))
def test_a_rebuild_gives_the_same_rows(new_store: NewStore, seed: int, steps: int) -> None:
    """Every projected row of every table comes back from the ledger alone."""
    store = new_store()
    _live(store, seed, steps)
    live = _everything(store)
    with store.read() as reader:
        assert differences(reader, new_store()) == ()
    rebuild(store)
    assert _everything(store) == live


@_SETTINGS
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 40))
def test_vacuumed_files_are_forgotten(new_store: NewStore, seed: int, steps: int) -> None:
    """No row of `port_files` is left that serves vacuumed versions only."""
    store = new_store()
    mesh = _live(store, seed, steps)
    with store.read() as reader:
        for product, memory in mesh.products.items():
            rows = reader.rows(
                "SELECT first_version, last_version FROM port_files WHERE product = ?", (product,)
            )
            for first, last in rows:
                end = memory.latest if last is None else last
                assert any(first <= version <= end for version in memory.kept)


@_SETTINGS
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 40))
def test_the_lineage_of_every_version_is_what_was_last_said(
    new_store: NewStore, seed: int, steps: int
) -> None:
    """Whatever was renamed since, also of what was read, an old version is made of what it was made of."""
    store = new_store()
    mesh = _live(store, seed, steps)
    with store.read() as reader:
        for product, memory in mesh.products.items():
            for version in memory.versions:
                rows = reader.rows(
                    "SELECT dataset, column_name, source, source_column FROM lineage_edges"
                    " WHERE product = ? AND first_version <= ?"
                    " AND (last_version IS NULL OR last_version >= ?)",
                    (product, version, version),
                )
                assert sorted(rows) == mesh.naive_edges(product, version)
