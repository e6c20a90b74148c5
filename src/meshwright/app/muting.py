"""What people ask of alerts: who was told, and where nobody shall be told for a while."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from meshwright.app.wiring import Wiring
from meshwright.documents.alert_reader import find_duration
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.facts import AddressMuted
from meshwright.spi.state_store import Reader, Value

MOST = 1_000_000
_NAMES = ("alert", "at", "notifier", "event", "route", "status", "attempts", "error")


def list_alerts(wiring: Wiring, limit: int = 20) -> dict[str, Any]:
    """Return who was told of what, or could not be, the newest first, and what is muted."""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT alert, at, notifier, event, route, status, attempts, error, incidents"
            " FROM alerts ORDER BY at DESC, alert LIMIT ?",
            (limit if limit > 0 else MOST,),
        )
        found = [{**dict(zip(_NAMES, row, strict=False)), **_about(reader, row[8])} for row in rows]
        mutes = reader.rows("SELECT address, until, reason FROM mutes ORDER BY address")
    now = wiring.now()
    return {
        "alerts": found,
        "mutes": [
            {"address": address, "until": until, "reason": reason}
            for address, until, reason in mutes
            if datetime.fromisoformat(str(until)) > now
        ],
        "notifiers": sorted(wiring.mesh.alerting.notifiers),
    }


def _about(reader: Reader, incidents: Value) -> dict[str, Any]:
    """Return what an alert was about: its incidents, and the address of the first, which is the worst."""
    names = json.loads(str(incidents))
    rows = reader.rows("SELECT address FROM incidents WHERE incident = ?", (names[0],))
    said = names[0].split(":")  # a change is named by its event, its address and a key
    address = rows[0][0] if rows else said[1] if len(said) == 3 else ""
    return {"incidents": names, "address": address}


def mute(wiring: Wiring, address: str, span: str, reason: str = "") -> dict[str, Any]:
    """Tell nobody about an address, and what is below it, for a time."""
    address = known_as(wiring, address)
    length = find_duration(span)
    if length is None:
        raise UsageError(
            "duration-invalid", f"`{span}` is no time span", hint="for example --for 2d, 4h or 30m"
        )
    until = (wiring.now() + length).isoformat(timespec="seconds")
    wiring.ledger.record([AddressMuted(address, until, reason)])
    return {"address": address, "until": until, "reason": reason}


def unmute(wiring: Wiring, address: str) -> dict[str, Any]:
    """Tell again from now on; raise `UsageError` (`mute-unknown`) for what is not muted."""
    now = wiring.now()
    address = _present(wiring, address)
    muted = [mute["address"] for mute in list_alerts(wiring, 1)["mutes"]]
    if address not in muted:
        raise UsageError(
            "mute-unknown", f"`{address}` is not muted", hint=did_you_mean(address, muted)
        )
    until = now.isoformat(timespec="seconds")
    wiring.ledger.record([AddressMuted(address, until, "unmuted")])
    return {"address": address, "until": until, "reason": "unmuted"}


def _present(wiring: Wiring, address: str) -> str:
    """Return an address by the name that its product has now."""
    former = wiring.workspace.former_names
    product = ".".join(address.split(".")[:2])
    return former[product] + address[len(product) :] if product in former else address


def known_as(wiring: Wiring, written: str) -> str:
    """Return the present address; raise `UsageError` (`address-unknown`) for what is none."""
    address = _present(wiring, written)
    known = list(_known(wiring))
    if address not in known:
        raise UsageError(
            "address-unknown",
            f"there is no domain, product or port `{written}`",
            hint=did_you_mean(address, known),
        )
    return address


def _known(wiring: Wiring) -> Iterator[str]:
    yield from wiring.workspace.domains
    for address, card in wiring.workspace.cards.items():
        yield str(address)
        yield from (f"{address}.{port.name}" for port in card.outputs)
