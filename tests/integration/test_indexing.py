"""The index beside a server: a thread makes what would be waited for, and a search says what it sees."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from meshwright.app.catalog import index, indexing
from meshwright.app.catalog.indexing import stop_indexing
from meshwright.app.mesh import Mesh, open_mesh
from tests.integration.web import WEB
from tests.meshes import write_mesh


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mesh]:
    """A mesh as a server has it, which is large from its first product on."""
    monkeypatch.setattr(indexing, "_AT_ONCE", 0)
    monkeypatch.setattr(index, "_STEP", 1)
    with open_mesh(write_mesh(tmp_path / "web", WEB)) as mesh:
        mesh.wiring.is_looked_after = True
        yield mesh
        stop_indexing(mesh.wiring)


def _ended(mesh: Mesh) -> None:
    indexing._RUNNING[mesh.wiring].thread.join(30)


def test_a_search_does_not_wait_for_a_large_index_and_says_that_it_sees_a_part(
    served: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, real = Event(), index._places

    def slow(*args: Any) -> Any:
        go.wait(30)
        return real(*args)

    monkeypatch.setattr(index, "_places", slow)
    assert served.search("people").is_partial
    assert served.search("people").is_partial
    go.set()
    _ended(served)
    found = served.search("people")
    assert not found.is_partial
    assert found.hits[0].address == "crm.people"


def test_what_is_indexed_when_a_server_ends_is_not_indexed_again(
    served: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, real = list[str](), index._places

    def noted(wiring: Any, workspace: Any, name: str, columns: Any) -> Any:
        read.append(name)
        return real(wiring, workspace, name, columns)

    monkeypatch.setattr(index, "_places", noted)
    monkeypatch.setattr(indexing, "_SHARE", 1e9)  # it rests after the first part until it is ended
    served.search("people")
    indexing._RUNNING[served.wiring].thread.join(0.5)
    stop_indexing(served.wiring)
    done = list(read)
    assert len(done) == 1
    monkeypatch.setattr(indexing, "_SHARE", 0.0)
    served.search("people")
    _ended(served)
    assert len(read) == len(set(read)) > 1
    assert not served.search("people").is_partial


def test_a_small_change_is_found_at_once(served: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    served.search("people")
    _ended(served)
    monkeypatch.setattr(indexing, "_AT_ONCE", 20)
    file = served.wiring.root / "domains/crm/people/product.odps.yaml"
    file.write_text(file.read_text() + "\ntags: [zebra]\n")
    served.wiring.look_anew()
    found = served.search("zebra")
    assert not found.is_partial
    assert "crm.people" in [hit.address for hit in found.hits]


def test_files_that_stay_as_they_are_keep_what_was_read_of_them(served: Mesh) -> None:
    for path in served.wiring.root.rglob("*"):
        os.utime(
            path, (1_600_000_000, 1_600_000_000)
        )  # what was written a moment ago is read again
    served.wiring.look_anew()
    known = served.wiring.workspace
    served.wiring.look_anew()
    assert served.wiring.workspace is known
    file = served.wiring.root / "domains/crm/domain.yaml"
    file.write_text(file.read_text() + "\n# changed\n")
    served.wiring.look_anew()
    assert served.wiring.workspace is not known
