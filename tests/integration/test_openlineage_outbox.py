"""The outbox of lineage events: told after publication, once, in order; whatever the receiver does."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.events import RunEvent
from meshwright.app.openlineage import deliver
from tests.conformance.test_lineage_sinks import closed_port
from tests.integration.shop import MORE_ORDERS, build, opened, state, write_shop
from tests.listeners import Web, web
from tests.meshes import change_yaml, set_silo

TWO_EACH = 8  # a start and an end of each of the shop's four products


def tell(folder: Path, *sinks: dict[str, Any]) -> Path:
    change_yaml(folder / "mesh.yaml", lambda mesh: mesh.update(openlineage=list(sinks)))
    return folder


def over(heard: Web, **more: Any) -> dict[str, Any]:
    return {"transport": "http", "url": f"http://127.0.0.1:{heard.port}", **more}


def warned(folder: Path) -> list[str]:
    """Run the mesh and return the warnings."""
    told: list[RunEvent] = []
    build(folder, on_event=told.append)
    return [f"{one.product}: {one.detail}" for one in told if one.kind == "warning"]


def test_nothing_is_told_twice(tmp_path: Path) -> None:
    """A run that builds nothing tells nothing; one that builds a product tells that."""
    with web() as heard:
        folder = tell(write_shop(tmp_path / "mesh"), over(heard))
        build(folder)
        assert len(heard.messages) == TWO_EACH
        build(folder)
        assert len(heard.messages) == TWO_EACH
        set_silo(folder, "sales.orders.raw", MORE_ORDERS)
        build(folder, "sales.orders")
        assert [one["eventType"] for one in heard.messages[TWO_EACH:]] == ["START", "COMPLETE"]


def test_a_receiver_that_is_away_fails_no_build_and_hears_it_later(tmp_path: Path) -> None:
    """A warning that names the sink and the next step; then everything, from where it stopped, in order."""
    with web(status=503) as heard:
        folder = tell(write_shop(tmp_path / "mesh"), over(heard))
        (warning,) = warned(folder)
        assert warning.startswith("lineage sink http: the lineage server answered 503")
        assert warning.endswith("mesh lineage send")
        assert heard.bodies == []
        heard.status = 200
        build(folder)
        assert len(heard.messages) == TWO_EACH
        times = [one["eventTime"] for one in heard.messages]
        assert times == sorted(times)


def test_a_receiver_that_stays_away_is_asked_ever_less_often(tmp_path: Path) -> None:
    """Twice at once, then after 1, 2, 4 … minutes; a person who asks for it is not kept waiting."""
    with web(status=503) as heard:
        folder = tell(write_shop(tmp_path / "mesh"), over(heard))
        build(folder)
        build(folder)
        asked = len(heard.paths)
        build(folder)
        assert len(heard.paths) == asked
        with opened(folder) as mesh:
            now = mesh.wiring.now()
            assert deliver(mesh.wiring, now + timedelta(seconds=59)) == ()
            assert deliver(mesh.wiring, now + timedelta(seconds=62))[0].error == "sink-unreachable"
            (told,) = mesh.send_lineage()
        assert told.waiting == TWO_EACH
        assert len(heard.paths) == asked + 2


def test_one_sink_that_fails_keeps_no_other_waiting(tmp_path: Path) -> None:
    """Each has its own place; one that came back is told the rest."""
    with web() as heard:
        away = {"transport": "http", "name": "away", "url": f"http://127.0.0.1:{closed_port()}"}
        folder = tell(write_shop(tmp_path / "mesh"), away, over(heard))
        assert [warning.partition(":")[0] for warning in warned(folder)] == ["lineage sink away"]
        assert len(heard.messages) == TWO_EACH
        with state(folder, "SELECT sink, seq > 0, failures FROM lineage_sinks") as rows:
            assert sorted(rows) == [("away", 0, 1), ("http", 1, 0)]


def test_an_event_that_is_refused_is_left_out(tmp_path: Path) -> None:
    """The same event would be refused again: the warning counts it, and the next ones are told."""
    with web(status=422) as heard:
        folder = tell(write_shop(tmp_path / "mesh"), over(heard))
        assert warned(folder) == ["lineage sink http: 8 events were refused and are left out"]
        heard.status = 200
        build(folder)
        assert heard.bodies == []


def test_a_receiver_that_never_answers_costs_a_bounded_time(tmp_path: Path) -> None:
    """Whatever time the sink itself would take, telling ends within about twice the time it is given."""
    folder = write_shop(tmp_path / "mesh")
    build(folder)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        sink = {"transport": "http", "url": f"http://127.0.0.1:{port}", "timeout": 60}
        with opened(tell(folder, sink)) as mesh:
            started = time.monotonic()
            (told,) = deliver(mesh.wiring, mesh.wiring.now(), seconds=0.2)
            assert time.monotonic() - started < 5
            assert (told.error, told.waiting) == ("sink-slow", TWO_EACH)


def test_secrets_of_a_sink_are_looked_up_and_never_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key arrives in a header; a missing one is a warning."""
    monkeypatch.setenv("LINEAGE_KEY", "c4n4ry-k3y")
    with web(status=503) as heard:
        folder = tell(write_shop(tmp_path / "mesh"), over(heard, auth="${env:LINEAGE_KEY}"))
        assert "c4n4ry" not in "".join(warned(folder))
        monkeypatch.delenv("LINEAGE_KEY")
        with opened(folder) as mesh:
            (told,) = mesh.send_lineage()
        assert told.error == "secret-missing"
        assert "${env:LINEAGE_KEY}" in told.message


