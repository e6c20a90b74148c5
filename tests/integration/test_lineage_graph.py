"""A graph says at its border whether there is more, of what is published and of what is not yet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import meshwright
from meshwright.adapters.sqlite import state_store
from meshwright.spi.state_store import Row, Value
from tests.integration.shop import build, column
from tests.meshes import write_mesh, write_product

PEOPLE, SOURCE = "sales.people.people", "files:silos/sales.people.raw.csv"


def read_from(source: Path) -> dict[str, object]:
    """Return a product that reads a file of another one."""
    return {
        "inputs": {"raw": {"files": str(source)}},
        "ports": {"copy": "select id from raw"},
    }


def more_below(folder: Path, address: str = PEOPLE) -> dict[str, bool]:
    """Say of each data set up to one step above whether more is made of it than is shown."""
    with meshwright.open(folder) as mesh:
        graph = mesh.lineage_graph(address, up=1, down=0).graph
    return {node.dataset: node.has_more_down for node in graph.nodes}


def test_who_else_reads_a_source_is_told_at_the_border(tmp_path: Path) -> None:
    people = {
        "inputs": {"raw": "id,name\n1,ada\n"},
        "ports": {"people": "select id, name from raw"},
        "contracts": {"people": {"columns": [column("id"), column("name", "string")]}},
    }
    folder = write_mesh(tmp_path / "mesh", {"sales": {"people": people}})
    assert more_below(folder) == {PEOPLE: False, SOURCE: False}
    build(folder)
    assert more_below(folder) == {PEOPLE: False, SOURCE: False}

    silo = folder / "silos" / "sales.people.raw.csv"
    write_product(folder, "sales", "copied", read_from(silo))
    assert more_below(folder) == {PEOPLE: False, SOURCE: True}, "by its files"
    build(folder)
    assert more_below(folder) == {PEOPLE: False, SOURCE: True}, "as it was published"

    other = folder / "silos" / "other.csv"
    other.write_text("id\n1\n")
    write_product(folder, "sales", "copied", read_from(other))
    assert more_below(folder) == {PEOPLE: False, SOURCE: True}, "as it is served still"
    build(folder)
    assert more_below(folder) == {PEOPLE: False, SOURCE: False}, "no longer"


def test_what_many_read_is_not_walked_through_to_say_that_there_is_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    rows = state_store._Transaction.rows

    def counted(self: Any, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        asked.append(sql)
        return rows(self, sql, values)

    monkeypatch.setattr(state_store._Transaction, "rows", counted)
    people = {"inputs": {"raw": "id\n1\n"}, "ports": {"people": "select id from raw"}}
    folder = write_mesh(tmp_path / "mesh", {"sales": {"people": people}})
    counts = []
    for number in range(10):
        reader = read_from(folder / "silos" / "sales.people.raw.csv")
        write_product(folder, "sales", f"reader_{number}", reader)
        if number in (2, 9):
            build(folder)
            asked.clear()
            assert more_below(folder)[SOURCE]
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_there_is_more_by_the_version_that_is_shown(tmp_path: Path) -> None:
    """Version 1 read one source, version 2 two; and a whole graph has no more of anything."""
    first = {"inputs": {"raw": "id\n1\n"}, "ports": {"people": "select id from raw"}}
    more = {
        "inputs": {"raw": "id\n1\n", "other": "id\n2\n"},
        "ports": {"people": "select id from raw", "others": "select id from other"},
    }
    folder = write_mesh(tmp_path / "mesh", {"sales": {"people": first}})
    build(folder)
    write_product(folder, "sales", "people", more)
    build(folder)

    def more_above(address: str, up: int | None) -> bool:
        with meshwright.open(folder) as mesh:
            node = mesh.lineage_graph(address, up=up, down=0).graph.node(PEOPLE)
            assert node is not None
            return node.has_more_up

    assert not more_above(f"{PEOPLE}@1", 1)
    assert more_above(PEOPLE, 1), "what its product reads for another port"
    assert not more_above(PEOPLE, None)
