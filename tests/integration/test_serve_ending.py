"""A server that ends leaves no thread of its own: one within a library aborts an interpreter that ends."""

import threading
from pathlib import Path

import pytest

import meshwright
from meshwright.serve import opening
from meshwright.serve.starting import Doors, MeshServer


def test_a_server_that_ends_while_it_loads_leaves_no_thread(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_load.py").write_text("import time\ntime.sleep(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(opening, "_LATER", ("slow_to_load",))
    before = set(threading.enumerate())
    with meshwright.open(shop) as mesh, meshwright.open(shop) as metadata:
        MeshServer(mesh, metadata, Doors(port=0, sql_port=0, flight_port=0)).stop()
        left = {one.name for one in set(threading.enumerate()) - before}
    assert not {name for name in left if name.startswith(("mesh-", "sql"))}
