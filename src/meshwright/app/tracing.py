"""Spans of a run for OpenTelemetry: one of the run, one of each build, one of each of its ports.

Off unless the standard variables ask for it (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_EXPORTER`, …, and
not `OTEL_SDK_DISABLED`). Spans are made after the run from what it returned: a collector that is away
costs a warning, never a build. No attribute holds a value of the data.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from meshwright.app.events import OnEvent, RunEvent
from meshwright.errors import PluginError, UnreachableError
from meshwright.model.plan import BuildResult, PortResult

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_NANO = 1_000_000_000
_BUILT = ("published", "rejected", "failed")
Attributes = dict[str, str | int | float | bool | list[str]]


def is_traced(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether the environment asks for spans."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    chosen = environment.get("OTEL_TRACES_EXPORTER", "")
    if chosen:
        return chosen.lower() != "none"
    return any(environment.get(name) for name in _ENDPOINTS)


def trace_run(
    results: Sequence[BuildResult], started: float, ended: float, on_event: OnEvent
) -> None:
    """Send the spans of a run, if asked to; what goes wrong is told as a warning."""
    if not is_traced() or not any(result.status in _BUILT for result in results):
        return
    try:
        send_spans(results, started, ended, open_exporter())
    except PluginError as error:
        on_event(RunEvent("warning", "tracing", f"{error}: {error.hint}"))
    except UnreachableError as error:
        on_event(RunEvent("warning", "tracing", str(error)))
    except Exception as error:
        on_event(RunEvent("warning", "tracing", f"no spans were sent: {type(error).__name__}"))


def open_exporter() -> "SpanExporter":
    """Return the exporter that the environment names; raise `PluginError` (`otel-missing`)."""
    try:
        if os.environ.get("OTEL_TRACES_EXPORTER", "").lower() == "console":
            from opentelemetry.sdk.trace.export import ConsoleSpanExporter

            return ConsoleSpanExporter(out=open(2, "w", closefd=False))  # stdout is for results
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        logging.getLogger("opentelemetry").addHandler(logging.NullHandler())  # a warning says it
    except ImportError as error:
        raise PluginError(
            "otel-missing",
            "the environment asks for OpenTelemetry spans, and its library is not installed",
            hint="pip install 'meshwright[otel]', or unset the OTEL_ variables",
        ) from error
    return OTLPSpanExporter()


def send_spans(
    results: Sequence[BuildResult], started: float, ended: float, exporter: "SpanExporter"
) -> None:
    """Turn a run (its times are seconds since 1970) into spans and hand them to an exporter."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from opentelemetry.trace import StatusCode, set_span_in_context

    # One request for the whole run: a collector that is away then costs its time limit once.
    kept = InMemorySpanExporter()
    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "meshwright")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer = provider.get_tracer("meshwright")
    run = tracer.start_span("mesh run", start_time=_nano(started))
    run.set_attribute("mesh.builds", sum(result.status in _BUILT for result in results))
    for result in results:
        if result.status in _BUILT:
            span = _build_span(tracer, run, result, ended)
            if result.status != "published":
                span.set_status(StatusCode.ERROR, result.error_code or result.status)
                run.set_status(StatusCode.ERROR, "a build did not publish")
            end = _end_of(result, ended)
            for name, port in result.ports.items():
                inner = tracer.start_span(
                    f"port {result.product}.{name}",
                    context=set_span_in_context(span),
                    start_time=_nano(end - result.seconds),
                    attributes=_of_port(port),
                )
                inner.end(_nano(end))
            span.end(_nano(end))
    run.end(_nano(ended))
    outcome = exporter.export(kept.get_finished_spans())
    exporter.shutdown()
    if outcome is not SpanExportResult.SUCCESS:
        raise UnreachableError("otel-unreachable", "the collector did not take the run's spans")


def _build_span(tracer: "Tracer", run: "Span", result: BuildResult, ended: float) -> "Span":
    from opentelemetry.trace import set_span_in_context

    attributes: Attributes = {
        "mesh.product": str(result.product),
        "mesh.domain": result.product.domain,
        "mesh.build": result.build,
        "mesh.status": result.status,
        "mesh.reasons": list(result.reasons),
    }
    optional = {"mesh.version": result.version, "mesh.as_of": result.as_of or None,
                "error.type": result.error_code or None}  # fmt: skip
    attributes |= {name: value for name, value in optional.items() if value is not None}
    return tracer.start_span(
        f"build {result.product}",
        context=set_span_in_context(run),
        start_time=_nano(_end_of(result, ended) - result.seconds),
        attributes=attributes,
    )


def _of_port(port: PortResult) -> Attributes:
    return {
        "mesh.port": port.port,
        "mesh.status": port.status,
        "mesh.rows": port.rows,
        "mesh.quarantined": port.quarantined,
        "mesh.checks": port.checks,
    }


def _end_of(result: BuildResult, ended: float) -> float:
    """Return when a build ended; one that never told ends with the run."""
    return result.ended or ended


def _nano(seconds: float) -> int:
    return int(seconds * _NANO)
