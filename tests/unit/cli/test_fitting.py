"""What a terminal shows fits its width, and one of something is one."""

import re
from dataclasses import replace

import click
import pytest

from meshwright.app.backtest import Alarm, Backtest
from meshwright.app.incident_pages import IncidentLine, IncidentPage
from meshwright.cli import incidents
from meshwright.cli.commands import alerts, monitors
from meshwright.cli.console import fitted
from meshwright.cli.health_table import picture
from meshwright.cli.unenforced import unenforced
from meshwright.model.address import Address
from meshwright.model.counted import counted, failing
from meshwright.model.health import PortHealth

LONG = Address("a_domain", "a_product_of_some_domain", "and_its_only_port")
REASON = "it is measured in another system whose numbers nobody has connected to this mesh " * 2
LINE = IncidentLine(
    id="inc-1", product=str(LONG.product_address), opened="2024-01-01T10:00:00+00:00", resolved="",
    business_date="2024-01-01", address=f"{LONG}.and_a_column_of_it", severity="critical",
    state="open", cause="build-rejected: orders:primaryKey", impact=("b.c.d",), explanation=REASON,
    owner="somebody.with.a.long.name@a.department.example.com", kind="check", mark="", build="b1",
)  # fmt: skip


@pytest.fixture(params=[64, 80, 120])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    assert isinstance(request.param, int)
    return request.param


def lines_of(text: str) -> list[str]:
    return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.splitlines()]


def assert_fits(text: str, width: int) -> None:
    assert [line for line in lines_of(text) if len(line) > width] == []


def test_one_is_one_and_more_are_more() -> None:
    assert [counted(n, "row") for n in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]
    assert (counted(1, "series", "series"), counted(2, "entry", "entries")) == (
        "1 series",
        "2 entries",
    )
    assert (failing(1, 1), failing(1, 20)) == ("1 of 1 row fails", "1 of 20 rows fails")
    assert (failing(2, 20), failing(2, None)) == ("2 of 20 rows fail", "2 rows fail")


def test_lines_that_go_on_are_indented_and_control_characters_are_shown() -> None:
    assert fitted("one two three\x07", 9) == ["one two", "  three\\x", "  07"]


def test_what_nothing_enforces_is_wrapped_and_indented(width: int) -> None:
    items = [(str(LONG), "retention", REASON), ("a.b.c", "latency", REASON)]
    items += [(f"{LONG}{n}", "frequency", REASON) for n in range(3)]
    lines = unenforced(items, width)
    assert max(map(len, lines)) <= width
    heads = [line for line in lines if not line.startswith("    ")]
    assert [head.startswith("NOT ENFORCED ") for head in heads] == [True, True, True]
    text = " ".join(" ".join(lines).split())
    assert text.startswith(f"NOT ENFORCED {LONG} retention: {REASON.strip()} NOT ENFORCED")
    assert "frequency of 3 ports: " in text


def test_health_fits_though_names_and_reasons_are_long(width: int) -> None:
    port = PortHealth(
        LONG, "degraded", (REASON,), age=90_000.0, compliance=0.98765, since=0.0, window=9e9,
        published=1e6, budget_left=0.5, not_enforced=(("retention", REASON),),
        trend=tuple(map(float, range(40))),
    )  # fmt: skip
    short = replace(port, address=Address("a", "b", "c"), status="healthy", not_enforced=())
    drawn = picture([port, short])
    assert_fits(drawn, width)
    text = " ".join(" ".join(lines_of(drawn)).split())
    assert f"{LONG} {REASON.strip()}" in text
    assert any(line.startswith("a.b.c") and "✔ healthy" in line for line in lines_of(drawn))
    assert lines_of(drawn)[-1] == "2 ports: 1 healthy, 1 degraded"


def test_incidents_fit_and_reach_one_port(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    incidents.show_list([LINE], closed=False)
    listed = capsys.readouterr().out
    incidents.show_page(IncidentPage(LINE, (), (), (), (), (), ()))
    assert_fits(listed, width)
    assert_fits(capsys.readouterr().out, width)
    assert "reaches 1 port downstream" in " ".join(listed.split())


def test_a_replay_of_one_day_fits(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    alarm = Alarm("2024-01-01", "high", REASON, ())
    monitors._print_backtest(Backtest("a.b.c", 1, ("2024-01-01",), (alarm,), 7.0))
    said = capsys.readouterr().out
    assert_fits(said, width)
    assert said.endswith("\n1 alert in 1 day (7 a week), 0 quiet days; 1 series\n")
    monitors._print_backtest(Backtest("a.b.c", 2, ("2024-01-01",), (), 0.0))
    assert "0 alerts in 1 day (0 a week), 1 quiet day; 2 series" in capsys.readouterr().out


def test_alerts_and_mutes_fit(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    alert = {
        "at": "2024-01-01T10:00:00+00:00", "status": "failed", "notifier": "team_chat",
        "event": "opened", "incidents": ["inc-1"], "address": str(LONG), "error": REASON,
        "attempts": 1,
    }  # fmt: skip
    mute = {"until": "2024-01-01T10:00:00+00:00", "address": str(LONG), "reason": REASON}
    alerts._show({"notifiers": ["team_chat"], "alerts": [alert], "mutes": [mute]})
    said = click.unstyle(capsys.readouterr().out)
    assert_fits(said, width)
    assert f"{LONG}: {REASON.strip()}" in " ".join(said.split())
