"""The board of a large mesh: only what was told of is looked at again, and it says what a whole one says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.catalog import board as boards
from meshwright.app.catalog import board_making as making
from meshwright.app.catalog.board import Board, Boards
from meshwright.app.identity.users import add_user
from meshwright.app.mesh import Mesh, open_mesh
from tests.integration.web import WEB
from tests.meshes import settled, write_mesh


@pytest.fixture
def mesh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mesh]:
    monkeypatch.setattr(making, "SMALL", 0)
    monkeypatch.setattr(boards, "_PATIENCE", 60.0)
    with open_mesh(settled(write_mesh(tmp_path / "web", WEB))) as mesh:
        yield mesh


@pytest.fixture
def looked(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The products that were looked at, by look; none named: all of them."""
    seen: list[tuple[str, ...]] = []
    real = making.check_health

    def noted(wiring: Any, now: datetime, select: Sequence[str] = ()) -> Any:
        seen.append(tuple(select))
        return real(wiring, now, select)

    monkeypatch.setattr(making, "check_health", noted)
    return seen


def says(board: Board) -> Any:
    """What a board says, but for how old things are, which no two moments have in common."""
    health = [(p.address, p.status, p.version, p.reasons, p.published) for p in board.health]
    return list(board.products.items()), health


def test_a_publication_looks_at_its_product_alone_and_the_board_is_as_a_whole_one(
    mesh: Mesh, looked: list[tuple[str, ...]]
) -> None:
    kept = Boards(mesh.wiring)
    first = kept.board()
    mesh.run("crm.people")
    second = kept.board()
    assert looked == [(), ("crm.people",)]
    assert first.products["crm.people"].version is None
    assert second.products["crm.people"].version == 1
    assert second.products["web.visits"] is first.products["web.visits"]
    assert says(second) == says(making.make_board(mesh.wiring))


def test_files_that_change_are_followed_product_by_product_else_all_is_looked_at(
    mesh: Mesh, looked: list[tuple[str, ...]]
) -> None:
    kept = Boards(mesh.wiring)
    kept.board()
    file = mesh.wiring.root / "domains/crm/people/product.odps.yaml"
    file.write_text(file.read_text() + "\ntags: [fresh]\n")
    mesh.wiring.look_again()
    board = kept.board()
    assert board.products["crm.people"].tags == ("fresh",)
    assert looked[1:]
    assert all(name.startswith("crm.") for name in looked[-1])
    assert says(board) == says(making.make_board(mesh.wiring))
    looked.clear()
    domain = mesh.wiring.root / "domains/crm/domain.yaml"
    domain.write_text(domain.read_text() + "\n# its owners may be others now\n")
    mesh.wiring.look_again()
    kept.board()
    assert looked == [()]


def test_what_concerns_no_product_gives_another_board_and_looks_at_nothing(
    mesh: Mesh, looked: list[tuple[str, ...]]
) -> None:
    kept = Boards(mesh.wiring)
    first = kept.board()
    add_user(mesh.wiring, "person:new")
    second = kept.board()
    assert second is not first
    assert second.products == first.products
    assert looked == [()]


def test_a_promise_that_runs_out_is_looked_at_with_no_fact(
    mesh: Mesh, looked: list[tuple[str, ...]]
) -> None:
    mesh.run("crm.people")
    basis = making.next_basis(mesh.wiring, 0, None, is_aged=False)
    then = basis.board.made.timestamp() + 0.001
    port = next(p for p in basis.board.health if str(p.product) == "crm.people")
    health = tuple(replace(p, due=then) if p is port else p for p in basis.board.health)
    aged = replace(basis, board=Board(basis.board.made, basis.board.products, health))
    while datetime.now(UTC).timestamp() < then:
        pass
    newest = Boards(mesh.wiring).mark[1]
    making.next_basis(mesh.wiring, newest, replace(aged, seq=newest), is_aged=False)
    assert looked[1:] == [("crm.people",)]


def test_an_aged_board_looks_at_what_was_looked_at_first(
    mesh: Mesh, looked: list[tuple[str, ...]]
) -> None:
    basis = making.next_basis(mesh.wiring, 0, None, is_aged=False)
    newest = Boards(mesh.wiring).mark[1]
    seen = set[str]()
    for _ in basis.board.products:
        basis = making.next_basis(mesh.wiring, newest, replace(basis, seq=newest), is_aged=True)
        seen |= set(looked[-1])
    assert seen == basis.board.products.keys()
    assert () not in looked[1:]
