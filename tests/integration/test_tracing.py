"""Spans of a run: made where the environment asks for them, by the real library."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import time

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import meshwright
from meshwright.app.events import RunEvent
from meshwright.app.tracing import is_traced, send_spans
from tests.integration.shop import BAD_ORDERS, build, write_shop
from tests.meshes import set_silo


def traced(folder: Path) -> dict[str, ReadableSpan]:
    """Run a mesh and return the spans of the run, by name."""
    kept = InMemorySpanExporter()
    shut = kept.shutdown
    started = time()
    results = tuple(build(folder).values())
    send_spans(results, started, time(), kept)
    shut()
    return {span.name: span for span in kept.get_finished_spans()}


def test_a_run_has_spans_of_builds_and_ports_in_each_other(tmp_path: Path) -> None:
    spans = traced(write_shop(tmp_path / "mesh"))
    run, made, port = (
        spans[name] for name in ("mesh run", "build sales.orders", "port sales.orders.orders")
    )
    assert made.parent is not None
    assert port.parent is not None
    assert made.parent.span_id == run.context.span_id
    assert port.parent.span_id == made.context.span_id
    assert made.attributes is not None
    assert port.attributes is not None
    assert made.attributes["mesh.version"] == 1
    assert port.attributes["mesh.rows"] == 3
    assert run.start_time is not None
    assert made.start_time is not None
    assert run.start_time <= made.start_time < (made.end_time or 0) <= (run.end_time or 0)
    assert run.resource.attributes["service.name"] == "meshwright"


def test_a_rejected_build_is_an_error_without_any_value(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    spans = traced(shop)
    assert spans["build sales.orders"].status.is_ok is False
    assert spans["mesh run"].status.is_ok is False
    assert "-1" not in str([dict(span.attributes or {}) for span in spans.values()])


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4318"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "x"}, False),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "x"}, False),
    ],
)
def test_only_the_standard_variables_switch_it_on(
    environment: dict[str, str], expected: bool
) -> None:
    assert is_traced(environment) is expected


class _Collector(BaseHTTPRequestHandler):
    bodies: list[bytes] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_collector_gets_the_spans_in_one_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = HTTPServer(("127.0.0.1", 0), _Collector)
    thread = threading.Thread(target=collector.serve_forever)
    thread.start()
    monkeypatch.setenv(
        "OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_address[1]}"
    )
    try:
        build(write_shop(tmp_path / "mesh"), "sales.orders")
    finally:
        collector.shutdown()
        thread.join()
        collector.server_close()
    assert len(_Collector.bodies) == 1
    assert b"build sales.orders" in _Collector.bodies[0]


def test_a_collector_that_is_away_costs_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    told: list[RunEvent] = []
    with meshwright.open(write_shop(tmp_path / "mesh")) as mesh:
        results = mesh.run("sales.orders", on_event=told.append)
    assert [result.status for result in results] == ["published"]
    assert [event.product for event in told if event.kind == "warning"] == ["tracing"]
