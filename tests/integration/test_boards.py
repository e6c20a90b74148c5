"""The board of a mesh: made once, by one thread; in the meantime readers have the last one."""

from pathlib import Path
from threading import Event, Thread

import pytest

import meshwright
from meshwright.app.catalog import board_making as boards
from meshwright.app.catalog.board import Board, Boards
from meshwright.app.wiring import Wiring


def test_readers_have_the_last_board_while_one_thread_makes_the_next(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, leave, real = [], Event(), boards.make_board

    def slow(wiring: Wiring) -> Board:
        made.append(1)
        if len(made) > 1:
            leave.wait(20)
        return real(wiring)

    monkeypatch.setattr(boards, "make_board", slow)
    with meshwright.open(shop) as mesh:
        kept = Boards(mesh.wiring)
        first = kept.board()
        assert kept.board() is first
        mesh.mute("sales.orders", span="1h")  # a fact: the board is of another moment now
        found: list[Board] = []
        readers = [Thread(target=lambda: found.append(kept.board())) for _ in range(8)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(10)
        assert [one is first for one in found] == [True] * 8
        assert len(made) == 2
        leave.set()
        for _ in range(100):
            if (latest := kept.board()) is not first:
                break
        assert latest is not first
        assert kept.board() is latest


def test_the_first_board_is_waited_for_and_an_error_is_told(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(wiring: Wiring) -> Board:
        raise RuntimeError("no board")

    with meshwright.open(shop) as mesh:
        kept = Boards(mesh.wiring)
        with monkeypatch.context() as patch:
            patch.setattr(boards, "make_board", broken)
            with pytest.raises(RuntimeError, match="no board"):
                kept.board()
        assert set(kept.board().products) >= {"sales.orders"}  # and the next one tries again
