"""`alerts` of mesh.yaml as values, and secrets that somebody wrote out."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from meshwright.documents.judge import read_document
from meshwright.documents.mesh_reader import read_mesh
from meshwright.documents.secret_rules import looks_secret
from meshwright.model.alerting import DAYS, SILENT, Alerting, Quiet, Route

MESH = """
name: test
domains: []
timezone: Europe/Berlin
alerts:
  notifiers:
    chat: "slack://${env:SLACK_TOKEN}/#data"
    log: {url: "file:alerts.ndjson"}
  routes:
    - {to: [log]}
    - to: [chat, log]
      owner: ada@example.com
      domain: [sales, insight]
      severity: high
      tag: pii
      quiet: {from: 22:00, to: "07:00"}
      digest: 90m
      repeat: 2d
    - {to: [log], quiet: {from: "00:00", to: "23:59", zone: UTC, days: [sat, sun]}}
  default: [log]
environments:
  ci: {state: .mesh-ci}
  staging: {alerts: {notifiers: {log: "file:staging.ndjson"}, default: [log]}}
"""


def alerting(text: str = MESH, environment: str = "") -> Alerting:
    document = read_document("mesh.yaml", text.encode(), "mesh")
    assert document.problems == []
    return read_mesh(document, Path("/mesh"), environment).alerting


def test_every_key_is_read() -> None:
    """Single values are lists of one; a clock may do without quotes; the zone is the mesh's."""
    said = alerting()
    assert said.notifiers == {
        "chat": "slack://${env:SLACK_TOKEN}/#data",
        "log": "file:alerts.ndjson",
    }
    assert said.default == ("log",)
    assert said.routes == (
        Route("routes[0]", ("log",)),
        Route(
            "routes[1]",
            ("chat", "log"),
            ("ada@example.com",),
            ("sales", "insight"),
            "high",
            ("pii",),
            Quiet(time(22), time(7), "Europe/Berlin", DAYS),
            timedelta(minutes=90),
            timedelta(days=2),
        ),
        Route("routes[2]", ("log",), quiet=Quiet(time(0), time(23, 59), "UTC", ("sat", "sun"))),
    )


def test_a_mesh_without_alerts_tells_nobody() -> None:
    assert alerting("name: test\ndomains: []\n") == SILENT


def test_an_environment_tells_only_whom_it_names_itself() -> None:
    """A try in CI pages nobody."""
    assert alerting(environment="ci") == SILENT
    assert alerting(environment="staging").notifiers == {"log": "file:staging.ndjson"}


@pytest.mark.parametrize(
    "url",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "https://hooks.slack.com/services/T0/B0/XyZaBcDeFgHiJkLmNoPqRsTu",
        "slack://xoxb-1234567890-ab12cd34ef56gh78/#data",
        "mailto://ada:p@example.com",
        "json://user:${env:A}x@example.com",
        "json://example.com/?token=x",
        "jsons://example.com/?+X-Api-Key=abc",
        "tgram://123456789:abcdefg_hijklmnop12AB3c/",
        "pagerduty://3f2b8f5e-1234-4321-9abc-aaaaaaaaaaaa@x",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    ],
)
def test_what_looks_like_a_secret_is_one(url: str) -> None:
    assert looks_secret(url)


@pytest.mark.parametrize(
    "url",
    [
        "slack://${env:TOKEN}/#data-alerts-2024",
        "json://localhost:8080/hooks/departures2013",
        "file:alerts.ndjson",
        "stderr:",
        "mailtos://${env:U}:${file:p}@smtp.gmail.com?to=a1b2@example.com&from=data-team@example.com",
        "mailto://localhost:2525?from=mesh@example.com&to=team@example.com",
        "msteams://${env:A}/${env:B}/${env:C}",
        "json://mail2you4all.example.com/x",
        "pagerduty://${env:K}@${env:A}?region=eu&token=${env:X}",
        "ntfy://operations_flights_departures_alerts",
        "json://127.0.0.1:43817/",
        "${env:WHOLE_ADDRESS}",
    ],
)
def test_what_anybody_may_read_is_none(url: str) -> None:
    assert not looks_secret(url)
