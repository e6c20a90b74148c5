"""A stale source, by commands alone: one alert within one round, one recovery; and the loop around it."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.shell import mesh, process, start
from tests.integration.observed import alert, promise
from tests.integration.shop import BAD_ORDERS, MORE_ORDERS, write_shop
from tests.listeners import mail, web
from tests.meshes import change_contract, change_yaml, home_of, set_silo

FRESH_SECONDS = 10


def until(condition: "object", seconds: float = 60.0) -> None:
    """Wait until a condition holds."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_stale_source_alerts_its_owner_once_and_its_recovery_is_told_once(tmp_path: Path) -> None:
    """Within one round: what, whose, why, who is hurt; rounds after it say nothing more."""
    folder = write_shop(tmp_path / "mesh")
    freshness = {"property": "freshness", "value": FRESH_SECONDS, "unit": "s"}
    budget = {"property": "availability", "value": 1, "unit": "%"}  # else a young one burns at once
    change_contract(folder, "sales.orders.orders", promise(freshness, budget))
    with web() as heard:
        alert(folder, heard.port)
        assert mesh(folder, "run").code == 0
        published = time.monotonic()
        until(lambda: time.monotonic() > published + FRESH_SECONDS)
        first = mesh(folder, "observe", "--once")
        assert "told      hook: HIGH sales.orders.orders: late" in first.out
        for _ in range(3):
            assert "told" not in mesh(folder, "observe", "--once").out
        (message,) = heard.messages
        assert message["title"] == "HIGH sales.orders.orders: late"
        for line in (
            "owner       sales@example.com",
            "cause       late: orders:freshness",
            "downstream  insight.report.names, insight.report.spending",
            "people      insight@example.com",
            "next        mesh incidents show inc-1",
        ):
            assert line in message["message"]
        set_silo(folder, "sales.orders.raw", MORE_ORDERS)
        mesh(folder, "run")
        mesh(folder, "observe", "--once")
        titles = [message["title"] for message in heard.messages]
        assert titles[:2] == [
            "HIGH sales.orders.orders: late",
            "RESOLVED sales.orders.orders: late",
        ]
        assert [told["event"] for told in mesh(folder, "alerts", "--json").json["alerts"]][-2:] == [
            "resolved",
            "opened",
        ]


def test_mail_reaches_a_mail_server(tmp_path: Path) -> None:
    """A rejected build in the inbox, title as its subject."""
    folder = write_shop(tmp_path / "mesh")
    with mail() as heard:
        url = f"mailto://127.0.0.1:{heard.port}?from=mesh@example.com&to=team@example.com"
        alert(folder, 9, notifiers={"mail": url}, default=["mail"])
        set_silo(folder, "sales.orders.raw", BAD_ORDERS)
        assert mesh(folder, "run").code == 1
        (got,) = heard.mails
    assert got["subject"] == "HIGH sales.orders.orders: checks failed"
    assert "next        mesh incidents show" in heard.texts()[0].replace("&nbsp;", " ")


@pytest.fixture
def quiet(shop: Path) -> Path:
    """The built shop, which tells into a file."""
    alert(shop, 9, notifiers={"log": "file:out/alerts.ndjson"}, default=["log"])
    return shop


def test_a_round_in_which_nothing_happens_says_so(quiet: Path) -> None:
    ended = mesh(quiet, "observe", "--once")
    assert (ended.code, ended.out) == (0, "nothing was due, nothing is new\n")
    shape = mesh(quiet, "observe", "--once", "--json").json
    assert shape["builds"] == shape["incidents"] == shape["alerts"] == shape["problems"] == []


def test_a_test_message_arrives_and_a_misspelt_notifier_names_the_nearest(quiet: Path) -> None:
    """A file's path starts at the mesh, wherever the command is typed."""
    assert mesh(home_of(quiet, "sales.orders"), "alerts", "test", "log").code == 0
    assert "TEST of notifier log" in (quiet / "out" / "alerts.ndjson").read_text()
    ended = mesh(quiet, "alerts", "test", "lok", "--json")
    assert ended.code == 2
    assert ended.json["error"]["hint"] == "did you mean `log`?"