def test_a_transport_that_nobody_has_is_a_warning(tmp_path: Path) -> None:
    """It goes to the client, which does not know it either; the build is published all the same."""
    folder = tell(write_shop(tmp_path / "mesh"), {"transport": "pigeon"})
    (warning,) = warned(folder)
    assert (
        warning.startswith("lineage sink pigeon: mesh.yaml: sink `pigeon`: ") or "pigeon" in warning
    )
    with state(folder, "SELECT count(*) FROM versions") as rows:
        assert rows == [(4,)]


def test_a_transport_of_the_client_is_given_its_own_options(tmp_path: Path) -> None:
    """`composite` tells two at once, by the client's own words."""
    with web() as one, web() as two:
        transports = [
            {"type": "http", "url": f"http://127.0.0.1:{place.port}", "name": name}
            for name, place in (("a", one), ("b", two))
        ]
        sink = {"transport": "composite", "options": {"transports": transports}}
        build(tell(write_shop(tmp_path / "mesh"), sink))
    assert len(one.messages) == len(two.messages) == TWO_EACH


def test_an_environment_tells_nobody_unless_it_says_so(tmp_path: Path) -> None:
    """A try is no lineage of the mesh; its own sinks hear it, under the mesh's own names."""
    import meshwright

    folder = tell(write_shop(tmp_path / "mesh"), {"transport": "file", "path": "events.ndjson"})
    own = {"transport": "file", "path": "tried.ndjson"}
    change_yaml(
        folder / "mesh.yaml",
        lambda mesh: mesh.update(
            environments={"ci": {"state": ".ci"}, "try": {"state": ".try", "openlineage": own}}
        ),
    )
    for name in ("ci", "try"):
        with meshwright.open(folder, env=name) as mesh:
            mesh.run("sales.orders")
    assert not (folder / "events.ndjson").exists()
    told = [json.loads(line) for line in (folder / "tried.ndjson").read_text().splitlines()]
    assert [one["job"]["namespace"] for one in told] == ["test", "test"]


def test_a_round_of_observing_tells_too(tmp_path: Path) -> None:
    """What an owner did since the last run is told by the next round."""
    with web(status=503) as heard:
        folder = tell(write_shop(tmp_path / "mesh"), over(heard))
        build(folder)
        heard.status = 200
        with opened(folder) as mesh:
            cycle = mesh.observe_once()
        assert cycle.problems == []
        assert len(heard.messages) == TWO_EACH


def test_a_run_with_nothing_to_tell_loads_nothing_of_it(tmp_path: Path) -> None:
    """Neither what makes events nor what sends them, nor an engine or a parser."""
    folder = tell(write_shop(tmp_path / "mesh"), {"transport": "file", "path": "events.ndjson"})
    minute_ago = time.time() - 60
    for path in folder.rglob("*"):  # what was written a moment ago is read again
        os.utime(path, (minute_ago, minute_ago))
    build(folder)
    code = (
        f"import meshwright, sys\nwith meshwright.open({str(folder)!r}) as mesh: mesh.run()\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "meshwright.app.openlineage" in loaded
    for module in ("duckdb", "sqlglot", "yaml", "openlineage", "http.client"):
        assert module not in loaded
    assert not [name for name in loaded if name.startswith("meshwright.lineage.openlineage")]
    assert "meshwright.adapters.lineage_sinks" not in loaded
