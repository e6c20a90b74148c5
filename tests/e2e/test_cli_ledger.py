"""`mesh ledger`: whole or not, made again, listed; and what was changed by a stranger is found."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.shop import MORE_ORDERS, PRODUCTS
from tests.meshes import change_yaml, set_silo


def change(folder: Path, *statements: str) -> None:
    """Change the state store behind the ledger's back."""
    with closing(sqlite3.connect(folder / ".mesh" / "state.db")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def test_a_ledger_that_nobody_touched_is_whole(shop: Path) -> None:
    ended = mesh(shop, "ledger", "verify")
    assert ended.code == 0
    assert "whole" in ended.out
    found = mesh(shop, "ledger", "verify", "--json").json
    assert found["problems"] == []
    assert found["checkpoints"] >= 1


TAMPERING = {
    "an entry changed": [
        "UPDATE facts SET payload = replace(payload, '1.0.0', '9.9.9') WHERE seq ="
        " (SELECT min(seq) FROM facts WHERE payload LIKE '%1.0.0%')"
    ],
    "an entry's author changed": ["UPDATE facts SET actor = 'person:eve' WHERE seq = 2"],
    "an entry removed": ["DELETE FROM facts WHERE seq = 4"],
    "the end cut off": ["DELETE FROM facts WHERE seq > 5"],
    "two entries exchanged": [
        "UPDATE facts SET seq = -1 WHERE seq = 2",
        "UPDATE facts SET seq = 2 WHERE seq = 3",
        "UPDATE facts SET seq = 3 WHERE seq = -1",
    ],
    "a projection changed": ["UPDATE version_ports SET rows = 1000000 WHERE port = 'orders'"],
    "a projection cut": ["DELETE FROM versions WHERE product = 'sales.orders'"],
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found(shop: Path, how: str) -> None:
    change(
        shop,
        *[f"DROP TRIGGER IF EXISTS {name}" for name in triggers(shop)],
        *TAMPERING[how],
    )
    ended = mesh(shop, "ledger", "verify")
    assert ended.code == 1
    assert "BROKEN" in ended.out
    assert len(mesh(shop, "ledger", "verify", "--json").json["problems"]) >= 1


def triggers(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / ".mesh" / "state.db")) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return [str(row[0]) for row in found]


def test_projections_are_made_again_to_the_same_rows(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    mesh(shop, "run")
    change(shop, "UPDATE version_ports SET rows = 1000000", "DELETE FROM builds")
    assert mesh(shop, "ledger", "verify").code == 1
    assert mesh(shop, "ledger", "rebuild").code == 0
    assert mesh(shop, "ledger", "verify").code == 0
    assert mesh(shop, "run").out.startswith("up to date")
    assert mesh(shop, "query", "select count(*) from sales.orders.orders", "--json").json[
        "rows"
    ] == [[4]]


def test_facts_are_listed_by_kind_newest_last(built_by_command: Path) -> None:
    ended = mesh(built_by_command, "ledger", "list", "--kind", "VersionPublished", "--json")
    entries = ended.json["entries"]
    assert {entry["about"] for entry in entries} == set(PRODUCTS)
    assert [entry["seq"] for entry in entries] == sorted(entry["seq"] for entry in entries)
    limited = mesh(built_by_command, "ledger", "list", "--limit", "2", "--json").json["entries"]
    assert len(limited) == 2
    table = mesh(built_by_command, "ledger", "list", "--limit", "2")
    assert len(table.out.splitlines()) == 3


def test_an_unknown_kind_of_fact_suggests_the_nearest(built_by_command: Path) -> None:
    ended = mesh(built_by_command, "ledger", "list", "--kind", "VersionPublishd")
    assert ended.code == 2
    assert "did you mean `VersionPublished`?" in ended.err


def test_a_checkpoint_goes_to_the_sink_outside_and_holds_the_ledger_to_it(
    shop: Path, tmp_path: Path
) -> None:
    """Even when the whole of the state is put back to an older copy."""
    sink = tmp_path / "outside" / "checkpoints.ndjson"
    sink.parent.mkdir()
    change_yaml(shop / "mesh.yaml", lambda mesh_: mesh_.update(checkpoints={"sink": str(sink)}))
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    assert mesh(shop, "run").code == 0
    assert mesh(shop, "ledger", "checkpoint").code == 0
    assert sink.read_text().count("\n") >= 1
    assert mesh(shop, "ledger", "verify").code == 0
    local = shop / ".mesh" / "checkpoints.ndjson"
    local.write_text("")
    change(
        shop,
        *[f"DROP TRIGGER IF EXISTS {name}" for name in triggers(shop)],
        "DELETE FROM facts WHERE seq > 8",
    )
    mesh(shop, "ledger", "rebuild")
    ended = mesh(shop, "ledger", "verify")
    assert ended.code == 1, ended.out


GONE = {
    "removed": lambda file: file.unlink(),
    "garbled": lambda file: file.write_text("garbage\n"),
    "emptied": lambda file: file.write_text(""),
    "shortened": lambda file: file.write_text(file.read_text().partition("\n")[0][:-9] + "\n"),
}


@pytest.mark.parametrize("how", GONE)
def test_checkpoints_that_are_gone_are_missed(shop: Path, how: str) -> None:
    """So the end of the ledger cannot be cut together with the file that would show it."""
    GONE[how](shop / ".mesh" / "checkpoints.ndjson")
    assert mesh(shop, "ledger", "verify").code == 1
    (newest,) = mesh(shop, "ledger", "list", "--limit", "1", "--json").json["entries"]
    change(
        shop,
        *[f"DROP TRIGGER IF EXISTS {name}" for name in triggers(shop)],
        f"DELETE FROM facts WHERE seq >= {newest['seq']}",
    )
    mesh(shop, "ledger", "rebuild")
    ended = mesh(shop, "ledger", "verify")
    assert ended.code == 1
    assert "gone from every file" in ended.out


ACTS = [
    ["accept", "sales.orders", "--reason", "known", "--owner", "sales@example.com"],
    ["retire", "sales.customers", "--until", "2999-01-01"],
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: str(act[0]))
def test_what_an_owner_did_cannot_be_cut_off(broken: Path, act: list[str]) -> None:
    """It is signed at once, as the work of a run is."""
    (before,) = mesh(broken, "ledger", "list", "--limit", "1", "--json").json["entries"]
    assert mesh(broken, *act).code == 0
    change(
        broken,
        *[f"DROP TRIGGER IF EXISTS {name}" for name in triggers(broken)],
        f"DELETE FROM facts WHERE seq > {before['seq']}",
    )
    mesh(broken, "ledger", "rebuild")
    assert mesh(broken, "ledger", "verify").code == 1


def test_a_rollback_and_a_vacuum_are_signed(shop: Path) -> None:
    checkpoints = shop / ".mesh" / "checkpoints.ndjson"
    change_yaml(shop / "mesh.yaml", lambda mesh_: mesh_.update(retention={"versions": 1}))
    for amount in (7, 8, 9):
        set_silo(shop, "sales.orders.raw", f"{MORE_ORDERS}5,2,{amount}\n")
        assert mesh(shop, "run", "sales.orders").code == 0
    for act in (["rollback", "sales.orders"], ["vacuum"]):
        signed = checkpoints.read_text().count("\n")
        assert mesh(shop, *act).code == 0
        assert checkpoints.read_text().count("\n") == signed + 1


def test_what_could_not_be_signed_is_told(shop: Path) -> None:
    """The act itself is done."""
    change(
        shop,
        *[f"DROP TRIGGER IF EXISTS {name}" for name in triggers(shop)],
        "UPDATE facts SET hash = 'other' WHERE seq = (SELECT max(seq) FROM facts)",
    )
    ended = mesh(shop, "retire", "sales.customers", "--until", "2999-01-01")
    assert ended.code == 0
    assert "warning: ledger: " in ended.err


def test_dropped_projections_are_made_again(shop: Path) -> None:
    """Their tables too; until then every command says what to do."""
    change(shop, "DROP TABLE points", "DROP TABLE builds", "DROP TABLE versions")
    ended = mesh(shop, "ledger", "verify")
    assert ended.code == 1
    assert "mesh ledger rebuild" in ended.out
    assert mesh(shop, "ledger", "rebuild").code == 0
    assert mesh(shop, "ledger", "verify").code == 0
    assert mesh(shop, "run").out.startswith("up to date")
