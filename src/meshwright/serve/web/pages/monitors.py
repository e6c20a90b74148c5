"""Monitors: what is watched of each port, what is expected of it, and what would have alarmed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from meshwright.app.backtest import Backtest
from meshwright.app.identity.verbs import refusal
from meshwright.app.mesh import Mesh
from meshwright.app.monitors import PortLine
from meshwright.app.watched_past import WatchedPast
from meshwright.errors import DeniedError, UsageError
from meshwright.model.address import Address
from meshwright.serve.web.hiding import is_known
from meshwright.serve.web.known import missing, require_known, unnamed
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

SPANS = (("4h", "four hours"), ("1d", "a day"), ("7d", "a week"), ("30d", "thirty days"))
MOST_CHARTS = 24
_TONES = {"high": "bad", "medium": "warn"}


async def index(visit: Visit) -> Response:
    """List the ports that are watched."""
    board, knowing = await visit.board()
    lines, mutes = await visit.read(lambda mesh: (mesh.monitored_ports(), _mutes(mesh)))
    words = visit.word("q").lower().split()
    seen = [line for line in lines if knowing.of(line.address)]
    found = [line for line in seen if all(word in line.address for word in words)]
    domains: dict[str, list[PortLine]] = {}
    for line in found:
        domains.setdefault(line.address.partition(".")[0], []).append(line)
    return visit.page(
        "monitors/index.html",
        domains=domains,
        wanted=visit.word("q"),
        muted={line.address: _mute_of(mutes, line.address) for line in found},
        mutes=[mute for mute in mutes if is_known(knowing, mute["address"])],
        health={
            line.address: board.health_of[line.address].status
            for line in found
            if line.address in board.health_of
        },
        is_empty=not seen,
    )


async def show(visit: Visit) -> Response:
    """Show the series of one port, those of the port itself first."""
    port, is_there = await _port(visit)
    column, has_all = visit.word("column"), visit.word("all") == "1"

    def read(
        mesh: Mesh,
    ) -> tuple[tuple[WatchedPast, ...], list[dict[str, Any]], DeniedError | None]:
        return (
            mesh.watched_past(port, everything=has_all),
            _mutes(mesh),
            refusal(mesh.wiring, "mute", {"address": port}),
        )

    try:
        series, mutes, refused = await visit.read(read)
        tested = await _tested(visit, port)
    except UsageError as error:
        raise (unnamed(error, port) if is_there else missing(port)) from error
    columns = [one for one in dict.fromkeys(past.column for past in series) if one]
    if column and column not in columns:
        raise missing(f"{port}.{column}", "series")
    chosen = [one for one in series if one.column == column]
    odd = [
        one for one in series if one.oddities and one.verdict == "anomalous" and one not in chosen
    ]
    charted = [*odd, *chosen] if not column else chosen
    return visit.page(
        "monitors/show.html",
        address=port,
        series=series,
        columns=[(name, [one for one in series if one.column == name]) for name in columns],
        column=column,
        has_all=has_all,
        charts=[(one, chart_of(one)) for one in charted[:MOST_CHARTS]],
        left_out=len(charted) - MOST_CHARTS,
        tested=tested,
        asked={name: visit.word(name) for name in ("from", "to", "metric")},
        metrics=sorted({one.metric for one in series}),
        mute=_mute_of(mutes, port),
        spans=SPANS,
        refused=refused,
    )


async def mute(visit: Visit) -> Response:
    """Tell nobody about the port for a while."""
    port, _ = await _port(visit)
    span, reason = visit.said("span"), visit.said("reason")
    try:
        done = await visit.read(lambda mesh: mesh.mute(port, span=span, reason=reason))
    except UsageError as error:
        raise unnamed(error, port) from error
    until = str(done["until"])[:16].replace("T", " ")
    return visit.go(f"/monitors/{port}", f"Muted until {until} UTC")


async def unmute(visit: Visit) -> Response:
    """Tell again from now on."""
    port, _ = await _port(visit)
    try:
        await visit.read(lambda mesh: mesh.unmute(port))
    except UsageError as error:
        raise unnamed(error, port) from error
    return visit.go(f"/monitors/{port}", "No longer muted")


def chart_of(past: WatchedPast) -> dict[str, Any]:
    """Return one series as `parts/chart.html` takes it; times as clocks of the mesh show them."""
    times = [datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() for at in past.times]
    return {
        "x": [int(at) for at in times],
        "kind": "time",
        "unit": past.unit,
        "lines": [{"name": past.word, "values": list(past.values), "as": "line"}],
        "band": {"lower": list(past.lower), "upper": list(past.upper), "name": "expected"}
        if past.has_band
        else None,
        "marks": [
            {"at": odd.at, "text": odd.explanation, "tone": _TONES.get(odd.severity, "info")}
            for odd in past.oddities
        ],
    }


async def _port(visit: Visit) -> tuple[str, bool]:
    """Return the port that is asked for (of a product, its first), and whether its product is there."""
    text = visit.path_word()
    board, knowing = await visit.board()
    try:
        address = Address.parse(text)
    except UsageError as error:
        raise missing(text, "port") from error
    require_known(knowing, str(address.port_address if address.port else address))
    product = board.products.get(str(address.product_address))
    if address.port:
        return str(address.port_address), product is not None
    if product is None or not product.ports:
        raise missing(text)
    return f"{product.address}.{product.ports[0]}", True


async def _tested(visit: Visit, port: str) -> Backtest | None:
    """Return what would have alarmed, where that is asked."""
    if visit.word("backtest") != "1":
        return None
    start, end, metric = visit.word("from"), visit.word("to"), visit.word("metric")
    return await visit.read_long(
        lambda mesh: mesh.backtest(port, start=start, end=end, metric=metric)
    )


def _mutes(mesh: Mesh) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mesh.alerts(1)["mutes"]
    return found


def _mute_of(mutes: Sequence[dict[str, Any]], address: str) -> dict[str, Any] | None:
    """Return what mutes an address: itself, its product or its domain."""
    return next(
        (
            mute
            for mute in mutes
            if address == mute["address"] or address.startswith(f"{mute['address']}.")
        ),
        None,
    )


PAGES = (
    Page("/monitors", index),
    Page("/monitors/{address}", show),
    Page("/monitors/{address}/mute", mute, "POST"),
    Page("/monitors/{address}/unmute", unmute, "POST"),
)