def test_alerts_and_mutes_read_well(quiet: Path) -> None:
    """A table at 80 columns, the mutes below it; without notifiers, what to do."""
    set_silo(quiet, "sales.orders.raw", BAD_ORDERS)
    mesh(quiet, "run")
    assert mesh(quiet, "mute", "insight", "--for", "2d", "--reason", "holidays").code == 0
    lines = mesh(quiet, "alerts").out.splitlines()
    assert lines[0].split() == ["when", "(UTC)", "status", "notifier", "event", "about"]
    assert lines[1].split()[2:] == ["sent", "log", "opened", "sales.orders.orders"]
    assert lines[2].startswith("muted until ")
    assert lines[2].endswith("UTC: insight: holidays")
    assert max(map(len, lines)) <= 80
    assert mesh(quiet, "unmute", "insight").out == "insight is not muted any more\n"
    change_yaml(quiet / "mesh.yaml", lambda mesh: mesh.pop("alerts"))
    assert mesh(quiet, "alerts").out.startswith("nobody is told: mesh.yaml has no `alerts:`")


def test_a_wrong_time_between_rounds_is_refused(quiet: Path) -> None:
    for every in ("0s", "soon", "60", "-1m", "99d"):
        assert mesh(quiet, "observe", "--every", every).code == 2


def test_one_loop_runs_a_mesh_and_a_signal_ends_it_cleanly(quiet: Path) -> None:
    """A second one says who holds it; after SIGTERM or Ctrl-C all is as if it had never run."""
    for number in (signal.SIGTERM, signal.SIGINT):
        loop = start(quiet, "observe", "--every", "1h")
        try:
            note = quiet / ".mesh" / "observe.holder"
            until(note.exists)
            second = process(quiet, "observe", "--once", "--json")
            assert second.code == 3
            assert second.json["error"]["code"] == "held-elsewhere"
            assert f"pid {loop.pid}" in second.json["error"]["message"]
            os.kill(loop.pid, number)
            out, err = loop.communicate(timeout=30)
        finally:
            loop.kill()
        assert loop.returncode == 0, err
        assert b"stopped" in err
        assert b"Traceback" not in out + err
        assert not note.exists()
    assert mesh(quiet, "ledger", "verify").code == 0


@pytest.mark.slow
def test_the_loop_runs_what_is_due_and_survives_a_broken_mesh(quiet: Path) -> None:
    """Each round reads the files anew; an error is told, and is over when it is mended."""
    build = home_of(quiet, "sales.orders") / "build.yaml"
    change_yaml(build, lambda said: said.update(schedule="* * * * *"))
    set_silo(quiet, "sales.orders.raw", MORE_ORDERS)
    good = (quiet / "mesh.yaml").read_text()
    loop = start(quiet, "observe", "--every", "1s", "--json")
    try:
        until(lambda: served(quiet) == 2, 100)
        (quiet / "mesh.yaml").write_text(good + "nonsense: 1\n")
        time.sleep(4)
        (quiet / "mesh.yaml").write_text(good)
        set_silo(quiet, "sales.orders.raw", BAD_ORDERS)
        until((quiet / "out" / "alerts.ndjson").exists, 100)
        os.kill(loop.pid, signal.SIGTERM)
        out, err = loop.communicate(timeout=60)
    finally:
        loop.kill()
    assert loop.returncode == 0
    assert b"`nonsense` is not a known key" in err
    assert b"key-unknown" in out
    assert b"checks failed" in (quiet / "out" / "alerts.ndjson").read_bytes()


def served(folder: Path) -> int:
    page = mesh(folder, "history", "sales.orders", "--json").json["history"]
    return max(line["version"] or 0 for line in page)
